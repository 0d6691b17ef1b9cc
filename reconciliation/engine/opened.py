"""A person works on a line: the engine leaves it alone for a while."""

from banking.models import StatementLine
from core.clock import database_now
from reconciliation.models import OpenedLine
from tenants.models import Membership


def leave_alone(line: StatementLine, *, by: Membership) -> None:
    """From now on, whoever opened it before. Runs inside the company's scope."""
    row = OpenedLine(
        id=line.id, tenant_id=line.tenant_id, opened_by=by.user, opened_at=database_now()
    )
    OpenedLine.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["opened_by", "opened_at"],
    )
