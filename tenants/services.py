"""Acts on companies and their people."""

from brazil.cnpj import parse_cnpj
from core.ids import uuid7
from core.text import read_name
from tenants.models import Membership, Plan, Role, Tenant, User
from tenants.scope import tenant_scope


def create_company(*, name: str, legal_name: str, cnpj: str, plan: Plan) -> Tenant:
    """Make a company. Opens its scope; its books are made by `accounts.chart.setup.open_books`.

    Raises:
        InvalidValue: the CNPJ is not well formed.
        InvalidInput: a name has no letter.
    """
    tenant = Tenant(
        id=uuid7(),
        name=read_name(name, field="name"),
        legal_name=read_name(legal_name, what="A razão social", field="legal_name"),
        cnpj=parse_cnpj(cnpj),
        plan=plan,
    )
    with tenant_scope(tenant.id):
        tenant.save(force_insert=True)
    return tenant


def change_plan(tenant: Tenant, plan: Plan) -> None:
    """Put the company on another plan, at once.

    Nothing is undone: each act for the company checks its plan first, so what a smaller
    plan lacks stands still and goes on when the plan has it again. Opens the company's scope.
    """
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=plan)
    tenant.plan = plan


def add_member(tenant: Tenant, user: User, role: Role) -> Membership:
    """Give a person a role in the company, or change the role that they have."""
    with tenant_scope(tenant.id):
        membership, _ = Membership.objects.update_or_create(
            tenant=tenant, user=user, defaults={"role": role}
        )
    return membership
