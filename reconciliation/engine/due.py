"""Which open lines are to be looked at: those that came, and those of whose items one changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from reconciliation.models import OpenedLine
from tenants.scope import across_tenants

# Of two workers one works for a company at a time, until its transaction ends.
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('reconciliation ' || %s::text, 0))"
MOST_CHANGES = 5_000

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
        id, tenant_id, bank_account_id, day, amount, is_due, is_own, parties)
    SELECT DISTINCT opened.id, opened.tenant_id, opened.bank_account_id, opened.day, opened.rest,
        true, false, '{}'::varchar[]
    FROM (SELECT DISTINCT first_id, last_id FROM came) AS came
    JOIN banking_openline AS opened
        ON opened.id BETWEEN came.first_id AND came.last_id
        AND opened.tenant_id = %(tenant)s
    ON CONFLICT (id) DO UPDATE SET is_due = true, amount = EXCLUDED.amount
    RETURNING id
)
SELECT count(*) FROM named
"""
# A person looked at them, and did nothing.
PASSED = """
WITH passed AS (
    DELETE FROM reconciliation_openedline
    WHERE tenant_id = %(tenant)s
        AND opened_at <= kamino_now() - make_interval(secs => %(left_alone)s)
    RETURNING id
)
UPDATE reconciliation_linereading SET is_due = true
WHERE tenant_id = %(tenant)s AND NOT is_due AND id IN (SELECT id FROM passed)
"""
# Money that waits for its other side may find it in what another account has just told.
WAITING = """
UPDATE reconciliation_linereading SET is_due = true
WHERE tenant_id = %(tenant)s AND is_own AND NOT is_due
"""
CHANGES = """
WITH taken AS (
    DELETE FROM reconciliation_itemchange WHERE id IN (
        SELECT id FROM reconciliation_itemchange WHERE tenant_id = %(tenant)s LIMIT %(most)s)
    RETURNING amount, party, item_id
)
SELECT count(*), array_agg(DISTINCT amount),
    array_agg(DISTINCT party) FILTER (WHERE party <> ''), array_agg(DISTINCT item_id)
FROM taken
"""
TOUCHED = """
UPDATE reconciliation_linereading AS reading SET is_due = true
WHERE reading.tenant_id = %(tenant)s AND NOT reading.is_due AND reading.id IN (
    SELECT id FROM reconciliation_linereading
        WHERE tenant_id = %(tenant)s AND amount = ANY(%(amounts)s)
    UNION ALL SELECT id FROM reconciliation_linereading
        WHERE tenant_id = %(tenant)s AND parties && %(parties)s
    UNION ALL SELECT line_id FROM reconciliation_proposal
        WHERE tenant_id = %(tenant)s AND items && %(items)s)
"""
# And what else is due on the last of their days, if it is not more than they are: the open lines of
# these days are read beside them, each time anew.
DUE = """
SELECT id FROM reconciliation_linereading
WHERE tenant_id = %(tenant)s AND is_due AND day <= (
    SELECT max(day) FROM (
        SELECT day FROM reconciliation_linereading
        WHERE tenant_id = %(tenant)s AND is_due ORDER BY day, id LIMIT %(most)s) AS oldest)
ORDER BY day, id LIMIT 2 * %(most)s
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


def companies() -> list[UUID]:
    """Those with something to look at."""
    with across_tenants(), connection.cursor() as cursor:
        cursor.execute(COMPANIES, [OpenedLine.LEFT_ALONE.total_seconds()])
        return [row[0] for row in cursor.fetchall()]


def is_mine(tenant_id: UUID) -> bool:
    """Whether this transaction is the one that looks at the company's lines."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
        mine: bool = cursor.fetchone()[0]
    return mine


def take_due(tenant_id: UUID, most: int) -> list[UUID]:
    """The oldest first, up to twice as many. The caller has the company, and marks them as read in
    its transaction."""
    asked: dict[str, Any] = {
        "tenant": tenant_id,
        "most": MOST_CHANGES,
        "left_alone": OpenedLine.LEFT_ALONE.total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTED, asked)
        passed, came, changed, due = cursor.fetchone()
        if not (passed or came or changed or due):
            return []
        if passed:
            cursor.execute(PASSED, asked)
        if came:
            cursor.execute(NEW, asked)
            if cursor.fetchone()[0]:
                cursor.execute(WAITING, asked)
        while changed:
            cursor.execute(CHANGES, asked)
            count, amounts, parties, items = cursor.fetchone()
            if count:
                either = [*amounts, *(-amount for amount in amounts)]
                touched = {"amounts": either, "parties": parties or [], "items": items}
                cursor.execute(TOUCHED, {**asked, **touched})
            changed = count == MOST_CHANGES
        cursor.execute(DUE, {"tenant": tenant_id, "most": most})
        return [row[0] for row in cursor.fetchall()]


READ = """
UPDATE reconciliation_linereading AS reading
SET is_due = false, read_at = kamino_now(), is_own = told.is_own,
    parties = CASE WHEN told.parties = '' THEN '{}' ELSE string_to_array(told.parties, ',') END
FROM unnest(%(lines)s::uuid[], %(own)s::boolean[], %(parties)s::text[])
    AS told (id, is_own, parties)
WHERE reading.tenant_id = %(tenant)s AND reading.id = told.id
"""
DONE = """
UPDATE reconciliation_linereading SET is_due = false
WHERE tenant_id = %s AND is_due AND id = ANY(%s)
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
                    "parties": [",".join(each.parties) for each in read],
                },
            )
        if also:
            cursor.execute(DONE, [tenant_id, list(also)])
