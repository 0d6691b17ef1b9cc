"""Take charges back: asked for by a person, done at the bank by the account's round, and read back
before it is believed. A payer who was quicker has paid.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from audit.acts import Act
from audit.services import Entry, record, record_many
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.charges import Cancellation, CancellationState
from banking.banks.contract.errors import BankError, BankRejected
from banking.models import BankAccount
from charges.drafts.draft import particulars, require_enterer
from charges.models import Charge, Slip
from charges.settlement.looks import held_back
from charges.states import OPEN_AT_BANK, ChargeStatus, SlipStatus
from charges.terms.check import rules_of
from charges.timeline import CANCEL_ASKED, Tone, note, note_many
from charges.tracking.polling import name_of, read_one
from charges.transitions import (
    ask_end,
    live_slip,
    lock_charge,
    lock_slip,
    move_charge,
    move_slip,
    write_charge_statuses,
)
from core import deadline
from core.clock import database_now
from core.errors import InvalidState
from core.lease import is_due
from core.text import shorten
from tenants.models import Membership
from tenants.scope import tenant_scope

REASON_LENGTH = 140


@transaction.atomic
def cancel_charge(
    charge: Charge, *, by: Membership, still_owed: bool = False, why: str = ""
) -> Charge:
    """End a charge: what collects it is ended at the bank first. With `still_owed` only the slip
    ends, and the debt stays (baixada).

    Raises:
        InvalidState: (code `not_open`, `no_slip`, `renegotiating`) it is paid or cancelled, or
            nothing collects it, or an agreement is about to replace it; (code `held_back`) money
            of it is here, and nobody has said what it is.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_charge(charge)
    if held.status in {ChargeStatus.PAID, ChargeStatus.PARTLY_PAID, ChargeStatus.CANCELLED}:
        words = held.get_status_display().lower()
        raise InvalidState(
            f"Esta cobrança consta como «{words}» e não pode ser cancelada.", code="not_open"
        )
    if held_back(held):
        raise InvalidState("Diga antes o que fazer com o valor retido.", code="held_back")
    if held.replaced_by_id is not None:
        raise InvalidState(
            "Esta cobrança está em renegociação: desfaça o acordo antes.", code="renegotiating"
        )
    slip = live_slip(held)
    if slip is None and still_owed:
        raise InvalidState("Nenhum boleto desta cobrança está em aberto.", code="no_slip")
    if slip is not None and slip.status == SlipStatus.QUEUED:
        slip = withdraw(slip)
        held = slip.charge
        slip = None
    if slip is not None:
        ask_end(slip, by=by.user, ends_debt=not still_owed)
        note(held, CANCEL_ASKED, why, tone=Tone.INFO, by=by.user)
    elif not still_owed:
        move_charge(held, ChargeStatus.CANCELLED, needs_person=False, question="")
        note(held, "Cancelada", why, by=by.user)
    said = {"Dívida": "Continua devida" if still_owed else "Deixa de ser devida"}
    record(Act.CHARGE_CANCELLED, on=held, by=by.user, why=why, before=particulars(held), after=said)
    return held


@transaction.atomic
def cancel_drafts(drafts: Sequence[Charge], *, by: Membership, why: str) -> None:
    """End drafts that the caller holds and that were never issued, as `cancel_charge` would. The
    number of queries does not depend on theirs.

    Raises:
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    rows = Charge.objects.of(by.tenant_id).filter(id__in=[charge.id for charge in drafts])
    write_charge_statuses(rows, ChargeStatus.CANCELLED)
    note_many(
        by.tenant_id, [(charge, "Cancelada", why, Tone.PLAIN) for charge in drafts], by=by.user
    )
    said = {"Dívida": "Deixa de ser devida"}
    record_many(
        [Entry(Act.CHARGE_CANCELLED, charge, why, particulars(charge), said) for charge in drafts],
        by=by.user,
    )


def withdraw(slip: Slip) -> Slip:
    """Take a slip from the queue that never left."""
    held = lock_slip(slip)
    move_slip(held, SlipStatus.WITHDRAWN)
    return held


def cancel_requested(account: BankAccount, bank: BankAdapter) -> None:
    """Ask the bank for the end of each slip of which somebody asked for it. To be called outside
    of scopes, by the account's one round."""
    for slip in asked(account):
        if deadline.is_over():
            return
        end_slip(slip, account, bank)


def asked(account: BankAccount) -> list[Slip]:
    now = database_now()
    lease = now - timedelta(seconds=settings.SEND_LEASE_SECONDS)
    with tenant_scope(account.tenant_id):
        slips = Slip.objects.of(account.tenant_id).filter(
            is_due(now),
            Q(cancel_claimed_at=None) | Q(cancel_claimed_at__lte=lease) | ~Q(cancel_reference=""),
            bank_account=account,
            status__in=OPEN_AT_BANK,
            cancel_asked_at__isnull=False,
        )
        ids = list(slips.order_by("id").values_list("id", flat=True))
        mine = Slip.objects.of(account.tenant_id).filter(id__in=ids)
        mine.update(cancel_claimed_at=now)
        return list(mine.order_by("id"))


def end_slip(slip: Slip, account: BankAccount, bank: BankAdapter) -> None:
    """Ask, or ask how far it is, and read the slip back whatever the answer is."""
    rules = rules_of(account)
    assert rules is not None  # it issued the slip
    try:
        answer = ask_bank(slip, bank)
    except BankRejected as error:
        reading = read_one(slip, bank, rules)
        if reading is not None:
            record_refusal(slip, shorten(error.with_reason(), 300))
        return
    except BankError:
        free_claim(slip)  # asked again, under the same key, at its next turn
        return
    if answer.state is CancellationState.WAITING:
        keep_request(slip, answer)
        return
    reading = read_one(slip, bank, rules)
    if answer.state is CancellationState.FAILED and reading is not None:
        record_refusal(slip, "O banco informou que a baixa não foi feita.")


def ask_bank(slip: Slip, bank: BankAdapter) -> Cancellation:
    """May raise any BankError."""
    if slip.cancel_reference:
        waiting = Cancellation(name_of(slip), CancellationState.WAITING, slip.cancel_reference)
        return bank.charge_cancellation(waiting)
    key = uuid5(slip.key, f"cancel {slip.cancel_asked_at}")
    return bank.cancel_charge(name_of(slip), key=key)


def keep_request(slip: Slip, answer: Cancellation) -> None:
    again = database_now() + timedelta(seconds=settings.ASK_AGAIN_SECONDS)
    with tenant_scope(slip.tenant_id):
        Slip.objects.of(slip.tenant_id).filter(id=slip.id).update(
            cancel_reference=answer.reference, wait_until=again
        )


def free_claim(slip: Slip) -> None:
    again = database_now() + timedelta(seconds=settings.ASK_AGAIN_SECONDS)
    with tenant_scope(slip.tenant_id):
        Slip.objects.of(slip.tenant_id).filter(id=slip.id).update(
            cancel_claimed_at=None, wait_until=again
        )


def record_refusal(slip: Slip, why: str) -> None:
    """The bank did not end it. Of a payer who was quicker the reading has told already."""
    with tenant_scope(slip.tenant_id):
        held = lock_slip(slip)
        if held.status in OPEN_AT_BANK:
            held.cancel_asked_at = held.cancel_claimed_at = held.cancel_asked_by = None
            held.cancel_reference = ""
            held.ends_debt = False
            held.save(
                update_fields=[
                    "cancel_asked_at",
                    "cancel_claimed_at",
                    "cancel_asked_by",
                    "cancel_reference",
                    "ends_debt",
                ]
            )
            if held.status != SlipStatus.IN_PAYMENT:
                note(held.charge, "O banco não cancelou", why, tone=Tone.BAD)
