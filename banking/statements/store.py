"""Store what a bank says of an account: each movement once, and the proof that none is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate, chain
from uuid import UUID

from django.db import connection as database
from django.db.models import Sum

from banking.banks.contract.statement import Movement, StatementPage, Unread
from banking.models import BankAccount, DailyBalance, StatementLine
from banking.statements.joining import join_lines_of_files
from banking.statements.lease import record_progress
from banking.statements.line_doubts import note_doubts
from core.ids import uuid7
from tenants.scope import tenant_scope

# Lines to a transaction: fewer commits than the banks' pages of a few hundred.
BATCH = 2000

STAGE = """
CREATE TEMPORARY TABLE staged_line (
    id uuid, bank_id text, booked_on date, occurred_at timestamptz, amount numeric, kind text,
    description text, counterparty_name text, counterparty_document text, raw text,
    operation_on date, end_to_end_id text, masked_document text
) ON COMMIT DROP
"""
COPY = "COPY staged_line FROM STDIN"
# In the order of the index that pages read by, so that it grows at few places.
INSERT = """
INSERT INTO banking_statementline (
    tenant_id, bank_account_id, id, bank_id, booked_on, occurred_at, amount, kind, description,
    counterparty_name, counterparty_document, raw, operation_on, end_to_end_id,
    masked_document
)
SELECT %s, %s, id, bank_id, booked_on, occurred_at, amount, kind, description,
       counterparty_name, counterparty_document, raw::jsonb, operation_on, end_to_end_id,
       masked_document
FROM staged_line
ON CONFLICT (tenant_id, bank_account_id, bank_id) DO NOTHING
"""
# Row by row through the unique key: the staged table has no statistics to plan a join by.
CHANGED = """
SELECT count(*) FROM staged_line AS staged CROSS JOIN LATERAL (
    SELECT amount, booked_on FROM banking_statementline
    WHERE tenant_id = %s AND bank_account_id = %s AND bank_id = staged.bank_id LIMIT 1
) AS stored
WHERE (stored.amount, stored.booked_on) IS DISTINCT FROM (staged.amount, staged.booked_on)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the pages of a statement."""

    new: int
    changed: int  # told differently by the bank than what is stored
    last_page: StatementPage
    unread: Sequence[Unread]


def store_pages(account: BankAccount, pages: Iterable[StatementPage]) -> Stored:
    """Store the movements of a statement's pages, a batch to a transaction, and note the progress.

    To be called outside of scopes: reading the next page calls the bank. There is at least one.
    May raise any BankError that `pages` raises; the batches before it stay stored.

    Raises:
        LeaseLost: another worker has the account by now; this batch is not stored.
    """
    waiting: list[Movement] = []
    unread: list[Unread] = []
    read = new = changed = 0
    for page in chain(pages, [None]):
        if page is not None:
            last_page = page
            waiting += page.movements
            unread += page.unread
        if page is None or len(waiting) >= BATCH:
            read += len(waiting)
            with tenant_scope(account.tenant_id):
                record_progress(account, read)  # locks the account: files are applied alone
                counts = store_movements(account, waiting)
            new, changed = new + counts[0], changed + counts[1]
            waiting = []
    return Stored(new, changed, last_page, unread)


def store_movements(account: BankAccount, movements: Sequence[Movement]) -> tuple[int, int]:
    """Store the movements that are new; leave those that are there alone.

    Returns how many were new, and how many the bank tells differently from what was stored
    before: a stored line is a fact and stays, so the difference is for people to see.
    Runs inside the company's scope.
    """
    if not movements:
        return 0, 0
    joined = join_lines_of_files(account, movements)
    movements = joined.left
    if not movements:
        return 0, 0
    owner = [account.tenant_id, account.id]
    with database.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy:
            for m in movements:
                copy.write_row(
                    (
                        uuid7(), m.bank_id, m.booked_on, m.occurred_at, m.amount, m.kind,
                        m.description[:300], m.counterparty_name[:160], m.counterparty_document,
                        m.raw, m.operation_on, m.end_to_end_id, m.masked_document,
                    )
                )  # fmt: skip
        cursor.execute(INSERT, owner)
        new = cursor.rowcount
        changed = 0
        if new < len(movements):
            cursor.execute(CHANGED, owner)
            changed = cursor.fetchone()[0]
        cursor.execute("DROP TABLE staged_line")
    note_doubts(account, joined.near)
    return new, changed


def line_told(account_id: UUID, tenant_id: UUID, bank_id: str) -> StatementLine:
    """The line that the bank's API tells under this id: its own, or one that a file told first."""
    lines = StatementLine.objects.of(tenant_id).filter(bank_account=account_id)
    line: StatementLine | None = lines.filter(bank_id=bank_id).first()
    return line or lines.get(sources__file=None, sources__key=bank_id)


def store_daily_balances(
    account: BankAccount, since: date, until: date, opening: Decimal
) -> Decimal:
    """Write what each day of since..until that has movements closed with; return the last closing.

    Amounts are reais. It follows from the bank's opening balance and the stored lines, so it equals
    the bank's own closing exactly when no line is missing or doubled.
    """
    totals = list(
        StatementLine.objects.of(account.tenant_id)
        .filter(bank_account=account, booked_on__range=(since, until))
        .values_list("booked_on")
        .annotate(Sum("amount"))
        .order_by("booked_on")
    )
    closings = list(accumulate((total for _, total in totals), initial=opening))[1:]
    days = [day for day, _ in totals]
    store_closings(account, dict(zip(days, closings, strict=True)))
    return closings[-1] if closings else opening


def store_closings(account: BankAccount, closings: Mapping[date, Decimal]) -> None:
    DailyBalance.objects.bulk_create(
        (
            DailyBalance(
                tenant_id=account.tenant_id, bank_account=account, day=day, closing=closing
            )
            for day, closing in closings.items()
        ),
        update_conflicts=True,
        unique_fields=["tenant", "bank_account", "day"],
        update_fields=["closing"],
    )


def closing_before(account: BankAccount, day: date) -> Decimal | None:
    """What the account held when the day began, as it is stored; None when nothing is."""
    stored = DailyBalance.objects.of(account.tenant_id).filter(bank_account=account, day__lt=day)
    closing: Decimal | None = stored.order_by("-day").values_list("closing", flat=True).first()
    return closing
