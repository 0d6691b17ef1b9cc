"""What is said of lines ends with them, when their file is undone."""

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount, StatementLine
from reconciliation.matches.ignore import ignore
from reconciliation.models import Match, MatchLine
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.imports.making import applied, make_other, ofx, undone
from tests.cast import sign_in
from tests.people.factories import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
RENT, FEE = ("2026-11-12", "-150.00", "ALUGUEL"), ("2026-11-13", "-7.00", "TARIFA")


@pytest.fixture
def ignored(tenant: Tenant, operator: User):
    """A file, one of whose two lines a person ignores."""
    by = membership_of(tenant, operator)
    account: BankAccount = make_other(tenant, by)
    file = applied(account, ofx(RENT, FEE), by)
    with tenant_scope(tenant.id):
        line = StatementLine.objects.of(tenant).get(amount="-7.00")
        ignore(line.id, by=by, why="Fora da contabilidade")
    return file


def test_what_was_ignored_is_so_no_longer(ignored, tenant: Tenant, operator: User) -> None:
    undone(ignored, membership_of(tenant, operator))

    with tenant_scope(tenant.id):
        assert not MatchLine.objects.of(tenant).ignored().exists()
        (match,) = Match.objects.of(tenant)
    assert match.undone_by == operator


def test_that_it_goes_is_said_before(
    ignored, client: Client, tenant: Tenant, operator: User
) -> None:
    sign_in(client, operator, tenant)

    shown = client.get(reverse("reconciliation:import", args=[ignored.id]))

    assert "1 lançamento ignorado" in shown.context["effect_words"]
