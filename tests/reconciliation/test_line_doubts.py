"""«Linhas em dúvida»: a file told one, and the bank another one of a day nearby."""

import pytest
from django.urls import reverse

from audit.models import Record
from banking.models import BankAccount, LineDoubt
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import make_account
from tests.banking.imports.making import applied, csv, lines, tell_by_api
from tests.cast import make_member, sign_in
from tests.people.factories import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
FIRST = ("2026-11-09", "-1.20", "TARIFA")
RENT = ("2026-11-11", "-2300.00", "ALUGUEL")
LATER = ("2026-11-12", "-2300.00", "ALUGUEL")
LAST = ("2026-11-18", "-1.20", "TARIFA")
ONE = [("11-09", "-1.20"), ("11-12", "-2300.00"), ("11-18", "-1.20")]


@pytest.fixture
def operator_in(client, tenant, operator):
    sign_in(client, operator, tenant)
    return client


@pytest.fixture
def account(tenant, admin, operator) -> BankAccount:
    account = make_account(tenant, admin)
    applied(account, csv(FIRST, RENT, LAST), membership_of(tenant, operator))
    tell_by_api(account, [FIRST, LATER, LAST])
    return account


def the_doubt(account):
    with tenant_scope(account.tenant_id):
        return LineDoubt.objects.of(account.tenant_id).get()


def page(client, account):
    return client.get(reverse("reconciliation:line_doubts", args=[account.id]))


def answer(client, account, said):
    address = reverse("reconciliation:answer_line_doubt", args=[the_doubt(account).id])
    return client.post(address, {"answer": said})


def test_the_page_has_the_pair(operator_in, account):
    (asked,) = page(operator_in, account).context["asked"]

    assert asked.doubt == the_doubt(account)


@pytest.mark.parametrize("name", ["reconcile", "imports"])
def test_the_account_says_that_there_is_a_doubt(operator_in, account, name):
    if name == "reconcile":
        address = f"{reverse('reconciliation:reconcile')}?conta={account.id}"
    else:
        address = reverse("reconciliation:imports", args=[account.id])
    link = reverse("reconciliation:line_doubts", args=[account.id])
    assert link in operator_in.get(address).content.decode()

    answer(operator_in, account, "two")
    assert link not in operator_in.get(address).content.decode()


def test_a_person_says_that_it_is_the_same(operator_in, account, tenant):
    response = answer(operator_in, account, "same")

    assert response.status_code == 302
    assert lines(account) == ONE
    with tenant_scope(tenant.id):
        assert Record.objects.of(tenant).filter(act="line_doubt_answered").count() == 1


def test_a_second_answer_says_that_there_was_one(operator_in, account):
    answer(operator_in, account, "two")
    answer(operator_in, account, "same")

    assert the_doubt(account).answer == "two"


def test_another_word_is_no_answer(operator_in, account):
    assert answer(operator_in, account, "maybe").status_code == 400
    assert the_doubt(account).answer == ""


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER])
def test_who_does_not_work_on_the_statement_is_not_asked(client, tenant, account, role):
    sign_in(client, make_member(tenant, role), tenant)

    assert page(client, account).status_code == 403
    assert answer(client, account, "same").status_code == 403
    assert the_doubt(account).answer == ""
