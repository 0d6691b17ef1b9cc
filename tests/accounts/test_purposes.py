"""The accounts that the product posts on by itself."""

import pytest

from accounts.chart.archive import archive_account
from accounts.chart.purposes import account_for
from accounts.models import Account, AccountPurpose
from tenants.models import Tenant
from tenants.scope import tenant_scope

pytestmark = pytest.mark.django_db


def purposes(tenant: Tenant) -> dict[str, str]:
    with tenant_scope(tenant.id):
        return dict(Account.objects.of(tenant).exclude(purpose="").values_list("purpose", "code"))


def test_a_new_company_has_one_for_each_purpose(tenant):
    assert purposes(tenant) == {
        "advances": "2.1.5.01",
        "late_charges": "4.2.02",
        "discounts": "4.1.03",
        "fees": "5.5.01",
        "cash": "1.1.1.01",
        "withheld": "1.1.2.04",
        "split": "1.1.2.05",
        "in_transit": "1.1.1.03",
        "late_paid": "5.5.02",
        "discount_got": "4.2.03",
        "withheld_due": "2.1.3.02",
        "rounding": "5.5.03",
    }


def forget(tenant: Tenant, **changes: object) -> None:
    """As a chart that is older than purposes, or was imported."""
    with tenant_scope(tenant.id):
        Account.objects.of(tenant).update(purpose="")
        Account.objects.of(tenant).filter(code="2.1.5.01").update(**changes)


def test_an_older_chart_has_it_marked(tenant):
    forget(tenant, name="ADIANTAMENTOS  de clientes")

    with tenant_scope(tenant.id):
        account = account_for(tenant, AccountPurpose.ADVANCES)

    assert account.code == "2.1.5.01"
    assert purposes(tenant) == {"advances": "2.1.5.01"}


def test_a_chart_that_lacks_it_is_given_it_beside_what_has_its_code(tenant):
    forget(tenant, name="Outra coisa")

    with tenant_scope(tenant.id):
        account = account_for(tenant, AccountPurpose.ADVANCES)
        again = account_for(tenant, AccountPurpose.ADVANCES)

    assert (account.code, account.name) == ("2.1.5.02", "Adiantamentos de clientes")
    assert again == account


def test_one_that_was_archived_gives_its_place_to_another(tenant):
    with tenant_scope(tenant.id):
        archive_account(account_for(tenant, AccountPurpose.ADVANCES))

        account = account_for(tenant, AccountPurpose.ADVANCES)

    assert account.code == "2.1.5.02"
