"""Entries that no line stands for, and transfers that were written down before they moved."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from reconciliation.engine.books.gathered import Gathered, fetch, number_in, order_ids
from reconciliation.proposals.book import Register
from reconciliation.proposals.facts import Item, Sending
from reconciliation.proposals.names import CUT, plain

LEAST_NAMED = 6  # letters of a name that a memo tells
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
