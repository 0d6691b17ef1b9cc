"""The account's movements with what BS2 keeps of each: its kind, the other side, the Pix id."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.bs2.bank import BANK_CODE, BRANCH, ISPB, Bs2
from simulator.bs2.banks import Place, place_of
from simulator.core.clock import SAO_PAULO, from_micros
from simulator.core.ledger import CREDIT
from simulator.core.people import Account
from simulator.core.store import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_detail (
    entry_id TEXT PRIMARY KEY, end_to_end TEXT, bank TEXT, branch TEXT, number TEXT
    ) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bs2_detail_pix ON bs2_detail (end_to_end);
"""

TED, TEF, TED_RETURN = "TED", "TEF", "TED_RETURN"
PAYMENT, BOLETO, FEE = "PAYMENT", "BOLETO", "FEE"
PIX, PIX_REFUND = "PIX", "PIX_REFUND"
PIX_INTERNAL, PIX_INTERNAL_REFUND = "PIX_INTERNAL", "PIX_INTERNAL_REFUND"
KINDS = (
    *(TED, TEF, TED_RETURN, PAYMENT, BOLETO, FEE, PIX, PIX_REFUND),
    *(PIX_INTERNAL, PIX_INTERNAL_REFUND),
)
_TEXTS = {
    "TED-DEBIT": ("TED Enviada", "TED Enviada"),
    "TED-CREDIT": ("TED Recebida", "TED Recebida"),
    "TEF-DEBIT": ("Transferência entre contas BS2", "Transf. Enviada"),
    "TEF-CREDIT": ("Transferência entre contas BS2", "Transf. Recebida"),
    "TED_RETURN-CREDIT": ("Devolução de TED", "Devolução TED"),
    "PAYMENT-DEBIT": ("Pagamento de Título", "Pagto Título"),
    "BOLETO-CREDIT": ("Liquidação de Boleto", "Liq. Boleto"),
    "PIX-DEBIT": ("Débito Pix Transferência", "Pix Enviado"),
    "PIX-CREDIT": ("Crédito Pix Transferência", "Pix Recebido"),
    "PIX_REFUND-DEBIT": ("Débito Pix Devolução", "Pix Devolvido"),
    "PIX_REFUND-CREDIT": ("Crédito Pix Devolução", "Devolução Pix Recebida"),
    "PIX_INTERNAL-DEBIT": ("Débito Pix Transf. Interna", "Pix Interno Enviado"),
    "PIX_INTERNAL-CREDIT": ("Crédito Pix Transf. Interna", "Pix Interno Recebido"),
    "PIX_INTERNAL_REFUND-DEBIT": (
        "Devolução Débito Pix Transf. Interna",
        "Dev Pix Interno Enviada",
    ),
    "PIX_INTERNAL_REFUND-CREDIT": ("Crédito Pix Devolução Interna", "Devolução Pix Interno"),
    "FEE-DEBIT": ("Tarifa", "Tarifa"),
}
_CATEGORIES = {  # those of 2, 10, 11, 16, 17, 18 and 20 are known
    "TED-DEBIT": 1,
    "TED-CREDIT": 2,
    "TEF-DEBIT": 3,
    "TEF-CREDIT": 4,
    "PAYMENT-DEBIT": 5,
    "BOLETO-CREDIT": 6,
    "TED_RETURN-CREDIT": 7,
    "PIX-CREDIT": 10,
    "PIX-DEBIT": 11,
    "PIX_REFUND-CREDIT": 12,
    "PIX_REFUND-DEBIT": 13,
    "PIX_INTERNAL-CREDIT": 16,
    "PIX_INTERNAL-DEBIT": 17,
    "PIX_INTERNAL_REFUND-DEBIT": 18,
    "PIX_INTERNAL_REFUND-CREDIT": 19,
    "FEE-DEBIT": 20,
}


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a movement besides the ledger's own columns."""

    end_to_end: str | None = None
    place: Place | None = None  # where the other party's account is


def keep_details(bs2: Bs2, entry_id: str, details: Details) -> None:
    bs2.store.run(
        "INSERT INTO bs2_detail VALUES (?, ?, ?, ?, ?)",
        *(entry_id, details.end_to_end, *(details.place or (None, None, None))),
    )


def key_of(row: Row) -> str:
    """The kind and the direction. What the shared history calls a transfer is a TED here."""
    return _key(row["kind"], row["direction"])


def _key(kind: str, direction: str) -> str:
    return f"{TED if kind == 'TRANSFER' else kind}-{direction}"


def texts_of(row: Row) -> tuple[str, str]:
    """`descricao` and `descricaoAbreviada`."""
    return _TEXTS.get(key_of(row), (row["description"], row["description"][:20]))


def category_of(kind: str, direction: str) -> int:
    """`tipoCategoria`, as far as the bank tells it; else 99."""
    return _CATEGORIES.get(_key(kind, direction), 99)


def details_of(bs2: Bs2, rows: Sequence[Row]) -> dict[str, Details]:
    """By entry id. What was not kept is made up from the entry, always the same."""
    marks = ", ".join("?" * len(rows))
    sql = f"SELECT * FROM bs2_detail WHERE entry_id IN ({marks})"  # noqa: S608
    kept = {row["entry_id"]: row for row in bs2.store.rows(sql, *(row["id"] for row in rows))}
    return {row["id"]: _details(row, kept.get(row["id"])) for row in rows}


def _details(row: Row, kept: Row | None) -> Details:
    end_to_end = kept["end_to_end"] if kept else None
    if end_to_end is None and row["kind"].startswith("PIX"):
        end_to_end = made_up_end_to_end(row)
    if kept and kept["bank"]:
        return Details(end_to_end, Place(kept["bank"], kept["branch"], kept["number"]))
    place = place_of(row["document"] or row["name"] or "")
    if row["kind"] in (TEF, PIX_INTERNAL, PIX_INTERNAL_REFUND):
        place = place._replace(bank=BANK_CODE, branch=BRANCH)
    return Details(end_to_end, place)


def made_up_end_to_end(row: Row) -> str:
    ispb = ISPB
    if row["direction"] == CREDIT and row["kind"] == PIX:
        ispb = place_of(row["document"] or row["name"] or "").ispb
    letters = str(int(hashlib.sha256(row["id"].encode()).hexdigest()[:12], 16))[:10]
    first = "D" if row["kind"].endswith("REFUND") else "E"
    return end_to_end(first, ispb, from_micros(row["at"]), letters)


def end_to_end(first: str, ispb: str, at: datetime, letters: str) -> str:
    """32 characters; those that BS2 issues end in P, and those of refunds (`first` D) in D."""
    last = "D" if first == "D" else "P"
    return f"{first}{ispb}{at:%Y%m%d%H%M}{letters.rjust(10, '0')}{last}"


def protocol_of(account: Account, row: Row) -> str:
    """31 digits: bank, branch, account, day and a sequence that never changes."""
    number = f"{account.number}{account.digit}".rjust(10, "0")[-10:]
    day = row["day"].replace("-", "")
    return f"{BANK_CODE}{account.branch}{number}{day}{(500_000 + row['seq']) % 10**6:06d}"


def local_time(instant: datetime) -> str:
    """São Paulo, milliseconds, no offset."""
    return f"{instant.astimezone(SAO_PAULO):%Y-%m-%dT%H:%M:%S.%f}"[:-3]


def party_wire(row: Row, details: Details) -> dict[str, Any] | None:
    """The other side, whose numbers are integers in the statement. Of the refund of a Pix inside
    BS2 the bank is not told."""
    if not row["name"]:
        return None
    place = details.place or place_of(row["document"] or row["name"])
    bank_name = "Bco BS2 SA" if place.bank == BANK_CODE else place.bank_name
    is_told = row["kind"] != PIX_INTERNAL_REFUND
    return {
        "nome": row["name"],
        "documento": row["document"] or "",
        "nomeBanco": bank_name if is_told else "",
        "banco": int(place.bank) if is_told else 0,
        "agencia": int(place.branch),
        "conta": int(place.account),
    }
