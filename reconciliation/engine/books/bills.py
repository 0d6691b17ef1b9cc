"""Bills, each with the order that may pay it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from reconciliation.engine.books.gathered import Gathered, fetch, number_in, order_ids
from reconciliation.proposals.facts import Item, Sending

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
NAMED_FORMER_BILLS = """bill.status IN ('paid', 'cancelled')
    AND bill.id = ANY(%(bills)s::uuid[])"""
FORMER_BILLS = """
SELECT id::text, -amount, payment_date FROM payments_payable
WHERE tenant_id = %(tenant)s AND status IN ('paid', 'cancelled') AND amount = ANY(%(sizes)s)
    AND payment_date BETWEEN %(since)s AND %(until)s AND id <> ALL(%(bills)s::uuid[])
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


def add_bills(gathered: Gathered, tenant_id: UUID, values: Mapping[str, Any]) -> None:
    named = [row[0] for row in fetch(NAMED_BILLS, tenant=tenant_id, **values)]
    asked = {**values, "tenant": tenant_id, "bills": named}
    book = gathered.book
    for row in fetch(BILLS + OPEN_BILLS, **asked):
        add_bill(gathered, row)
    for row in fetch(BILLS + NAMED_FORMER_BILLS, **asked) if named else ():
        add_bill(gathered, row)
        book.close_item(row[0])
    for name, amount, day in fetch(FORMER_BILLS, **asked):
        book.add_former_item(name, amount, day)


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
