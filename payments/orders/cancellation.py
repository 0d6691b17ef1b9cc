"""Take an order back from its bank, while it is not approved there.

A person asks in a web request; the bank is called in a round of `following`, by a claim.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from audit.acts import Act
from audit.services import record
from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankError, BankOutcomeUnknown, BankRejected
from banking.banks.contract.info import Capability
from banking.banks.contract.payments import OrderState, Rail
from banking.models import BankAccount
from core import deadline
from core.clock import database_now
from core.errors import InvalidState, NotAllowed
from payments.bills.particulars import particulars
from payments.models import Payable, PaymentOrder
from payments.orders.send import sentence
from payments.orders.status_polling import open_order
from payments.orders.transitions import apply_state, lock_order
from payments.states import OrderStatus
from payments.timeline import CANCEL_ASKED, CANCEL_UNCONFIRMED, NOT_CANCELLED, Tone, note
from tenants.models import Membership, TenantQuerySet
from tenants.scope import tenant_scope


def why_not_cancellable(order: PaymentOrder) -> str:
    """Why the order cannot be taken back, in a Portuguese sentence; empty when it can."""
    bank = registry.info(order.bank_account.provider)
    if order.status != OrderStatus.AT_BANK or order.left_list_at is not None:
        return "Este pagamento não está aguardando aprovação no banco."
    if order.bank_account.is_undone:
        return (
            f"O vínculo com {bank.said.the} foi desfeito: para cancelar, recuse no aplicativo do "
            "banco."
        )
    if Capability.CANCEL_ORDER not in bank.capabilities or Rail(order.rail) not in bank.cancels:
        return (
            f"{bank.said.begins} não permite cancelar {order.get_rail_display()} por aqui: "
            "recuse no aplicativo do banco, e a conta volta para aprovação."
        )
    return ""


@transaction.atomic
def request_cancellation(payable: Payable, *, by: Membership) -> PaymentOrder:
    """Ask the bank, in the background, to cancel the bill's order. Asking again changes nothing.

    Raises:
        NotAllowed: `by` neither enters nor approves bills.
        InvalidState: it does not wait for approval, or its bank does not take it back.
    """
    if not (by.can_enter or by.can_approve):
        raise NotAllowed(
            "Seu papel nesta empresa não permite cancelar pagamentos.", code="wrong_role"
        )
    newest = PaymentOrder.objects.of(payable.tenant_id).filter(payable=payable)
    order = newest.order_by("-created_at", "-id").first()
    if order is None:
        raise InvalidState("Esta conta não está no banco.", code="not_at_bank")
    order = lock_order(order)
    if why := why_not_cancellable(order):
        raise InvalidState(why, code="not_taken_back")
    if order.cancel_asked_at is None:
        order.cancel_asked_at, order.cancel_asked_by = database_now(), by.user
        order.wait_until = None  # its round is due now
        order.save(update_fields=["cancel_asked_at", "cancel_asked_by", "wait_until"])
        note(order.payable, CANCEL_ASKED, tone=Tone.INFO, by=by.user)
        record(
            Act.CANCELLATION_ASKED, on=order.payable, by=by.user, before=particulars(order.payable)
        )
    return order


def cancel_requested_orders(account: BankAccount, bank: BankAdapter) -> None:
    """Call the bank for each order whose cancellation was asked for. Outside of scopes."""
    for order in claim_requested(account, database_now()):
        if deadline.is_over():
            with tenant_scope(account.tenant_id):
                of(order).update(cancel_claimed_at=None)  # it is asked for at the next tick
            continue
        key = uuid5(order.key, "cancel")  # the same at every attempt
        try:
            bank.cancel_order(open_order(order), key=key)
        except BankRejected as error:
            with tenant_scope(account.tenant_id):
                record_refusal(order, sentence(error))
        except BankOutcomeUnknown as error:
            # Asked again with the same key when the lease is over, if the poll does not tell.
            with tenant_scope(account.tenant_id):
                note_once(order, sentence(error))
        except BankError as error:
            with tenant_scope(account.tenant_id):
                note_once(order, sentence(error))
                of(order).update(cancel_claimed_at=None)
        else:
            with tenant_scope(account.tenant_id):
                source = f"{account.bank_said.begins} confirmou o cancelamento."
                apply_state(order, OrderState.CANCELLED, source=source)


def claim_requested(account: BankAccount, now: datetime) -> list[PaymentOrder]:
    """Those to be taken back now; the others who look at the same time get none of them."""
    free = Q(cancel_claimed_at=None) | Q(
        cancel_claimed_at__lte=now - timedelta(seconds=settings.SEND_LEASE_SECONDS)
    )
    with tenant_scope(account.tenant_id):
        asked = PaymentOrder.objects.of(account.tenant_id).filter(
            free,
            bank_account=account,
            status=OrderStatus.AT_BANK,
            cancel_asked_at__isnull=False,
        )
        locked = asked.select_for_update(no_key=True, skip_locked=True, of=("self",))
        locked = locked.select_related("payable")
        orders = list(locked.order_by("cancel_asked_at"))
        ids: list[UUID] = [order.id for order in orders]
        asked.filter(id__in=ids).update(cancel_claimed_at=now)
    return orders


def record_refusal(order: PaymentOrder, why: str) -> None:
    """It was decided at the bank in the meantime: the next poll says how."""
    of(order).update(
        cancel_asked_at=None, cancel_asked_by=None, cancel_claimed_at=None, wait_until=None
    )
    note(order.payable, NOT_CANCELLED, why, tone=Tone.WARN)


def note_once(order: PaymentOrder, why: str) -> None:
    if of(order).exclude(message=why).update(message=why):
        note(order.payable, CANCEL_UNCONFIRMED, why, tone=Tone.WARN)


def of(order: PaymentOrder) -> TenantQuerySet:
    return PaymentOrder.objects.of(order.tenant_id).filter(id=order.id, status=OrderStatus.AT_BANK)
