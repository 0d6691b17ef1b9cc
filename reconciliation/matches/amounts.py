"""What of bank lines, and of the entries on a Conta do Ativo, nothing is said of yet.

Amounts are reais with the sign of the bank line: negative for money out. Everything here runs
inside the company's scope.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from banking.models import Allocation, StatementLine
from reconciliation.models import MatchLine
from tenants.models import TenantQuerySet

ZERO = Decimal("0.00")
MONEY: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=16, decimal_places=2)
# As `with_open`, without the time that building it takes: each act asks it.
OPEN_PARTS = """
SELECT line.id, line.amount
    - coalesce((SELECT sum(part.amount) FROM banking_allocation AS part
        WHERE part.tenant_id = line.tenant_id AND part.statement_line_id = line.id
            AND part.ended_at IS NULL), 0)
    - coalesce((SELECT sum(said.amount) FROM reconciliation_matchline AS said
        WHERE said.tenant_id = line.tenant_id AND said.statement_line_id = line.id
            AND said.ended_at IS NULL AND said.is_ignored), 0)
FROM banking_statementline AS line
WHERE line.tenant_id = %s AND line.id = ANY(%s) AND line.withdrawn_at IS NULL
"""


def open_part(line: StatementLine) -> Decimal:
    """What of a line neither stands for an entry nor is ignored."""
    return open_parts(line.tenant_id, [line.id])[line.id]


def open_parts(tenant_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, Decimal]:
    """As `open_part`, of many; one query."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_PARTS, [tenant_id, list(ids)])
        return dict(cursor.fetchall())


def with_open(lines: TenantQuerySet) -> TenantQuerySet:
    """Each line with what is `open` of it."""
    parts = Allocation.objects.filter(
        tenant=OuterRef("tenant"), statement_line=OuterRef("pk"), ended_at=None
    )
    ignored = MatchLine.objects.filter(
        tenant=OuterRef("tenant"), statement_line=OuterRef("pk"), ended_at=None, is_ignored=True
    )
    used = summed(parts, "statement_line")
    found: TenantQuerySet = lines.annotate(
        open=F("amount") - used - summed(ignored, "statement_line")
    )
    return found


def with_open_entries(lines: TenantQuerySet) -> TenantQuerySet:
    """Each journal line with what is `open` of it."""
    parts = Allocation.objects.filter(
        tenant=OuterRef("tenant"), journal_line=OuterRef("pk"), ended_at=None
    )
    found: TenantQuerySet = lines.annotate(open=F("amount") - summed(parts, "journal_line"))
    return found


def summed(rows: TenantQuerySet, by: str) -> Coalesce:
    sums = rows.order_by().values(by).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(sums, output_field=MONEY), Value(ZERO), output_field=MONEY)
