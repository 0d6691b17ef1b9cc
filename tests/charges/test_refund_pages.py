"""The pages of refunds and advances: each works, and is not for every role."""

from decimal import Decimal

import pytest
from django.urls import reverse

from charges.models import Charge, Refund, Settlement
from charges.settlement.settle import Money, settle
from charges.transitions import lock_charge
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.returned import left, payment_of, refunds
from tests.payments.factories import TODAY, make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


@pytest.fixture
def account(tenant):
    return make_bank_account(tenant, preferred=False)


@pytest.fixture
def charge(tenant, account, operator):
    """150,00 that were paid by a transfer of 250,00."""
    made = make_charge(tenant, account, payer=make_payer(tenant))
    with tenant_scope(tenant.id):
        money = Money(
            evidence="by-hand:1", way=Settlement.Way.TRANSFER, received=D("250.00"), paid_on=TODAY,
            posted_on=TODAY, source="", bank_account=account, by=operator,
        )  # fmt: skip
        settle(lock_charge(made), money)
    return made


def address(name: str, charge: Charge) -> str:
    return reverse(f"charges:{name}", args=[payment_of(charge).id])


def a_waiting_refund(charge: Charge, **changes: object) -> Refund:
    by = membership(charge.tenant)
    with tenant_scope(charge.tenant_id):
        values = {
            "charge": charge, "settlement": payment_of(charge), "kind": "ours",
            "bank_account": charge.bank_account, "debt": "owed", "status": "waiting",
            "amount": D("100.00"), "excess": D("100.00"), "reason": "Pagou a mais",
            "asked_by": by.user,
        }  # fmt: skip
        return Refund.objects.create(tenant_id=charge.tenant_id, **(values | changes))


def test_the_page_of_a_charge_says_what_is_left_of_an_advance(client, tenant, operator, charge):
    sign_in(client, operator, tenant)

    page = client.get(reverse("charges:detail", args=[charge.id]))

    (payment,) = page.context["page"].payments
    assert (payment.advance, payment.can_register) == (D("100.00"), True)
    assert not payment.can_ask and payment.why_not


def test_a_refund_is_registered_and_what_was_typed_stays(client, tenant, operator, charge):
    sign_in(client, operator, tenant)
    typed = {"amount": "260,00", "day": f"{TODAY:%d/%m/%Y}", "debt": "undone", "why": "Desistiu"}

    again = client.post(address("register_refund", charge), typed)
    assert again.status_code == 422
    assert again.context["form"].errors.keys() == {"amount"}
    assert "260,00" in again.content.decode()
    done = client.post(address("register_refund", charge), typed | {"amount": "250,00"})

    assert done.status_code == 302
    (refund,) = refunds(charge)
    assert (refund.excess, refund.principal) == (D("100.00"), D("150.00"))


def test_an_advance_is_used_from_the_page(client, tenant, operator, charge, account):
    other = make_charge(tenant, account, "80.00", payer=charge.payer)
    with tenant_scope(tenant.id):  # owed, whoever collects it
        Charge.objects.of(tenant).filter(id=other.id).update(status="issuing")
    sign_in(client, operator, tenant)
    typed = {"charge": str(other.id), "amount": "80,00", "why": "Mesmo cliente"}

    assert client.post(address("use_advance", charge), typed).status_code == 302

    assert left(payment_of(charge)).excess == D("20.00")


def test_an_advance_is_given_back_by_a_bill_from_the_page(client, tenant, operator, charge):
    sign_in(client, operator, tenant)
    typed = {"amount": "100,00", "pix_key_type": "email", "pix_key": "nada"}

    wrong = client.post(address("give_back_advance", charge), typed)
    assert wrong.context["form"].errors.keys() == {"pix_key"}
    done = client.post(address("give_back_advance", charge), typed | {"pix_key": "a@b.example"})

    assert done.status_code == 302
    assert left(payment_of(charge)).excess == D("0.00")


def test_approvers_find_what_waits_and_refuse_it(client, tenant, approver, charge):
    refund = a_waiting_refund(charge)
    sign_in(client, approver, tenant)

    page = client.get(reverse("charges:refunds"))
    (row,) = page.context["waiting"]
    assert row.can_release and row.can_withdraw
    assert client.get(reverse("charges:list")).context["to_release"] == 1
    assert client.get(reverse("charges:release_refund", args=[refund.id])).status_code == 200
    refuse = reverse("charges:withdraw_refund", args=[refund.id])
    assert client.post(refuse, {"why": "Não procede"}).status_code == 302
    assert refunds(charge)[0].status == Refund.Status.WITHDRAWN


def test_one_that_is_of_no_account_is_asked_about_too(client, tenant, approver, charge):
    refund = a_waiting_refund(charge, bank_account=None)
    sign_in(client, approver, tenant)

    page = client.get(reverse("charges:release_refund", args=[refund.id]))

    assert page.status_code == 200


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("ask_refund", Role.APPROVER),
        ("register_refund", Role.READER),
        ("use_advance", Role.APPROVER),
        ("give_back_advance", Role.READER),
    ],
)
def test_other_roles_do_none_of_it(client, tenant, charge, name, role):
    sign_in(client, make_member(tenant, role), tenant)

    assert client.post(address(name, charge)).status_code == 403


def test_finance_releases_nothing(client, tenant, operator, charge):
    refund = a_waiting_refund(charge)
    sign_in(client, operator, tenant)

    assert client.post(reverse("charges:release_refund", args=[refund.id])).status_code == 403
