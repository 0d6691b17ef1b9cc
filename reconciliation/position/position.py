"""Where the books of a bank account stand at the end of a day: what the bank has and the Conta do
Ativo has not, in four differences that say why.

Amounts are reais. Bank less books = lines to reconcile, and ignored ones, − entries without a line
+ lines of other days than their entries + what is not proved; while no opening balance is written,
also that.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from reconciliation.models import OpeningBalance
from reconciliation.position.beginning import FIRST, Beginning, beginning

# Counted exactly up to here.
COUNTED = 1_000

# `base` is the day of the opening balance, or the one that it would have: that of `beginning`.
PARTS: str = """
WITH asked AS MATERIALIZED (
    SELECT asked.id, asked.leaf, line.day AS line_day, told.day AS told_day, told.closing,
           told.moved, opening.id AS opening_id, opening.day AS opening_day,
           opening.amount AS opening_amount, opening.entry_id,
           coalesce(
               opening.day, CASE WHEN told.day < line.day THEN told.day END, line.day - 1,
               told.day, %(day)s
           ) AS base
    FROM unnest(%(accounts)s::uuid[], %(leaves)s::uuid[]) AS asked (id, leaf)
    LEFT JOIN reconciliation_openingbalance AS opening
        ON opening.tenant_id = %(tenant)s AND opening.bank_account_id = asked.id
        AND opening.ended_at IS NULL AND opening.ledger_account_id = asked.leaf
"""
PARTS += FIRST
PARTS += """
)
SELECT asked.*, lines.amount, lines.number, items.amount, items.number,
       crossing.amount - older.amount, crossing.number + older.number,
       closing.day, closing.closing, coalesce(moved.amount, 0), coalesce(proved.amount, 0),
       posted.amount,
       EXISTS (
           SELECT 1 FROM reconciliation_openingputoff AS said
           WHERE said.tenant_id = %(tenant)s AND said.bank_account_id = asked.id
       ), ignored.amount, ignored.number, ignored.whole
FROM asked
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount), 0) AS amount, coalesce(sum(number), 0) AS number
    FROM banking_balancestep
    WHERE tenant_id = %(tenant)s AND owner_id = asked.id
        AND day > asked.base AND day <= %(day)s
) AS lines
CROSS JOIN LATERAL (
    SELECT coalesce(sum(told.amount), 0) AS amount, count(*) AS number,
           count(*) FILTER (WHERE told.amount = open.rest) AS whole
    FROM (
        SELECT statement_line_id, sum(amount) AS amount FROM reconciliation_matchline
        WHERE tenant_id = %(tenant)s AND is_ignored AND ended_at IS NULL
        GROUP BY statement_line_id
    ) AS told
    JOIN banking_openline AS open
        ON open.id = told.statement_line_id AND open.bank_account_id = asked.id
        AND open.day > asked.base AND open.day <= %(day)s
) AS ignored
CROSS JOIN LATERAL (
    SELECT coalesce(sum(rest), 0) AS amount, count(*) AS number FROM banking_openitem
    WHERE tenant_id = %(tenant)s AND account_id = asked.leaf AND NOT is_absorbed
        AND day <= %(day)s AND (reversed_on IS NULL OR reversed_on > %(day)s)
) AS items
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount), 0) AS amount, count(*) AS number FROM banking_daysapart
    WHERE tenant_id = %(tenant)s AND bank_account_id = asked.id
        AND until > %(day)s AND since <= %(day)s
        AND NOT (is_line_first AND since <= asked.base)
) AS crossing
CROSS JOIN LATERAL (
    SELECT coalesce(sum(part.amount), 0) AS amount, count(*) AS number
    FROM banking_statementline AS line
    JOIN banking_allocation AS part
        ON part.tenant_id = line.tenant_id AND part.statement_line_id = line.id
        AND part.ended_at IS NULL
    JOIN accounts_journalline AS item
        ON item.id = part.journal_line_id AND item.account_id = asked.leaf
    JOIN accounts_journalentry AS entry
        ON entry.tenant_id = item.tenant_id AND entry.id = item.entry_id
        AND entry.date <= %(day)s
    WHERE line.tenant_id = %(tenant)s AND line.bank_account_id = asked.id
        AND line.booked_on <= asked.base
) AS older
LEFT JOIN LATERAL (
    SELECT day, closing FROM banking_dailybalance
    WHERE tenant_id = %(tenant)s AND bank_account_id = asked.id
        AND day >= asked.base AND day <= %(day)s
    ORDER BY day DESC LIMIT 1
) AS closing ON true
CROSS JOIN LATERAL (
    SELECT sum(amount) AS amount FROM banking_daytotal
    WHERE tenant_id = %(tenant)s AND bank_account_id = asked.id
        AND day > asked.base AND day <= %(day)s
) AS moved
CROSS JOIN LATERAL (
    SELECT sum(amount) AS amount FROM banking_daytotal
    WHERE tenant_id = %(tenant)s AND bank_account_id = asked.id
        AND day > asked.base AND day <= closing.day
) AS proved
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount), 0) AS amount FROM banking_balancestep
    WHERE tenant_id = %(tenant)s AND owner_id = asked.leaf AND day <= %(day)s
) AS posted
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the differences: its sum, and of how many it is."""

    amount: Decimal = Decimal(0)
    number: int = 0

    @property
    def is_zero(self) -> bool:
        """None at all: parts that sum to zero are still there."""
        return not (self.amount or self.number)

    @property
    def number_text(self) -> str:
        return "1.000+" if self.number > COUNTED else str(self.number)


@dataclass(frozen=True, slots=True)
class Position:
    """An account at the end of `day`. `bank` is None while no balance of it is known."""

    account: BankAccount
    day: dt.date
    bank: Decimal | None
    books: Decimal
    to_reconcile: Part
    ignored: Part
    without_line: Part  # with the sign that the Conta do Ativo has it with
    days_apart: Part
    unproved: Part
    unopened: Decimal  # the opening balance that is not written
    opening: OpeningBalance | None
    beginning: Beginning | None
    is_put_off: bool  # somebody said «agora não» to its opening balance

    @property
    def difference(self) -> Decimal:
        return Decimal(0) if self.bank is None else self.bank - self.books

    @property
    def explained(self) -> Decimal:
        """What the differences sum to: always the difference of bank and books."""
        return (
            self.to_reconcile.amount
            + self.ignored.amount
            - self.without_line.amount
            + self.days_apart.amount
            + self.unproved.amount
            + self.unopened
        )

    @property
    def without_line_amount(self) -> Decimal:
        """What entries without a line make the bank have more."""
        return -self.without_line.amount

    @property
    def is_zero(self) -> bool:
        """Each of the four is; ignored lines are explained, with a reason."""
        four = (self.to_reconcile, self.without_line, self.days_apart, self.unproved)
        return all(part.is_zero for part in four) and not self.unopened

    @property
    def is_older(self) -> bool:
        """Earlier days were read than the opening balance is of: it goes back to them."""
        first, opening = self.beginning, self.opening
        return first is not None and opening is not None and first.day < opening.day


def position_of(account: BankAccount, day: dt.date) -> Position:
    """Runs inside the company's scope. `day` is not before that of the opening balance."""
    return positions_of(account.tenant_id, [account], day)[account.id]


def positions_of(
    tenant_id: UUID, accounts: Iterable[BankAccount], day: dt.date
) -> dict[UUID, Position]:
    """As `position_of` for each, in one query whatever their number."""
    by_id = {account.id: account for account in accounts}
    parameters: dict[str, Any] = {
        "tenant": tenant_id,
        "day": day,
        "accounts": list(by_id),
        "leaves": [account.ledger_account_id for account in by_id.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(PARTS, parameters)
        rows = cursor.fetchall()
    return {row[0]: composed(by_id[row[0]], day, row) for row in rows}


def composed(account: BankAccount, day: dt.date, row: Sequence[Any]) -> Position:
    first = beginning(*row[2:6])
    opening = opening_in(account, row)
    lines, lines_number, items, items_number, apart, apart_number = row[11:17]
    at_base = opening.amount if opening else first.amount if first else None
    bank, unproved = told_by_bank(account, day, at_base, row[17:21])
    ignored, ignored_number, ignored_whole = row[23:26]
    return Position(
        account=account,
        day=day,
        bank=bank,
        books=row[21],
        to_reconcile=Part(lines - ignored, lines_number - ignored_whole),
        ignored=Part(ignored, ignored_number),
        without_line=Part(items, items_number),
        days_apart=Part(apart, apart_number),
        unproved=Part(unproved, account.unread_movements),
        unopened=Decimal(0) if opening else at_base or Decimal(0),
        opening=opening,
        beginning=first,
        is_put_off=row[22],
    )


def opening_in(account: BankAccount, row: Sequence[Any]) -> OpeningBalance | None:
    """That of the Conta do Ativo of now: one that was written on a former one is none."""
    opening_id, day, amount, entry_id = row[6:10]
    if opening_id is None:
        return None
    return OpeningBalance(
        id=opening_id,
        tenant_id=account.tenant_id,
        bank_account=account,
        ledger_account_id=account.ledger_account_id,
        day=day,
        amount=amount,
        entry_id=entry_id,
    )


def told_by_bank(
    account: BankAccount, day: dt.date, at_base: Decimal | None, row: Sequence[Any]
) -> tuple[Decimal | None, Decimal]:
    """What the bank has at the end of the day, and how much of that no line proves.

    A day without a balance of its own has that of the last one and what moved since.
    """
    closing_day, closing, moved, proved = row
    if at_base is None:
        return None, Decimal(0)
    if tells_balance(account, day):
        assert account.balance is not None
        return account.balance, account.balance - at_base - moved
    unproved = Decimal(0) if closing_day is None else closing - at_base - proved
    return at_base + moved + unproved, unproved


def tells_balance(account: BankAccount, day: dt.date) -> bool:
    """Whether the bank's balance of now is of that day, or of one before it."""
    return (
        account.balance is not None
        and account.balance_at is not None
        and sao_paulo_day(account.balance_at) <= day
    )
