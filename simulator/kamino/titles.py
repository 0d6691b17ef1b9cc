"""The titles that can be paid: the clearing house's, and by default any line typed correctly."""

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from simulator.core.boleto import BadLine, Line, build_line, read_line
from simulator.core.store import Row
from simulator.kamino.answers import Problem, answer, reais, refuse
from simulator.kamino.bank import Kamino
from simulator.kamino.calls import Call, operation
from simulator.kamino.parties import made_up_document, name_of

_BANKS = {
    "001": "Banco do Brasil S.A.",
    "033": "Banco Santander (Brasil) S.A.",
    "104": "Caixa Econômica Federal",
    "218": "Banco BS2 S.A.",
    "237": "Banco Bradesco S.A.",
    "341": "Itaú Unibanco S.A.",
    "403": "Cora SCD",
    "998": "Conta Kamino",
}


@dataclass(frozen=True, slots=True)
class Title:
    """Money is centavos; `amount_due` is today's."""

    line: Line
    creditor: str
    document: str
    amount: int
    amount_due: int
    due_date: date | None
    is_paid: bool
    is_cancelled: bool
    is_issued_here: bool  # by a bank of this simulator

    @property
    def status(self) -> str:
        return "paid" if self.is_paid else "cancelled" if self.is_cancelled else "payable"


@operation("payments")
async def look_up(call: Call) -> Response:
    title = find(call.bank, call.request.path_params["line"])
    code = title.line.barcode[:3]
    is_boleto = len(title.line.digitable) == 47
    return answer(
        {
            "line": title.line.digitable,
            "barcode": title.line.barcode,
            "kind": "boleto" if is_boleto else "collection",
            "status": title.status,
            "beneficiary": {"name": title.creditor, "document": title.document},
            "bank": {"compe": code, "name": _BANKS.get(code, f"Banco {code}")}
            if is_boleto
            else None,
            "due_date": title.due_date and title.due_date.isoformat(),
            "amount": reais(title.amount),
            "amount_due": reais(title.amount_due),
        }
    )


def find(bank: Kamino, digits: str, expected: int | None = None) -> Title:
    """What a line is for. `expected` is what the payer believes, where no amount is fixed.

    Raises:
        Problem: the line is wrong, or is not registered.
    """
    try:
        line = read_line(digits, bank.clock.today())
    except BadLine as error:
        raise refuse("invalid_line", str(error)) from None
    issued = bank.sim.clearing_house.find(line.barcode)
    if issued is not None:
        is_gone = not issued.is_registered and not issued.is_paid
        party = issued.creditor, issued.document
        amounts = issued.amount, issued.total
        return Title(line, *party, *amounts, issued.due_date, issued.is_paid, is_gone, True)
    row = _row(bank, line)
    if row is None:
        if bank.settings.require_registered_titles:
            raise Problem(404, "title_not_found", "Este boleto não está registrado.")
        document = made_up_document(line.free_field)
        amount = line.amount_cents or expected or 5_000 + int(document[:6]) % 95_000
        name = name_of(bank.store, document)
        row = register(bank, line, name, document, amount, line.due_date)
    due = date.fromisoformat(row["due_date"]) if row["due_date"] else None
    party = row["creditor"], row["document"]
    return Title(line, *party, row["amount"], row["amount"], due, bool(row["paid"]), False, False)


def register(
    bank: Kamino, line: Line, creditor: str, document: str, amount: int, due_date: date | None
) -> Row:
    """Register another bank's title, or change the one with this bar code."""
    bank.store.run(
        "INSERT OR REPLACE INTO kamino_title (barcode, line, creditor, document, amount, due_date)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        *(line.barcode, line.digitable, creditor, document, amount),
        due_date.isoformat() if due_date else None,
    )
    row = _row(bank, line)
    assert row is not None
    return row


def pay(bank: Kamino, barcode: str, amount: int, name: str, document: str) -> bool:
    """Whether it could still be paid, and is now."""
    sql = "SELECT paid FROM kamino_title WHERE barcode = ?"
    row = bank.store.row(sql, barcode)
    if row is None:
        return bank.sim.clearing_house.pay(barcode, amount, name, document)
    return (
        bank.store.run("UPDATE kamino_title SET paid = 1 WHERE barcode = ? AND paid = 0", barcode)
        == 1
    )


def new_line(bank: Kamino, amount: int, due_date: date | None) -> Line:
    """A line of another bank that is not in use yet."""
    row = bank.store.row("SELECT count(*) AS n FROM kamino_title")
    number = (row["n"] if row else 0) + 1
    text = build_line("341", due_date, amount, f"10998{number:020d}")
    return read_line(text, bank.clock.today())


def _row(bank: Kamino, line: Line) -> Row | None:
    return bank.store.row("SELECT * FROM kamino_title WHERE barcode = ?", line.barcode)
