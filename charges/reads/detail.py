"""One charge, with all that its page tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.chart.purposes import marked
from accounts.models import AccountPurpose
from brazil.boleto import format_linha_digitavel
from charges.documents.bank_pdf import has_document
from charges.drafts.draft import percent_words
from charges.issuing.queue import reasons_against
from charges.models import Charge, ChargeEvent, Settlement, Slip
from charges.payer_page.address import page_address
from charges.reads.payer_habits import Habits, habits_of
from charges.reads.refunds import PaymentRow, payments_of
from charges.reads.reminders import ChargeMails, mails_of
from charges.reads.row import Row
from charges.settlement.settle import late_part
from charges.states import OWED, RefundStatus, SlipStatus
from charges.terms.amounts import Owed, owed_on
from charges.terms.check import cautions, discount_notice
from core.plurals import counted
from people.exceptional_acts import waiting_on
from people.models import ExceptionalAct

ZERO = Decimal("0.00")
SLIP_TONES: Mapping[str, str] = {
    SlipStatus.REGISTERING: "info",
    SlipStatus.ISSUING: "info",
    SlipStatus.IN_PAYMENT: "info",
    SlipStatus.UNKNOWN: "bad",
    SlipStatus.REFUSED: "bad",
    SlipStatus.WRITTEN_OFF: "warn",
    SlipStatus.PAID: "ok",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One line of what a charge is worth today, or of the entry that a payment makes."""

    name: str
    amount: Decimal

    @property
    def debit(self) -> Decimal | None:
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True)
class ChargePage:
    row: Row
    owed: Owed
    payments: Sequence[PaymentRow]  # newest first
    events: Sequence[dict[str, Any]]
    entry: Sequence[Part]  # «se for paga hoje»
    why_not: str  # why it may not be issued now
    cautions: Sequence[str]
    waiting: ExceptionalAct | None  # what waits for a second person
    payer_address: str  # of the page for the payer; empty: nothing was issued
    has_bank_pdf: bool
    mails: ChargeMails
    habits: Habits

    @property
    def charge(self) -> Charge:
        return self.row.charge

    @property
    def is_owed(self) -> bool:
        return self.charge.status in OWED and self.charge.rest > 0

    @property
    def parts(self) -> list[Part]:
        charge, owed, today = self.charge, self.owed, self.row.today
        days = counted((today - charge.due_date).days, "dia", "dias")
        fine = f"Multa de {percent_words(charge.fine_percent)}, uma vez"
        interest = f"Juros de {percent_words(charge.interest_percent)} ao mês, {days}"
        told = [
            Part("Falta pagar" if charge.settled else "Valor da cobrança", owed.principal),
            Part(fine, owed.fine),
            Part(interest, owed.interest),
            Part("Multa e juros que ficaram em aberto", owed.late),
            Part("Desconto", -owed.discount),
        ]
        return [part for part in told if part.amount]

    @property
    def entry_sum(self) -> Decimal:
        return sum((part.amount for part in self.entry if part.amount > 0), ZERO)

    @property
    def is_shown(self) -> bool:
        """Its codes are: the payer may have them, they can still be paid, and over what is owed."""
        slip, charge = self.row.slip, self.charge
        if slip is None or not slip.can_be_shown or slip.is_past(self.row.today):
            return False
        is_ending = self.row.cancel_asked or charge.next_due_date is not None
        return not is_ending and slip.amount == charge.rest

    @property
    def slip_tag(self) -> dict[str, str]:
        slip = self.row.slip
        assert slip is not None  # the card is of one
        if slip.fault:
            return {"tone": "bad", "label": "não pode ser enviado"}
        if slip.is_past(self.row.today) and slip.is_live:
            return {"tone": "warn", "label": "prazo encerrado"}
        if slip.status == SlipStatus.OPEN:
            label = f"registrado {slip.bank_account.bank_said.at}"
            return {"tone": "ok", "label": label, "icon": "check"}
        label = slip.get_status_display()
        return {"tone": SLIP_TONES.get(slip.status, "plain"), "label": label.lower()}

    @property
    def is_dead(self) -> bool:
        """Nothing can be paid by the slip any more."""
        slip = self.row.slip
        return slip is not None and (not slip.is_live or slip.is_past(self.row.today))

    @property
    def linha_digitavel(self) -> str:
        slip = self.row.slip
        return format_linha_digitavel(slip.linha_digitavel) if slip and slip.linha_digitavel else ""

    @property
    def discount_notice(self) -> str:
        return discount_notice(self.charge) if self.owed.discount else ""

    @property
    def has_held_back(self) -> bool:
        return any(payment.settlement.entry_id is None for payment in self.payments)

    @property
    def is_refund_moving(self) -> bool:
        """A bank is about to answer."""
        moving = {RefundStatus.QUEUED, RefundStatus.SENDING, RefundStatus.UNKNOWN}
        rows = (row for payment in self.payments for row in payment.refunds)
        return any(row.refund.status in moving for row in rows)

    @property
    def can_look(self) -> bool:
        """Money that is held back, and a slip that may not exist, have acts of their own."""
        asked = self.row.by.can_enter and self.charge.needs_person
        return asked and not self.has_held_back and not self.row.is_unknown

    @property
    def former_slips(self) -> list[Slip]:
        return [
            slip
            for slip in self.row.slips
            if slip != self.row.slip and slip.status != SlipStatus.WITHDRAWN
        ]


def page_of(row: Row) -> ChargePage:
    """Runs inside the company's scope."""
    charge, owed = row.charge, owed_on(row.charge, row.today)
    settlements = Settlement.objects.of(charge.tenant_id).filter(charge=charge)
    return ChargePage(
        row=row,
        owed=owed,
        payments=payments_of(
            charge,
            list(
                settlements.select_related(
                    "entry", "bank_account__connection", "registered_by", "slip"
                ).order_by("-posted_on", "-id")
            ),
            row.by,
            row.today,
        ),
        events=events_of(charge),
        entry=entry_of(charge, owed),
        why_not=why_not_issued(row, row.today),
        cautions=cautions(charge) if row.can_issue else [],
        waiting=waiting_on(charge),
        payer_address=page_address(charge) if row.slip is not None else "",
        has_bank_pdf=has_document(row.live) if row.live is not None else False,
        mails=mails_of(charge, row.now),
        habits=habits_of(charge, row.today),
    )


def events_of(charge: Charge) -> list[dict[str, Any]]:
    events = ChargeEvent.objects.of(charge.tenant_id).filter(charge=charge).select_related("by")
    return [
        {"at": e.at, "title": e.title, "text": e.text, "tone": e.tone,
         "by": e.by.display_name if e.by else ""}
        for e in events.order_by("-at", "-id")
    ]  # fmt: skip


def entry_of(charge: Charge, owed: Owed) -> list[Part]:
    """What `charges.settlement.settle` will post when all of it comes today through the bank."""
    late = late_part(charge, owed.principal)
    additions = owed.additions + late
    parts = [
        Part(str(charge.bank_account.ledger_account), owed.total),
        Part(name_of(charge, AccountPurpose.DISCOUNTS, owed.discount), owed.discount),
        Part(str(charge.revenue_account), late - owed.principal),
        Part(name_of(charge, AccountPurpose.LATE_CHARGES, additions), -additions),
    ]
    return [part for part in parts if part.amount]


def name_of(charge: Charge, purpose: AccountPurpose, amount: Decimal) -> str:
    """The company's account of a purpose; in a chart that lacks it, the one that is made then."""
    account = marked(charge.tenant, purpose) if amount else None
    return str(account) if account else purpose.label


def why_not_issued(row: Row, today: date) -> str:
    if not row.can_issue:
        return ""
    reasons: dict[UUID, str] = reasons_against(row.by.tenant_id, [row.charge], today)
    return reasons.get(row.charge.id, "")
