"""Whether a mail may still leave, asked of all that may have changed since it was put there."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from brazil.banking_days import next_banking_day, sao_paulo_day
from charges.dunning.addresses import known_addresses
from charges.dunning.holds import active_hold
from charges.dunning.holds import reason as reason_of_hold
from charges.models import Charge, DunningStep, PayerAddress, Refund, Reminder, Settlement, Slip
from charges.states import LIVE_SLIPS, ChargeStatus, RefundStatus, SlipStatus
from charges.terms.last_day import last_day
from charges.tracking.unfollowed import told_accounts
from core.dates import clock
from parties.models import PayerEmail

Kind = DunningStep.Kind


@dataclass(frozen=True, slots=True)
class Fate:
    """`reason` is Portuguese, and empty when the mail may leave."""

    reason: str = ""
    waits: bool = False  # for another day; else it does not leave at all
    is_of_address: bool = False

    @property
    def may_leave(self) -> bool:
        return not self.reason


def fate_of(reminder: Reminder, charge: Charge, now: datetime) -> Fate:
    """The charge is held by the caller. Runs inside the company's scope."""
    today = sao_paulo_day(now)
    if why := against_address(reminder):
        return Fate(why, is_of_address=True)
    if reminder.step.archived_at is not None or not reminder.step.is_on:
        return Fate("o passo foi desligado")
    if reminder.step.kind == Kind.PAID:
        return Fate("" if charge.status == ChargeStatus.PAID else "não consta mais como paga")
    if why := against_charge(charge, today) or against_slip(charge, today):
        return Fate(why)
    if charge.due_date != reminder.due_date:
        return Fate("o vencimento mudou")
    if hold := active_hold(charge, today):
        return Fate(reason_of_hold(hold))
    if reminder.step.days > 0 and not charge.is_overdue(today):
        return Fate("ainda pode ser paga hoje sem multa", waits=True)
    return Fate()


def against_address(reminder: Reminder) -> str:
    emails = PayerEmail.objects.of(reminder.tenant_id).filter(payer=reminder.payer_id)
    if not emails.filter(email=reminder.email).exists():
        return "o e-mail não é mais deste pagador"
    known = known_addresses(reminder.tenant_id, [reminder.email]).get(reminder.email)
    return against(known)


def against(address: PayerAddress | None) -> str:
    if address is None or address.takes_mail:
        return ""
    if address.opted_out_at is not None:
        return "o destinatário pediu para não receber"
    return f"e-mail inválido: {address.reason}"


def went_back(charge: Charge) -> bool:
    """Money of it went back that nobody here gave back, by a MED, say: a person speaks first."""
    refunds = Refund.objects.of(charge.tenant_id).filter(charge=charge, asked_by=None)
    return bool(refunds.filter(status=RefundStatus.DONE).exists())


def against_charge(charge: Charge, today: date) -> str:
    """What its state says."""
    match charge.status:
        case ChargeStatus.PAID:
            return paid_when(charge, today)
        case ChargeStatus.IN_PAYMENT:
            return "pagamento identificado, o dinheiro ainda não chegou"
        case ChargeStatus.CANCELLED:
            return "a cobrança foi cancelada"
    if is_coming(charge):  # of one that is paid in part its slip says it, and not its own state
        return "pagamento identificado, o dinheiro ainda não chegou"
    if Settlement.objects.of(charge.tenant_id).filter(charge=charge, entry=None).exists():
        return "um recebimento espera conferência"
    if charge.needs_person and went_back(charge):
        return "o valor voltou ao pagador, e espera conferência"
    if charge.replaced_by_id is not None:
        return "a cobrança está em renegociação"
    if charge.next_due_date is not None:
        return "o vencimento está sendo mudado"
    return ""


def is_coming(charge: Charge) -> bool:
    """Its bank saw a payment that is not in the books yet."""
    slips = Slip.objects.of(charge.tenant_id).filter(charge=charge)
    seen = Q(status=SlipStatus.IN_PAYMENT) | Q(status=SlipStatus.PAID, settlements=None)
    return bool(slips.filter(seen).exists())


def paid_when(charge: Charge, today: date) -> str:
    """«paga às 08:40», when we learned it today; «paga em 10/12/2026», the day of the money."""
    came = Settlement.objects.of(charge.tenant_id).filter(charge=charge)
    last = came.order_by("-created_at").values_list("created_at", flat=True).first()
    if last is not None and sao_paulo_day(last) == today:
        return f"paga às {clock(last)}"
    return f"paga em {charge.paid_on:%d/%m/%Y}" if charge.paid_on else "já paga"


def against_slip(charge: Charge, today: date, *, by_hand: bool = False) -> str:
    """A charge is asked for while its payer has something to pay with; the rest of one that is
    paid in part is asked for in any case."""
    slips = Slip.objects.of(charge.tenant_id).filter(charge=charge, status__in=LIVE_SLIPS)
    slip: Slip | None = slips.first()
    if slip is not None and slip.cancel_asked_at is not None:
        return "o cancelamento do boleto foi pedido"
    if slip is not None and "forms" not in slip.content and not by_hand:
        return "emitida no aplicativo do banco: quem avisa é o banco"
    if slip is not None and slip.fault:
        return "o boleto requer conferência"
    if slip is not None and not by_hand and is_untold(slip):
        return "o banco não informa mais se ela foi paga"
    if slip is not None and charge.status == ChargeStatus.OPEN and is_past(slip, today):
        return "o prazo do boleto acabou: os bancos não o aceitam mais"
    is_payable = charge.status == ChargeStatus.OPEN and slip is not None and slip.can_be_shown
    if is_payable or charge.status == ChargeStatus.PARTLY_PAID:
        return ""
    words = ChargeStatus(charge.status).label.lower()
    return f"nenhum boleto que o pagador possa pagar: a cobrança está «{words}»"


def is_untold(slip: Slip) -> bool:
    return slip.bank_account_id not in told_accounts(slip.tenant_id)


def is_past(slip: Slip, today: date) -> bool:
    """As the payer's page says it: a boleto that is paid today has the date of the next banking
    day."""
    last = last_day(slip)
    day = today if slip.form == Charge.Form.PIX else next_banking_day(today)
    return last is not None and day > last
