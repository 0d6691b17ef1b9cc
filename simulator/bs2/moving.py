"""Money in and out of an account: the entry, its details and who is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.bs2.bank import Bs2
from simulator.bs2.movements import Details, keep_details
from simulator.bs2.notices import announce_movement
from simulator.core.ledger import NewEntry, add_entries


@dataclass(frozen=True, slots=True)
class Move:
    entry: NewEntry
    details: Details = field(default_factory=Details)


def write(bs2: Bs2, account_id: int, moves: Sequence[Move]) -> list[str]:
    """Write the movements, and send no notice. The entries' ids."""
    with bs2.store.write():
        ids = add_entries(bs2.store, account_id, [each.entry for each in moves])
        for entry_id, each in zip(ids, moves, strict=True):
            if each.details != Details():
                keep_details(bs2, entry_id, each.details)
    return ids


def move(bs2: Bs2, account_id: int, moves: Sequence[Move]) -> list[str]:
    """Write the movements and tell those who asked. The entries' ids."""
    with bs2.store.write():
        ids = write(bs2, account_id, moves)
        for each in moves:
            announce_movement(bs2, account_id, each.entry, each.details)
    return ids
