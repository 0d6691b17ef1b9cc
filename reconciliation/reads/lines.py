"""The lines of an account by what a person asks for, and how many are in each situation."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from banking.models import Allocation, BankAccount, OpenLine, StatementLine
from banking.statements.allocation import PART
from banking.statements.listing import matching
from charges.models import Refund, Settlement
from payments.models import OutsidePayment, PaymentOrder
from reconciliation.forms.filter import State
from reconciliation.matches.amounts import MONEY, ZERO, summed
from reconciliation.models import LineFile, MatchLine, Transfer
from reconciliation.reads.marks import asked
from tenants.models import Tenant, TenantQuerySet

MOST = 1_000  # counted exactly
COUNTED = (State.WAITING, State.MATCHED, State.IN_TRANSIT, State.IGNORED, State.ASKED)


class CountOf(Subquery):
    """How many rows a query finds."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def lines_of(account: BankAccount, values: Mapping[str, Any]) -> "QuerySet[StatementLine]":
    """`values` are a LineFilter's."""
    return in_state(account, narrowed(account, values), values.get("situacao") or State.ALL)


def narrowed(account: BankAccount, values: Mapping[str, Any]) -> "QuerySet[StatementLine]":
    """By all that is asked for but the situation."""
    lines = matching(account, values)
    kind = values.get("tipo")
    if kind in {"entradas", "saidas"}:
        lines = lines.filter(amount__gt=0) if kind == "entradas" else lines.filter(amount__lt=0)
    elif kind:
        lines = lines.filter(kind=kind)
    if (least := values.get("valor_de")) is not None:
        lines = lines.filter(Q(amount__gte=least) | Q(amount__lte=-least))
    if (most := values.get("valor_ate")) is not None:
        lines = lines.filter(amount__range=(-most, most))
    if values.get("documento"):
        lines = lines.exclude(Exists(files())).exclude(Exists(documents()))
    return lines


def files() -> TenantQuerySet:
    rows: TenantQuerySet = LineFile.objects.filter(
        tenant=OuterRef("tenant"), statement_line=OuterRef("pk"), removed_at=None
    )
    return rows


def documents() -> TenantQuerySet:
    """Parts of a line that stand for a bill, a charge or a refund."""
    parts: TenantQuerySet = Allocation.objects.filter(
        tenant=OuterRef("tenant"), statement_line=OuterRef("pk"), ended_at=None
    )
    of_some = [
        Exists(rows.filter(of_entry("entry")))
        for rows in (
            PaymentOrder.objects, OutsidePayment.objects, Settlement.objects, Refund.objects,
        )
    ]  # fmt: skip
    named = reduce(or_, map(Q, of_some))
    found: TenantQuerySet = parts.filter(named)
    return found


def of_entry(name: str) -> Q:
    """Named by the entry of an allocation, or by the one in whose place that stands."""
    own = Q(**{name: OuterRef("journal_line__entry")})
    former = Q(**{name: OuterRef("journal_line__entry__replaces")})
    return (own | former) & Q(tenant=OuterRef("tenant"))


def in_state(account: BankAccount, lines: "QuerySet[Any]", state: str) -> "QuerySet[Any]":
    if state == State.WAITING:
        return lines.filter(id__in=waiting(account).values("id"))
    if state == State.MATCHED:
        return lines.filter(PART)
    if state == State.IN_TRANSIT:
        return lines.filter(Exists(transfers()))
    if state == State.IGNORED:
        return lines.filter(Exists(said().filter(is_ignored=True)))
    if state == State.ASKED:
        return lines.filter(Exists(asked()))
    return lines


def waiting(account: BankAccount) -> TenantQuerySet:
    """What is kept of those of which a part is not explained: few rows where nearly all is."""
    rows: TenantQuerySet = OpenLine.objects.of(account.tenant_id)
    return rows.filter(bank_account_id=account.id).exclude(rest=ignored_of("id"))


def with_rest(lines: Any) -> "QuerySet[Any]":
    """Each line with what is `open` of it, by the rows that are kept of that."""
    kept = OpenLine.objects.filter(tenant=OuterRef("tenant"), id=OuterRef("pk"))
    rest = Coalesce(Subquery(kept.values("rest"), output_field=MONEY), ZERO, output_field=MONEY)
    found: QuerySet[Any] = lines.annotate(open=rest - ignored_of("pk"))
    return found


def ignored_of(line: str) -> Coalesce:
    """How much of a line people set aside."""
    return summed(
        MatchLine.objects.filter(
            tenant=OuterRef("tenant"), statement_line=OuterRef(line), ended_at=None,
            is_ignored=True,
        ),
        "statement_line",
    )  # fmt: skip


def said() -> TenantQuerySet:
    rows: TenantQuerySet = MatchLine.objects.filter(
        tenant=OuterRef("tenant"), statement_line=OuterRef("pk"), ended_at=None
    )
    return rows


def version() -> CombinedExpression:
    """Of a line, as `reconciliation.matches.hold` counts it."""
    parts = Allocation.objects.filter(tenant=OuterRef("tenant"), statement_line=OuterRef("pk"))
    ignored = MatchLine.objects.filter(
        tenant=OuterRef("tenant"), statement_line=OuterRef("pk"), is_ignored=True
    )
    return changes_of(parts) + changes_of(ignored)


def changes_of(rows: TenantQuerySet) -> Coalesce:
    counted = rows.order_by().values("statement_line").annotate(n=Count("pk") + Count("ended_at"))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


def transfers() -> TenantQuerySet:
    """Transfers under way that a line is one side of."""
    rows: TenantQuerySet = Transfer.objects.under_way().filter(
        tenant=OuterRef("tenant"),
        match__lines__statement_line=OuterRef("pk"),
        match__lines__ended_at=None,
    )
    return rows


def counts_of(account: BankAccount, values: Mapping[str, Any]) -> dict[str, int]:
    """By situation, up to MOST + 1; one query."""
    base = narrowed(account, values)
    counted = {
        state.name.lower(): CountOf(
            in_state(account, base, state).order_by().values("pk")[: MOST + 1]
        )
        for state in COUNTED
    }
    rows = Tenant.objects.filter(pk=account.tenant_id).annotate(**counted)
    found = rows.values(*counted).get()
    return {state: found[state.name.lower()] for state in COUNTED}


def written(count: int) -> str:
    """«15», «1.000+»."""
    return "1.000+" if count > MOST else f"{count:,}".replace(",", ".")
