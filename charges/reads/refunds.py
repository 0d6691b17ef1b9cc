"""Payments with what is left of them, and refunds, in words, with what this person may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet

from charges.models import AdvanceUse, Charge, ChargeEvent, Refund, Settlement
from charges.refunds.advances import payable_by
from charges.refunds.ask import why_not_by_bank
from charges.refunds.parts import Left, left_of
from charges.refunds.register import why_not_by_hand
from charges.states import HERE_REFUNDS, RefundStatus
from tenants.models import Membership

Tone = ChargeEvent.Tone
TONES = {
    RefundStatus.WAITING: Tone.WARN,
    RefundStatus.QUEUED: Tone.INFO,
    RefundStatus.SENDING: Tone.INFO,
    RefundStatus.AT_BANK: Tone.INFO,
    RefundStatus.UNKNOWN: Tone.BAD,
    RefundStatus.DONE: Tone.OK,
    RefundStatus.FAILED: Tone.BAD,
}
# Shown in the list, the newest first, of those that do not wait any more.
DECIDED = 20


@dataclass(frozen=True)
class RefundRow:
    refund: Refund
    by: Membership

    @property
    def tone(self) -> str:
        return TONES.get(RefundStatus(self.refund.status), Tone.PLAIN)

    @property
    def label(self) -> str:
        refund = self.refund
        if refund.status == RefundStatus.WAITING and refund.released_by_id is not None:
            return "Falta outra pessoa"
        label: str = refund.get_status_display()
        return label

    @property
    def debt(self) -> str:
        """What becomes of the debt; of an advance nothing does."""
        return self.refund.get_debt_display().lower() if self.refund.principal else ""

    @property
    def can_release(self) -> bool:
        """As far as the row tells it: the act asks for the rest."""
        refund = self.refund
        is_other = self.by.user_id not in {refund.asked_by_id, refund.released_by_id}
        return refund.status == RefundStatus.WAITING and self.by.can_approve and is_other

    @property
    def can_withdraw(self) -> bool:
        may = self.by.can_approve or self.refund.asked_by_id == self.by.user_id
        return self.refund.status in HERE_REFUNDS and may

    @property
    def is_own(self) -> bool:
        return self.refund.asked_by_id == self.by.user_id


@dataclass(frozen=True)
class PaymentRow:
    settlement: Settlement
    left: Left
    refunds: Sequence[RefundRow]
    uses: Sequence[AdvanceUse]
    by: Membership
    today: date

    @cached_property
    def why_not(self) -> str:
        """Why the bank does not give it back through us; empty: it may be asked for."""
        return why_not_by_bank(self.settlement, self.today)

    @property
    def may_go_back(self) -> bool:
        is_money = self.settlement.way not in {Settlement.Way.ADVANCE, Settlement.Way.WITHHELD}
        return self.settlement.entry_id is not None and is_money and self.left.total > 0

    @property
    def can_ask(self) -> bool:
        return self.by.can_enter and self.may_go_back and not self.why_not

    @property
    def can_register(self) -> bool:
        return self.by.can_enter and self.may_go_back and not why_not_by_hand(self.settlement)

    @property
    def advance(self) -> Decimal:
        """What of it is the payer's still."""
        return self.left.excess if self.settlement.entry_id is not None else Decimal("0.00")

    @cached_property
    def can_use(self) -> bool:
        return self.by.can_enter and self.advance > 0 and payable_by(self.settlement).exists()

    @property
    def can_give_back(self) -> bool:
        return self.by.can_enter and self.advance > 0


def payments_of(
    charge: Charge, settlements: Sequence[Settlement], by: Membership, today: date
) -> list[PaymentRow]:
    """Two queries, and two for each payment. Runs inside the company's scope."""
    rows = Refund.objects.of(charge.tenant_id).filter(charge=charge)
    refunds = list(
        rows.select_related("asked_by", "released_by", "second_by", "entry").order_by("-id")
    )
    uses = AdvanceUse.objects.of(charge.tenant_id).filter(settlement__charge=charge, ended_at=None)
    used = list(uses.select_related("became__charge", "by").order_by("-id"))
    found = []
    for settlement in settlements:
        settlement.charge = charge
        found.append(
            PaymentRow(
                settlement,
                left_of(settlement),
                [RefundRow(each, by) for each in refunds if each.settlement_id == settlement.id],
                [use for use in used if use.settlement_id == settlement.id],
                by,
                today,
            )
        )
    return found


def waiting_refunds(by: Membership) -> list[RefundRow]:
    """What waits for a release, the oldest first. Runs inside the company's scope."""
    waiting = with_names(by).filter(status=RefundStatus.WAITING)
    return [RefundRow(refund, by) for refund in waiting.order_by("created_at", "id")]


def decided_refunds(by: Membership) -> list[RefundRow]:
    """Of an advance that is the payer's again no money left: that is listed as an exception."""
    decided = with_names(by).exclude(status=RefundStatus.WAITING).exclude(kind=Refund.Kind.UNDONE)
    return [RefundRow(refund, by) for refund in decided.order_by("-created_at", "-id")[:DECIDED]]


def with_names(by: Membership) -> QuerySet[Refund]:
    rows: QuerySet[Refund] = Refund.objects.of(by.tenant_id).select_related(
        "charge__payer", "settlement", "bank_account", "asked_by", "released_by", "second_by"
    )
    return rows
