"""Give money back through the bank: claim in one short transaction, call outside, store in another.

Whatever happens in between, a refund leaves `queued` once for each claim and under one key, only
the claim's holder stores an outcome, and what was claimed and not stored becomes `unknown`, which
is looked for at the bank before anything else.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q, QuerySet

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.charges import Refund as Reading
from banking.banks.contract.charges import RefundRequest, RefundState
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.contract.info import Capability
from banking.gateway.bank_clock import require_right_clocks
from banking.gateway.connect import connect
from banking.models import BankAccount, Connection
from charges.issuing.claim import again
from charges.models import Refund
from charges.refunds.parts import left_of
from charges.refunds.post import complete
from charges.refunds.transitions import lock_refund, move_refund
from charges.states import RefundStatus
from charges.terms.check import reais
from charges.timeline import Tone, note
from charges.transitions import require_look
from core import deadline
from core.clock import Stopwatch, database_now
from core.lease import is_due
from core.text import shorten
from tenants.scope import across_tenants, tenant_scope

RETRY_AFTER = timedelta(minutes=1)
ASK_AFTER = timedelta(seconds=20)
ABSENT_TWICE = timedelta(minutes=1)
INTERRUPTED = "O envio foi interrompido antes da resposta do banco."
UNKNOWN_ANSWER = "Não se sabe se o banco devolveu: verificando, não será enviada de novo"


def accounts_with_refunds(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account with a refund to send, or to ask about."""
    stale = now - timedelta(seconds=settings.SEND_LEASE_SECONDS)
    with across_tenants():
        rows = Refund.objects.filter(
            is_due(now) & Q(status__in=[RefundStatus.QUEUED, RefundStatus.UNKNOWN])
            | Q(status=RefundStatus.SENDING, claimed_at__lte=stale)
        )
        return sorted(set(rows.values_list("tenant_id", "bank_account_id")))


def send_refunds(tenant_id: UUID, account_id: UUID) -> int:
    """Ask about what is not known, then send all that is queued. Returns how many were tried.

    Safe to run again, and at the same time from other workers. To be called outside of scopes.
    """
    with tenant_scope(tenant_id):
        accounts = BankAccount.objects.of(tenant_id).select_related("connection")
        account = accounts.get(id=account_id)
        abandon_stale_claims(account, database_now())
        if not accounts.connected().in_plan().filter(id=account_id).exists():
            postpone(account, f"O vínculo com {account.bank_said.the} precisa ser refeito.")
            return 0
    try:
        with connect(account.connection, needing=Capability.REFUND_CHARGE) as bank:
            ask_about_unknown(account, bank)
            return send_all(account, bank)
    except (BankUnavailable, BankAccessDenied) as error:  # nothing was claimed
        with tenant_scope(tenant_id):
            postpone(account, sentence(error))
        return 0


def send_all(account: BankAccount, bank: BankAdapter) -> int:
    tried = 0
    while not deadline.is_over():
        require_right_clocks(bank)
        claimed = Stopwatch()
        refund = claim_next(account)
        if refund is None:
            break
        outcome = send_one(bank, refund, claimed)
        again(partial(store, refund, outcome))
        tried += 1
        if isinstance(outcome, BankUnavailable | BankAccessDenied):
            break  # the bank is not there: a later tick tries again
    return tried


def queue_of(account: BankAccount, now: datetime) -> QuerySet[Refund]:
    queue: QuerySet[Refund] = (
        Refund.objects.of(account.tenant_id)
        .filter(is_due(now), bank_account=account, status=RefundStatus.QUEUED)
        .filter(bank_account__connection__status=Connection.Status.ACTIVE)
        .filter(tenant__sending_locked_at=None)  # restored, and not released yet
    )
    return queue.order_by("released_at", "id")


def claim_next(account: BankAccount) -> Refund | None:
    """The next one, committed as `sending`."""
    with tenant_scope(account.tenant_id):
        now = database_now()
        rows = queue_of(account, now).select_for_update(skip_locked=True, of=("self",), no_key=True)
        refund = rows.select_related("settlement__slip").first()
        if refund is None:
            return None
        move_refund(
            refund,
            RefundStatus.SENDING,
            claim=uuid4(),
            claimed_at=now,
            first_sent_at=refund.first_sent_at or now,
        )
        return refund


def send_one(bank: BankAdapter, refund: Refund, claimed: Stopwatch) -> Reading | BankError:
    """A request leaves within a quarter of the lease, so none leaves after a sweep has taken its
    sender for dead."""
    if claimed.elapsed() >= timedelta(seconds=settings.SEND_LEASE_SECONDS / 4):
        return BankUnavailable("O banco está lento: ainda não foi enviada.", retry_after=1)
    try:
        return bank.refund_charge(request_of(refund))
    except BankError as error:
        return error


def request_of(refund: Refund) -> RefundRequest:
    """Without the reason, which a person could word otherwise: it has to be the same request."""
    slip = refund.settlement.slip
    assert slip is not None and refund.key is not None  # it was released
    return RefundRequest(refund.key, slip.reference, refund.amount)


def store(refund: Refund, outcome: Reading | BankError) -> None:
    """Only the holder of the claim writes. One that a sweep called `unknown` since then takes a
    late yes; a late no is not believed, because the bank is asked."""
    with tenant_scope(refund.tenant_id):
        held = lock_refund(refund)
        if held.claim != refund.claim:
            return
        is_yes = not isinstance(outcome, BankError)
        if held.status != RefundStatus.SENDING and not (
            is_yes and held.status == RefundStatus.UNKNOWN
        ):
            return
        if isinstance(outcome, BankError):
            record_failure(held, outcome)
        else:
            take_in(held, outcome)


def take_in(refund: Refund, reading: Reading) -> None:
    """Let a refund that left be what its bank shows. The caller holds it."""
    told = {"reference": reading.reference, "end_to_end": reading.end_to_end}
    if reading.state is RefundState.DONE:
        source = f"{refund.bank_account.bank_said.begins} informou." if refund.bank_account else ""
        complete(refund, day=reading.done_on, source=source, **told)
    elif reading.state is RefundState.FAILED:
        refuse(refund, "O banco informou que a devolução não foi feita.", **told)
    elif refund.status != RefundStatus.AT_BANK:
        move_refund(refund, RefundStatus.AT_BANK, message="", **told)
        note(refund.charge, "Devolução em andamento no banco", reais(refund.amount), tone=Tone.INFO)


def record_failure(refund: Refund, error: BankError) -> None:
    """By consequence: refused for good, unknown, or certainly not sent. The caller holds it."""
    message, now = sentence(error), database_now()
    match error:
        case BankRejected():
            refuse(refund, message)
        case BankOutcomeUnknown():
            call_unknown(refund, message)
        case BankUnavailable() | BankAccessDenied():
            seconds = getattr(error, "retry_after", None)
            requeue(refund, message, now + (timedelta(seconds=seconds) if seconds else RETRY_AFTER))
        case _:
            raise error


def refuse(refund: Refund, why: str, **told: object) -> None:
    move_refund(refund, RefundStatus.FAILED, message=why, wait_until=None, **told)
    note(refund.charge, "Devolução recusada pelo banco", why, tone=Tone.BAD)
    require_look(refund.charge, f"A devolução de {reais(refund.amount)} não saiu: {why}")


def call_unknown(refund: Refund, why: str) -> None:
    move_refund(
        refund, RefundStatus.UNKNOWN, message=why, wait_until=database_now() + ASK_AFTER,
        absent_since=None,
    )  # fmt: skip
    note(refund.charge, UNKNOWN_ANSWER, why, tone=Tone.BAD)


def requeue(refund: Refund, why: str, wait_until: datetime | None) -> None:
    """It certainly did not get there: again, under the same key, if there is still so much left."""
    if refund.amount > left_of(refund.settlement, but=refund).total:
        refuse(refund, "O valor já voltou ao pagador de outro modo.")
        return
    move_refund(refund, RefundStatus.QUEUED, message=why, wait_until=wait_until, absent_since=None)


def abandon_stale_claims(account: BankAccount, now: datetime) -> None:
    """A claim whose holder stored nothing in time: the bank may have it."""
    lease = timedelta(seconds=settings.SEND_LEASE_SECONDS)
    stale = Refund.objects.of(account.tenant_id).filter(
        bank_account=account, status=RefundStatus.SENDING, claimed_at__lte=now - lease
    )
    for refund in list(stale.order_by("id")):
        held = lock_refund(refund)
        if held.status == RefundStatus.SENDING and held.claim == refund.claim:
            call_unknown(held, INTERRUPTED)


def ask_about_unknown(account: BankAccount, bank: BankAdapter) -> None:
    """Look for each by its key: what is absent twice, a minute apart, is queued again. To be called
    outside of scopes."""
    with tenant_scope(account.tenant_id):
        rows = Refund.objects.of(account.tenant_id).filter(
            is_due(database_now()), bank_account=account, status=RefundStatus.UNKNOWN
        )
        due = list(rows.order_by("released_at", "id"))
    for refund in due:
        if deadline.is_over():
            return
        assert refund.key is not None  # it left
        try:
            found = bank.find_refund(refund.key)
        except BankError:
            continue  # asked again at the next tick
        with tenant_scope(account.tenant_id):
            conclude(refund, found)


def conclude(refund: Refund, found: Reading | None) -> None:
    held, now = lock_refund(refund), database_now()
    if held.status != RefundStatus.UNKNOWN:
        return
    if found is not None:
        take_in(held, found)
    elif held.absent_since is not None and now - held.absent_since >= ABSENT_TWICE:
        requeue(held, "O banco não tem esta devolução: será enviada de novo.", None)
    else:
        pause = timedelta(seconds=settings.ASK_AGAIN_SECONDS)
        move_refund(
            held,
            RefundStatus.UNKNOWN,
            absent_since=held.absent_since or now,
            wait_until=now + pause,
        )


def postpone(account: BankAccount, why: str) -> None:
    """Nothing of the queue was sent, and its rows say why. Runs inside the company's scope."""
    now = database_now()
    waiting = Refund.objects.of(account.tenant_id).filter(
        is_due(now), bank_account=account, status=RefundStatus.QUEUED
    )
    ids = list(waiting.select_for_update(skip_locked=True).values_list("id", flat=True))
    mine = Refund.objects.of(account.tenant_id).filter(id__in=ids)
    mine.update(message=shorten(why, 300), wait_until=now + RETRY_AFTER)


def sentence(error: BankError) -> str:
    return shorten(error.with_reason(), 300)
