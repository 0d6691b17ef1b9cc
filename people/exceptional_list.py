"""What the page «Exceções» shows, the newest first. Runs inside the company's scope."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import QueryDict

from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.dates import ago, when
from people.exceptional_acts import kinds
from people.models import ExceptionalAct
from people.models.exceptional import ExceptionalActQuerySet
from tenants.models import Membership, Tenant, User

PAGE_SIZE = 50
# Of the sums by person, where no period is chosen.
DAYS_SUMMED = 30
Outcome = ExceptionalAct.Outcome
# What took effect.
DONE = (Outcome.ALONE, Outcome.RELEASED)
TONES = {
    Outcome.WAITING: "warn",
    Outcome.ALONE: "plain",
    Outcome.RELEASED: "ok",
    Outcome.REFUSED: "bad",
    Outcome.WITHDRAWN: "plain",
    Outcome.VOID: "bad",
}


@dataclass(frozen=True, slots=True)
class Row:
    act: ExceptionalAct
    kind: str
    asked: str
    is_yours: bool
    may_release: bool
    may_refuse: bool

    @property
    def key(self) -> str:
        """For ids of the page."""
        return str(self.act.id)

    @property
    def tone(self) -> str:
        return TONES[Outcome(self.act.outcome)]

    @property
    def is_author(self) -> bool:
        return self.may_refuse and not self.may_release and not self.is_yours

    @property
    def decision(self) -> str:
        """Who released or refused it, and why; empty of what one person did alone."""
        act = self.act
        if act.decided_by is None or act.outcome in {Outcome.ALONE, Outcome.WITHDRAWN}:
            return act.reason
        return ": ".join(text for text in (act.decided_by.display_name, act.reason) if text)


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    more_query: str  # what follows in the address; empty at the first act


@dataclass(frozen=True, slots=True)
class SumOfPerson:
    person: User
    number: int
    amount: Decimal
    alone: Decimal  # of it, without a second person


def waiting_rows(me: Membership) -> list[Row]:
    acts = ExceptionalAct.objects.of(me.tenant_id).waiting().select_related("asked_by")
    return rows_of(list(acts.order_by("asked_at", "id")), me)


def page_of(me: Membership, filters: dict[str, Any], address: QueryDict) -> Page:
    """`filters` are an ExceptionFilter's values; `before` is the act that the page starts after."""
    acts = found_by(me.tenant, filters).exclude(outcome=Outcome.WAITING)
    acts = acts.order_by("-asked_at", "-id").select_related("asked_by", "decided_by")
    start = filters.get("before") and acts.filter(id=filters["before"]).first()
    if start:
        older = Q(asked_at=start.asked_at, id__lt=start.id) | Q(asked_at__lt=start.asked_at)
        acts = acts.filter(older, asked_at__lte=start.asked_at)
    found = list(acts[: PAGE_SIZE + 1])
    more = ""
    if found[PAGE_SIZE:]:
        query = address.copy()
        query["before"] = str(found[PAGE_SIZE - 1].id)
        more = query.urlencode()
    return Page(rows_of(found[:PAGE_SIZE], me), more)


def found_by(tenant: Tenant, filters: dict[str, Any]) -> ExceptionalActQuerySet:
    acts = ExceptionalAct.objects.of(tenant)
    if by := filters.get("by"):
        acts = acts.filter(asked_by=by)
    if kind := filters.get("kind"):
        acts = acts.filter(kind=kind)
    if since := filters.get("since"):
        acts = acts.filter(day__gte=since)
    if until := filters.get("until"):
        acts = acts.filter(day__lte=until)
    return acts


def since_of(filters: dict[str, Any]) -> date:
    """From which day on the sums by person count."""
    chosen: date | None = filters.get("since")
    end = filters.get("until") or sao_paulo_day(database_now())
    return chosen or end - timedelta(days=DAYS_SUMMED)


def sums_of(tenant: Tenant, filters: dict[str, Any]) -> list[SumOfPerson]:
    """By person, of what took effect in the period of the filter; who did most comes first."""
    acts = found_by(tenant, {**filters, "since": since_of(filters)}).filter(outcome__in=DONE)
    sums = acts.values("asked_by").annotate(
        number=Count("id"), total=Sum("amount"), alone=Sum("amount", filter=Q(outcome="alone"))
    )
    found = {row["asked_by"]: row for row in sums.order_by()}
    people = User.objects.filter(id__in=found)
    rows = [
        SumOfPerson(person, found[person.id]["number"], found[person.id]["total"],
             found[person.id]["alone"] or Decimal(0))
        for person in people
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.amount, reverse=True)


def rows_of(acts: list[ExceptionalAct], me: Membership) -> list[Row]:
    now, labels = database_now(), {slug: kind.label for slug, kind in kinds().items()}
    return [row_of(act, me, labels.get(act.kind, act.kind), now) for act in acts]


def row_of(act: ExceptionalAct, me: Membership, kind: str, now: datetime) -> Row:
    is_yours = act.asked_by_id == me.user_id
    is_author = act.author_id == me.user_id
    return Row(
        act=act,
        kind=kind,
        asked=ago(act.asked_at, now) if act.is_waiting else when(act.asked_at, now),
        is_yours=is_yours,
        may_release=act.is_waiting and me.can_approve and not is_yours and not is_author,
        may_refuse=act.is_waiting and (me.can_approve or is_yours),
    )
