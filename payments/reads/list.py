"""The list of bills: its filter, which lives in the address, and its pages, found by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.db import models
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from brazil.banking_days import sao_paulo_day
from core.fields import DayField
from payments.models import Payable, PayableQuerySet
from payments.reads.row import Row, rows_of
from payments.reads.status_label import Accounts
from tenants.models import Membership, Tenant

PAGE = 50
WEEK = timedelta(days=6)  # today and the six days after it


class Period(models.TextChoices):
    TODAY = "hoje", "Hoje"
    WEEK = "7-dias", "7 dias"
    OVERDUE = "vencidas", "Vencidas"
    ALL = "todas", "Todas as datas"


class State(models.TextChoices):
    PENDING = "em-aprovacao", "Em aprovação"
    APPROVED = "aprovadas", "Aprovadas"
    BACK = "voltaram", "Voltaram do banco"
    REJECTED = "reprovadas", "Reprovadas"
    SENT = "no-banco", "No banco"
    UNKNOWN = "desconhecida", "Resposta desconhecida"
    TO_CHECK = "conferir", "Requer conferência"
    PAID = "pagas", "Pagas"
    CANCELLED = "canceladas", "Canceladas"
    ALL = "todas", "Todas"


OF_STATUS = {
    State.PENDING: Payable.Status.PENDING,
    State.SENT: Payable.Status.SENT,
    State.PAID: Payable.Status.PAID,
    State.CANCELLED: Payable.Status.CANCELLED,
}


class ListFilter(forms.Form):
    """Its names stand in the address, so they are Portuguese. Days are due dates, both included."""

    periodo = forms.ChoiceField(choices=Period, required=False, widget=forms.HiddenInput)
    situacao = forms.ChoiceField(
        label="Situação", choices=[("", "Exceto canceladas"), *State.choices], required=False
    )
    de = DayField(label="Vencimento de", required=False)
    ate = DayField(label="Até", required=False)
    q = forms.CharField(
        label="Buscar",
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search", "placeholder": "Nome, valor ou documento"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("de"), values.get("ate")
        if since and until and since > until:
            backwards = "A data final é anterior à data inicial."
            self.add_error("ate", ValidationError(backwards, code="backwards"))
        return values

    @property
    def values(self) -> dict[str, Any]:
        """What was understood; the page says what was not."""
        self.is_valid()
        return self.cleaned_data

    @property
    def period(self) -> str:
        """Empty when the days were chosen one by one."""
        values = self.values
        if values.get("de") or values.get("ate"):
            return ""
        return values.get("periodo") or Period.TODAY


@dataclass(frozen=True, slots=True)
class Position:
    """The last bill or run of a page."""

    day: date
    id: UUID

    def __str__(self) -> str:
        return f"{self.day}.{self.id}"

    @classmethod
    def read(cls, text: str) -> "Position":
        """
        Raises:
            BadRequest: it was not written by `str`.
        """
        day, _, payable_id = text.partition(".")
        try:
            return cls(date.fromisoformat(day), UUID(payable_id))
        except ValueError as error:
            raise BadRequest("not a position in a list") from error


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    following: Position | None  # None: it is the last page


def read_page(
    chosen: ListFilter,
    accounts: Accounts,
    by: Membership,
    now: datetime,
    after: Position | None,
) -> Page:
    """Two queries, whatever the number of bills. «Todas as datas» shows the newest day first."""
    payables = matching(by.tenant, chosen, sao_paulo_day(now))
    backwards = chosen.period == Period.ALL
    if after is not None:
        key, last = Tuple("payment_date", "id"), (after.day, after.id)
        beyond = TupleLessThan(key, last) if backwards else TupleGreaterThan(key, last)
        payables = payables.filter(beyond)
    order = ("-payment_date", "-id") if backwards else ("payment_date", "id")
    rows = rows_of(payables.order_by(*order)[: PAGE + 1], accounts, by, now)
    shown = rows[:PAGE]
    last_shown = shown[-1].payable if len(rows) > PAGE else None
    following = Position(last_shown.payment_date, last_shown.id) if last_shown else None
    return Page(shown, following)


def matching(tenant: Tenant, chosen: ListFilter, today: date) -> PayableQuerySet:
    values = chosen.values
    payables = Payable.objects.of(tenant)
    payables = in_period(payables, chosen.period, values, today)
    payables = in_state(payables, values.get("situacao") or "")
    if text := values.get("q"):
        payables = payables.mentioning(text)
    return payables


def in_period(
    payables: PayableQuerySet, period: str, values: Mapping[str, Any], today: date
) -> PayableQuerySet:
    match period:
        case Period.TODAY:
            return payables.filter(payment_date=today)
        case Period.WEEK:
            return payables.filter(payment_date__range=(today, today + WEEK))
        case Period.OVERDUE:
            return payables.overdue(today)
    if since := values.get("de"):
        payables = payables.filter(due_date__gte=since)
    if until := values.get("ate"):
        payables = payables.filter(due_date__lte=until)
    return payables


def in_state(payables: PayableQuerySet, state: str) -> PayableQuerySet:
    """Cancelled bills are shown only when asked for: alone, or among all."""
    if state in OF_STATUS:
        return payables.filter(status=OF_STATUS[State(state)])
    match state:
        case State.APPROVED:
            return payables.sendable()
        case State.BACK:
            back = payables.filter(status=Payable.Status.PENDING).exclude(hold="")
            return back.exclude(hold=Payable.Hold.REJECTED)
        case State.REJECTED:
            return payables.filter(status=Payable.Status.PENDING, hold=Payable.Hold.REJECTED)
        case State.UNKNOWN:
            return payables.with_unknown_outcome()
        case State.TO_CHECK:
            return payables.to_check()
        case State.ALL:
            return payables
    return payables.exclude(status=Payable.Status.CANCELLED)
