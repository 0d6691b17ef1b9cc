"""The balances that a table prints beside its movements, and what they say of its two ends."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from banking.statements.files.contract import Balance


class Seen(NamedTuple):
    day: date
    amount: Decimal
    balance: Decimal


class RunningBalance:
    """Tables run from the oldest row to the newest, or from the newest to the oldest."""

    def __init__(self) -> None:
        self._first: Seen | None = None
        self._last: Seen | None = None
        # Whether each balance follows from the one before it, read downwards or upwards.
        self._runs_down = self._runs_up = True

    def take(self, day: date, amount: Decimal, balance: Decimal | None) -> None:
        if balance is None:
            self.lose()
            return
        last, self._last = self._last, Seen(day, amount, balance)
        if last is None:
            self._first = self._last
            return
        self._runs_down &= last.balance + amount == balance
        self._runs_up &= balance + last.amount == last.balance

    def lose(self) -> None:
        """A row is unread or prints no balance: nothing follows across it."""
        self._runs_down = self._runs_up = False

    def closing(self) -> Balance | None:
        if self._first is None or self._last is None:
            return None
        newest = self._last if self._is_oldest_first() else self._first
        return Balance(newest.balance, newest.day)

    def opening(self) -> Balance | None:
        """Before the oldest row; only where the balances prove to run on row by row."""
        if self._first is None or self._last is None:
            return None
        is_oldest_first = self._is_oldest_first()
        if not (self._runs_down if is_oldest_first else self._runs_up):
            return None
        oldest = self._first if is_oldest_first else self._last
        return Balance(oldest.balance - oldest.amount, None)

    def _is_oldest_first(self) -> bool:
        assert self._first is not None and self._last is not None
        if self._first.day != self._last.day:
            return self._first.day < self._last.day
        return self._runs_down or not self._runs_up


class StatedBalance:
    """Balances that a table prints in rows of their own («SALDO DO DIA»): the last one to which its
    opening and the movements lead. Of no other it is known what it counts: what is invested, what
    is blocked, a limit."""

    def __init__(self) -> None:
        self.closing: Balance | None = None
        self._sum: Decimal | None = None  # since the opening
        self._last_day: date | None = None

    def take(self, day: date, amount: Decimal) -> None:
        self._last_day = day
        if self._sum is not None:
            self._sum += amount
        if self.closing is not None and self.closing.day is not None and day <= self.closing.day:
            self.closing = None

    def note(self, amount: Decimal, day: date | None, *, is_opening: bool) -> None:
        if is_opening and self._last_day is None and self._sum is None:
            self._sum = amount
        elif self._last_day is not None and amount == self._sum:
            self.closing = Balance(amount, day or self._last_day)
