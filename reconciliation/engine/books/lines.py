"""Lines of the statement: those that are looked at, and what stands beside them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.money import to_cents
from reconciliation.engine.books.gathered import Apart, Gathered, fetch
from reconciliation.proposals.book import RIVAL_DAYS
from reconciliation.proposals.facts import Line, OwnAccount
from reconciliation.proposals.pairs import RETURN_DAYS

LINE_KINDS = {"transfer": "ted", "payment": "boleto"}
# Lines beside those that are looked at, from their days: rivals of the same value; of the contrary
# value what they may give back, and their other side.
RIVALS = timedelta(days=RIVAL_DAYS)
BACK, AHEAD = timedelta(days=RETURN_DAYS), timedelta(days=RIVAL_DAYS + 1)
LINE = """
SELECT line.id::text, line.bank_account_id::text, line.booked_on,
    coalesce(opened.rest, 0), line.amount, line.kind, line.is_from_file, line.description,
    line.counterparty_name, coalesce(nullif(line.counterparty_document, ''), line.masked_document)
FROM @LINES AS line
LEFT JOIN banking_openline AS opened ON opened.id = line.id
"""
LINES = LINE.replace("@LINES", "banking_statementline")
# Value by value: of an account with many lines all of these days would be read else. OFFSET keeps
# the planner from making it a join.
OF_VALUES = """(
    SELECT line.* FROM unnest(%(cents)s::bigint[], %(firsts)s::date[], %(lasts)s::date[])
        AS wanted (cents, first, last) CROSS JOIN LATERAL (
        SELECT * FROM banking_statementline
        WHERE tenant_id = %(tenant)s AND withdrawn_at IS NULL
            AND bank_account_id = ANY(%(accounts)s) AND cents = wanted.cents
            AND booked_on BETWEEN wanted.first AND wanted.last
        OFFSET 0
    ) AS line
)"""
# The lines of these values about their days, and those that are open on these days: some twice.
BESIDE = """
@LINES_OF_VALUES
UNION ALL
@LINES
WHERE line.tenant_id = %(tenant)s AND line.withdrawn_at IS NULL AND line.id IN (
    SELECT id FROM banking_openline
    WHERE tenant_id = %(tenant)s AND bank_account_id = ANY(%(accounts)s) AND day = ANY(%(days)s))
""".replace("@LINES_OF_VALUES", LINE.replace("@LINES", OF_VALUES)).replace("@LINES", LINES)
IGNORED = """
SELECT said.statement_line_id::text, said.amount, match.kind = 'give_back'
FROM reconciliation_matchline AS said JOIN reconciliation_match AS match
    ON match.tenant_id = said.tenant_id AND match.id = said.match_id
WHERE said.tenant_id = %(tenant)s AND said.ended_at IS NULL
    AND said.statement_line_id = ANY(%(lines)s::uuid[])
    AND (said.is_ignored OR match.kind = 'give_back')
"""
READ_UNTIL = """
SELECT account.id::text, last.day
FROM banking_bankaccount AS account CROSS JOIN LATERAL (
    SELECT line.booked_on AS day FROM banking_statementline AS line
    WHERE line.tenant_id = account.tenant_id AND line.bank_account_id = account.id
        AND line.withdrawn_at IS NULL
    ORDER BY line.booked_on DESC, line.occurred_at DESC, line.id DESC LIMIT 1
) AS last
WHERE account.tenant_id = %(tenant)s
"""


def add_lines(
    gathered: Gathered,
    tenant_id: UUID,
    accounts: Sequence[OwnAccount],
    rows: Sequence[tuple[Any, ...]],
    wanted: set[str],
    apart: Apart,
) -> None:
    book = gathered.book
    rows = [open_again(row, apart) for row in rows]
    wanted_beside = list(windows_of((row[3] or row[4], row[2]) for row in rows))
    beside = fetch(
        BESIDE,
        tenant=tenant_id,
        accounts=[UUID(account.id) for account in accounts],
        cents=[to_cents(amount) for amount, _, _ in wanted_beside],
        firsts=[first for _, first, _ in wanted_beside],
        lasts=[last for _, _, last in wanted_beside],
        days=sorted({row[2] for row in rows}),
    )
    by_id = {row[0]: row for row in (*(open_again(row, apart) for row in beside), *rows)}
    ignored: dict[str, Decimal] = {}
    for line, amount, is_given_back in fetch(IGNORED, tenant=tenant_id, lines=list(by_id)):
        ignored[line] = ignored.get(line, Decimal(0)) + amount
        if is_given_back:
            book.given_back.add(line)
    for row in sorted(by_id.values(), key=lambda each: (each[2], each[0])):
        rest = row[3] - (ignored.get(row[0], Decimal(0)) if row[3] else 0)
        line = line_of(row, rest or row[4])
        book.add_line(line)
        if not rest:
            book.open_lines.pop(line.id)
        elif line.id in wanted:
            gathered.lines.append(line)
    for account, day in fetch(READ_UNTIL, tenant=tenant_id):
        book.read_until[account] = day
        book.last_day = max(book.last_day, day)


def windows_of(lines: Iterable[tuple[Decimal, date]]) -> Iterator[tuple[Decimal, date, date]]:
    """For amounts and days of lines: of which amounts others are wanted, from when to when. Those
    of one amount are apart from each other."""
    days: dict[Decimal, list[tuple[date, date]]] = defaultdict(list)
    for amount, day in lines:
        days[amount].append((day - RIVALS, day + AHEAD))
        days[-amount].append((day - BACK, day + AHEAD))
    for amount, windows in days.items():
        windows.sort()
        first, last = windows[0]
        for begin, end in windows[1:]:
            if begin > last:
                yield amount, first, last
                first = begin
            last = max(last, end)
        yield amount, first, last


def open_again(row: tuple[Any, ...], apart: Apart) -> tuple[Any, ...]:
    taken = apart.lines.get(row[0])
    return row if taken is None else (*row[:3], row[3] + taken, *row[4:])


def line_of(row: tuple[Any, ...], amount: Decimal) -> Line:
    name, account, day, _, _, kind, is_from_file, description, other, document = row
    if kind == "other" and is_from_file:
        kind = ""  # the file does not say
    kind = LINE_KINDS.get(kind, kind)
    return Line(name, account, day, amount, kind, description, other, document)
