"""What a run did, in words."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from operator import attrgetter

from django.db.models import Count, Q, QuerySet, Sum

from banking.banks import registry
from banking.banks.contract.payments import Rail
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from core.money import format_brl
from payments.models import DispatchRun, PaymentOrder
from payments.states import OrderStatus
from payments.words import counted, hour, near_day, when

STATUS = "orders__status"
GIVEN_BACK = Q(**{STATUS: OrderStatus.CANCELLED}, orders__first_sent_at=None)
LEFT = ~Q(**{STATUS: OrderStatus.QUEUED}) & ~GIVEN_BACK
NEVER_SENT = Q(status=OrderStatus.CANCELLED, first_sent_at=None)
WAITS = Q(**{STATUS: OrderStatus.AT_BANK})
COUNTS = {
    "sent": Count("orders", filter=LEFT),
    "sent_amount": Sum("orders__amount", filter=LEFT),
    "queued": Count("orders", filter=Q(**{STATUS: OrderStatus.QUEUED})),
    "given_back": Count("orders", filter=GIVEN_BACK),
    "waiting": Count("orders", filter=WAITS),
    "waiting_ted": Count("orders", filter=WAITS & Q(orders__rail=Rail.TED)),
    "waiting_boleto": Count("orders", filter=WAITS & Q(orders__rail=Rail.BOLETO)),
    "paid": Count("orders", filter=Q(**{STATUS: OrderStatus.PAID})),
    "unknown": Count("orders", filter=Q(**{STATUS: OrderStatus.UNKNOWN})),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """A run and how its orders stand."""

    run: DispatchRun
    sent: int  # those that left us, however they ended
    sent_amount: Decimal | None  # None: nothing was sent
    queued: int
    given_back: int  # left the queue without having been sent; their bills are approved again
    waiting: int  # for approval in the bank's app
    waiting_ted: int
    waiting_boleto: int
    paid: int
    unknown: int

    def title(self, now: datetime) -> str:
        """«O envio das 7h de hoje»; made in advance: «O envio de amanhã, feito hoje às 16:05,»."""
        day = near_day(self.run.day, sao_paulo_day(now))
        if sao_paulo_day(self.run.started_at) != self.run.day:
            return f"O envio de {day}, feito {when(self.run.started_at, now)},"
        return f"O envio das {hour(self.run.started_at)} de {day}"

    @property
    def is_all_paid(self) -> bool:
        return self.sent > 0 and self.paid == self.sent

    @property
    def tone(self) -> str:
        if self.unknown:
            return "bad"
        if self.given_back:
            return "warn"
        return "ok" if self.is_all_paid and not self.run.left_out else "info"


@dataclass(frozen=True, slots=True)
class RunNote:
    tally: Tally
    title: str
    text: str


def orders_that_left(run: DispatchRun) -> "QuerySet[PaymentOrder]":
    """Those of the run that went to the bank, or are about to."""
    return PaymentOrder.objects.of(run.tenant_id).filter(~NEVER_SENT, run=run)


def reasons_given_back(run: DispatchRun) -> dict[str, str]:
    """By the bill's id: why the order that the run made for it left the queue unsent."""
    orders = PaymentOrder.objects.of(run.tenant_id).filter(NEVER_SENT, run=run)
    return {str(bill): why for bill, why in orders.values_list("payable_id", "message")}


def run_notes(runs: "QuerySet[DispatchRun]", now: datetime) -> list[RunNote]:
    """One query."""
    counted_runs = runs.select_related("bank_account").annotate(**COUNTS)
    values = attrgetter(*COUNTS)
    return [run_note(Tally(run, *values(run)), now) for run in counted_runs]


def run_note(tally: Tally, now: datetime) -> RunNote:
    parts = [
        what_went(tally),
        what_is_unknown(tally),
        what_waits(tally, now),
        what_came_back(tally),
        what_stayed(tally),
    ]
    return RunNote(tally, tally.title(now), " ".join(part for part in parts if part))


def what_went(tally: Tally) -> str:
    account = f"pela conta {tally.run.bank_account}"
    if tally.sent_amount is not None:
        payments = counted(tally.sent, "pagamento", "pagamentos")
        amount = format_brl(tally.sent_amount)
        return f"mandou {payments} ao banco {account} (R$\u00a0{amount})."
    if tally.queued:
        return f"está mandando {counted(tally.queued, 'pagamento', 'pagamentos')} {account}."
    if tally.given_back:
        return f"não mandou nada {account}."
    return f"não tinha o que mandar {account}."


def what_is_unknown(tally: Tally) -> str:
    if not tally.unknown:
        return ""
    again = "não será reenviado" if tally.unknown == 1 else "não serão reenviados"
    return f"De {tally.unknown} a resposta do banco é desconhecida: estamos verificando, {again}."


def what_waits(tally: Tally, now: datetime) -> str:
    if tally.is_all_paid:
        return "Tudo foi pago." if tally.paid > 1 else "Ele foi pago."
    if not tally.waiting:
        return ""
    if tally.waiting == tally.sent:
        who = "Eles esperam" if tally.waiting > 1 else "Ele espera"
    else:
        who = f"{tally.waiting} ainda esperam" if tally.waiting > 1 else "1 ainda espera"
    return f"{who} sua aprovação no aplicativo do banco{until(tally, now)}."


def until(tally: Tally, now: datetime) -> str:
    """« até as 17h»; empty once that is over."""
    cut_off = registry.info(tally.run.bank_account.provider).cut_off
    closes = cut_off.get(first_rail_that_waits(tally), time.min)
    closing = datetime.combine(tally.run.day, closes, SAO_PAULO)
    return f" até as {hour(closing)}" if now < closing else ""


def first_rail_that_waits(tally: Tally) -> Rail:
    """The one that closes first."""
    if tally.waiting_ted:
        return Rail.TED
    return Rail.BOLETO if tally.waiting_boleto else Rail.PIX


def what_came_back(tally: Tally) -> str:
    if not tally.given_back:
        return ""
    back = "voltaram para aprovadas" if tally.given_back > 1 else "voltou para aprovada"
    return f"{tally.given_back} {back} sem sair."


def what_stayed(tally: Tally) -> str:
    stayed = len(tally.run.left_out)
    if not stayed:
        return ""
    return f"{stayed} ficaram de fora." if stayed > 1 else "1 ficou de fora."
