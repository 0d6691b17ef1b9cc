"""What the layout shows on every page: menu, company, person."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from brazil.cnpj import format_cnpj
from payments.models import Payable
from tenants.access import TenantRequest
from tenants.models import Membership
from tenants.notices import open_notices
from tenants.scope import tenant_scope


@dataclass(frozen=True)
class Item:
    label: str
    url_name: str
    icon: str
    count: int = 0
    current: bool = False

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Group:
    title: str
    items: list[Item]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Empty on pages outside of a company (sign-in, errors)."""
    if not hasattr(request, "membership"):
        return {}
    request = cast(TenantRequest, request)
    tenant = request.tenant
    return {
        # Fragments have no menu: what waits is counted by the pages that show it.
        "nav": SimpleLazyObject(lambda: menu(request)),
        "company": {
            "name": tenant.name,
            "cnpj": format_cnpj(tenant.cnpj),
            "plan": tenant.get_plan_display(),
            "sending_locked_at": tenant.sending_locked_at,
        },
        "companies": [
            {
                "id": m.tenant_id,
                "name": m.tenant.name,
                "cnpj": format_cnpj(m.tenant.cnpj),
                "current": m.tenant_id == tenant.id,
            }
            for m in request.memberships
        ],
        # Asked for by the pages that show them.
        "notices": lambda: open_notices(request.membership),
        "person": {
            "name": request.user.display_name,
            "email": request.user.email,
            "role": request.membership.get_role_display(),
        },
    }


# The pages on which an item of the menu is the current one: a namespace, or a page of one.
PAGES = {
    "integrations:list": ("integrations",),
    "reconciliation:reconcile": ("reconciliation", "banking"),
    "payments:rules": ("payments:rules", "payments:save_tiers", "payments:save_limits"),
    "payments:list": ("payments",),
    "audit:records": ("audit",),
    "accounts:chart": ("accounts:chart",),
    "accounts:entries": ("accounts:entries", "accounts:entry", "accounts:reverse"),
    "accounts:groups": ("accounts",),
}


def menu(request: TenantRequest) -> list[Group]:
    here = current_item(request)

    def item(label: str, url_name: str, icon: str, count: int = 0) -> Item:
        return Item(label, url_name, icon, count, current=url_name == here)

    company = [item("Integrações bancárias", "integrations:list", "landmark")]
    if request.membership.is_admin:
        company += [
            item("Alçadas e limites", "payments:rules", "scale"),
            item("Grupos de classificação", "accounts:groups", "folder-tree"),
            item("Auditoria", "audit:records", "scroll-text"),
        ]
    return [
        Group(
            "",
            [
                item("Conciliar", "reconciliation:reconcile", "arrow-left-right"),
                item("Pagamentos", "payments:list", "banknote", waiting_for(request.membership)),
            ],
        ),
        Group(
            "Contabilidade",
            [
                item("Plano de contas", "accounts:chart", "list-tree"),
                item("Lançamentos", "accounts:entries", "book-open"),
            ],
        ),
        Group("Configurações", company),
    ]


def current_item(request: HttpRequest) -> str | None:
    """The first whose pages hold this one."""
    match = request.resolver_match
    if match is None:
        return None
    names = {match.view_name, match.namespace}
    return next((item for item, pages in PAGES.items() if names.intersection(pages)), None)


def waiting_for(membership: Membership) -> int:
    """Bills that wait for this person: to approve, or with an answer of the bank unknown."""
    with tenant_scope(membership.tenant_id):
        payables = Payable.objects.of(membership.tenant_id)
        waiting = payables.with_unknown_outcome().values("id")
        if membership.can_approve:
            pending = payables.filter(status=Payable.Status.PENDING)
            waiting = waiting.union(pending.exclude(created_by=membership.user_id).values("id"))
        return waiting.count()
