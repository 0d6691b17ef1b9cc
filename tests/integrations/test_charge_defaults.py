"""What new charges of an account begin with, set on its page."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from audit.acts import Act
from banking.models import BankAccount
from charges.drafts.defaults import Defaults
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.cast import make_member, sign_in
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def as_admin(client: Client, tenant: Tenant, admin: User) -> Client:
    sign_in(client, admin, tenant)
    return client


@pytest.fixture
def revenue(tenant: Tenant) -> Account:
    with tenant_scope(tenant.id):
        return Account.objects.of(tenant).get(code="4.1.01")


def save(client: Client, account: BankAccount, **typed: str):
    return client.post(reverse("integrations:save_charges", args=[account.id]), typed)


def saved(account: BankAccount) -> Defaults:
    with tenant_scope(account.tenant_id):
        return Defaults.of(account)


def test_an_admin_sets_them_and_the_audit_says_so(
    as_admin: Client, tenant: Tenant, revenue: Account
) -> None:
    account = make_bank_account(tenant, provider="bs2")

    answer = save(
        as_admin, account, fine_percent="2", interest_percent="0,5 %", message="Obrigado.",
        revenue_account=str(revenue.id),
    )  # fmt: skip

    assert answer.status_code == 302
    assert saved(account) == Defaults(Decimal("2.00"), Decimal("0.50"), "Obrigado.", revenue)
    told = audit_of(tenant, Act.SETTINGS_CHANGED)[-1]
    assert len(told.changes) == 4
    save(as_admin, account, fine_percent="2", interest_percent="0,5", message="Obrigado.",
         revenue_account="")  # fmt: skip
    assert saved(account).revenue_account is None
    assert len(audit_of(tenant, Act.SETTINGS_CHANGED)[-1].changes) == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"fine_percent": "101"}, "fine_percent"),
        ({"interest_percent": "1,234"}, "interest_percent"),
        ({"fine_percent": "dois"}, "fine_percent"),
        ({"message": "x" * 400}, "message"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(
    as_admin: Client, tenant: Tenant, typed: dict[str, str], field: str
) -> None:
    account = make_bank_account(tenant, provider="bs2")

    answer = save(as_admin, account, **typed)

    form = answer.context["charge_form"]
    assert answer.status_code == 422
    assert set(form.errors) == {field}
    assert form[field].value() == typed[field]
    assert saved(account) == Defaults()


def test_only_an_account_of_revenue_classifies(as_admin: Client, tenant: Tenant) -> None:
    account = make_bank_account(tenant)
    with tenant_scope(tenant.id):
        expense = Account.objects.of(tenant).get(code="5.3.02")

    answer = save(as_admin, account, revenue_account=str(expense.id))

    assert answer.context["charge_form"].has_error("revenue_account")


def test_a_message_is_asked_where_the_bank_prints_one(as_admin: Client, tenant: Tenant) -> None:
    for provider, prints in [("cora", False), ("bs2", True), ("kamino", True)]:
        account = make_bank_account(tenant, provider=provider, preferred=False)
        page = as_admin.get(reverse("integrations:account", args=[account.id]))
        assert ("message" in page.context["charge_form"].fields) is prints


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_others_read_them(client: Client, tenant: Tenant, role: Role) -> None:
    account = make_bank_account(tenant)
    sign_in(client, make_member(tenant, role), tenant)

    page = client.get(reverse("integrations:account", args=[account.id])).content.decode()

    assert (
        "cobrancas" in page and reverse("integrations:save_charges", args=[account.id]) not in page
    )
    assert save(client, account).status_code == 403
