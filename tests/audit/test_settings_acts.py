"""What an admin changes of an account is in the audit once, as the person reads it."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.acts import Act
from audit.models import Record
from banking.models import BankAccount
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.made import change, reread
from tests.cast import sign_in
from tests.payments.make import make_bank_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    account = make_bank_account(tenant)
    change(account, is_preferred=False)
    return reread(account)


@pytest.fixture
def as_admin(client: Client, admin: User, tenant: Tenant) -> Client:
    sign_in(client, admin, tenant)
    return client


def records(tenant: Tenant) -> list[tuple]:
    with tenant_scope(tenant.id):
        rows = Record.objects.of(tenant).order_by("number").select_related("by")
        return [(row.act, row.by, row.whence, row.before, row.after) for row in rows]


def save(client: Client, account: BankAccount, seen: str, **data: str) -> int:
    page = reverse("integrations:save_account", args=[account.id])
    return client.post(page, {"seen": seen, **data}, REMOTE_ADDR="203.0.113.9").status_code


def test_what_was_saved_is_told_with_before_and_after(
    as_admin: Client, admin: User, tenant: Tenant, account: BankAccount
) -> None:
    save(as_admin, account, "keep:off", pix_policy="ted", modo_banking="on")

    assert records(tenant) == [
        (
            Act.SETTINGS_CHANGED,
            admin,
            "203.0.113.9",
            {
                "Envio preferencial": "Não enviar pagamentos definidos com Pix",
                "Modo Banking": "desligado",
            },
            {"Envio preferencial": "Enviar sempre via TED", "Modo Banking": "ligado"},
        )
    ]


def test_only_what_changed_is_told(as_admin: Client, tenant: Tenant, account: BankAccount) -> None:
    save(as_admin, account, "keep:off", pix_policy="keep", modo_banking="on")

    ((*_, before, after),) = records(tenant)
    assert (before, after) == ({"Modo Banking": "desligado"}, {"Modo Banking": "ligado"})


def test_saving_what_was_already_so_is_no_change(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    save(as_admin, account, "keep:off", pix_policy="keep")

    assert records(tenant) == []


def test_what_is_refused_is_no_change(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    assert save(as_admin, account, "ted:off", pix_policy="keep", modo_banking="on") == 409

    assert records(tenant) == []


def test_the_switch_in_the_list_is_told_once(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    for _ in range(2):
        as_admin.post(reverse("integrations:modo_banking", args=[account.id]), {"on": "on"})

    ((act, *_, after),) = records(tenant)
    assert (act, after) == (Act.SETTINGS_CHANGED, {"Modo Banking": "ligado"})


def test_the_preferred_one_is_told_with_the_one_that_was(
    as_admin: Client, admin: User, tenant: Tenant, account: BankAccount
) -> None:
    other = make_bank_account(tenant)
    for chosen in (other, account, account):
        as_admin.post(reverse("integrations:prefer", args=[chosen.id]), REMOTE_ADDR="203.0.113.9")

    *_, (act, by, whence, before, after) = told = records(tenant)
    assert len([row for row in told if row[0] == Act.PREFERRED_CHANGED]) == len(told)
    assert (act, by, whence) == (Act.PREFERRED_CHANGED, admin, "203.0.113.9")
    assert before == {"Conta preferencial": str(other)}
    assert after == {"Conta preferencial": str(account)}
