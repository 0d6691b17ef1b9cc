"""The titles that can be paid: those registered here, and by default any line typed correctly."""

import hashlib
from datetime import date

from simulator.cora.answers import ApiError
from simulator.cora.bank import BANK_CODE, Cora
from simulator.core.boleto import Line, build_line, read_line
from simulator.core.documents import check_digits
from simulator.core.store import Row
from simulator.core.titles import IssuedTitle

_NAMES = (
    "Distribuidora Horizonte LTDA",
    "Papelaria Central LTDA",
    "Energia do Vale S.A.",
    "Telecom Planalto S.A.",
    "Águas da Serra S.A.",
    "Locadora Rodovia LTDA",
    "Peças Paulista LTDA",
    "Seguradora Atlântica S.A.",
    "Contabilidade Exata LTDA",
    "Embalagens Rio Claro LTDA",
)


def register(
    cora: Cora,
    line: Line,
    *,
    creditor: str,
    document: str,
    amount: int,
    due_date: date | None,
    fine: int = 0,
    interest: int = 0,
) -> Row:
    """Register a title in the clearing house, or change the one with this bar code. Centavos."""
    cora.store.run(
        "INSERT OR REPLACE INTO cora_boleto (barcode, digitable, creditor, document, amount, fine,"
        " interest, due_date) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(line.barcode, line.digitable, creditor, document, amount, fine, interest),
        due_date.isoformat() if due_date else None,
    )
    row = cora.store.row("SELECT * FROM cora_boleto WHERE barcode = ?", line.barcode)
    assert row is not None
    return row


def find(cora: Cora, line: Line) -> Row:
    """The title of a line; one never seen is registered, with a creditor made from its digits.

    Raises:
        ApiError: REC-0001, it is not registered and has to be.
    """
    if (issued := cora.sim.clearing_house.find(line.barcode)) is not None:
        return _issued_here(cora, line, issued)
    row = cora.store.row("SELECT * FROM cora_boleto WHERE barcode = ?", line.barcode)
    if row is not None:
        return row
    if cora.settings.require_registered_boletos:
        raise ApiError(422, "REC-0001", "Boleto não registrado na câmara de liquidação.")
    seed = int.from_bytes(hashlib.sha256(line.free_field.encode()).digest()[:8], "big")
    body = f"{seed % 90_000_000 + 10_000_000}0001"
    return register(
        cora,
        line,
        creditor=_NAMES[seed % len(_NAMES)],
        document=body + check_digits(body),
        amount=line.amount_cents or 5_000 + seed % 95_000,
        due_date=line.due_date,
    )


def _issued_here(cora: Cora, line: Line, issued: IssuedTitle) -> Row:
    """A boleto that a bank of this simulator issued, as it is today."""
    if not issued.is_registered and not issued.is_paid:
        raise ApiError(422, "REC-0001", "Boleto não registrado na câmara de liquidação.")
    register(
        cora,
        line,
        creditor=issued.creditor,
        document=issued.document,
        amount=issued.amount - issued.discount,
        due_date=issued.due_date,
        fine=issued.fine,
        interest=issued.interest,
    )
    sql = "UPDATE cora_boleto SET paid = ? WHERE barcode = ? RETURNING *"
    row = cora.store.row(sql, int(issued.is_paid), line.barcode)
    assert row is not None
    return row


def new_line(cora: Cora, amount: int, due_date: date | None) -> Line:
    """A boleto line of this bank that is not in use yet."""
    row = cora.store.row("SELECT count(*) AS n FROM cora_boleto")
    number = (row["n"] if row else 0) + 1
    free_field = f"00010{number:020d}"
    return read_line(build_line(BANK_CODE, due_date, amount, free_field), cora.clock.today())
