"""Each week people are asked of some automatic matches whether they are right.

Those of the week before are drawn, standing or undone, by a digest of their ids: neither what they
are nor when they were made favours one, and two workers draw the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Count, Exists, OuterRef, Q
from django.db.models.functions import MD5, Cast
from django.urls import reverse

from brazil.banking_days import day_bounds, sao_paulo_day
from core.clock import database_now
from core.errors import NotAllowed
from reconciliation.engine.bound import upper_bound
from reconciliation.models import Match, Sample
from tenants.models import Membership, Role, Tenant
from tenants.notices import News, notify, withdraw
from tenants.scope import across_tenants, tenant_scope

MOST = 40
WEEK = timedelta(days=7)
WEEKS = 13  # of which the results are told
AUTOMATIC = (Match.Degree.RULE, Match.Degree.ID, Match.Degree.EVIDENCE)
SUBJECT = "reconciliation.sample"
TOLD = (Role.ADMIN, Role.FINANCE)  # those who may undo


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(now: datetime) -> date:
    return monday_of(sao_paulo_day(now))


def days_before(week: date) -> str:
    """«16/11 a 22/11»."""
    return f"{week - WEEK:%d/%m} a {week - timedelta(days=1):%d/%m}"


# --- Draw ---


def draw_due(now: datetime) -> None:
    """On whatever day of the week the clock runs again. To be called outside of scopes."""
    week = week_of(now)
    for tenant_id in companies(week):
        draw(tenant_id, week)


def made_before(week: date) -> Q:
    """In the week before, by the days of São Paulo."""
    return Q(
        degree__in=AUTOMATIC,
        made_at__gte=day_bounds(week - WEEK)[0],
        made_at__lt=day_bounds(week)[0],
    )


def companies(week: date) -> list[UUID]:
    """With something to draw, and nothing drawn."""
    made = Match.objects.filter(made_before(week), tenant=OuterRef("pk"))
    drawn = Sample.objects.filter(week=week, tenant=OuterRef("pk"))
    with across_tenants():
        return list(
            Tenant.objects.filter(~Exists(drawn), Exists(made)).values_list("id", flat=True)
        )


def draw(tenant_id: UUID, week: date) -> None:
    """Safe to call again. To be called outside of scopes."""
    with tenant_scope(tenant_id), transaction.atomic():
        rows = Match.objects.of(tenant_id).filter(made_before(week))
        ids = rows.order_by(MD5(Cast("id", CharField()))).values_list("id", flat=True)[:MOST]
        drawn = [Sample(tenant_id=tenant_id, week=week, match_id=each) for each in ids]
        if not drawn:
            return
        Sample.objects.bulk_create(drawn, ignore_conflicts=True)
        notify(Tenant.objects.get(id=tenant_id), TOLD, news_of(len(drawn), week))


def news_of(count: int, week: date) -> News:
    one = count == 1
    return News(
        subject=SUBJECT,
        step=week.isoformat(),
        title=f"{count} {'conciliação automática' if one else 'conciliações automáticas'} "
        "para você conferir.",
        text=f"É a amostra da semana de {days_before(week)}: "
        "diga de cada uma se está certa ou errada. O que está errado se desfaz na hora.",
        action="Conferir",
        url=reverse("reconciliation:sample"),
        until=day_bounds(week + WEEK)[0],
    )


# --- Answer ---


@transaction.atomic
def answer(sample_id: UUID, *, is_right: bool, by: Membership) -> Sample:
    """A later answer takes the place of the former one. Runs inside the company's scope.

    Raises:
        NotAllowed: `by` may not undo what is wrong.
        Sample.DoesNotExist: the company has no such one.
    """
    if by.role not in TOLD:
        raise NotAllowed("Seu papel nesta empresa não confere conciliações.", code="wrong_role")
    rows = Sample.objects.of(by.tenant_id).select_for_update(of=("self",), no_key=True)
    asked: Sample = rows.select_related("match").get(id=sample_id)
    asked.is_right, asked.answered_by, asked.answered_at = is_right, by.user, database_now()
    asked.save(update_fields=["is_right", "answered_by", "answered_at"])
    if not Sample.objects.of(by.tenant_id).waiting().filter(week=asked.week).exists():
        withdraw(by.tenant_id, [SUBJECT])
    return asked


# --- Results ---


@dataclass(frozen=True, slots=True)
class Result:
    """Of one week, or of several. «0 de 40 errados (até 7 % é possível)»."""

    asked: int
    answered: int
    wrong: int
    week: date | None = None

    @property
    def waiting(self) -> int:
        return self.asked - self.answered

    @property
    def days(self) -> str:
        """Of the matches that were asked of."""
        return days_before(self.week) if self.week else ""

    @property
    def words(self) -> str:
        if not self.answered:
            return "nenhuma conferida ainda"
        word = "errada" if self.answered == 1 else "erradas"
        possible = percent(upper_bound(self.wrong, self.answered))
        return f"{self.wrong} de {self.answered} {word} (até {possible} é possível)"


def percent(share: float) -> str:
    """«7 %»; below one with a decimal, and never nothing."""
    hundredths = Decimal(share) * 100
    if hundredths >= 1:
        return f"{hundredths.quantize(Decimal(1), ROUND_HALF_UP)} %"
    tenths = max(hundredths.quantize(Decimal("0.1"), ROUND_HALF_UP), Decimal("0.1"))
    return f"{tenths} %".replace(".", ",")


def results_of(tenant: Tenant, now: datetime) -> list[Result]:
    """By week, the newest first. Runs inside the company's scope."""
    since = week_of(now) - (WEEKS - 1) * WEEK
    rows = Sample.objects.of(tenant).filter(week__gte=since).values("week").order_by("-week")
    counted = rows.annotate(
        asked=Count("pk"),
        answered=Count("pk", filter=Q(is_right__isnull=False)),
        wrong=Count("pk", filter=Q(is_right=False)),
    )
    return [
        Result(each["asked"], each["answered"], each["wrong"], each["week"]) for each in counted
    ]


def together(results: Sequence[Result]) -> Result:
    return Result(
        sum(each.asked for each in results),
        sum(each.answered for each in results),
        sum(each.wrong for each in results),
    )
