"""Gather of the books what may have to do with some bank lines, into a `Book` that knows no tables.

What is gathered decides as the whole books would: the items of the parties that the lines tell of,
those of their values and ids, those due about their days, and the lines beside them. The number of
queries does not depend on that of the lines.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from banking.banks import registry
from charges.models.slip import keys_of_code
from charges.states import OWED
from core.money import to_cents
from reconciliation.engine.register import register_of
from reconciliation.proposals.amounts import MOST_LATE_DAYS
from reconciliation.proposals.book import LEAST_ID, LEAST_TOKEN, SEEN_DAYS, Book, Register
from reconciliation.proposals.facts import (
    Company,
    Item,
    Line,
    OwnAccount,
    Sending,
    Terms,
)
from reconciliation.proposals.names import CUT, plain
from reconciliation.proposals.pairs import RETURN_DAYS
from reconciliation.proposals.sets import LOT_DAYS
from tenants.models import Tenant

LINE_KINDS = {"transfer": "ted", "payment": "boleto"}
METHODS = {"": "other"}
# Lines beside those that are looked at: what they may give back, and their rivals.
BACK, AHEAD = timedelta(days=RETURN_DAYS), timedelta(days=31)
LEAST_NAMED = 6  # letters of a name that a memo tells
FEW = 50  # lines; for more all charges with terms are read

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
    SELECT line.* FROM unnest(%(cents)s::bigint[]) AS wanted (cents) CROSS JOIN LATERAL (
        SELECT * FROM banking_statementline
        WHERE tenant_id = %(tenant)s AND withdrawn_at IS NULL
            AND bank_account_id = ANY(%(accounts)s) AND cents = wanted.cents
            AND booked_on BETWEEN %(first)s AND %(last)s
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

BILLS_WITH = """
SELECT bill.id::text, bill.amount, bill.payment_date, payee.document, bill.bank_account_id::text,
    bill.method, bill.description, bill.status,
    sent.bank_account_id::text, (sent.first_sent_at AT TIME ZONE 'America/Sao_Paulo')::date,
    sent.key, sent.reference, sent.provider, coalesce(sent.is_stuck, false)
FROM payments_payable AS bill
JOIN payments_payee AS payee ON payee.tenant_id = bill.tenant_id AND payee.id = bill.payee_id
LEFT JOIN LATERAL (
    SELECT sending.bank_account_id, sending.first_sent_at, sending.key, sending.reference,
        account.provider,
        sending.needs_person OR sending.status IN ('queued', 'sending') AS is_stuck
    FROM payments_paymentorder AS sending
    JOIN banking_bankaccount AS account
        ON account.tenant_id = sending.tenant_id AND account.id = sending.bank_account_id
    WHERE sending.tenant_id = bill.tenant_id AND sending.payable_id = bill.id AND (@ORDERS)
    ORDER BY sending.created_at DESC LIMIT 1
) AS sent ON true
WHERE bill.tenant_id = %(tenant)s AND """
LIVE = """sending.status IN ('queued', 'sending', 'unknown', 'at_bank', 'scheduled')
    OR sending.needs_person"""
BILLS = BILLS_WITH.replace("@ORDERS", LIVE)
OPEN_BILLS = """bill.status IN ('pending', 'approved', 'sent') AND (
    bill.amount = ANY(%(sizes)s) OR bill.payment_date = ANY(%(near)s)
    OR payee.document = ANY(%(parties)s) OR bill.id = ANY(%(bills)s::uuid[]))"""
FORMER_BILLS = """bill.status IN ('paid', 'cancelled') AND (
    bill.amount = ANY(%(sizes)s) AND bill.payment_date >= %(since)s
    OR bill.id = ANY(%(bills)s::uuid[]))"""

CHARGES = """
SELECT charge.id::text, charge.amount, charge.amount - charge.settled + charge.late_rest,
    charge.due_date, payer.document, charge.bank_account_id::text, charge.form,
    charge.document_number, charge.description, charge.fine_percent, charge.interest_percent,
    CASE WHEN charge.settled = 0 THEN charge.discount ELSE 0 END, charge.discount_days
FROM charges_charge AS charge
JOIN parties_payer AS payer ON payer.tenant_id = charge.tenant_id AND payer.id = charge.payer_id
WHERE charge.tenant_id = %(tenant)s AND """
OPEN_CHARGES = """charge.status = ANY(%(owed)s) AND (
    charge.amount - charge.settled + charge.late_rest = ANY(%(sizes)s)
    OR charge.due_date = ANY(%(near)s) OR payer.document = ANY(%(parties)s)
    OR charge.id = ANY(%(charges)s::uuid[]) OR {terms})"""
ALL_WITH_TERMS = """(charge.fine_percent > 0 OR charge.interest_percent > 0 OR charge.discount > 0)
    AND charge.due_date BETWEEN %(first_due)s AND %(last_due)s"""
# So many days late that a month's interest is counted five times at the most.
NEAR_BY_TERMS = """(charge.fine_percent > 0 OR charge.interest_percent > 0 OR charge.discount > 0)
    AND charge.due_date BETWEEN %(first_due)s AND %(last_due)s AND EXISTS (
        SELECT 1 FROM unnest(%(sizes)s) AS moved
        WHERE moved BETWEEN charge.amount
            AND charge.amount * (100 + charge.fine_percent + 5 * charge.interest_percent) / 100 + 1
        OR moved = charge.amount - charge.discount)"""
FORMER_CHARGES = """charge.status <> ALL(%(owed)s) AND charge.status NOT IN ('draft', 'refused')
    AND (charge.amount = ANY(%(sizes)s) AND charge.due_date >= %(since)s
        OR charge.id = ANY(%(charges)s::uuid[]))"""
SLIPS = """
SELECT slip.charge_id::text, slip.our_number, slip.reference, slip.key,
    slip.bank_account_id::text,
    slip.status IN ('registering', 'open', 'in_payment', 'unknown', 'paid')
FROM charges_slip AS slip
WHERE slip.tenant_id = %(tenant)s AND slip.charge_id = ANY(%(charges)s::uuid[])
    AND slip.status NOT IN ('withdrawn', 'refused')
"""
NAMED_CHARGES = """
SELECT slip.charge_id::text FROM charges_slip AS slip
WHERE slip.tenant_id = %(tenant)s AND slip.our_number <> ''
    AND reconciliation_bare(slip.our_number) = ANY(%(tokens)s)
UNION SELECT slip.charge_id::text FROM charges_slip AS slip
WHERE slip.tenant_id = %(tenant)s AND slip.reference <> ''
    AND reconciliation_bare(slip.reference) = ANY(%(tokens)s)
UNION SELECT slip.charge_id::text FROM charges_slip AS slip
JOIN unnest(%(charge_firsts)s::uuid[], %(charge_lasts)s::uuid[]) AS keys (first, last)
    ON slip.key BETWEEN keys.first AND keys.last
WHERE slip.tenant_id = %(tenant)s
"""
NAMED_BILLS = """
SELECT sending.payable_id::text FROM payments_paymentorder AS sending
WHERE sending.tenant_id = %(tenant)s AND sending.reference <> ''
    AND reconciliation_bare(sending.reference) = ANY(%(tokens)s)
UNION SELECT sending.payable_id::text FROM payments_paymentorder AS sending
JOIN unnest(%(order_firsts)s::uuid[], %(order_lasts)s::uuid[]) AS keys (first, last)
    ON sending.key BETWEEN keys.first AND keys.last
WHERE sending.tenant_id = %(tenant)s
"""

# Entries on a Conta do Ativo that no line stands for, with what they are of.
ENTRIES_AMONG = """
SELECT item.id::text, item.rest, item.day, account.id::text, entry.memo, entry.id::text,
    coalesce(payee.document, outside_payee.document, payer.document, ''),
    coalesce(bill.method, ''),
    CASE WHEN sent.entry_id = entry.id OR sent.entry_id = entry.replaces_id
        THEN (sent.first_sent_at AT TIME ZONE 'America/Sao_Paulo')::date END,
    sent.key, sent.reference, account.provider,
    slip.our_number, slip.reference, slip.key, charge.document_number
FROM @ITEMS AS item
JOIN banking_bankaccount AS account
    ON account.tenant_id = item.tenant_id AND account.ledger_account_id = item.account_id
JOIN accounts_journalline AS posted
    ON posted.tenant_id = item.tenant_id AND posted.id = item.id
JOIN accounts_journalentry AS entry
    ON entry.tenant_id = item.tenant_id AND entry.id = posted.entry_id
LEFT JOIN payments_paymentorder AS sent ON sent.tenant_id = item.tenant_id
    AND (sent.entry_id IN (entry.id, entry.replaces_id)
        OR sent.return_entry_id IN (entry.id, entry.replaces_id))
LEFT JOIN payments_payable AS bill
    ON bill.tenant_id = item.tenant_id AND bill.id = sent.payable_id
LEFT JOIN payments_payee AS payee
    ON payee.tenant_id = item.tenant_id AND payee.id = bill.payee_id
LEFT JOIN payments_outsidepayment AS outside ON outside.tenant_id = item.tenant_id
    AND outside.entry_id IN (entry.id, entry.replaces_id) AND outside.undone_at IS NULL
LEFT JOIN payments_payable AS outside_bill
    ON outside_bill.tenant_id = item.tenant_id AND outside_bill.id = outside.payable_id
LEFT JOIN payments_payee AS outside_payee
    ON outside_payee.tenant_id = item.tenant_id AND outside_payee.id = outside_bill.payee_id
LEFT JOIN charges_settlement AS came ON came.tenant_id = item.tenant_id
    AND came.entry_id IN (entry.id, entry.replaces_id) AND came.undone_at IS NULL
LEFT JOIN charges_slip AS slip ON slip.tenant_id = item.tenant_id AND slip.id = came.slip_id
LEFT JOIN charges_charge AS charge
    ON charge.tenant_id = item.tenant_id AND charge.id = came.charge_id
LEFT JOIN parties_payer AS payer
    ON payer.tenant_id = item.tenant_id AND payer.id = charge.payer_id
WHERE item.tenant_id = %(tenant)s AND NOT item.is_absorbed AND item.reversed_on IS NULL
"""
ENTRIES = (
    ENTRIES_AMONG.replace("@ITEMS", "banking_openitem")
    + """
    AND (item.rest = ANY(%(either)s) OR item.day = ANY(%(near)s)
        OR coalesce(payee.document, outside_payee.document, payer.document) = ANY(%(parties)s))
"""
)
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


@dataclass(frozen=True, slots=True)
class Apart:
    """Matches that are taken as if they were none; nothing is written."""

    matches: Collection[UUID] = ()  # they teach nothing
    lines: Mapping[str, Decimal] = field(default_factory=dict)  # what they took of each, signed


NONE_APART = Apart()


@dataclass(slots=True)
class Gathered:
    """A book, and what the tables say of its items beside what the engine is told."""

    book: Book
    lines: list[Line]  # those that it was gathered for
    kinds: dict[str, str] = field(default_factory=dict)  # by item: bill, charge, entry
    # Bills that wait for approval, or whose order a person looks at: nothing of them is certain.
    unsure: set[str] = field(default_factory=set)
    entries: dict[str, str] = field(default_factory=dict)  # of entries' lines: the entry
    # Of an announced transfer, the entry's lines: what left and what came.
    legs: dict[str, tuple[str, str]] = field(default_factory=dict)

    def entry_of(self, item: str) -> str:
        """By what name matches know it: of an entry's line the entry, else the item itself."""
        return self.entries.get(item, item)


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


def fetch(query: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def own_accounts(tenant_id: UUID) -> list[OwnAccount]:
    rows = fetch(
        "SELECT id::text, branch, number FROM banking_bankaccount WHERE tenant_id = %(tenant)s",
        tenant=tenant_id,
    )
    return [OwnAccount(*row) for row in rows]


# --- Lines ---


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
    days = [row[2] for row in rows]
    sizes = {abs(row[3] or row[4]) for row in rows}
    beside = fetch(
        BESIDE,
        tenant=tenant_id,
        accounts=[UUID(account.id) for account in accounts],
        cents=[side * to_cents(size) for size in sizes for side in (1, -1)],
        first=min(days) - BACK,
        last=max(days) + AHEAD,
        days=sorted(set(days)),
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


def open_again(row: tuple[Any, ...], apart: Apart) -> tuple[Any, ...]:
    taken = apart.lines.get(row[0])
    return row if taken is None else (*row[:3], row[3] + taken, *row[4:])


def line_of(row: tuple[Any, ...], amount: Decimal) -> Line:
    name, account, day, _, _, kind, is_from_file, description, other, document = row
    if kind == "other" and is_from_file:
        kind = ""  # the file does not say
    kind = LINE_KINDS.get(kind, kind)
    return Line(name, account, day, amount, kind, description, other, document)


# --- Items ---


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


def add_bills(gathered: Gathered, tenant_id: UUID, values: Mapping[str, Any]) -> None:
    named = [row[0] for row in fetch(NAMED_BILLS, tenant=tenant_id, **values)]
    asked = {**values, "tenant": tenant_id, "bills": named}
    book = gathered.book
    for row in fetch(BILLS + OPEN_BILLS, **asked):
        add_bill(gathered, row)
    for row in fetch(BILLS + FORMER_BILLS, **asked):
        add_bill(gathered, row)
        book.close_item(row[0])


def add_bill(gathered: Gathered, row: tuple[Any, ...]) -> None:
    (name, amount, day, party, account, method, text, status,
     sent_from, sent_on, key, reference, provider, is_stuck) = row  # fmt: skip
    sending = None
    if sent_from is not None and sent_on is not None:
        sending = Sending(sent_from, sent_on, order_ids(provider, key, reference))
    gathered.kinds[name] = "bill"
    if status == "pending" or is_stuck:
        gathered.unsure.add(name)
    gathered.book.add_item(
        Item(
            id=name,
            kind="payable",
            amount=-amount,
            day=day,
            party=party,
            account=account,
            method=method,
            number=number_in(text),
            description=text,
            sending=sending,
        )
    )


def order_ids(provider: str, key: UUID, reference: str) -> frozenset[str]:
    """What the lines of its bank repeat of an order."""
    told = registry.info(provider).movement_order_ids
    ids = {"code": f"kp-{key.hex[:20]}", "reference": reference}
    return frozenset(ids[name] for name in told if ids[name])


def number_in(text: str) -> str:
    """The number of a document that a description names: what of it has figures, the last one."""
    words = [word for word in text.replace("·", " ").split() if any(map(str.isdigit, word))]
    return words[-1] if words else ""


def add_charges(gathered: Gathered, tenant_id: UUID, values: Mapping[str, Any]) -> None:
    named = [row[0] for row in fetch(NAMED_CHARGES, tenant=tenant_id, **values)]
    asked = {**values, "tenant": tenant_id, "charges": named}
    terms = NEAR_BY_TERMS if values["few"] else ALL_WITH_TERMS
    rows = [(row, True) for row in fetch(CHARGES + OPEN_CHARGES.format(terms=terms), **asked)]
    rows += [(row, False) for row in fetch(CHARGES + FORMER_CHARGES, **asked)]
    slips: dict[str, list[tuple[Any, ...]]] = {}
    for slip in fetch(SLIPS, tenant=tenant_id, charges=[row[0] for row, _ in rows]):
        slips.setdefault(slip[0], []).append(slip)
    for row, is_open in rows:
        add_charge(gathered, row, slips.get(row[0], []))
        if not is_open:
            gathered.book.close_item(row[0])


def add_charge(gathered: Gathered, row: tuple[Any, ...], slips: Sequence[tuple[Any, ...]]) -> None:
    (name, amount, rest, due, party, account, form, number, text,
     fine, interest, discount, discount_days) = row  # fmt: skip
    live = [slip for slip in slips if slip[5]]
    ids = {each for slip in slips for each in (slip[1], slip[2], f"kc-{slip[3].hex[:20]}") if each}
    gathered.kinds[name] = "charge"
    book = gathered.book
    book.add_item(
        Item(
            id=name,
            kind="charge",
            amount=amount,
            day=due,
            party=party,
            account=live[-1][4] if live else account,
            method=form if live else "other",
            number=number or number_in(text),
            description=text,
            our_ids=frozenset(ids),
            terms=Terms(
                fine,
                interest,
                discount,
                date.fromordinal(due.toordinal() - discount_days) if discount else None,
            ),
        )
    )
    book.open[name] = rest


def add_entries(gathered: Gathered, tenant_id: UUID, values: Mapping[str, Any]) -> None:
    rows = fetch(ENTRIES, **{**values, "tenant": tenant_id})
    by_entry: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_entry.setdefault(row[5], []).append(row)
    for entry, sides in by_entry.items():
        left = [row for row in sides if row[1] < 0]
        came = [row for row in sides if row[1] > 0]
        if len(left) == len(came) == 1 and left[0][1] == -came[0][1]:
            add_transfer(gathered, entry, left[0], came[0])
            continue
        for row in sides:
            add_entry(gathered, row)


def add_transfer(
    gathered: Gathered, entry: str, left: tuple[Any, ...], came: tuple[Any, ...]
) -> None:
    """Money from one account to another that somebody wrote down before it moved."""
    gathered.legs[entry] = (left[0], came[0])
    gathered.kinds[entry] = "transfer"
    gathered.book.add_item(
        Item(
            id=entry,
            kind="transfer",
            amount=left[1],
            day=left[2],
            account=left[3],
            to_account=came[3],
            description=left[4],
        )
    )


def party_named(register: Register, memo: str) -> str:
    """The one party that a part of a memo names; empty where none does, or several do."""
    named: set[str] = set()
    for part in re.split(r"[·|:;()]| - ", memo):
        told = plain(part)
        if len(told) >= LEAST_NAMED:
            fits = register.names.fitting(told, may_be_cut=False)
            named |= {party for party, fit in fits.items() if fit >= CUT}
    return named.pop() if len(named) == 1 else ""


def add_entry(gathered: Gathered, row: tuple[Any, ...]) -> None:
    (name, rest, day, account, memo, entry, party, method, sent_on, key, reference, provider,
     our_number, slip_reference, slip_key, number) = row  # fmt: skip
    sending, ids = None, set()
    if sent_on is not None and rest < 0:
        sending = Sending(account, sent_on, order_ids(provider, key, reference))
    if slip_key is not None:
        ids = {each for each in (our_number, slip_reference, f"kc-{slip_key.hex[:20]}") if each}
    gathered.kinds[name], gathered.entries[name] = "entry", entry
    gathered.book.add_item(
        Item(
            id=name,
            kind="entry",
            amount=rest,
            day=day,
            party=party or party_named(gathered.book.register, memo) or None,
            account=account,
            # One that somebody wrote by hand may be a sale whose fee is not known yet.
            method=method or ("" if party else "other"),
            number=number or number_in(memo),
            description=memo,
            our_ids=frozenset(ids),
            sending=sending,
        )
    )


# --- What people taught ---


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
