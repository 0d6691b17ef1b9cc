"""Which accounts are matched by themselves where evidence makes it certain."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Record
from core.errors import NotAllowed
from reconciliation.engine.automation import is_on, outlook_of, switch_evidence
from reconciliation.engine.run import work
from reconciliation.models import Match
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.payments.factories import make_known
from tests.reconciliation.books import member
from tests.reconciliation.matched import D, line, open_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def certain(tenant, itau):
    bill = make_known(tenant, "731.17", approved=True)
    with tenant_scope(tenant.id):
        payee = bill.payee
    row = line(
        itau, "-731.17", bill.payment_date, counterparty_name=payee.name,
        counterparty_document=payee.document,
    )  # fmt: skip
    work(tenant.id)
    return row


def test_it_is_said_what_it_would_do(tenant, itau, certain):
    with tenant_scope(tenant.id):
        outlook = outlook_of(itau)
    assert (outlook.is_on, outlook.count, outlook.amount) == (False, 1, D("731.17"))
    assert [row.id for row in outlook.lines] == [certain.id]


def test_where_nothing_was_or_would_be_matched_that_is_all_that_is_said(tenant, itau):
    with tenant_scope(tenant.id):
        assert outlook_of(itau).is_idle


def test_switched_on_what_is_open_is_matched(tenant, itau, certain):
    admin = member(tenant, Role.ADMIN)
    with tenant_scope(tenant.id):
        switch_evidence(itau, on=True, by=admin)
    work(tenant.id)
    assert open_of(certain) == 0
    with tenant_scope(tenant.id):
        assert Match.objects.of(tenant).get().degree == "evidence"
        outlook = outlook_of(itau)
        assert Record.objects.of(tenant).filter(act="automation_changed").count() == 1
    assert (outlook.is_on, outlook.count, outlook.by_evidence) == (True, 0, 1)


def test_switched_off_people_decide_again(tenant, itau, certain):
    admin = member(tenant, Role.ADMIN)
    with tenant_scope(tenant.id):
        switch_evidence(itau, on=True, by=admin)
        switch_evidence(itau, on=False, by=admin)
        assert not is_on(itau)
    work(tenant.id)
    assert open_of(certain) == D("-731.17")


def test_finance_does_not_switch_it(tenant, itau, ana):
    with tenant_scope(tenant.id), pytest.raises(NotAllowed):
        switch_evidence(itau, on=True, by=ana)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE, Role.READER])
def test_everybody_sees_it_and_an_admin_has_the_button(client: Client, tenant, itau, certain, role):
    sign_in(client, make_member(tenant, role), tenant)
    response = client.get(reverse("reconciliation:automation"))
    assert response.status_code == 200
    address = reverse("reconciliation:switch_automation", args=[itau.id])
    assert (address in response.content.decode()) == (role == Role.ADMIN)
