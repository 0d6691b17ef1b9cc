"""Groups of the chart, and the details that change them."""

from accounts.chart.edit import GroupDetails, make_group
from accounts.models import ClassificationGroup
from tenants.models import Tenant
from tenants.scope import tenant_scope


def group_of(tenant: Tenant, code: str) -> ClassificationGroup:
    with tenant_scope(tenant.id):
        rows = ClassificationGroup.objects.of(tenant).select_related("parent", "tenant")
        return rows.get(code=code)


def details_of(group: ClassificationGroup, **changes) -> GroupDetails:
    values = {"code": group.code, "name": group.name, "parent": group.parent}
    return GroupDetails(**values | changes)


def made(tenant: Tenant, code: str = "5.7", parent: str = "5", **changes) -> ClassificationGroup:
    with tenant_scope(tenant.id):
        above = group_of(tenant, parent) if parent else None
        return make_group(
            tenant, GroupDetails(code=code, name="Frota", parent=above, **changes), by=None
        )
