"""Money held back because its line is in the books already: what a person says on the page."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.journal.entries import post_entry
from accounts.models import Account
from banking.models import BankAccount
from banking.statements.allocation import allocate, line_on
from charges.issuing.queue import issue_charges
from charges.models import Charge, Settlement
from charges.states import ChargeStatus, SlipStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_line, reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import entries, lines_of, settlements
from tests.charges.readings import DAY, paid, shown, take
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def held(tenant: Tenant, account: BankAccount) -> Charge:
    """R$ 150,00 that somebody entered as a sale, before the bank told whose they are."""
    payer = make_payer(tenant, "Padaria Aurora Ltda")
    charge = make_charge(tenant, account, "150.00", payer=payer)
    with tenant_scope(tenant.id):
        slip = issue_charges([charge], by=membership(tenant)).slips[0]
    change(slip, status=SlipStatus.ISSUING)
    take(slip, shown(slip))
    line = make_line(
        account, "150.00", day=DAY, counterparty_document=payer.document, description="Pix"
    )
    with tenant_scope(tenant.id):
        other = Account.objects.of(tenant).get(code="4.1.02")
        leaf = BankAccount.objects.of(tenant).select_related("ledger_account").get(id=account.id)
        lines = [(leaf.ledger_account, D("150.00")), (other, D("-150.00"))]
        entry = post_entry(tenant, date=DAY, memo="Venda no balcão", lines=lines)
        allocate(line, line_on(account, entry))
    take(slip, paid(slip, "150.00"))
    return charge


@pytest.fixture
def finance(client: Client, tenant: Tenant, operator: User) -> Client:
    sign_in(client, operator, tenant)
    return client


def settlement_of(charge: Charge) -> Settlement:
    [settlement] = settlements(charge)
    return settlement


def at(name: str, charge: Charge) -> str:
    return reverse(f"charges:{name}", args=[settlement_of(charge).id])


@pytest.mark.parametrize("name", ["replace", "keep"])
def test_it_is_asked_with_the_entry_that_is_there(finance: Client, held: Charge, name: str) -> None:
    page = finance.get(reverse("charges:detail", args=[held.id]))
    assert at(name, held) in page.content.decode()
    assert not page.context["page"].can_look

    for headers in ({}, HTMX):
        asked = finance.get(at(name, held), headers=headers)
        assert asked.status_code == 200
        assert "Venda no balcão" in asked.context["question"].texts[0]
    refused = finance.post(at(name, held), {"why": " "})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"why"}
    assert settlement_of(held).entry_id is None


def test_it_is_replaced(finance: Client, held: Charge, account: BankAccount) -> None:
    answer = finance.post(at("replace", held), {"why": "É a cobrança"})

    assert answer.headers["Location"] == reverse("charges:detail", args=[held.id])
    assert lines_of(settlement_of(held)) == {"banco": D("150.00"), "4.1.01": D("-150.00")}
    assert (reread(held).status, reread(held).needs_person) == (ChargeStatus.PAID, False)
    assert entries(account) == 3  # by hand, its reversal, and the charge's


def test_it_is_kept(finance: Client, held: Charge, account: BankAccount) -> None:
    finance.post(at("keep", held), {"why": "Já estava certo"})

    assert lines_of(settlement_of(held)) == {"banco": D("150.00"), "4.1.02": D("-150.00")}
    assert reread(held).status == ChargeStatus.PAID
    assert entries(account) == 1


@pytest.mark.parametrize("first", ["replace", "keep"])
@pytest.mark.parametrize("then", ["replace", "keep"])
def test_a_second_tab_does_nothing_more(
    finance: Client, held: Charge, account: BankAccount, first: str, then: str
) -> None:
    finance.post(at(first, held), {"why": "Primeira"})
    before = entries(account), settlement_of(held).entry_id

    finance.post(at(then, held), {"why": "Segunda"})

    assert (entries(account), settlement_of(held).entry_id) == before


def test_it_is_not_closed_by_a_look(finance: Client, held: Charge) -> None:
    finance.post(reverse("charges:look", args=[held.id]), {"why": "Tudo certo"})

    assert reread(held).needs_person


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
@pytest.mark.parametrize("name", ["replace", "keep"])
def test_who_does_not_work_on_charges_says_nothing(
    client: Client, tenant: Tenant, held: Charge, role: Role, name: str
) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.post(at(name, held), {"why": "x"}).status_code == 403
    assert settlement_of(held).entry_id is None
