"""Issue queued slips: claim in one short transaction, call the bank outside, store in another.

Whatever happens in between (a kill, a lost answer, a second worker), a slip leaves `queued` once
for each claim, only the claim's holder stores an outcome, and what was claimed and not stored
becomes `unknown`, which asks the bank before anything else (charges/issuing/unknown.py).
"""

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.errors import BankAccessDenied, BankError, BankUnavailable
from banking.banks.contract.info import Capability
from banking.gateway.bank_clock import require_right_clocks
from banking.gateway.connect import connect
from banking.models import BankAccount
from charges.issuing.claim import (
    RETRY_AFTER,
    can_tell,
    claim_queued,
    sentence,
    store_all_surely,
    store_surely,
)
from charges.issuing.content import request_of
from charges.models import Slip
from charges.states import SlipStatus
from core import deadline
from core.clock import Stopwatch, database_now
from core.lease import is_due
from tenants.scope import across_tenants, tenant_scope

SIDE_BY_SIDE = 16  # as many as a client has connections


def accounts_with_queue(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account that has something to issue now."""
    with across_tenants():
        rows = Slip.objects.filter(
            is_due(now), status=SlipStatus.QUEUED, batch__paused_at=None
        ).values_list("tenant_id", "bank_account_id")
        return list(rows.distinct())


def issue_queued(tenant_id: UUID, account_id: UUID) -> int:
    """Issue all that is queued for an account, within its bank's rate. Returns how many were tried.

    Safe to run again, and at the same time from other workers. To be called outside of scopes.
    """
    with tenant_scope(tenant_id):
        accounts = BankAccount.objects.of(tenant_id).select_related("connection")
        account = accounts.get(id=account_id)
        if not accounts.connected().in_plan().filter(id=account_id).exists():
            postpone_queue(account, why_not(account))
            return 0
    try:
        with connect(account.connection, needing=Capability.ISSUE_CHARGE) as bank:
            return issue_all(account, bank)
    except (BankUnavailable, BankAccessDenied) as error:  # nothing was claimed
        with tenant_scope(tenant_id):
            postpone_queue(account, sentence(error), getattr(error, "retry_after", None))
        return 0


def issue_all(account: BankAccount, bank: BankAdapter) -> int:
    """
    Raises:
        BankUnavailable, BankAccessDenied: the next slips were not claimed, for a clock is wrong or
            the bank was asked for its time and did not answer.
    """
    tried = 0
    # The bank is called for the next ones while what came of these is stored; not where a kill
    # would leave more in the dark.
    ahead = 1 if can_tell(bank.info) else 0
    called: deque[Batch] = deque()
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="issue") as pool:
        try:
            while batch := next_batch(account, bank, pool):
                tried += len(batch)
                called.append(batch)
                if len(called) > ahead and store_batch(bank, called.popleft()):
                    break  # the bank is not there: a later tick tries again
        finally:
            while called:
                store_batch(bank, called.popleft())
    return tried


Batch = Mapping["Future[Reading | BankError]", Slip]


def next_batch(account: BankAccount, bank: BankAdapter, pool: ThreadPoolExecutor) -> Batch:
    """Claim the next slips, and have the bank called for them side by side. Empty: that was all, or
    all that the bank takes now, and a later tick goes on.

    Raises:
        BankUnavailable, BankAccessDenied: as `issue_all`.
    """
    if deadline.is_over():
        return {}
    require_right_clocks(bank)
    claimed = Stopwatch()
    slips = claim_queued(account)
    return {pool.submit(issue_one, bank, slip, claimed): slip for slip in slips}


def store_batch(bank: BankAdapter, attempts: Batch) -> bool:
    """Store what came of the slips; at a bank that cannot tell again, of each as it comes. Whether
    the bank was away."""
    together: dict[Slip, Reading | BankError] = {}
    is_away = False
    for attempt in as_completed(attempts):
        if attempt.exception() is not None:
            continue
        outcome = attempt.result()
        is_away |= isinstance(outcome, BankUnavailable | BankAccessDenied)
        if can_tell(bank.info):
            together[attempts[attempt]] = outcome
        else:
            store_surely(attempts[attempt], outcome)
    store_all_surely(together)
    for attempt in attempts:
        attempt.result()  # a bug: its slip stays `issuing`, is asked about, and the log has why
    return is_away


def issue_one(bank: BankAdapter, slip: Slip, claimed: Stopwatch) -> Reading | BankError:
    if claimed.elapsed() >= sending_time():
        return BankUnavailable("O banco está lento: ainda não foi emitida.", retry_after=1)
    try:
        return bank.issue_charge(request_of(slip.key, slip.content))
    except BankError as error:
        return error


def sending_time() -> timedelta:
    """How long after its claim a slip may still leave: a quarter of the lease, so no request
    leaves after a sweep has taken its sender for dead."""
    return timedelta(seconds=settings.SEND_LEASE_SECONDS / 4)


def why_not(account: BankAccount) -> str:
    """Why nothing is issued from an account, in a Portuguese sentence."""
    if account.is_connected:
        return f"O plano da empresa não inclui {account.bank_said.the}: nada foi emitido."
    return f"A conexão com {account.bank_said.the} precisa ser refeita: nada foi emitido."


def postpone_queue(account: BankAccount, why: str, seconds: float | None = None) -> None:
    """Nothing of the queue was issued, and its slips say why. Runs inside the company's scope."""
    now = database_now()
    wait_until = now + (timedelta(seconds=seconds) if seconds else RETRY_AFTER)
    waiting = Slip.objects.of(account.tenant_id).filter(
        is_due(now), bank_account=account, status=SlipStatus.QUEUED
    )
    ids = list(waiting.select_for_update(skip_locked=True).values_list("id", flat=True))
    Slip.objects.of(account.tenant_id).filter(id__in=ids).update(message=why, wait_until=wait_until)
