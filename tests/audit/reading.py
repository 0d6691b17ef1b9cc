"""What the audit of a company says."""

from audit.acts import Act
from audit.models import Record
from tenants.models import Tenant
from tenants.scope import tenant_scope


def audit_of(tenant: Tenant, *acts: Act) -> list[Record]:
    """From the first record to the last; with `acts`, only those."""
    with tenant_scope(tenant.id):
        records = Record.objects.of(tenant).order_by("number").select_related("by")
        return list(records.filter(act__in=acts) if acts else records)
