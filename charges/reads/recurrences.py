"""Contracts as a person sees them: in words, with what each one waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.db.models.functions import Coalesce

from charges.models import Charge, ChargeEvent, Recurrence, RecurrenceEvent
from charges.models.recurrence import RecurrenceQuerySet
from charges.reads.row import Row, rows_of
from charges.recurrences.calendar import WORDS
from charges.recurrences.contract import adjustment_words, day_words
from charges.recurrences.generate import reason_to_wait
from charges.recurrences.outlook import Outlook, charges_of, outlook_of
from charges.recurrences.values import amount_in
from core.dates import near_day
from core.plurals import counted
from core.text import fold
from parties.models import Payer
from tenants.models import Membership, Tenant

PAGE = 50
NEVER = date(9999, 12, 31)
ZERO = Decimal("0.00")
Tone = ChargeEvent.Tone


class State(models.TextChoices):
    RUNNING = "ativas", "Ativas"
    WAITING = "esperam", "Esperam por você"
    PAUSED = "pausadas", "Pausadas"
    ENDED = "encerradas", "Encerradas"
    ALL = "todas", "Todas"


@dataclass(frozen=True)
class ContractRow:
    recurrence: Recurrence
    by: Membership
    today: date

    @property
    def label(self) -> str:
        if self.recurrence.ended_at is not None:
            return "Encerrada"
        if self.recurrence.paused_at is not None:
            return "Pausada"
        if self.recurrence.next_month is None:
            return "Terminou"
        return "Ativa"

    @property
    def tone(self) -> str:
        if self.recurrence.ended_at is None and self.recurrence.trouble:
            return Tone.BAD
        return {"Ativa": Tone.OK, "Pausada": Tone.WARN}.get(self.label, Tone.PLAIN)

    @property
    def rhythm(self) -> str:
        """«dia 10, todo mês»."""
        return f"{day_words(self.recurrence.day)}, {WORDS[self.recurrence.every_months]}"

    @property
    def next_due(self) -> str:
        due = self.recurrence.next_due
        is_on = self.recurrence.ended_at is None and due is not None
        return near_day(due, self.today) if is_on and due else ""

    @property
    def waits(self) -> str:
        """What a person should say; empty when nothing waits."""
        recurrence = self.recurrence
        if recurrence.ended_at is not None:
            return ""
        if recurrence.trouble:
            return recurrence.trouble
        if recurrence.left_out:
            many = "competências ficaram de fora"
            return counted(recurrence.left_out, "competência ficou de fora", many)
        if recurrence.asks_adjustment:
            return f"informe o reajuste pelo {recurrence.index_name}"
        return ""

    @property
    def can_act(self) -> bool:
        return self.by.can_enter and self.recurrence.ended_at is None


@dataclass(frozen=True, slots=True)
class ContractList:
    rows: list[ContractRow]
    following: str  # a position; empty on the last page


def read_contracts(
    by: Membership, state: str, text: str, today: date, after: str = ""
) -> ContractList:
    """Two queries: the next due date first, those without one last."""
    found = in_state(Recurrence.objects.of(by.tenant_id), state)
    if words := fold(text):
        found = found.filter(
            Q(payer__name_folded__contains=words)
            | Q(payer__trade_name_folded__contains=words)
            | Q(description_folded__contains=words)
        )
    found = found.annotate(due_key=Coalesce("next_due", Value(NEVER)))
    if after:
        found = found.filter(TupleGreaterThan(Tuple("due_key", "id"), read_position(after)))
    told = found.select_related("payer", "bank_account").order_by("due_key", "id")
    rows = [ContractRow(each, by, today) for each in told[: PAGE + 1]]
    if len(rows) <= PAGE:
        return ContractList(rows, "")
    last = rows[PAGE - 1].recurrence
    return ContractList(rows[:PAGE], f"{(last.next_due or NEVER).isoformat()}.{last.id}")


def contracts_of(payer: Payer, by: Membership, today: date) -> list[ContractRow]:
    """Those that have not ended first. One query."""
    rows = Recurrence.objects.of(payer.tenant_id).filter(payer=payer)
    ended = rows.order_by(F("ended_at").asc(nulls_first=True), "next_due", "id")
    return [ContractRow(each, by, today) for each in ended[:PAGE]]


def read_position(text: str) -> tuple[date, UUID]:
    """
    Raises:
        BadRequest: it was not written by `read_contracts`.
    """
    day, _, recurrence_id = text.partition(".")
    try:
        return date.fromisoformat(day), UUID(recurrence_id)
    except ValueError as error:
        raise BadRequest("not a position in a list") from error


def in_state(rows: RecurrenceQuerySet, state: str) -> RecurrenceQuerySet:
    match state:
        case State.RUNNING:
            return rows.running()
        case State.WAITING:
            return rows.waiting()
        case State.PAUSED:
            return rows.filter(ended_at=None, paused_at__isnull=False)
        case State.ENDED:
            return rows.filter(ended_at__isnull=False)
    return rows


@dataclass(frozen=True, slots=True)
class ContractNumbers:
    running: int
    waiting: int
    monthly: Decimal  # what the running ones bring a month, those of several months in parts


def contract_numbers(tenant: Tenant) -> ContractNumbers:
    rows = Recurrence.objects.of(tenant)
    share = Sum(F("next_amount") / F("every_months"), filter=Q(next_amount__isnull=False))
    running = rows.running().filter(next_month__isnull=False)
    total = running.aggregate(total=share)["total"] or ZERO
    return ContractNumbers(
        running.count(), rows.waiting().count(), Decimal(total).quantize(Decimal("0.01"))
    )


@dataclass(frozen=True)
class ContractPage:
    row: ContractRow
    outlook: Outlook
    charges: Sequence[Row]  # the newest first
    events: Sequence[dict[str, Any]]
    trouble: str

    @property
    def recurrence(self) -> Recurrence:
        return self.row.recurrence

    @property
    def amount(self) -> Decimal:
        """Of the next period, else of the last one."""
        month = self.outlook.next_month
        return self.outlook.amount(month) if month else amount_in(NEVER, self.outlook.steps)

    @property
    def adjustment(self) -> str:
        return adjustment_words(self.recurrence)

    @cached_property
    def left_out(self) -> list[date]:
        return [] if self.recurrence.paused_at else self.outlook.left_out

    @property
    def left_out_words(self) -> str:
        """«2 competências ficaram de fora: 01/2027, 02/2027»."""
        months = ", ".join(f"{month:%m/%Y}" for month in self.left_out)
        many = "competências ficaram de fora"
        return f"{counted(len(self.left_out), 'competência ficou de fora', many)}: {months}"

    @property
    def can_adjust(self) -> bool:
        return self.row.can_act and bool(self.outlook.open_anniversaries)

    @property
    def again(self) -> set[date]:
        """The periods all of whose charges were cancelled: one may be issued again."""
        return set(self.outlook.charged - self.outlook.live)


def page_of_contract(row: ContractRow, now: Any) -> ContractPage:
    """Runs inside the company's scope."""
    recurrence = row.recurrence
    newest = charges_of(recurrence).order_by("-recurrence_month", "-created_at")[:PAGE]
    ids = list(newest.values_list("id", flat=True))
    charges = Charge.objects.of(recurrence.tenant_id).filter(id__in=ids)
    told = rows_of(charges.order_by("-recurrence_month", "-created_at"), row.by, now)
    return ContractPage(
        row=row,
        outlook=outlook_of(recurrence, row.today),
        charges=told,
        events=events_of_contract(recurrence),
        trouble=recurrence.trouble or (reason_to_wait(recurrence) if row.can_act else ""),
    )


def events_of_contract(recurrence: Recurrence) -> list[dict[str, Any]]:
    events = RecurrenceEvent.objects.of(recurrence.tenant_id).filter(recurrence=recurrence)
    return [
        {"at": e.at, "title": e.title, "text": e.text, "tone": e.tone,
         "by": e.by.display_name if e.by else ""}
        for e in events.select_related("by").order_by("-at", "-id")
    ]  # fmt: skip
