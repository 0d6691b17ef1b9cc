"""The rules as their page lists them: in words, with what became of their use."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from brazil.banking_days import SAO_PAULO
from reconciliation.models import Match, Rule
from reconciliation.rules.compiled import compiled
from reconciliation.rules.sentence import Sentences, sentences
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class RuleRow:
    rule: Rule
    words: Sentences
    is_unread: bool = False  # it is not followed until somebody writes it again
    uses: int = 0
    undone: int = 0

    @property
    def is_often_undone(self) -> bool:
        """Every fourth time, and not only once."""
        return self.undone > 1 and self.undone * 4 >= self.uses


@dataclass(frozen=True, slots=True)
class Overview:
    rows: list[RuleRow]
    this_month: int  # lines that rules explained since the month began

    @property
    def on(self) -> int:
        return sum(row.rule.is_on for row in self.rows)


def overview_of(tenant: Tenant, today: date) -> Overview:
    """Four queries. Runs inside the company's scope."""
    rules = Rule.objects.of(tenant).kept()
    related = ("bank_account", "other_account", "payee", "payer", "changed_by")
    rules = rules.select_related(*related).prefetch_related(
        "slices__account", "slices__cost_center"
    )
    used = uses_of(tenant)
    return Overview(
        [
            RuleRow(
                each.rule, sentences(each.rule), each.is_unread, *used.get(each.rule.id, (0, 0))
            )
            for each in compiled(rules)
        ],
        used_since(tenant, today.replace(day=1)),
    )


def uses_of(tenant: Tenant) -> dict[UUID, tuple[int, int]]:
    """By rule: how many lines it explained, and how many of those a person undid."""
    matches = Match.objects.of(tenant).filter(rule__isnull=False, degree=Match.Degree.RULE)
    counted = (
        matches.order_by()
        .values("rule")
        .annotate(uses=Count("id"), undone=Count("id", filter=Q(undone_by__isnull=False)))
    )
    return {each["rule"]: (each["uses"], each["undone"]) for each in counted}


def used_since(tenant: Tenant, day: date) -> int:
    since = datetime.combine(day, datetime.min.time(), tzinfo=SAO_PAULO)
    matches = Match.objects.of(tenant).standing()
    return matches.filter(rule__isnull=False, degree=Match.Degree.RULE, made_at__gte=since).count()
