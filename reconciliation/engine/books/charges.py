"""Charges, each with what collects it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from reconciliation.engine.books.gathered import Gathered, fetch, number_in
from reconciliation.proposals.facts import Item, Terms

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
NAMED_FORMER_CHARGES = """charge.status <> ALL(%(owed)s)
    AND charge.status NOT IN ('draft', 'refused') AND charge.id = ANY(%(charges)s::uuid[])"""
FORMER_CHARGES = """
SELECT id::text, amount, due_date FROM charges_charge
WHERE tenant_id = %(tenant)s AND status <> ALL(%(owed)s) AND status NOT IN ('draft', 'refused')
    AND amount = ANY(%(sizes)s) AND due_date BETWEEN %(since)s AND %(until)s
    AND id <> ALL(%(charges)s::uuid[])
"""
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


def add_charges(gathered: Gathered, tenant_id: UUID, values: Mapping[str, Any]) -> None:
    named = [row[0] for row in fetch(NAMED_CHARGES, tenant=tenant_id, **values)]
    asked = {**values, "tenant": tenant_id, "charges": named}
    terms = NEAR_BY_TERMS if values["few"] else ALL_WITH_TERMS
    rows = [(row, True) for row in fetch(CHARGES + OPEN_CHARGES.format(terms=terms), **asked)]
    if named:
        rows += [(row, False) for row in fetch(CHARGES + NAMED_FORMER_CHARGES, **asked)]
    slips: dict[str, list[tuple[Any, ...]]] = {}
    for slip in fetch(SLIPS, tenant=tenant_id, charges=[row[0] for row, _ in rows]):
        slips.setdefault(slip[0], []).append(slip)
    for row, is_open in rows:
        add_charge(gathered, row, slips.get(row[0], []))
        if not is_open:
            gathered.book.close_item(row[0])
    for name, amount, day in fetch(FORMER_CHARGES, **asked):
        gathered.book.add_former_item(name, amount, day)


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
