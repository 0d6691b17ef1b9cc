"""What the layout shows on every page: menu, company, person."""

from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from brazil.cnpj import format_cnpj
from charges.models import Charge, Refund
from payments.bills.awaiting import awaiting
from payments.models import Payable
from people.kept_form import take
from people.member_list import to_confirm
from people.models import ExceptionalAct
from tenants.access import TenantRequest, enter_company
from tenants.models import Membership, Tenant
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


class Waiting(NamedTuple):
    """How much of what waits for this person the menu tells."""

    to_approve: int  # bills, for their approval
    unknown: int  # bills, for the bank's lost answer
    to_look_at: int  # charges for a look, and refunds for a release
    to_release: int  # exceptions, for a second person
    to_confirm: int  # changes of people


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Empty on pages outside of a company (sign-in, errors). A person's own pages are inside."""
    request = cast(TenantRequest, request)
    if is_account_page(request) and not hasattr(request, "membership"):
        enter_company(request)
    if not hasattr(request, "membership"):
        return {}
    tenant = request.tenant
    return {
        # Fragments have no menu: what waits is counted by the pages that show it.
        "nav": SimpleLazyObject(lambda: menu(request)),
        "company": {
            "id": tenant.id,
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
        "account_tabs": account_tabs(request) if is_account_page(request) else [],
        # Asked for by the pages that show them.
        "kept_form": lambda: take(request),
        "notices": lambda: open_notices(request.membership),
        "person": {
            "name": request.user.display_name,
            "email": request.user.email,
            "role": request.membership.get_role_display(),
        },
    }


# A person's own pages: the one that each tab leads to, and those that belong to it.
ACCOUNT_TABS = {
    "mfa_index": ("Segundo fator", ("account_enrolment_code",)),
    "account_sessions": ("Sessões", ()),
    "account_change_password": ("Senha", ()),
    "account_email": ("E-mails", ("account_confirm_email",)),
}


def is_account_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    is_ours = match is not None and str(match.url_name).startswith(("account_", "mfa_"))
    return is_ours and request.user.is_authenticated


def account_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    match = request.resolver_match
    here = str(match.url_name) if match else ""
    return [
        {"label": label, "url": reverse(name), "current": is_tab_of(name, others, here)}
        for name, (label, others) in ACCOUNT_TABS.items()
    ]


def is_tab_of(name: str, others: tuple[str, ...], here: str) -> bool:
    return here == name or here in others or (name == "mfa_index" and here.startswith("mfa_"))


# The pages on which an item of the menu is the current one: a namespace, or a page of one.
PAGES = {
    "integrations:list": ("integrations",),
    "reconciliation:rules": (
        "reconciliation:rules",
        "reconciliation:new_rule",
        "reconciliation:rule",
        "reconciliation:try_rule",
        "reconciliation:apply_rules",
        "reconciliation:rule_run",
    ),
    "reconciliation:automation": (
        "reconciliation:automation",
        "reconciliation:rehearsal",
        "reconciliation:sample",
    ),
    "reconciliation:reconcile": ("reconciliation", "banking"),
    "payments:approvals": (
        "payments:approvals",
        "payments:review_approvals",
        "payments:approve_many",
        "payments:delegations",
    ),
    "payments:rules": ("payments:rules", "payments:save_tiers", "payments:save_limits"),
    "payments:list": ("payments",),
    "registers:payers": (
        "registers:payers",
        "registers:payer",
        "registers:payer_new",
        "registers:payer_edit",
    ),
    "charges:dunning": (
        "charges:dunning",
        "charges:dunning_sender",
        "charges:dunning_logo",
        "charges:dunning_new_step",
        "charges:dunning_step",
    ),
    "charges:list": ("charges",),
    "registers:list": ("registers",),
    "people:exceptions": ("people:exceptions", "people:refuse", "people:exception_limit"),
    "people:list": ("people",),
    "audit:records": ("audit:records", "audit:export"),
    "audit:sign_ins": ("audit:sign_ins",),
    "accounts:chart": ("accounts:chart",),
    "accounts:cost_centers": (
        "accounts:cost_centers",
        "accounts:new_cost_center",
        "accounts:cost_center",
    ),
    "accounts:entries": (
        "accounts:entries",
        "accounts:entry",
        "accounts:reverse",
        "accounts:new_entry",
    ),
    "accounts:tax_reform": ("accounts:tax_reform",),
    "accounts:groups": ("accounts",),
}


def menu(request: TenantRequest) -> list[Group]:
    here = current_item(request)

    def item(label: str, url_name: str, icon: str, count: int = 0) -> Item:
        return Item(label, url_name, icon, count, current=url_name == here)

    waiting = waiting_for(request.membership)
    company = [
        item("Integrações bancárias", "integrations:list", "landmark"),
        item("Pessoas", "people:list", "users", waiting.to_confirm),
    ]
    if request.membership.is_admin:
        company += [
            item("Alçadas e limites", "payments:rules", "scale"),
            item("Régua de cobrança", "charges:dunning", "bell-ring"),
            item("Grupos de classificação", "accounts:groups", "folder-tree"),
            item("Reforma tributária", "accounts:tax_reform", "receipt-text"),
            item("Auditoria", "audit:records", "scroll-text"),
        ]
    company.append(item("Acessos", "audit:sign_ins", "log-in"))
    work = [item("Conciliar", "reconciliation:reconcile", "arrow-left-right")]
    if request.membership.can_approve:
        work.append(item("Para aprovar", "payments:approvals", "stamp", waiting.to_approve))
    work.append(item("Pagamentos", "payments:list", "banknote", waiting.unknown))
    work.append(item("Cobranças", "charges:list", "receipt-text", waiting.to_look_at))
    if request.membership.can_approve:
        work.append(item("Exceções", "people:exceptions", "shield-alert", waiting.to_release))
    work.append(item("Favorecidos", "registers:list", "contact"))
    work.append(item("Pagadores", "registers:payers", "hand-coins"))
    return [
        Group("", work),
        Group(
            "Contabilidade",
            [
                item("Plano de contas", "accounts:chart", "list-tree"),
                item("Centros de custo", "accounts:cost_centers", "layers"),
                item("Lançamentos", "accounts:entries", "book-open"),
                item("Regras de extrato", "reconciliation:rules", "workflow"),
                item("Conciliação automática", "reconciliation:automation", "sparkles"),
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


def waiting_for(membership: Membership) -> Waiting:
    """One query: it is asked for every page."""
    tenant_id, mine = membership.tenant_id, membership.user_id
    counts: dict[str, Combinable] = dict.fromkeys(Waiting._fields, Value(0))
    counts["unknown"] = number_of(Payable.objects.of(tenant_id).with_unknown_outcome())
    counts["to_look_at"] = number_of(Charge.objects.of(tenant_id).to_look_at())
    if membership.can_approve:
        counts["to_approve"] = number_of(awaiting(mine).of(tenant_id))
        exceptions = ExceptionalAct.objects.of(tenant_id)
        refunds = Refund.objects.of(tenant_id).filter(status=Refund.Status.WAITING)
        counts["to_look_at"] += number_of(refunds.exclude(asked_by=mine))
        counts["to_release"] = number_of(exceptions.waiting_for(mine))
    if membership.is_admin:
        counts["to_confirm"] = number_of(to_confirm(membership))
    with tenant_scope(tenant_id):
        named = Tenant.objects.filter(id=tenant_id).annotate(**counts)
        return Waiting(*named.values_list(*Waiting._fields).get())


def number_of(rows: QuerySet[Any]) -> Combinable:
    """For an annotation: how many rows there are."""
    counted = rows.order_by().values(one=Value(1)).annotate(number=Count("*")).values("number")
    return Coalesce(Subquery(counted), 0)
