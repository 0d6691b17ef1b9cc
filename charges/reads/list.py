"""The list of charges: its filter, which lives in the address, and its pages, found by key."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, ChargeQuerySet, Slip
from charges.reads.row import Row, rows_of
from charges.states import ChargeStatus
from charges.tracking.unfollowed import unfollowed
from core.amounts import read_amount
from core.errors import InvalidInput
from core.fields import DayField
from core.text import fold
from tenants.models import Membership, Tenant

PAGE = 50


class State(models.TextChoices):
    OPEN = "em-aberto", "Em aberto"
    OVERDUE = "vencidas", "Vencidas"
    TO_LOOK_AT = "conferir", "Requer conferência"
    UNFOLLOWED = "sem-acompanhamento", "Sem acompanhamento"
    PAID = "pagas", "Pagas"
    DRAFTS = "rascunhos", "Rascunhos"
    CANCELLED = "canceladas", "Canceladas"
    ALL = "todas", "Todas"


@dataclass(frozen=True, slots=True)
class Order:
    """By which key the list is sorted and paged; `read` reads the key from an address."""

    key: str
    backwards: bool
    read: Callable[[str], Any]


class Sort(models.TextChoices):
    DUE = "vencimento", "Vencimento, as mais antigas primeiro"
    NEWEST = "recentes", "Vencimento, as mais novas primeiro"
    AMOUNT = "valor", "Maior valor"
    SMALLEST = "menor-valor", "Menor valor"
    PAYER = "pagador", "Pagador, de A a Z"
    PAYER_BACK = "pagador-za", "Pagador, de Z a A"


ORDERS: Mapping[str, Order] = {
    Sort.DUE: Order("due_date", False, date.fromisoformat),
    Sort.NEWEST: Order("due_date", True, date.fromisoformat),
    Sort.AMOUNT: Order("amount", True, Decimal),
    Sort.SMALLEST: Order("amount", False, Decimal),
    Sort.PAYER: Order("payer__name_folded", False, str),
    Sort.PAYER_BACK: Order("payer__name_folded", True, str),
}
# The columns whose heads sort: what the first click on one asks for, and what a second one does.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "payer": (Sort.PAYER, Sort.PAYER_BACK),
    "due": (Sort.DUE, Sort.NEWEST),
    "amount": (Sort.AMOUNT, Sort.SMALLEST),
}
# What has ended is read from the newest on.
NEWEST_FIRST = frozenset({State.PAID, State.CANCELLED, State.ALL})


class ListFilter(forms.Form):
    """Its names stand in the address, so they are Portuguese. Days are due dates, both included."""

    situacao = forms.ChoiceField(choices=State, required=False, widget=forms.HiddenInput)
    pagador = forms.UUIDField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label="Buscar",
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search", "placeholder": "Pagador, número ou valor"}),
    )
    conta = forms.ModelChoiceField(
        label="Conta", queryset=BankAccount.objects.none(), required=False, empty_label="Todas"
    )
    de = DayField(label="Vencimento de", required=False)
    ate = DayField(label="Até", required=False)
    ordem = forms.ChoiceField(
        label="Ordem", choices=[("", "Automática"), *Sort.choices], required=False
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["conta"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = BankAccount.objects.of(tenant).order_by("provider", "number")

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
    def state(self) -> str:
        return self.values.get("situacao") or State.OPEN

    @property
    def sort(self) -> str:
        usual = Sort.NEWEST if self.state in NEWEST_FIRST else Sort.DUE
        return self.values.get("ordem") or usual

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]


@dataclass(frozen=True, slots=True)
class Position:
    """The last charge of a page."""

    value: Any
    id: UUID

    def __str__(self) -> str:
        return f"{self.value}.{self.id}"

    @classmethod
    def read(cls, text: str, order: Order) -> "Position":
        """
        Raises:
            BadRequest: it was not written by `str`.
        """
        value, _, charge_id = text.rpartition(".")
        try:
            return cls(order.read(value), UUID(charge_id))
        except (ValueError, ArithmeticError) as error:
            raise BadRequest("not a position in a list") from error


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    following: Position | None  # None: it is the last page


def read_page(chosen: ListFilter, by: Membership, now: datetime, after: str) -> Page:
    """Three queries, whatever the number of charges: what stands in a row is read of those of the
    page alone. `after` is a written `Position`, or empty."""
    order = chosen.order
    charges = matching(by.tenant, chosen, sao_paulo_day(now))
    if after:
        charges = beyond(charges, order, Position.read(after, order))
    ids = list(in_order(charges, order).values_list("id", flat=True)[: PAGE + 1])
    rows = rows_of(in_order(Charge.objects.of(by.tenant).filter(id__in=ids), order), by, now)
    following = position_of(rows[PAGE - 1].charge, order) if len(rows) > PAGE else None
    return Page(rows[:PAGE], following)


def in_order(charges: ChargeQuerySet, order: Order) -> ChargeQuerySet:
    sign = "-" if order.backwards else ""
    return charges.order_by(f"{sign}{order.key}", f"{sign}id")


def beyond(charges: ChargeQuerySet, order: Order, position: Position) -> ChargeQuerySet:
    """What comes after a charge in that order."""
    key, last = Tuple(order.key, "id"), (position.value, position.id)
    after = TupleLessThan(key, last) if order.backwards else TupleGreaterThan(key, last)
    return charges.filter(after)


def position_of(charge: Charge, order: Order) -> Position:
    value: Any = charge
    for name in order.key.split("__"):
        value = getattr(value, name)
    return Position(value, charge.id)


def matching(tenant: Tenant, chosen: ListFilter, today: date) -> ChargeQuerySet:
    values = chosen.values
    charges: ChargeQuerySet = in_state(Charge.objects.of(tenant), tenant, chosen.state, today)
    if payer_id := values.get("pagador"):
        charges = charges.filter(payer=payer_id)
    if account := values.get("conta"):
        charges = charges.filter(bank_account=account)
    if since := values.get("de"):
        charges = charges.filter(due_date__gte=since)
    if until := values.get("ate"):
        charges = charges.filter(due_date__lte=until)
    if text := values.get("q"):
        charges = mentioning(charges, tenant, text)
    return charges


def in_state(charges: ChargeQuerySet, tenant: Tenant, state: str, today: date) -> ChargeQuerySet:
    match state:
        case State.OPEN:
            return charges.owed()
        case State.OVERDUE:
            return charges.overdue(today)
        case State.TO_LOOK_AT:
            return charges.to_look_at()
        case State.UNFOLLOWED:
            return charges.filter(id__in=unfollowed(tenant).values("id"))
        case State.PAID:
            return charges.filter(status=ChargeStatus.PAID)
        case State.DRAFTS:
            return charges.filter(status=ChargeStatus.DRAFT)
        case State.CANCELLED:
            return charges.filter(status=ChargeStatus.CANCELLED)
    return charges


def mentioning(charges: ChargeQuerySet, tenant: Tenant, text: str) -> ChargeQuerySet:
    """With the text in payer, description or number, its figures in the payer's document, as nosso
    número, or as the amount. Accents and capitals do not matter."""
    words = fold(text)
    found = Q(payer__name_folded__contains=words) | Q(payer__trade_name_folded__contains=words)
    found |= Q(description_folded__contains=words) | Q(document_number__icontains=text)
    document = re.sub(r"[./\s-]", "", text).upper()
    if re.search(r"\d{3}", document):
        found |= Q(payer__document__contains=document)
        slips = Slip.objects.of(tenant).filter(our_number=document)
        found |= Q(id__in=slips.values("charge_id"))
    with suppress(InvalidInput):
        found |= Q(amount=read_amount(text))
    return charges.filter(found)
