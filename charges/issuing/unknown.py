"""Slips whose answer was lost: ask the bank before anything else.

Where the bank has keys, the same request under the same key is one slip, for as long as it keeps
them; after that its list tells, and only what is absent twice, a minute apart, is queued again.
BS2 has neither: there only what shows that a slip exists is believed (charges/issuing/missing.py),
be it a slip beside those that it gave around that time (charges/issuing/neighbours.py).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.charges import UnreadCharge
from banking.banks.contract.errors import BankError, BankRejected
from banking.banks.contract.info import Capability
from banking.gateway.bank_clock import require_right_clocks
from banking.models import BankAccount
from charges.issuing.claim import record_issued, requeue
from charges.issuing.content import request_of
from charges.issuing.neighbours import look_among_neighbours
from charges.models import Slip
from charges.states import SlipStatus
from charges.timeline import Tone, note
from charges.transitions import lock_slip, require_look
from core import deadline
from core.clock import database_now
from core.lease import is_due
from core.text import shorten
from tenants.models import Tenant
from tenants.scope import tenant_scope

# Of the window in which a repeat is the same slip, what is kept for clocks and the way.
WINDOW_MARGIN = timedelta(minutes=3)
ABSENT_TWICE = timedelta(minutes=1)


def ask_about_unknown(account: BankAccount, bank: BankAdapter) -> None:
    """Look for each slip whose turn has come. To be called outside of scopes."""
    for slip_id in due(account):
        if deadline.is_over():
            return  # they are due at the next tick
        slip = take_turn(account, slip_id)
        if slip is not None:
            ask_about(slip, account, bank)


def ask_about(slip: Slip, account: BankAccount, bank: BankAdapter) -> None:
    try:
        found = look_for(slip, account, bank)
    except BankError as error:  # no answer: asked again at its next turn
        with tenant_scope(slip.tenant_id):
            record_doubt(slip, str(error))
        return
    with tenant_scope(slip.tenant_id):
        conclude(slip, found)


def due(account: BankAccount) -> list[UUID]:
    with tenant_scope(account.tenant_id):
        unknown = Slip.objects.of(account.tenant_id).filter(
            is_due(database_now()), bank_account=account, status=SlipStatus.UNKNOWN
        )
        return list(unknown.order_by("created_at").values_list("id", flat=True))


def take_turn(account: BankAccount, slip_id: UUID) -> Slip | None:
    """The slip, or None when another worker has it: to ask may also mean to send again."""
    now = database_now()
    with tenant_scope(account.tenant_id):
        mine = Slip.objects.of(account.tenant_id).filter(id=slip_id, status=SlipStatus.UNKNOWN)
        again = now + timedelta(seconds=settings.ASK_AGAIN_SECONDS)
        if not mine.filter(is_due(now)).update(wait_until=again):
            return None
        return mine.first()


def look_for(slip: Slip, account: BankAccount, bank: BankAdapter) -> Reading | bool | None:
    """The slip as the bank has it; False: it is not there; None: the bank cannot tell.

    May raise any BankError.
    """
    if may_repeat(slip, account, database_now()):
        require_right_clocks(bank)
        try:
            return bank.issue_charge(request_of(slip.key, slip.content))
        except BankRejected:
            pass  # it may look at the request before it looks at the key
    if slip.our_number:  # a person says that it is there under this number
        return look_by_number(slip, bank)
    if Capability.LIST_CHARGES not in bank.info.capabilities:
        return look_among_neighbours(slip, account, bank)
    return look_in_list(slip, bank)


def look_by_number(slip: Slip, bank: BankAdapter) -> Reading | None:
    """What a number stands for at the bank, when it is this slip: our code and the amount tell."""
    try:
        reading = bank.fetch_charge(slip.our_number)
    except BankRejected:
        return None
    return reading if reading.code == slip.code and reading.amount == slip.amount else None


def look_in_list(slip: Slip, bank: BankAdapter) -> Reading | bool | None:
    document = slip.content["payer"]["document"]
    hides_some = False
    for each in bank.list_charges(slip.due_date, slip.due_date, payer=document):
        if isinstance(each, UnreadCharge):
            hides_some = True
        elif each.code == slip.code:
            return each
    return None if hides_some else False


def may_repeat(slip: Slip, account: BankAccount, now: datetime) -> bool:
    """Within the bank's idempotency window the same request again is surely one slip.

    Not through a connection that began since: a bank may know a key only from the connection that
    sent it. Not after a restore, until an admin says so.
    """
    window = registry.info(account.provider).idempotency_window
    sent_at = slip.first_sent_at or slip.created_at
    if window is None or account.connection is None or account.connection.connected_at > sent_at:
        return False
    with tenant_scope(slip.tenant_id):
        if Tenant.objects.filter(id=slip.tenant_id, sending_locked_at__isnull=False).exists():
            return False
    return now - sent_at < window - WINDOW_MARGIN


def conclude(slip: Slip, found: Reading | bool | None) -> None:
    """Act on what a search said, unless the slip has moved on since. Runs inside the scope."""
    held = lock_slip(slip)
    if held.status != SlipStatus.UNKNOWN:
        return
    if found is False:
        record_absence(held)
    elif isinstance(found, Reading):
        record_issued(held, found)
    else:
        forget_number(held)
        record_doubt(held, f"{held.bank_account.bank_said.begins} não tem como dizer se emitiu.")


def forget_number(slip: Slip) -> None:
    """A number that a person gave, and that is not this slip's."""
    if slip.our_number:
        why = (
            f"{slip.bank_account.bank_said.begins} não mostra este boleto sob o número "
            f"{slip.our_number}."
        )
        slip.our_number = ""
        slip.save(update_fields=["our_number"])
        note(slip.charge, "Número não confere", why, tone=Tone.WARN)


def record_absence(slip: Slip) -> None:
    """Absence is believed the second time, a minute apart; the slip is then queued again."""
    now = database_now()
    if slip.absent_since is None:
        slip.absent_since = now
        slip.save(update_fields=["absent_since"])
    elif now - slip.absent_since >= ABSENT_TWICE:
        requeue(slip, f"{slip.bank_account.bank_said.begins} mostrou duas vezes que não emitiu.")


def record_doubt(slip: Slip, seen: str) -> None:
    """What was seen is kept; after the bank's own time a person is asked, once."""
    held = lock_slip(slip)
    if held.status != SlipStatus.UNKNOWN:
        return
    if (seen := shorten(seen, 600)) != held.seen:
        held.seen = seen
        held.save(update_fields=["seen"])
    patience = registry.info(held.bank_account.provider).tell_a_person_after
    if database_now() - (held.first_sent_at or held.created_at) >= patience:
        require_look(
            held.charge,
            f"{held.bank_account.bank_said.begins} não confirma se emitiu este boleto. Confira no "
            "aplicativo do banco; ele não será emitido de novo automaticamente.",
        )
