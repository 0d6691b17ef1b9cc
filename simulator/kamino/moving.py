"""Money in and out of accounts, with what it was for."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.core.ids import new_id
from simulator.core.ledger import NewEntry, add_entries
from simulator.kamino import notices
from simulator.kamino.bank import ISPB, Kamino

TED, PIX, BOLETO, FEE, OTHER = "TED", "PIX", "BOLETO", "FEE", "OTHER"


@dataclass(frozen=True, slots=True)
class Move:
    entry: NewEntry
    payment_id: str | None = None
    charge_id: str | None = None
    end_to_end: str | None = None


def move(bank: Kamino, account_id: int, moves: Sequence[Move]) -> list[str]:
    """Write movements down; the ids of their entries. Who asked for it is told."""
    with bank.store.write():
        ids = add_entries(bank.store, account_id, [m.entry for m in moves])
        for entry_id, m in zip(ids, moves, strict=True):
            bank.store.run(
                "INSERT INTO kamino_entry VALUES (?, ?, ?, ?)",
                *(entry_id, m.payment_id, m.charge_id, m.end_to_end),
            )
            notices.announce(bank, account_id, "entry.created", {"id": entry_id})
    return ids


def new_end_to_end(bank: Kamino, letter: str = "E") -> str:
    """What makes a Pix (E) or the return of one (D) that one in the whole country."""
    return f"{letter}{ISPB}{bank.clock.now():%Y%m%d%H%M}{new_id('')[:11]}"
