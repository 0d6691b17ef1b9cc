"""The titles that can be paid here: BS2's own boletos, those registered, and by default any line
typed correctly."""

import hashlib
from dataclasses import dataclass
from datetime import date

from simulator.bs2.bank import BANK_CODE, Bs2
from simulator.bs2.banks import BANKS
from simulator.bs2.boletos import life as boletos
from simulator.core.boleto import Line, build_line, read_line
from simulator.core.documents import check_digits
from simulator.core.people import Account, account_by_id
from simulator.core.store import Row
from simulator.core.titles import IssuedTitle

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_title (
    barcode TEXT PRIMARY KEY, line TEXT NOT NULL, creditor TEXT NOT NULL, document TEXT NOT NULL,
    amount INTEGER NOT NULL, due_date TEXT, paid INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
"""

_NAMES = (
    "Distribuidora Horizonte LTDA",
    "Papelaria Central LTDA",
    "Energia do Vale S.A.",
    "Águas da Serra S.A.",
    "Seguradora Atlântica S.A.",
    "Contabilidade Exata LTDA",
)


class NoTitle(Exception):
    """The clearing house has no such title."""


@dataclass(frozen=True, slots=True)
class Title:
    line: str
    barcode: str
    creditor: str
    document: str
    amount: int  # what it costs today
    due_date: date | None
    is_paid: bool
    boleto: Row | None = None  # BS2's own

    @property
    def bank(self) -> str | None:
        """The issuer's code; a collection document has none."""
        return None if self.barcode[0] == "8" else self.barcode[:3]

    @property
    def bank_name(self) -> str:
        return BANKS.get(self.bank or "", ("", ""))[1]


def read_code(digits: str, today: date) -> Line:
    """A line of 47 or 48 digits, or a bar code of 44. Raises BadLine."""
    return read_line(line_of(digits) if len(digits) == 44 else digits, today)


def line_of(barcode: str) -> str:
    """The typed line of a bar code, right or wrong."""
    if barcode[0] == "8":
        return "".join(barcode[i : i + 11] + _block_digit(barcode, i) for i in range(0, 44, 11))
    line = build_line(barcode[:3], None, 0, barcode[19:])
    return line[:32] + barcode[4:19]


def find(bs2: Bs2, line: Line) -> Title:
    boleto = boletos.boleto_by(bs2, "barcode", line.barcode)
    if boleto is not None:
        return _own(bs2, boleto)
    if (issued := bs2.sim.clearing_house.find(line.barcode)) is not None:
        return _elsewhere(issued)
    row = bs2.store.row("SELECT * FROM bs2_title WHERE barcode = ?", line.barcode)
    if row is None:
        if bs2.settings.require_registered_titles:
            raise NoTitle
        row = _made_up(bs2, line)
    due = date.fromisoformat(row["due_date"]) if row["due_date"] else None
    party = row["creditor"], row["document"]
    return Title(row["line"], row["barcode"], *party, row["amount"], due, bool(row["paid"]))


def register(
    bs2: Bs2, line: Line, *, creditor: str, document: str, amount: int, due_date: date | None
) -> Row:
    bs2.store.run(
        "INSERT OR REPLACE INTO bs2_title (barcode, line, creditor, document, amount, due_date)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        *(line.barcode, line.digitable, creditor, document, amount),
        due_date.isoformat() if due_date else None,
    )
    row = bs2.store.row("SELECT * FROM bs2_title WHERE barcode = ?", line.barcode)
    assert row is not None
    return row


def pay(bs2: Bs2, title: Title, amount: int, payer: Account) -> None:
    """Note the payment; the issuer, when it is a bank here, is told."""
    if title.boleto is not None:
        boletos.see_payment(bs2, title.boleto, amount, BANK_CODE)
        return
    bs2.sim.clearing_house.pay(title.barcode, amount, payer.name, payer.cnpj)
    bs2.store.run("UPDATE bs2_title SET paid = 1 WHERE barcode = ?", title.barcode)


def issued(bs2: Bs2, barcode: str) -> IssuedTitle | None:
    """BS2's own boleto as the other banks see it."""
    boleto = boletos.boleto_by(bs2, "barcode", barcode)
    if boleto is None:
        return None
    today, holder = bs2.clock.today(), account_by_id(bs2.store, boleto["account_id"])
    more = boletos.amount_due(boleto, today) - boleto["amount"]
    return IssuedTitle(
        barcode=boleto["barcode"],
        digitable=boleto["line"],
        creditor=holder.name,
        document=holder.cnpj,
        amount=boleto["amount"],
        fine=max(more, 0),
        interest=0,
        discount=max(-more, 0),
        due_date=date.fromisoformat(boleto["due_date"]),
        is_registered=boleto["cancelled_at"] is None and boleto["last_date"] >= today.isoformat(),
        is_paid=boleto["seen_at"] is not None,
    )


def new_line(bs2: Bs2, amount: int, due_date: date | None) -> Line:
    """A boleto line of another bank that is not in use yet."""
    row = bs2.store.row("SELECT count(*) AS n FROM bs2_title")
    number = (row["n"] if row else 0) + 1
    line = build_line("341", due_date, amount, f"10900{number:020d}")
    return read_line(line, bs2.clock.today())


def _own(bs2: Bs2, boleto: Row) -> Title:
    holder = account_by_id(bs2.store, boleto["account_id"])
    closed = boleto["seen_at"] is not None or boleto["cancelled_at"] is not None
    return Title(
        boleto["line"],
        boleto["barcode"],
        holder.name,
        holder.cnpj,
        boletos.amount_due(boleto, bs2.clock.today()),
        date.fromisoformat(boleto["due_date"]),
        closed,
        boleto,
    )


def _elsewhere(issued: IssuedTitle) -> Title:
    if not issued.is_registered and not issued.is_paid:
        raise NoTitle
    party = issued.creditor, issued.document
    return Title(
        issued.digitable, issued.barcode, *party, issued.total, issued.due_date, issued.is_paid
    )


def _made_up(bs2: Bs2, line: Line) -> Row:
    seed = int.from_bytes(hashlib.sha256(line.free_field.encode()).digest()[:8], "big")
    body = f"{seed % 90_000_000 + 10_000_000}0001"
    return register(
        bs2,
        line,
        creditor=_NAMES[seed % len(_NAMES)],
        document=body + check_digits(body),
        amount=line.amount_cents or 5_000 + seed % 95_000,
        due_date=line.due_date,
    )


def _block_digit(barcode: str, start: int) -> str:
    """The check digit of a block: the one that the line is read with."""
    block = barcode[start : start + 11]
    digits = [int(char) for char in reversed(block)]
    if barcode[2] in "67":
        products = [digit * (2 - i % 2) for i, digit in enumerate(digits)]
        return str(-sum(p // 10 + p % 10 for p in products) % 10)
    remainder = sum(digit * (2 + i % 8) for i, digit in enumerate(digits)) % 11
    return "0" if remainder in (0, 1) else str(11 - remainder)
