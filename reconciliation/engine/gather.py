"""Gather of the books what may have to do with some bank lines, into a `Book` that knows no tables.

What is gathered decides as the whole books would: the items of the parties that the lines tell of,
those of their values and ids, those due about their days, and the lines beside them. The number of
queries does not depend on that of the lines.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from charges.models.slip import keys_of_code
from charges.states import OWED
from reconciliation.engine.books.bills import add_bills
from reconciliation.engine.books.charges import add_charges
from reconciliation.engine.books.entries import add_entries
from reconciliation.engine.books.gathered import NONE_APART, Apart, Gathered, fetch
from reconciliation.engine.books.lessons import add_lessons
from reconciliation.engine.books.lines import LINES, add_lines
from reconciliation.engine.register import register_of
from reconciliation.proposals.amounts import MOST_EARLY_DAYS, MOST_LATE_DAYS
from reconciliation.proposals.book import LEAST_ID, LEAST_TOKEN, SEEN_DAYS, Book
from reconciliation.proposals.facts import Company, Line, OwnAccount
from reconciliation.proposals.sets import LOT_DAYS
from tenants.models import Tenant

FEW = 50  # lines; for more all charges with terms are read


def gather(tenant: Tenant, ids: Sequence[UUID], apart: Apart = NONE_APART) -> Gathered:
    """For open lines of one company, by their ids; those of matches that are taken apart are open
    too, and the caller adds the items of these. Runs inside the company's scope."""
    register = register_of(tenant.id)
    accounts = own_accounts(tenant.id)
    company = Company(tenant.legal_name, tenant.cnpj, tuple(accounts))
    book = Book(company, register)
    wanted = {str(line) for line in ids}
    rows = fetch(LINES + "WHERE line.tenant_id = %(tenant)s AND line.id = ANY(%(lines)s)",
                 tenant=tenant.id, lines=list(ids))  # fmt: skip
    gathered = Gathered(book, [])
    if not rows:
        return gathered
    add_lines(gathered, tenant.id, accounts, rows, wanted, apart)
    if not gathered.lines:
        return gathered  # nothing of them is open, but what people ignore
    parties = sorted({party for line in gathered.lines for party in book.parties_of(line)})
    values = wanted_of(book, gathered.lines, parties)
    add_lessons(book, tenant.id, gathered.lines, parties, apart)
    parties = values["parties"] = sorted(
        {party for line in gathered.lines for party in book.parties_of(line)}
    )
    add_bills(gathered, tenant.id, values)
    add_charges(gathered, tenant.id, values)
    add_entries(gathered, tenant.id, values)
    return gathered


def own_accounts(tenant_id: UUID) -> list[OwnAccount]:
    rows = fetch(
        "SELECT id::text, branch, number FROM banking_bankaccount WHERE tenant_id = %(tenant)s",
        tenant=tenant_id,
    )
    return [OwnAccount(*row) for row in rows]


def wanted_of(book: Book, lines: Sequence[Line], parties: Sequence[str]) -> dict[str, Any]:
    """What the queries for items are asked with."""
    days = {line.day for line in lines}
    words = {word for line in lines for word in book.readings[line.id].words_with_digits}
    tokens = {
        token
        for word in words
        if len(token := word.lstrip("0")) >= LEAST_TOKEN
        and (len(word) >= LEAST_ID or not token.isdigit())
    }
    near = range(LOT_DAYS[0], LOT_DAYS[1] + 1)
    values: dict[str, Any] = {
        "sizes": sorted({abs(line.amount) for line in lines}),
        "either": sorted({line.amount for line in lines} | {-line.amount for line in lines}),
        "near": sorted({day + timedelta(days=apart) for day in days for apart in near}),
        "parties": list(parties),
        "since": min(days) - timedelta(days=SEEN_DAYS),
        "until": max(days) + timedelta(days=MOST_EARLY_DAYS),
        "first_due": min(days) - timedelta(days=MOST_LATE_DAYS),
        "last_due": max(days) + timedelta(days=MOST_LATE_DAYS),
        "owed": [status.value for status in OWED],
        "tokens": sorted(tokens),
        "few": len(lines) <= FEW,
    }
    for name, prefix in (("order", "kp"), ("charge", "kc")):
        ranges = list(key_ranges(tokens, prefix))
        values[f"{name}_firsts"] = [first for first, _ in ranges]
        values[f"{name}_lasts"] = [last for _, last in ranges]
    return values


def key_ranges(tokens: Collection[str], prefix: str) -> Iterator[tuple[UUID, UUID]]:
    """Of codes that stand in the lines: «kp-0123…»."""
    for token in tokens:
        digits = token.removeprefix(prefix)
        is_code = token.startswith(prefix) and len(digits) == 20
        if is_code and not set(digits) - set("0123456789abcdef"):
            yield keys_of_code(digits)
