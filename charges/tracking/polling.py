"""Where the slips at a bank are: by its list where it has one, else one by one."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError
from django.db.models import Count, Q

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.charge_rules import ChargeRules, PollCost
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.charges import ChargeState, UnreadCharge
from banking.banks.contract.errors import BankError, BankRejected
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, ChargeRound, Slip
from charges.slips.readings import take_in, told_by
from charges.states import OPEN_AT_BANK, SlipStatus
from charges.terms.check import rules_of
from charges.tracking.notices import news_of, slips_with_news
from charges.tracking.plain_payments import settle_plain
from charges.tracking.unfollowed import compare_with_bank, to_prove
from charges.transitions import lock_charges, lock_slip, require_look
from core import deadline
from core.clock import database_now
from core.errors import DomainError
from core.lease import is_due
from tenants.scope import tenant_scope

log = structlog.get_logger()

MANY = 20  # slips of one due date, from which on its list is cheaper than each of them
PAGE = 200  # of a list, that are matched with our slips at a time
TOGETHER = 50  # of these, that are taken in by one transaction
# The list of what was paid is read again from so long before its last reading on.
OVERLAP = timedelta(days=1)
FIRST_LIST = timedelta(days=7)
NEAR_DUE = timedelta(days=3)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_FOR = timedelta(hours=1)


def poll_slips(account: BankAccount, bank: BankAdapter, now: datetime) -> None:
    """To be called outside of scopes, by the account's one round."""
    rules = rules_of(account)
    assert rules is not None  # it has slips
    if rules.poll_cost is PollCost.LIST:
        read_paid(account, bank, now)
    slips = turns(account, now)
    if rules.poll_cost is PollCost.LIST:
        slips = read_by_day(account, bank, slips)
    for slip in slips:
        if deadline.is_over():
            return  # they are due at the next tick
        read_one(slip, bank, rules)


def read_paid(account: BankAccount, bank: BankAdapter, now: datetime) -> None:
    """What was paid since the list was last read to its end. Not more often than orders are."""
    with tenant_scope(account.tenant_id):
        mine = ChargeRound.objects.of(account.tenant_id).filter(bank_account=account)
        listed_at = mine.values_list("listed_at", flat=True).first()
    pause = timedelta(seconds=settings.POLL_ORDERS_SECONDS)
    if listed_at is not None and now - listed_at < pause:
        return
    since = listed_at - OVERLAP if listed_at is not None else now - FIRST_LIST
    try:
        read_list(account, bank, sao_paulo_day(since), sao_paulo_day(now))
    except BankError:
        return  # read from the same day on at the next round
    with tenant_scope(account.tenant_id):
        mine.update(listed_at=now)


def read_by_day(account: BankAccount, bank: BankAdapter, slips: Sequence[Slip]) -> list[Slip]:
    """Where many fall due on one day its list tells of them all; those that are left."""
    days = [day for day, count in Counter(slip.due_date for slip in slips).items() if count >= MANY]
    left = {slip.id: slip for slip in slips}
    for day in sorted(days):
        if deadline.is_over():
            break
        asked_at = database_now()
        try:
            listed = [
                each for each in bank.list_charges(day, day) if not isinstance(each, UnreadCharge)
            ]
        except BankError:
            continue  # each by itself
        by_reference = {reading.reference: reading for reading in listed}
        news = [
            (slip, by_reference[slip.reference])
            for slip in left.values()
            if slip.reference in by_reference and tells_all(slip, by_reference[slip.reference])
        ]
        for first in range(0, len(news), TOGETHER):
            take_in_together(account, news[first : first + TOGETHER], asked_at)
        for slip, _ in news:
            del left[slip.id]
    return list(left.values())


def tells_all(slip: Slip, reading: Reading) -> bool:
    """Whether a list says of a slip what its detail would."""
    rules = rules_of(slip.bank_account)
    assert rules is not None  # it was issued
    if not rules.says_registered or slip.form == Charge.Form.PIX:
        return True
    is_open = reading.state in {ChargeState.OPEN, ChargeState.LATE}
    return not is_open or reading.is_registered is not None


def read_list(account: BankAccount, bank: BankAdapter, since: date, until: date) -> None:
    """May raise any BankError."""
    page: list[Reading] = []
    asked_at = database_now()
    for each in bank.list_charges(since, until, state=ChargeState.PAID):
        if isinstance(each, UnreadCharge):
            continue  # it hides no other, and its own turn comes
        page.append(each)
        if len(page) == PAGE:
            take_in_page(account, page, asked_at)
            page = []
    take_in_page(account, page, asked_at)


def take_in_page(account: BankAccount, page: Sequence[Reading], asked_at: datetime) -> None:
    """Those that are ours, some in each transaction. What is paid already is left alone."""
    readings = {reading.reference: reading for reading in page}
    with tenant_scope(account.tenant_id):
        slips = list(
            Slip.objects.of(account.tenant_id)
            .filter(bank_account=account, reference__in=readings)
            .annotate(taken=Count("settlements"))
            .order_by("id")
        )
    news = [
        (slip, readings[slip.reference])
        for slip in slips
        if slip.status != SlipStatus.PAID
        or slip.taken < max(len(readings[slip.reference].payments or ()), 1)
    ]
    for first in range(0, len(news), TOGETHER):
        take_in_together(account, news[first : first + TOGETHER], asked_at)


def take_in_together(
    account: BankAccount, news: Sequence[tuple[Slip, Reading]], asked_at: datetime
) -> None:
    """In one transaction, or each in its own when one of them cannot be taken in."""
    try:
        with tenant_scope(account.tenant_id):
            charges = lock_charges(account.tenant_id, [slip.charge_id for slip, _ in news])
            settled = settle_plain(
                account, charges, news, asked_at=asked_at, wait_until=asked_at + DAY
            )
            for slip, reading in news:
                if slip.id not in settled:
                    take_in_held(slip, reading, asked_at)
    except (DomainError, IntegrityError):
        if len(news) == 1:
            log.exception("reading_not_taken_in", slip=str(news[0][0].id))
            return
        for each in news:
            take_in_together(account, [each], asked_at)


def turns(account: BankAccount, now: datetime) -> list[Slip]:
    """Those that a notice speaks of, and those whose time has come."""
    with tenant_scope(account.tenant_id):
        told = slips_with_news(account, news_of(account, now), now)
        due = Slip.objects.of(account.tenant_id).filter(
            is_due(now), Q(bank_account=account, status__in=OPEN_AT_BANK) | to_prove(account)
        )
        others = list(due.exclude(id__in=[slip.id for slip in told]).order_by("due_date", "id"))
    for slip in [*told, *others]:
        slip.bank_account = account
    return [slip for slip in [*told, *others] if name_of(slip)]


def name_of(slip: Slip) -> str:
    """By which the bank is asked about it."""
    return slip.reference or slip.our_number


def read_one(slip: Slip, bank: BankAdapter, rules: ChargeRules) -> Reading | None:
    """Ask about a slip, and take in what the bank shows. None: it did not answer, or has none."""
    asked_at = database_now()
    try:
        reading = bank.fetch_charge(name_of(slip))
    except BankRejected:
        reading = None
    except BankError:
        return None  # its time has come still
    try:
        with tenant_scope(slip.tenant_id):
            if reading is None:
                record_gone(slip, asked_at)
            else:
                take_in_held(slip, reading, asked_at)
    except (DomainError, IntegrityError):  # it hides no other, as in a list
        log.exception("reading_not_taken_in", slip=str(slip.id))
        return None
    return reading


def record_gone(slip: Slip, asked_at: datetime) -> None:
    """The bank knows it no more; a slip that has ended may go."""
    held = lock_slip(slip)
    if held.is_live:
        require_look(
            held.charge, f"{held.bank_account.bank_said.begins} não mostra mais este boleto."
        )
    wait(held, asked_at, DAY)


def take_in_held(slip: Slip, reading: Reading, asked_at: datetime) -> None:
    held = lock_slip(slip)
    take_in(held, reading, source=told_by(held.bank_account))
    compare_with_bank(held, reading)
    rules = rules_of(held.bank_account)
    assert rules is not None
    wait(held, asked_at, until_next_look(held, rules, asked_at))


def wait(slip: Slip, asked_at: datetime, pause: timedelta) -> None:
    Slip.objects.of(slip.tenant_id).filter(id=slip.id).update(
        read_at=asked_at, wait_until=asked_at + pause
    )


def until_next_look(slip: Slip, rules: ChargeRules, now: datetime) -> timedelta:
    """By what it costs to look, and how near the due date is."""
    if slip.cancel_asked_at is not None and slip.is_live:
        return timedelta(seconds=settings.ASK_AGAIN_SECONDS)
    if slip.status == SlipStatus.REGISTERING:
        is_new = now - slip.created_at < NEW_FOR
        return timedelta(seconds=settings.ASK_AGAIN_SECONDS) if is_new else NEW_FOR / 6
    if slip.status == SlipStatus.IN_PAYMENT:
        return HOUR
    if rules.poll_cost is PollCost.EACH and abs(slip.due_date - sao_paulo_day(now)) <= NEAR_DUE:
        return HOUR
    return DAY
