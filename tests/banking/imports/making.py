"""Accounts without an integration, files for them, and workers that read them."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from uuid import UUID

from banking.bank_accounts.other_bank import OtherBank, add_account
from banking.banks.contract.statement import Movement
from banking.models import BankAccount, FileRow, StatementFile, StatementLine
from banking.statements.imports.files import begin_apply, begin_undo, receive_file
from banking.statements.imports.stages import go_on
from banking.statements.store import store_movements
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread

_numbers = count(1)
Row = tuple[str, str, str]  # day as 2026-11-10, amount, text


def make_other(tenant: Tenant, by: Membership, **changes: str) -> BankAccount:
    values = {
        "bank_code": "341",
        "bank_label": "Itaú",
        "branch": "1234",
        "number": f"{next(_numbers):05d}-6",
        "holder_name": tenant.legal_name,
        "holder_document": tenant.cnpj,
    }
    with tenant_scope(tenant.id):
        return add_account(tenant, OtherBank(**{**values, **changes}), by=by)


def ofx(
    *rows: Row, number: str = "", ids: Sequence[str] = (), closing: str = "", on: str = "20261130"
) -> bytes:
    """As a bank writes it; each movement with an id of its own unless told."""
    ids = ids or [f"F{day}{amount}{text}{place}" for place, (day, amount, text) in enumerate(rows)]
    told = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day.replace('-', '')}<TRNAMT>{amount}"
        f"<FITID>{fitid}<MEMO>{text}</STMTTRN>\n"
        for (day, amount, text), fitid in zip(rows, ids, strict=True)
    )
    account = f"<BANKACCTFROM><BANKID>0341<ACCTID>{number}<ACCTTYPE>CHECKING</BANKACCTFROM>"
    balance = f"<LEDGERBAL><BALAMT>{closing}<DTASOF>{on}</LEDGERBAL>" if closing else ""
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n<OFX>"
        "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>BRL"
        f"{account if number else ''}<BANKTRANLIST>{told}</BANKTRANLIST>{balance}"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def csv(*rows: Row) -> bytes:
    lines = ["Data;Histórico;Valor"]
    for day, amount, text in rows:
        year, month, of_month = day.split("-")
        lines.append(f"{of_month}/{month}/{year};{text};{amount.replace('.', ',')}")
    return "\n".join(lines).encode()


def send(account: BankAccount, content: bytes, by: Membership, name: str = "") -> StatementFile:
    with tenant_scope(account.tenant_id):
        return receive_file(account, name=name or "e.ofx", pieces=lambda: [content], by=by)


def work(file: StatementFile) -> StatementFile:
    """Workers are at it until nothing is left to do."""
    while go_on(file.tenant_id, file.id):
        pass
    return reread(file)


def compared(account: BankAccount, content: bytes, by: Membership) -> StatementFile:
    return work(send(account, content, by))


def applied(account: BankAccount, content: bytes, by: Membership) -> StatementFile:
    file = compared(account, content, by)
    with tenant_scope(file.tenant_id):
        begin_apply(file, by=by)
    return work(file)


def undone(file: StatementFile, by: Membership) -> StatementFile:
    with tenant_scope(file.tenant_id):
        begin_undo(file, by=by)
    return work(file)


def movement(day: str, amount: str, text: str, place: int = 1, pix: str = "") -> Movement:
    """As a bank's API tells it: with the same id each time."""
    on = date.fromisoformat(day)
    return Movement(
        bank_id=f"api-{day}-{amount}-{text}-{place}",
        booked_on=on,
        occurred_at=datetime.combine(on, time(13), UTC),
        amount=Decimal(amount),
        kind="other",
        description=f"Banco: {text.lower()}",
        counterparty_name="",
        counterparty_document="",
        raw="{}",
        end_to_end_id=pix,
    )


def tell_by_api(account: BankAccount, rows: Sequence[Row]) -> None:
    """As a sync stores it."""
    places: Counter[Row] = Counter()
    told = []
    for row in rows:
        places[row] += 1
        told.append(movement(*row, places[row]))
    store_told(account, *told)


def store_told(account: BankAccount, *movements: Movement) -> None:
    with tenant_scope(account.tenant_id):
        store_movements(account, movements)


def states(file: StatementFile) -> list[str]:
    """Of its rows, in the file's order."""
    with tenant_scope(file.tenant_id):
        rows = FileRow.objects.of(file.tenant_id).filter(file=file).order_by("number")
        return list(rows.values_list("state", flat=True))


def doubtful(file: StatementFile) -> list[UUID]:
    """The rows that are asked about, in the file's order."""
    with tenant_scope(file.tenant_id):
        rows = FileRow.objects.of(file.tenant_id).filter(file=file, state="doubtful")
        return list(rows.order_by("number").values_list("id", flat=True))


def lines(account: BankAccount) -> list[tuple[str, str]]:
    """Day and value of the lines that stand."""
    with tenant_scope(account.tenant_id):
        found = StatementLine.objects.of(account.tenant_id).filter(bank_account=account)
        values = found.order_by("booked_on", "amount", "id").values_list("booked_on", "amount")
        return [(f"{day:%m-%d}", str(amount)) for day, amount in values]
