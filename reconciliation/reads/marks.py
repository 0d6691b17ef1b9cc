"""How much was written of each line of a page: its marks in the row."""

from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from reconciliation.models import LineComment, LineFile, LineQuestion
from tenants.models import TenantQuerySet


def with_marks(lines: Any) -> "QuerySet[Any]":
    """As _marks.html needs them: `comments_said`, `files_here`, `is_asked`."""
    found: QuerySet[Any] = lines.annotate(
        comments_said=number_of(LineComment.objects.all()),
        files_here=number_of(LineFile.objects.filter(removed_at=None)),
        is_asked=Exists(asked()),
    )
    return found


def number_of(rows: TenantQuerySet) -> Coalesce:
    mine = rows.filter(tenant=OuterRef("tenant"), statement_line=OuterRef("pk"))
    counted = mine.order_by().values("statement_line").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


def asked() -> TenantQuerySet:
    """Open questions of a line."""
    rows: TenantQuerySet = LineQuestion.objects.open().filter(
        tenant=OuterRef("tenant"), statement_line=OuterRef("pk")
    )
    return rows
