"""Which open lines are to be looked at: those that came, and those of whose items one changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from core import lease
from core.clock import database_now
from core.money import to_cents
from reconciliation.models import EngineTurn, OpenedLine, Proposal
from reconciliation.proposals.amounts import MOST_EARLY_DAYS
from reconciliation.proposals.sets import LOT_DAYS
from tenants.scope import across_tenants

LASTS = timedelta(minutes=5)  # a turn, unless it is renewed; far more than a batch takes
# Who acts on these lines goes first; before PostgreSQL looks for rings, which takes a second.
PATIENCE = "SET LOCAL lock_timeout = '200ms'"
MOST_CHANGES = 5_000
LOT_RANGE = range(LOT_DAYS[0], LOT_DAYS[1] + 1)  # days from a lot's line to what is due

# What there is to do: mostly nothing, which is to cost no more than this.
NOTED = """
SELECT
    EXISTS (SELECT FROM reconciliation_openedline WHERE tenant_id = %(tenant)s
        AND opened_at <= kamino_now() - make_interval(secs => %(left_alone)s)),
    EXISTS (SELECT FROM reconciliation_newlines WHERE tenant_id = %(tenant)s),
    EXISTS (SELECT FROM reconciliation_itemchange WHERE tenant_id = %(tenant)s),
    EXISTS (SELECT FROM reconciliation_linereading WHERE tenant_id = %(tenant)s AND is_due)
"""

NEW = """
WITH came AS (
    DELETE FROM reconciliation_newlines WHERE tenant_id = %(tenant)s
    RETURNING first_id, last_id
), named AS (
    INSERT INTO reconciliation_linereading (
        id, tenant_id, bank_account_id, day, amount, is_due, is_own, is_nameless, parties)
    SELECT DISTINCT opened.id, opened.tenant_id, opened.bank_account_id, opened.day, opened.rest,
        true, false, false, '{}'::varchar[]
    FROM (SELECT DISTINCT first_id, last_id FROM came) AS came
    JOIN banking_openline AS opened
        ON opened.id BETWEEN came.first_id AND came.last_id
        AND opened.tenant_id = %(tenant)s
    ON CONFLICT (id) DO UPDATE SET is_due = true, amount = EXCLUDED.amount
    RETURNING cents
)
SELECT count(*), array_agg(DISTINCT cents) FROM named
"""
# What was certain may have a rival now, or be given back.
RIVALLED = """
UPDATE reconciliation_linereading SET is_due = true WHERE id IN (
    SELECT id FROM reconciliation_linereading AS reading
    WHERE tenant_id = %(tenant)s AND NOT is_due AND cents = ANY(%(cents)s) AND EXISTS (
        SELECT FROM reconciliation_proposal AS kept
        WHERE kept.tenant_id = %(tenant)s AND kept.line_id = reading.id AND kept.degree <> '')
    ORDER BY id FOR UPDATE)
"""
# A person looked at them, and did nothing.
PASSED = """
WITH passed AS (
    DELETE FROM reconciliation_openedline
    WHERE tenant_id = %(tenant)s
        AND opened_at <= kamino_now() - make_interval(secs => %(left_alone)s)
    RETURNING id
)
UPDATE reconciliation_linereading SET is_due = true WHERE id IN (
    SELECT id FROM reconciliation_linereading
    WHERE tenant_id = %(tenant)s AND NOT is_due AND id IN (SELECT id FROM passed)
    ORDER BY id FOR UPDATE)
"""
# Money that waits for its other side may find it in what another account has just told.
WAITING = """
UPDATE reconciliation_linereading SET is_due = true WHERE id IN (
    SELECT id FROM reconciliation_linereading
    WHERE tenant_id = %(tenant)s AND is_own AND NOT is_due
    ORDER BY id FOR UPDATE)
"""
# By value, with the first day of lines that it may tell of; those of parties and items are of any
# day, and so are all where what changed has no day. Lines that tell of nobody may be a lot of what
# is due about their day.
CHANGES = """
WITH taken AS (
    DELETE FROM reconciliation_itemchange WHERE id IN (
        SELECT id FROM reconciliation_itemchange WHERE tenant_id = %(tenant)s LIMIT %(most)s)
    RETURNING amount, party, item_id, day
)
SELECT amount, min(coalesce(day - %(early)s, '0001-01-01')), count(*),
    array_agg(DISTINCT party) FILTER (WHERE party <> ''), array_agg(DISTINCT item_id),
    array_agg(DISTINCT day) FILTER (WHERE day IS NOT NULL)
FROM taken GROUP BY amount
"""
# Value by value; OFFSET keeps the planner from making it a join.
TOUCHED = """
UPDATE reconciliation_linereading SET is_due = true WHERE id IN (
    SELECT id FROM reconciliation_linereading
    WHERE tenant_id = %(tenant)s AND NOT is_due AND id IN (
        SELECT reading.id
            FROM unnest(%(cents)s::bigint[], %(firsts)s::date[]) AS wanted (cents, first)
            CROSS JOIN LATERAL (
                SELECT id FROM reconciliation_linereading
                WHERE tenant_id = %(tenant)s AND cents = wanted.cents AND day >= wanted.first
                OFFSET 0
            ) AS reading
        UNION ALL SELECT id FROM reconciliation_linereading
            WHERE tenant_id = %(tenant)s AND parties && %(parties)s
        UNION ALL SELECT id FROM reconciliation_linereading
            WHERE tenant_id = %(tenant)s AND is_nameless AND day = ANY(%(lots)s)
        UNION ALL SELECT line_id FROM reconciliation_proposal
            WHERE tenant_id = %(tenant)s AND items && %(items)s)
    ORDER BY id FOR UPDATE)
"""
# And what else is due on the last of their days, if it is not more than they are: the open lines of
# these days are read beside them, each time anew. The row's `xmin` is another one as soon as
# anybody has written it.
# Source: PostgreSQL documentation, "System Columns".
DUE = """
SELECT id, xmin::text FROM reconciliation_linereading
WHERE tenant_id = %(tenant)s AND is_due AND day <= (
    SELECT max(day) FROM (
        SELECT day FROM reconciliation_linereading
        WHERE tenant_id = %(tenant)s AND is_due ORDER BY day, id LIMIT %(most)s) AS oldest)
ORDER BY day, id LIMIT 2 * %(most)s
"""
UNCHANGED = """
SELECT reading.id FROM reconciliation_linereading AS reading
JOIN unnest(%(lines)s::uuid[], %(states)s::text[]) AS taken (id, state)
    ON taken.id = reading.id AND taken.state = reading.xmin::text
WHERE reading.tenant_id = %(tenant)s ORDER BY reading.id FOR UPDATE OF reading SKIP LOCKED
"""
COMPANIES = """
SELECT tenant_id FROM reconciliation_newlines
UNION SELECT tenant_id FROM reconciliation_itemchange
UNION SELECT tenant_id FROM reconciliation_linereading WHERE is_due
UNION SELECT tenant_id FROM reconciliation_openedline
    WHERE opened_at <= kamino_now() - make_interval(secs => %s)
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What a look at a line found, to be kept with it."""

    line: UUID
    parties: Sequence[str]
    is_own: bool
    is_nameless: bool


def companies() -> list[UUID]:
    """Those with something to look at."""
    with across_tenants(), connection.cursor() as cursor:
        cursor.execute(COMPANIES, [OpenedLine.LEFT_ALONE.total_seconds()])
        return [row[0] for row in cursor.fetchall()]


def take_turn(tenant_id: UUID) -> UUID | None:
    """Of two workers one works for a company at a time; one that dies loses it after a while. None:
    another does, or nothing is due. Runs inside the company's scope, to be committed at once."""
    if not any(noted(tenant_id)):
        return None
    row = EngineTurn.objects.of(tenant_id).filter(id=tenant_id)
    token = lease.take(row, LASTS)
    if token is None and not row.exists():
        made = EngineTurn(id=tenant_id, tenant_id=tenant_id)
        EngineTurn.objects.bulk_create([made], ignore_conflicts=True)
        token = lease.take(row, LASTS)
    return token


def noted(tenant_id: UUID) -> tuple[bool, bool, bool, bool]:
    """Lines that were passed by, that came, items that changed, lines that are due."""
    with connection.cursor() as cursor:
        cursor.execute(NOTED, asked_of(tenant_id))
        found: tuple[bool, bool, bool, bool] = cursor.fetchone()
    return found


def asked_of(tenant_id: UUID) -> dict[str, Any]:
    return {"tenant": tenant_id, "left_alone": OpenedLine.LEFT_ALONE.total_seconds()}


def is_mine(tenant_id: UUID, token: UUID) -> bool:
    """Renewed with it, unless it ran out and another worker has the company."""
    mine = EngineTurn.objects.of(tenant_id).filter(id=tenant_id, lease=token)
    return bool(mine.update(leased_until=database_now() + LASTS))


def end_turn(tenant_id: UUID, token: UUID) -> None:
    lease.give_back(EngineTurn.objects.of(tenant_id).filter(id=tenant_id), token)


@dataclass(frozen=True, slots=True)
class Due:
    """A line to be looked at, in the state in which its reading was then."""

    line: UUID
    state: str


def take_due(tenant_id: UUID, most: int) -> list[Due]:
    """The oldest first, up to twice as many. What changed becomes lines that are due, to be
    committed before they are looked at; they stay so until `note_read`. Empty too where somebody
    acts on one of those that it would write."""
    try:
        with transaction.atomic():
            note_changes(tenant_id)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return []
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"tenant": tenant_id, "most": most})
        return [Due(*row) for row in cursor.fetchall()]


def note_changes(tenant_id: UUID) -> None:
    passed, came, changed, _ = noted(tenant_id)
    if not (passed or came or changed):
        return
    asked: dict[str, Any] = {
        **asked_of(tenant_id),
        "most": MOST_CHANGES,
        "early": MOST_EARLY_DAYS,
    }
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        if passed:
            cursor.execute(PASSED, asked)
        if came:
            cursor.execute(NEW, asked)
            count, cents = cursor.fetchone()
            if count:
                cursor.execute(WAITING, asked)
                cursor.execute(RIVALLED, {**asked, "cents": either_side(cents)})
        while changed:
            cursor.execute(CHANGES, asked)
            changes = cursor.fetchall()
            if changes:
                cursor.execute(TOUCHED, {**asked, **touched_by(changes)})
            changed = sum(each[2] for each in changes) == MOST_CHANGES
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")


def touched_by(changes: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """What lines are found by, of rows of `CHANGES`."""
    amounts, firsts, _, parties, items, days = zip(*changes, strict=True)
    due = {day for found in days for day in found or ()}
    lots = {day - timedelta(days=apart) for day in due for apart in LOT_RANGE}
    return {
        "cents": either_side(map(to_cents, amounts)),
        "firsts": [first for first in firsts for _ in (1, -1)],
        "parties": [party for found in parties for party in found or ()],
        "items": [item for found in items for item in found],
        "lots": sorted(lots),
    }


def either_side(cents: Iterable[int]) -> list[int]:
    """Money that went as much as money that came."""
    return [side * each for each in cents for side in (1, -1)]


def hold_unchanged(tenant_id: UUID, due: Sequence[Due]) -> list[UUID]:
    """The lines whose readings nobody has written since, held. An act on one of them that has not
    ended yet is waited for by nobody: it writes the reading, or takes it away."""
    asked: dict[str, Any] = {
        "tenant": tenant_id,
        "lines": [each.line for each in due],
        "states": [each.state for each in due],
    }
    with connection.cursor() as cursor:
        cursor.execute(UNCHANGED, asked)
        return [row[0] for row in cursor.fetchall()]


READ = """
UPDATE reconciliation_linereading AS reading
SET is_due = false, read_at = kamino_now(), is_own = told.is_own,
    is_nameless = told.is_nameless,
    parties = CASE WHEN told.parties = '' THEN '{}' ELSE string_to_array(told.parties, ',') END
FROM unnest(%(lines)s::uuid[], %(own)s::boolean[], %(nameless)s::boolean[], %(parties)s::text[])
    AS told (id, is_own, is_nameless, parties)
WHERE reading.tenant_id = %(tenant)s AND reading.id = told.id
"""
DONE = """
UPDATE reconciliation_linereading SET is_due = false
WHERE tenant_id = %(tenant)s AND is_due AND id = ANY(%(lines)s)
"""
APART = """
UPDATE reconciliation_linereading SET is_due = false, read_at = kamino_now()
WHERE tenant_id = %(tenant)s AND id = ANY(%(lines)s)
"""
CLOSED = """
DELETE FROM reconciliation_linereading AS reading
WHERE tenant_id = %(tenant)s AND id = ANY(%(lines)s)
    AND NOT EXISTS (SELECT 1 FROM banking_openline AS opened WHERE opened.id = reading.id)
"""


def note_read(tenant_id: UUID, read: Sequence[Read], also: Sequence[UUID]) -> None:
    """`also` are due lines of which nothing is open."""
    with connection.cursor() as cursor:
        if read:
            cursor.execute(
                READ,
                {
                    "tenant": tenant_id,
                    "lines": [each.line for each in read],
                    "own": [each.is_own for each in read],
                    "nameless": [each.is_nameless for each in read],
                    "parties": [",".join(each.parties) for each in read],
                },
            )
        if also:
            closed: dict[str, Any] = {"tenant": tenant_id, "lines": list(also)}
            cursor.execute(CLOSED, closed)
            cursor.execute(DONE, closed)


def set_apart(tenant_id: UUID, due: Sequence[Due]) -> bool:
    """Nothing is known of them, until they or an item of theirs is another. False: somebody acts
    on them, or they are another already."""
    ids = hold_unchanged(tenant_id, due)
    if ids:
        Proposal.objects.of(tenant_id).filter(line_id__in=ids).delete()
        with connection.cursor() as cursor:
            cursor.execute(APART, {"tenant": tenant_id, "lines": ids})
    return bool(ids)
