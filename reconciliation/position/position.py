"""Where the books of a bank account stand at the end of a day: what the bank has and the Conta do
Ativo has not, in four differences that say why.

Amounts are reais. Bank less books = lines to reconcile, and ignored ones, − entries without a line
+ lines of other days than their entries + what is not proved; while no opening balance is written,
also that.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from banking.models import BankAccount, OpenLine, StatementLine
from brazil.banking_days import sao_paulo_day
from reconciliation.models import OpeningBalance
from reconciliation.position.beginning import Beginning, beginnings_of

# Counted exactly up to here.
COUNTED = 1_000

# `base` is the day of the opening balance, or the one that it would have.
PARTS = """
SELECT asked.id, lines.amount, lines.number, items.amount, items.number,
       crossing.amount - older.amount, crossing.number + older.number,
       closing.day, closing.closing, coalesce(moved.amount, 0), coalesce(proved.amount, 0),
       posted.amount - later.amount
FROM unnest(%(accounts)s::uuid[], %(leaves)s::uuid[], %(bases)s::date[])
    AS asked (id, leaf, base)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(rest), 0) AS amount, count(*) AS number FROM banking_openline
    WHERE tenant_id = %(tenant)s AND bank_account_id = asked.id
        AND day > asked.base AND day <= %(day)s
) AS lines
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
    SELECT coalesce(sum(amount), 0) AS amount FROM accounts_journalline
    WHERE tenant_id = %(tenant)s AND account_id = asked.leaf
) AS posted
CROSS JOIN LATERAL (
    SELECT coalesce(sum(line.amount), 0) AS amount FROM accounts_journalentry AS entry
    JOIN accounts_journalline AS line
        ON line.entry_id = entry.id AND line.tenant_id = entry.tenant_id
        AND line.account_id = asked.leaf
    WHERE entry.tenant_id = %(tenant)s AND entry.date > %(day)s
) AS later
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
    def is_zero(self) -> bool:
        """Each of the four is; ignored lines are explained, with a reason."""
        four = (self.to_reconcile, self.without_line, self.days_apart, self.unproved)
        return all(part.is_zero for part in four) and not self.unopened

    @property
    def is_older(self) -> bool:
        """Earlier days were read than the opening balance is of: it goes back to them."""
        first, opening = self.beginning, self.opening
        return first is not None and opening is not None and first.day < opening.day


def ignored_parts(account: BankAccount) -> "QuerySet[StatementLine]":
    """The lines of the account that people set aside with a reason. Nothing ignores any yet."""
    lines: QuerySet[StatementLine] = StatementLine.objects.of(account.tenant_id).none()
    return lines


def position_of(account: BankAccount, day: dt.date) -> Position:
    """Runs inside the company's scope. `day` is not before that of the opening balance."""
    return positions_of(account.tenant_id, [account], day)[account.id]


def positions_of(
    tenant_id: UUID, accounts: Iterable[BankAccount], day: dt.date
) -> dict[UUID, Position]:
    """As `position_of` for each, in three queries whatever their number."""
    accounts = list(accounts)
    beginnings = beginnings_of(tenant_id, accounts)
    openings = standing_openings(tenant_id, accounts)
    bases = [base_of(openings.get(each.id), beginnings.get(each.id), day) for each in accounts]
    parameters = {
        "tenant": tenant_id,
        "day": day,
        "accounts": [account.id for account in accounts],
        "leaves": [account.ledger_account_id for account in accounts],
        "bases": [base.day for base in bases],
    }
    with connection.cursor() as cursor:
        cursor.execute(PARTS, parameters)
        rows = {account_id: values for account_id, *values in cursor.fetchall()}
    return {
        account.id: composed(
            account,
            day,
            base,
            rows[account.id],
            opening=openings.get(account.id),
            beginning=beginnings.get(account.id),
        )
        for account, base in zip(accounts, bases, strict=True)
    }


def standing_openings(
    tenant_id: UUID, accounts: Iterable[BankAccount]
) -> Mapping[UUID, OpeningBalance]:
    """Those of the Conta do Ativo of now: one that was written on a former one is none."""
    leaves = {account.id: account.ledger_account_id for account in accounts}
    rows = OpeningBalance.objects.of(tenant_id).standing().filter(bank_account__in=leaves)
    return {
        row.bank_account_id: row
        for row in rows
        if row.ledger_account_id == leaves[row.bank_account_id]
    }


def base_of(opening: OpeningBalance | None, first: Beginning | None, day: dt.date) -> Beginning:
    if opening is not None:
        return Beginning(opening.day, opening.amount)
    return first or Beginning(day, None)


def composed(
    account: BankAccount,
    day: dt.date,
    base: Beginning,
    values: list[Any],
    *,
    opening: OpeningBalance | None,
    beginning: Beginning | None,
) -> Position:
    lines, lines_number, items, items_number, apart, apart_number = values[:6]
    closing_day, closing, moved, proved, books = values[6:]
    at_base = base.amount
    if at_base is None:
        bank, unproved = None, Decimal(0)
    elif tells_balance(account, day):
        bank, unproved = account.balance, account.balance - at_base - moved
    elif closing_day is not None:
        unproved = closing - at_base - proved
        bank = at_base + moved + unproved
    else:
        bank, unproved = at_base + moved, Decimal(0)
    ignored = ignored_part(account, base.day, day)
    return Position(
        account=account,
        day=day,
        bank=bank,
        books=books,
        to_reconcile=Part(lines - ignored.amount, lines_number - ignored.number),
        ignored=ignored,
        without_line=Part(items, items_number),
        days_apart=Part(apart, apart_number),
        unproved=Part(unproved, account.unread_movements),
        unopened=Decimal(0) if opening else at_base or Decimal(0),
        opening=opening,
        beginning=beginning,
    )


def tells_balance(account: BankAccount, day: dt.date) -> bool:
    """Whether the bank's balance of now is of that day, or of one before it."""
    return (
        account.balance is not None
        and account.balance_at is not None
        and sao_paulo_day(account.balance_at) <= day
    )


def ignored_part(account: BankAccount, base: dt.date, day: dt.date) -> Part:
    rows = OpenLine.objects.of(account.tenant_id).filter(
        id__in=ignored_parts(account).values("id"), day__gt=base, day__lte=day
    )
    found = rows.aggregate(amount=Sum("rest"), number=Count("id"))
    return Part(found["amount"] or Decimal(0), found["number"] or 0)
