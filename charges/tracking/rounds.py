"""Follow what was issued, until it ends: one round for an account, by one worker at a time.

Everything here finds its work in the rows and may run at any time, twice, or late.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from banking.banks.contract.errors import BankAccessDenied, BankUnavailable
from banking.banks.contract.info import Capability
from banking.gateway.connect import connect
from banking.models import BankAccount
from charges.issuing.claim import abandon_stale_claims
from charges.issuing.unknown import ask_about_unknown
from charges.models import Charge, ChargeRound, Refund, Slip
from charges.refunds.evidence import post_waiting, read_refunds
from charges.states import OPEN_AT_BANK, RefundStatus, SlipStatus
from charges.terms.check import rules_of
from charges.tracking.bank_lines import match_statement
from charges.tracking.cancellation import cancel_requested
from charges.tracking.foreign import take_in_foreign, unread_lists
from charges.tracking.polling import poll_slips
from charges.tracking.proofs import prove_by_notices, watched_slips
from charges.tracking.reissue import go_on_with_changes
from core import lease
from core.clock import database_now
from core.enqueue import enqueue
from core.lease import is_due
from tenants.models import TenantQuerySet
from tenants.scope import across_tenants, tenant_scope


def ask_for_round(tenant_id: UUID, account_id: UUID) -> None:
    """Have an account followed soon, once what is written now is committed.

    Named in `settings.ON_ACCOUNT_NEWS`.
    """
    transaction.on_commit(partial(want_round, tenant_id, account_id))


def want_round(tenant_id: UUID, account_id: UUID) -> None:
    """An account that never had a slip has nothing to follow."""
    with tenant_scope(tenant_id):
        if not Slip.objects.of(tenant_id).filter(bank_account=account_id).exists():
            return
        mine = round_of(tenant_id, account_id)
        if mine.filter(wanted_at=None).update(wanted_at=database_now()):
            enqueue("charges.tasks.follow_account", str(tenant_id), str(account_id))


def round_of(tenant_id: UUID, account_id: UUID) -> TenantQuerySet:
    """The account's one row, made when it is not there yet. Runs inside the company's scope."""
    row = ChargeRound(tenant_id=tenant_id, bank_account_id=account_id)
    ChargeRound.objects.bulk_create([row], ignore_conflicts=True)
    return ChargeRound.objects.of(tenant_id).filter(bank_account=account_id)


def unfinished(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account with something to follow now, and nobody who does."""
    stale = now - timedelta(seconds=settings.SEND_LEASE_SECONDS)
    with across_tenants():
        slips = Slip.objects.filter(
            Q(status=SlipStatus.ISSUING, claimed_at__lte=stale)
            | is_due(now) & Q(status__in=[SlipStatus.UNKNOWN, *OPEN_AT_BANK])
            | is_due(now) & Q(said_cancelled_at__isnull=False, status=SlipStatus.CANCELLED)
        )
        listed = now - timedelta(seconds=settings.POLL_ORDERS_SECONDS)
        rounds = ChargeRound.objects.filter(Q(wanted_at__isnull=False) | Q(listed_at__lte=listed))
        changing = Charge.objects.filter(next_due_date__isnull=False)
        at_bank = Refund.objects.filter(status=RefundStatus.AT_BANK)
        followed = Slip.objects.filter(status__in=OPEN_AT_BANK)
        pairs = {
            *slips.values_list("tenant_id", "bank_account_id"),
            *unread_lists(now),
            *changing.values_list("tenant_id", "bank_account_id"),
            *at_bank.values_list("tenant_id", "bank_account_id"),
            *rounds.filter(wanted_at__isnull=False).values_list("tenant_id", "bank_account_id"),
            *(
                set(rounds.values_list("tenant_id", "bank_account_id"))
                & set(followed.values_list("tenant_id", "bank_account_id").distinct())
            ),
        }
        busy = ChargeRound.objects.exclude(lease.is_free(now))
        pairs -= set(busy.values_list("tenant_id", "bank_account_id"))
    return sorted(pairs)


def follow_account(tenant_id: UUID, account_id: UUID) -> bool:
    """One round for an account, unless another worker is at one. True: one more is wanted since.

    To be called outside of scopes: it calls the bank.
    """
    with tenant_scope(tenant_id):
        lasts = timedelta(seconds=settings.SEND_LEASE_SECONDS)
        token = lease.take(round_of(tenant_id, account_id), lasts, wanted_at=None)
    if token is None:
        return False
    try:
        go_round(tenant_id, account_id)
    finally:
        with tenant_scope(tenant_id):
            mine = round_of(tenant_id, account_id)
            is_ours = lease.give_back(mine, token)
            is_wanted = mine.exclude(wanted_at=None).exists()
    return is_ours and is_wanted


def is_told_of(account: BankAccount) -> bool:
    """Whether it is connected, and its bank in the company's plan."""
    with tenant_scope(account.tenant_id):
        mine = BankAccount.objects.of(account.tenant_id).connected().in_plan()
        return mine.filter(id=account.id).exists()


def go_round(tenant_id: UUID, account_id: UUID) -> None:
    now = database_now()
    with tenant_scope(tenant_id):
        account = BankAccount.objects.of(tenant_id).select_related("connection").get(id=account_id)
        abandon_stale_claims(account, now)
    with tenant_scope(tenant_id):
        match_statement(account)
        post_waiting(account)
    if not is_told_of(account) or rules_of(account) is None:
        return  # what is at the bank lives on there, without being followed
    try:
        with connect(account.connection, needing=Capability.FETCH_CHARGE) as bank:
            ask_about_unknown(account, bank)
            if Capability.LIST_CHARGES not in bank.info.capabilities:
                with tenant_scope(tenant_id):
                    watched = watched_slips(account)
                prove_by_notices(account, bank, watched, now)
            cancel_requested(account, bank)
            if Capability.LIST_CHARGES in bank.info.capabilities:
                take_in_foreign(account, bank, now)
            poll_slips(account, bank, now)
            if Capability.LIST_REFUNDS in bank.info.capabilities:
                read_refunds(account, bank, now)
            go_on_with_changes(account)
    except (BankUnavailable, BankAccessDenied):  # the connection was not opened
        return
    with tenant_scope(tenant_id):
        match_statement(account)
