"""What a run did, in words."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from operator import attrgetter

from django.db.models import Count, Func, IntegerField, Q, QuerySet, Sum

from banking.banks import registry
from banking.banks.contract.payments import Rail
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from core.dates import hour, near_day, when
from core.money import format_brl
from core.plurals import counted
from payments.models import DispatchRun
from payments.states import OrderStatus

STATUS = "orders__status"
GIVEN_BACK = Q(**{STATUS: OrderStatus.CANCELLED}, orders__first_sent_at=None)
LEFT = ~Q(**{STATUS: OrderStatus.QUEUED}) & ~GIVEN_BACK
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
    "stayed": Func("left_out", function="jsonb_array_length", output_field=IntegerField()),
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
    stayed: int  # bills that were left out

    def title(self, now: datetime) -> str:
        """«O Modo Banking das 7h de hoje»; in advance: «… de amanhã, executado hoje às 16:05,»."""
        day = near_day(self.run.day, sao_paulo_day(now))
        if sao_paulo_day(self.run.started_at) != self.run.day:
            return f"O Modo Banking de {day}, executado {when(self.run.started_at, now)},"
        return f"O Modo Banking das {hour(self.run.started_at)} de {day}"

    @property
    def is_all_paid(self) -> bool:
        return self.sent > 0 and self.paid == self.sent

    @property
    def tone(self) -> str:
        if self.unknown:
            return "bad"
        if self.given_back:
            return "warn"
        return "ok" if self.is_all_paid and not self.stayed else "info"


@dataclass(frozen=True, slots=True)
class RunNote:
    tally: Tally
    title: str
    text: str


def run_notes(runs: "QuerySet[DispatchRun]", now: datetime) -> list[RunNote]:
    """One query. What a run left out may be thousands of bills: it is counted, not read."""
    counted_runs = runs.select_related("bank_account").defer("left_out").annotate(**COUNTS)
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
        return f"enviou {payments} ao banco {account} (R$\u00a0{amount})."
    if tally.queued:
        return f"está enviando {counted(tally.queued, 'pagamento', 'pagamentos')} {account}."
    if tally.given_back:
        return f"não enviou pagamentos {account}."
    return f"não tinha pagamentos a enviar {account}."


def what_is_unknown(tally: Tally) -> str:
    if not tally.unknown:
        return ""
    again = "não será reenviado" if tally.unknown == 1 else "não serão reenviados"
    return f"{tally.unknown} sem resposta do banco: estamos verificando, {again}."


def what_waits(tally: Tally, now: datetime) -> str:
    if tally.is_all_paid:
        return "Todos foram pagos." if tally.paid > 1 else "Ele foi pago."
    if not tally.waiting:
        return ""
    if tally.waiting == tally.sent:
        who = "Eles aguardam" if tally.waiting > 1 else "Ele aguarda"
    else:
        who = f"{tally.waiting} ainda aguardam" if tally.waiting > 1 else "1 ainda aguarda"
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
    return f"{tally.given_back} {back} sem envio."


def what_stayed(tally: Tally) -> str:
    if not tally.stayed:
        return ""
    return f"{tally.stayed} ficaram de fora." if tally.stayed > 1 else "1 ficou de fora."
