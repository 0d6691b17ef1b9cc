"""What the audit of a company says."""

from audit.models import Record
from tenants.models import Tenant
from tenants.scope import tenant_scope


def audit_of(tenant: Tenant) -> list[Record]:
    """From the first record to the last."""
    with tenant_scope(tenant.id):
        return list(Record.objects.of(tenant).order_by("number").select_related("by"))
