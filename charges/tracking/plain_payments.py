"""Payments as most are, posted by the set: the whole of an open charge, at once, by its slip.

What is in any way other is left to the long way (charges/slips/readings.py), which decides the same
of these.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache, partial
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.chart.purposes import account_for
from accounts.journal.entries import post_entries
from banking.bank_accounts.ledger_account import hold_leaf
from banking.banks.contract.charge_rules import ChargeRules
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.charges import ChargeState
from banking.models import BankAccount
from charges.models import Charge, Settlement, Slip
from charges.settlement.explained_lines import lines_of_others, may_be_of
from charges.settlement.settle import (
    PAID_TITLE,
    entry_of,
    money_of,
    settlement_of,
    split_of,
    today,
    words_of,
)
from charges.slips.readings import is_crossed, new_codes, not_counted, told_by
from charges.states import OPEN_AT_BANK, ChargeStatus, SlipStatus
from charges.terms.check import rules_of
from charges.timeline import Tone, note_many
from charges.transitions import write_paid
from core.errors import DomainError

OPEN_CHARGES = (ChargeStatus.REGISTERING, ChargeStatus.OPEN, ChargeStatus.IN_PAYMENT)


def settle_plain(
    account: BankAccount,
    charges: Mapping[UUID, Charge],
    news: Sequence[tuple[Slip, Reading]],
    *,
    asked_at: datetime,
    wait_until: datetime,
) -> set[UUID]:
    """Post those of the payments that are plain; the ids of their slips. The caller holds all of
    the charges. Its queries are the same for one and for many."""
    paid = [(slip, reading) for slip, reading in news if reading.state is ChargeState.PAID]
    if not paid:
        return set()
    slips = lock_slips(account, charges, [slip.id for slip, _ in paid])
    rules, day = rules_of(account), today()
    assert rules is not None  # it issued them
    found = [
        settlement
        for slip, reading in paid
        if slip.id in slips
        and (settlement := plain_settlement(slips[slip.id], reading, rules, day)) is not None
    ]
    found = without_explained(account, found)
    try:
        with transaction.atomic():
            post_all(account, found, asked_at, wait_until)
    except (DomainError, IntegrityError):
        return set()  # the long way says which, and why
    return {settlement.slip.id for settlement in found if settlement.slip}


def lock_slips(
    account: BankAccount, charges: Mapping[UUID, Charge], ids: Collection[UUID]
) -> dict[UUID, Slip]:
    """Those, held, of whose charges no money came yet."""
    came = Settlement.objects.of(account.tenant_id).filter(charge__in=charges)
    with_money = set(came.values_list("charge", flat=True))
    rows = Slip.objects.of(account.tenant_id).filter(id__in=ids).order_by("id")
    held = {
        slip.id: slip
        for slip in rows.select_for_update(no_key=True)
        if slip.charge_id not in with_money
    }
    for slip in held.values():
        slip.charge, slip.bank_account = charges[slip.charge_id], account
    return held


def plain_settlement(
    slip: Slip, reading: Reading, rules: ChargeRules, day: date
) -> Settlement | None:
    """The payment that a reading tells, when nothing of it has to be asked or is new."""
    charge = slip.charge
    is_open = slip.status in OPEN_AT_BANK and charge.status in OPEN_CHARGES
    # Of a credit the statement says the day; of a slip whose end is awaited there is more to say.
    if not is_open or slip.credit_id is not None or is_crossed(slip, SlipStatus.PAID):
        return None
    if reading.code not in {"", slip.code} or new_codes(slip, reading, rules, day):
        return None
    payments = not_counted(slip, reading, {}) if reading.payments is not None else []
    if len(payments) != 1:
        return None
    money = money_of(slip, payments[0], told_by(slip.bank_account))
    split = split_of(charge, money)
    is_whole = split.principal == charge.amount
    return settlement_of(charge, money, split) if is_whole and not split.question else None


def without_explained(account: BankAccount, settlements: Sequence[Settlement]) -> list[Settlement]:
    """Those of which no line of the statement is in the books as something else."""
    if not settlements:
        return []
    lines = lines_of_others(account, settlements)
    return [
        settlement
        for settlement in settlements
        if not any(may_be_of(line, settlement) for line in lines.get(settlement.received, ()))
    ]


def post_all(
    account: BankAccount,
    settlements: Sequence[Settlement],
    asked_at: datetime,
    wait_until: datetime,
) -> None:
    """
    Raises:
        DomainError, IntegrityError: one of them cannot be posted so.
    """
    if not settlements:
        return
    leaf, tenant = hold_leaf(account), settlements[0].charge.tenant
    account_of = cache(partial(account_for, tenant))
    drafts = [entry_of(settlement, leaf, account_of) for settlement in settlements]
    for settlement, entry in zip(settlements, post_entries(tenant, drafts), strict=True):
        settlement.entry = entry
    Settlement.objects.bulk_create(settlements)
    days = {settlement.slip: settlement.posted_on for settlement in settlements if settlement.slip}
    write_paid(tenant.id, days, read_at=asked_at, wait_until=wait_until)
    source = told_by(account)
    note_many(
        tenant.id,
        [(each.charge, PAID_TITLE, words_of(each, source), Tone.OK) for each in settlements],
        by=None,
    )
