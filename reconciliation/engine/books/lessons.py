"""What people taught by their matches."""

from collections.abc import Sequence
from uuid import UUID

from reconciliation.engine.books.gathered import Apart, fetch
from reconciliation.proposals.book import Book
from reconciliation.proposals.facts import Line

LESSONS = """
SELECT lesson.told, coalesce(payee.document, payer.document), lesson.rate
FROM reconciliation_lesson AS lesson
JOIN reconciliation_match AS match
    ON match.tenant_id = lesson.tenant_id AND match.id = lesson.match_id
LEFT JOIN payments_payee AS payee
    ON payee.tenant_id = lesson.tenant_id AND payee.id = lesson.payee_id
LEFT JOIN parties_payer AS payer
    ON payer.tenant_id = lesson.tenant_id AND payer.id = lesson.payer_id
WHERE lesson.tenant_id = %(tenant)s AND match.ended_at IS NULL
    AND match.id <> ALL(%(apart)s::uuid[])
    AND (lesson.told = ANY(%(told)s)
        OR coalesce(payee.document, payer.document) = ANY(%(parties)s) AND lesson.rate IS NOT NULL)
"""


def add_lessons(
    book: Book, tenant_id: UUID, lines: Sequence[Line], parties: Sequence[str], apart: Apart
) -> None:
    told = {
        each
        for line in lines
        for each in (book.readings[line.id].name, *book.readings[line.id].documents)
        if each
    }
    rows = fetch(
        LESSONS,
        tenant=tenant_id,
        told=sorted(told),
        parties=list(parties),
        apart=list(apart.matches),
    )
    for told_name, party, rate in rows:
        if told_name:
            book.learned[told_name].add(party)
        if rate is not None:
            book.rates[party].add(rate)
