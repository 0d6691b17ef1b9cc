"""Mails to payers as people see them: the log, what comes next, and what a charge's page tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from brazil.banking_days import day_bounds, sao_paulo_day
from charges.dunning.addresses import known_addresses
from charges.dunning.holds import active_hold, hold_of_payer, sentence
from charges.dunning.ladder import active_steps, dunning_of
from charges.dunning.schedule import day_of_step, mailing_day
from charges.models import (
    Charge,
    ChargeEvent,
    DunningHold,
    DunningStep,
    PayerAddress,
    Reminder,
)
from charges.states import OWED, ChargeStatus
from core.dates import on_day
from core.fields import DayField
from parties.models import Payer, PayerEmail
from tenants.models import Tenant, TenantQuerySet

PAGE = 50
Tone = ChargeEvent.Tone
Status = Reminder.Status
Kind = DunningStep.Kind
TONES = {
    Status.WAITING: Tone.INFO,
    Status.SENDING: Tone.INFO,
    Status.SENT: Tone.OK,
    Status.UNKNOWN: Tone.WARN,
    Status.REFUSED: Tone.BAD,
}
# How far ahead the next messages are looked for.
AHEAD = timedelta(days=45)


class LogFilter(forms.Form):
    """Its names stand in the address, so they are Portuguese. Days are those of making."""

    situacao = forms.ChoiceField(
        label="Situação", choices=[("", "Todas"), *Status.choices], required=False
    )
    q = forms.CharField(
        label="Buscar",
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search", "placeholder": "Pagador ou e-mail"}),
    )
    de = DayField(label="De", required=False)
    ate = DayField(label="Até", required=False)
    cobranca = forms.UUIDField(required=False, widget=forms.HiddenInput)
    pagador = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def values(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


@dataclass(frozen=True, slots=True)
class LogRow:
    reminder: Reminder

    @property
    def tone(self) -> str:
        return TONES.get(Status(self.reminder.status), Tone.PLAIN)

    @property
    def detail(self) -> str:
        """Why not, or with which other mail."""
        if self.reminder.lead_id is not None and self.reminder.status == Status.SENT:
            return "junto com outra cobrança, no mesmo e-mail"
        return self.reminder.reason

    @property
    def at(self) -> datetime:
        return self.reminder.done_at or self.reminder.made_at


@dataclass(frozen=True, slots=True)
class Log:
    rows: list[LogRow]
    following: str  # empty: it is the last page


def read_log(chosen: LogFilter, tenant: Tenant, after: str) -> Log:
    """The newest first. One query."""
    rows = matching(Reminder.objects.of(tenant), chosen.values)
    if after:
        rows = rows.filter(TupleLessThan(Tuple("made_at", "id"), read_position(after)))
    found = list(
        rows.select_related("charge", "payer", "step").order_by("-made_at", "-id")[: PAGE + 1]
    )
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = f"{last.made_at.isoformat()}.{last.id}" if last else ""
    return Log([LogRow(row) for row in found[:PAGE]], following)


def matching(rows: TenantQuerySet, values: dict[str, Any]) -> TenantQuerySet:
    if status := values.get("situacao"):
        rows = rows.filter(status=status)
    if charge := values.get("cobranca"):
        rows = rows.filter(charge=charge)
    if payer := values.get("pagador"):
        rows = rows.filter(payer=payer)
    if text := values.get("q"):
        rows = rows.filter(email__icontains=text) | rows.filter(payer__name__icontains=text)
    if since := values.get("de"):
        rows = rows.filter(made_at__gte=day_bounds(since)[0])
    if until := values.get("ate"):
        rows = rows.filter(made_at__lt=day_bounds(until)[1])
    return rows


def read_position(text: str) -> tuple[datetime, UUID]:
    """
    Raises:
        BadRequest: it is no position of ours.
    """
    at, _, row_id = text.rpartition(".")
    try:
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError
        return instant, UUID(row_id)
    except ValueError as error:
        raise BadRequest("not a position in a list") from error


# --- What comes next ---


@dataclass(frozen=True, slots=True)
class Next:
    day: date
    count: int


def next_messages(tenant: Tenant, today: date) -> list[Next]:
    """How many mails of the ladder fall on each of the next days, if nothing changes: one for each
    charge and step that is ahead. Nothing of today or before is among them."""
    asked = Charge.objects.of(tenant).filter(
        status__in=[ChargeStatus.OPEN, ChargeStatus.PARTLY_PAID]
    )
    counts: dict[date, int] = {}
    for step in active_steps(tenant.id):
        if step.kind != Kind.DUE:
            continue
        shift = timedelta(days=step.days)
        first = today + timedelta(days=1) - shift
        dues = asked.filter(due_date__range=(first, today + AHEAD - shift))
        for due in dues.values_list("due_date", flat=True):
            day = day_of_step(due, step.days)
            counts[day] = counts.get(day, 0) + 1
    return [Next(day, count) for day, count in sorted(counts.items())]


def words_of_next(tenant: Tenant, today: date, *, on: bool) -> str:
    """«Nenhum e-mail sai agora; próximos: 2 amanhã, 1 em 10/12, quinta.»"""
    if not on:
        return "A régua está desligada: nenhum e-mail sai sozinho."
    ahead = next_messages(tenant, today)[:3]
    if not ahead:
        return "Nenhum e-mail sai agora; nenhuma cobrança em aberto tem passo à frente."
    told = ", ".join(f"{each.count} {on_day(each.day, today)}" for each in ahead)
    return f"Nenhum e-mail sai agora; próximos: {told}."


# --- One charge, one payer ---


@dataclass(frozen=True, slots=True)
class Address:
    email: str
    known: PayerAddress | None

    @property
    def takes_mail(self) -> bool:
        return self.known is None or self.known.takes_mail

    @property
    def words(self) -> str:
        if self.known is None or self.known.takes_mail:
            return ""
        if self.known.opted_out_at is not None:
            return "pediu para não receber"
        return f"inválido: {self.known.reason}"


@dataclass(frozen=True, slots=True)
class ChargeMails:
    """What stands on a charge's page about its mails."""

    is_on: bool
    upcoming: str  # «3 dias depois do vencimento, em 14/12, segunda»; empty: none
    hold: DunningHold | None
    held: str
    rows: Sequence[LogRow]
    addresses: Sequence[Address]
    is_asked: bool  # it may have reminders

    @property
    def is_out_of_reach(self) -> bool:
        return not any(address.takes_mail for address in self.addresses)


def mails_of(charge: Charge, now: datetime) -> ChargeMails:
    """Runs inside the company's scope."""
    today = sao_paulo_day(now)
    dunning = dunning_of(charge.tenant_id)
    is_on = dunning is not None and dunning.is_on
    hold = active_hold(charge, today)
    rows = Reminder.objects.of(charge.tenant_id).filter(charge=charge)
    return ChargeMails(
        is_on=is_on,
        upcoming=upcoming(charge, today) if is_on and charge.status in OWED else "",
        hold=hold,
        held=sentence(hold) if hold else "",
        rows=[LogRow(row) for row in rows.order_by("-made_at", "-id")[:6]],
        addresses=addresses_of(charge.payer),
        is_asked=charge.status in OWED or charge.status == ChargeStatus.DRAFT,
    )


@dataclass(frozen=True, slots=True)
class PayerMails:
    """What stands on a payer's page."""

    addresses: Sequence[Address]
    hold: DunningHold | None
    held: str


def payer_mails(payer: Payer, today: date) -> PayerMails:
    """Runs inside the company's scope."""
    hold = hold_of_payer(payer, today)
    return PayerMails(addresses_of(payer), hold, sentence(hold) if hold else "")


def upcoming(charge: Charge, today: date) -> str:
    steps = [step for step in active_steps(charge.tenant_id) if step.kind == Kind.DUE]
    ahead = [
        (day, step)
        for step in steps
        if (day := day_of_step(charge.due_date, step.days)) > today
        and charge.due_date + timedelta(days=step.days) > today
    ]
    if not ahead:
        return ""
    day, step = min(ahead, key=lambda each: (each[0], each[1].days))
    return f"{step.label.lower()}, {on_day(mailing_day(day), today)}"


def addresses_of(payer: Payer) -> list[Address]:
    emails = PayerEmail.objects.of(payer.tenant_id).filter(payer=payer).order_by("position")
    told = list(emails.values_list("email", flat=True))
    known = known_addresses(payer.tenant_id, told)
    return [Address(email, known.get(email)) for email in told]


def lines_out_of_reach(tenant: Tenant, payers: Sequence[Payer]) -> list[tuple[Payer, str]]:
    """Each payer with why nothing reaches them."""
    told = []
    for payer in payers:
        addresses = addresses_of(payer)
        words = "; ".join(f"{each.email}: {each.words}" for each in addresses)
        told.append((payer, words or "nenhum e-mail no cadastro"))
    return told
