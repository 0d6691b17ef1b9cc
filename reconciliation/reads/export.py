"""The statement as a file: what the filter in the address shows, all pages of it.

Rows are read a page at a time, each in a scope of its own, so that a file of any length may be
streamed after the request's own scope is over.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from banking.models import BankAccount, DailyBalance, StatementLine
from banking.statements.files.ofx_writer import OfxAccount, OfxLine
from banking.statements.listing import Position
from brazil.banking_days import sao_paulo_day
from core.workbook import Column, Value
from reconciliation.reads.lines import lines_of
from reconciliation.reads.pairs import Said, accounts_by_id, said_of, with_state
from tenants.scope import tenant_scope

PAGE = 1_000
KEY = ("booked_on", "occurred_at", "id")
COLUMNS = [
    Column("Data", 12),
    Column("Histórico", 44),
    Column("Contraparte", 32),
    Column("CPF/CNPJ", 18),
    Column("Tipo", 14),
    Column("Valor", 14),
    Column("Situação", 18),
    Column("A conciliar", 14),
    Column("Conciliado com", 44),
    Column("Por", 24),
    Column("Em", 12),
    Column("Como e por quê", 36),
    Column("Comentários", 12),
    Column("Anexos", 9),
    Column("Identificador no banco", 36),
]
# TRNTYPE of OFX 11.4.3.1; the rest by their sign.
OFX_KINDS = {"fee": "FEE", "transfer": "XFER", "payment": "PAYMENT"}


def export_rows(account: BankAccount, values: Mapping[str, Any]) -> Iterator[Sequence[Value]]:
    """As COLUMNS, newest first, as on the page."""
    for page in pages(account, values, in_detail=True):
        with tenant_scope(account.tenant_id):
            told = [each for each in page if each.open != each.amount]
            said = said_of(account.tenant_id, told, accounts_by_id(account.tenant_id))
        for line in page:
            yield cells_of(line, said.get(line.id, ()))


def cells_of(line: Any, said: Sequence[Said]) -> Sequence[Value]:
    return (
        line.booked_on,
        line.description,
        line.counterparty_name,
        line.counterparty_document,
        line.get_kind_display(),
        line.amount,
        situation_of(line, said),
        line.open,
        once(target.words for each in said for target in each.targets),
        once(each.by or "automático" for each in said),
        max((sao_paulo_day(each.at) for each in said), default=None),
        once(words for each in said for words in (each.how, each.why, *each.reasons) if words),
        line.comments_said,
        line.files_here,
        line.bank_id,
    )


def situation_of(line: Any, said: Sequence[Said]) -> str:
    if line.open == line.amount:
        return "A conciliar"
    if line.open:
        return "Conciliado em parte"
    targets = [target for each in said for target in each.targets]
    if any(target.is_waiting for target in targets):
        return "Em trânsito"
    return "Conciliado" if targets else "Ignorado"


def once(texts: Iterator[str]) -> str:
    return "; ".join(dict.fromkeys(texts))


# --- OFX ---


def ofx_account(account: BankAccount, values: Mapping[str, Any], today: date) -> OfxAccount:
    """Its period is that of the filter, or of the lines that it finds. Inside a scope."""
    lines = lines_of(account, values).order_by()
    days = lines.aggregate(first=Min("booked_on"), last=Max("booked_on"))
    since = values.get("de") or days["first"] or today
    until = values.get("ate") or days["last"] or today
    balances = DailyBalance.objects.of(account.tenant_id).filter(bank_account=account)
    closing = balances.filter(day__lte=until).order_by("-day").first()
    return OfxAccount(
        bank_code=account.bank_code,
        branch=account.branch,
        number=account.number,
        since=min(since, until),
        until=until,
        closing=closing.closing if closing else None,
        closing_on=closing.day if closing else None,
    )


def ofx_lines(account: BankAccount, values: Mapping[str, Any]) -> Iterator[OfxLine]:
    """Oldest first."""
    for page in pages(account, values, is_ascending=True):
        for line in page:
            yield ofx_line(line)


def ofx_line(line: StatementLine) -> OfxLine:
    by_sign = "CREDIT" if line.is_incoming else "DEBIT"
    text = line.description or line.get_kind_display()
    name = "" if line.counterparty_name in text else line.counterparty_name
    kind = OFX_KINDS.get(line.kind, by_sign)
    return OfxLine(line.booked_on, line.amount, kind, line.bank_id, name, text)


# --- Pages ---


def pages(
    account: BankAccount,
    values: Mapping[str, Any],
    *,
    is_ascending: bool = False,
    in_detail: bool = False,
) -> Iterator[list[Any]]:
    after: Position | None = None
    while True:
        with tenant_scope(account.tenant_id):
            page = list(page_after(account, values, after, is_ascending, in_detail))
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = Position.of(page[-1])


def page_after(
    account: BankAccount,
    values: Mapping[str, Any],
    after: Position | None,
    is_ascending: bool,
    in_detail: bool,
) -> "QuerySet[Any]":
    rows: QuerySet[Any] = lines_of(account, values).defer("raw", "words_folded")
    if in_detail:
        rows = with_state(rows)
    if after is not None:
        beyond = TupleGreaterThan if is_ascending else TupleLessThan
        rows = rows.filter(beyond(Tuple(*KEY), (after.booked_on, after.occurred_at, after.id)))
    order = KEY if is_ascending else [f"-{name}" for name in KEY]
    return rows.order_by(*order)[:PAGE]
