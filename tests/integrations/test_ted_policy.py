"""«Sempre via TED» while approved Pix bills wait."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from banking.models import BankAccount
from people.models import PendingChange
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.payments.factories import PIX_KEY, make_bank_account, make_payable
from tests.people.factories import confirm

pytestmark = pytest.mark.django_db

KEEP, TED = BankAccount.PixPolicy.KEEP, BankAccount.PixPolicy.TED


@pytest.fixture
def account(client: Client, tenant: Tenant, admin: User) -> BankAccount:
    sign_in(client, admin, tenant)
    return make_bank_account(tenant)


def save(client: Client, account: BankAccount, policy: str, **more: str) -> None:
    seen = f"{reread(account).pix_policy}:off"
    address = reverse("integrations:save_account", args=[account.id])
    client.post(address, {"pix_policy": policy, "seen": seen, **more})


def asked(tenant: Tenant) -> list[PendingChange]:
    with tenant_scope(tenant.id):
        return list(PendingChange.objects.of(tenant).select_related("tenant"))


def test_a_second_admin_confirms_it(client: Client, tenant: Tenant, account: BankAccount) -> None:
    make_payable(tenant, destination=PIX_KEY, approved=True)

    save(client, account, TED, modo_banking="on")

    [change] = asked(tenant)
    kept = reread(account)
    assert (kept.pix_policy, kept.modo_banking_from is not None) == (KEEP, True)
    page = client.get(reverse("integrations:account", args=[account.id]))
    assert page.context["ted_asked"] == change

    confirm(change, make_member(tenant, Role.ADMIN))
    assert reread(account).pix_policy == TED


@pytest.mark.parametrize("is_approved", [True, False])
def test_without_approved_pix_it_is_done_at_once(
    client: Client, tenant: Tenant, account: BankAccount, is_approved: bool
) -> None:
    if is_approved:
        make_payable(tenant, approved=True)  # a TED
    else:
        make_payable(tenant, destination=PIX_KEY)

    save(client, account, TED)

    assert asked(tenant) == []
    assert reread(account).pix_policy == TED


def test_back_to_sending_nothing_waits_for_nobody(
    client: Client, tenant: Tenant, account: BankAccount
) -> None:
    save(client, account, TED)
    make_payable(tenant, destination=PIX_KEY, approved=True)

    save(client, account, KEEP)

    assert reread(account).pix_policy == KEEP


def test_in_the_demonstration_it_is_done_at_once(
    client: Client, tenant: Tenant, account: BankAccount, settings: Settings
) -> None:
    settings.PEOPLE_CHANGE_WAIT_HOURS = 0
    make_payable(tenant, destination=PIX_KEY, approved=True)

    save(client, account, TED)

    assert reread(account).pix_policy == TED
