"""An account at a bank and its statement. Amounts are reais, days are São Paulo days."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """What makes an account that account, whatever connection reaches it."""

    bank_code: str  # COMPE, three digits
    branch: str  # digits, leading zeros kept
    number: str  # check digit included, after a hyphen: "1234567-8"
    holder_name: str
    holder_document: str  # CNPJ or CPF, canonical


class Movement(NamedTuple):
    """One line of a bank's statement. A tuple, for there are a hundred thousand at a time."""

    bank_id: str
    occurred_at: datetime  # aware
    booked_on: date  # São Paulo day
    amount: Decimal  # reais, negative for money out
    kind: str  # transfer, payment, pix, fee, other
    description: str
    counterparty_name: str
    counterparty_document: str  # digits, or empty
    raw: str  # the bank's own JSON for this line
    # Where the bank gives them.
    end_to_end_id: str = ""  # of a Pix; one that begins with D gives a Pix back
    operation_on: date | None = None  # São Paulo day, where it is another than `booked_on`
    masked_document: str = ""  # with a part hidden, as the bank writes it: «***.456.789-**»


class UnreadReason(StrEnum):
    """Why an element of a statement is no movement."""

    FIELD = "field"  # one of its fields is missing or not as the bank documents it
    SAME_ID = "same_id"  # it has the id of another movement, and another content


class Unread(NamedTuple):
    """An element of a statement that cannot be taken for a movement. It hides no other."""

    raw: str  # the bank's own JSON for it
    day: date | None  # São Paulo; None where it has none that can be read
    reason: UnreadReason
    field: str = ""  # the bank's name of the field, where the reason is one


_RAW = Movement._fields.index("raw")


def sum_of(movements: Iterable[Movement]) -> Decimal:
    return sum((movement.amount for movement in movements), Decimal(0))


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Part of the statement of a period. The balances, in reais, are of the whole period and not of
    the page: before its first movement and after its last one."""

    opening: Decimal
    closing: Decimal
    movements: Sequence[Movement]
    unread: Sequence[Unread] = ()

    @property
    def length(self) -> int:
        """How many elements the bank gave."""
        return len(self.movements) + len(self.unread)


class EachOnce:
    """The pages of one reading, with each element once: pages shift under new movements, and what
    stood at the end of one comes again. An id that comes with another content is told."""

    def __init__(self) -> None:
        self._contents: dict[str, int] = {}
        self._unread: set[tuple[str, int]] = set()
        self.total = Decimal(0)  # of the movements, in reais
        self.has_repeats = False

    @property
    def count(self) -> int:
        return len(self._contents) + len(self._unread)

    def new_of(self, page: StatementPage) -> StatementPage:
        movements: list[Movement] = []
        others: list[Unread] = []
        for movement in page.movements:
            # All but the raw text, of which there is much.
            content = hash((movement[:_RAW], movement[_RAW + 1 :]))
            known = self._contents.get(movement.bank_id)
            if known is None:
                self._contents[movement.bank_id] = content
                self.total += movement.amount
                movements.append(movement)
            elif known == content:
                self.has_repeats = True
            else:
                others.append(Unread(movement.raw, movement.booked_on, UnreadReason.SAME_ID))
        unread = self._new_unread([*page.unread, *dict.fromkeys(others)])
        return replace(page, movements=movements, unread=unread)

    def _new_unread(self, unread: Sequence[Unread]) -> list[Unread]:
        """Equal ones of one page are several; of two pages, one that comes again."""
        alike: Counter[str] = Counter()
        new = []
        for element in unread:
            alike[element.raw] += 1
            numbered = element.raw, alike[element.raw]
            if numbered in self._unread:
                self.has_repeats = True
            else:
                self._unread.add(numbered)
                new.append(element)
        return new
