"""Write down that money went back, whoever had it done: a fact, once."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from charges.models import AdvanceUse, Refund, Settlement
from charges.refunds.parts import left_of, taken_back
from charges.refunds.post import say_done, today
from charges.refunds.transitions import make_room
from charges.states import RefundStatus
from core.errors import InvalidInput
from tenants.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of it. `reference` is the bank's id, or what proves it: it is unique."""

    kind: Refund.Kind
    amount: Decimal
    day: date | None  # None: the bank does not say; today, provisionally
    reference: str
    source: str  # who said so, a Portuguese phrase
    debt: str = Refund.Debt.OWED
    reason: str = ""
    end_to_end: str = ""
    key: UUID | None = None
    answer_until: date | None = None
    by: User | None = None


def record_fact(payment: Settlement, told: Told) -> Refund:
    """The caller holds the payment's charge, and knows that the reference is new. What of the
    payment we were about to send does not leave any more where there is no room beside it.

    Raises:
        InvalidInput: (code `more_than_came`) more would have gone back than came.
    """
    if told.amount > payment.received - taken_back(payment):
        raise InvalidInput(
            "Voltaria mais do que chegou por este recebimento.",
            field="amount",
            code="more_than_came",
        )
    if told.amount > left_of(payment).total:
        make_room(payment, None, "O valor já voltou ao pagador de outro modo.")
    refund = Refund(
        tenant_id=payment.tenant_id,
        charge=payment.charge,
        settlement=payment,
        bank_account=payment.bank_account,
        kind=told.kind,
        debt=told.debt,
        status=RefundStatus.DONE,
        amount=told.amount,
        reason=told.reason,
        reference=told.reference,
        end_to_end=told.end_to_end,
        key=told.key,
        done_on=told.day or today(),
        answer_until=told.answer_until,
        asked_by=told.by,
        **asdict(left_of(payment).split(told.amount)),
    )
    refund.save(force_insert=True)
    if refund.overdrawn:
        stop_bills(payment)
    say_done(refund, told.source, is_provisional=told.day is None)
    return refund


def stop_bills(payment: Settlement) -> None:
    """Bills that give back what is gone now do not leave."""
    uses = AdvanceUse.objects.of(payment.tenant_id).filter(settlement=payment, ended_at=None)
    for bill in uses.exclude(bill=None).order_by("id").values_list("bill", flat=True):
        why = "O valor desta devolução já voltou ao pagador de outro modo: cancele esta conta."
        import_string(settings.STOP_GIVE_BACK)(payment.tenant_id, bill, why)
