"""What is said before anything leaves, and who may have it leave."""

from datetime import date
from decimal import Decimal

import pytest

from charges.drafts.edit import edit_charge
from charges.drafts.enter import duplicate_charge, enter_charge
from charges.issuing.content import describe
from charges.issuing.queue import issue_charges
from charges.models import Charge, Slip
from charges.states import ChargeStatus
from charges.terms.check import cautions, offered_forms, problems
from core.errors import InvalidInput, InvalidState, NotAllowed
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge, make_draft, make_payer, membership
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

TODAY = date(2026, 11, 23)
D = Decimal


@pytest.mark.parametrize(
    ("bank", "changes", "field"),
    [
        ("cora", {"amount": "4.99"}, "amount"),
        ("bs2", {"amount": "500000.01"}, "amount"),
        ("cora", {"due_date": date(2026, 11, 22)}, "due_date"),
        ("bs2", {"form": "boleto_pix"}, "form"),
        ("cora", {"message": "Obrigado"}, "message"),
        ("kamino", {"message": "x" * 141}, "message"),
        ("cora", {"discount": D("10.00"), "due_date": TODAY}, "discount"),
        ("cora", {"pay_days": 0}, "pay_days"),
        ("kamino", {"pay_days": 30}, "pay_days"),
        ("cora", {"discount": D("10.00"), "discount_days": 0}, "discount_days"),
        ("kamino", {"discount": D("10.00"), "discount_days": 3}, "discount_days"),
        ("bs2", {"discount": D("10.00"), "discount_days": 18}, "discount_days"),
    ],
)
def test_what_a_bank_does_not_take_names_its_field(tenant, bank, changes, field):
    account = make_bank_account(tenant, provider=bank)
    charge = make_charge(tenant, account, **changes)

    assert [problem.field for problem in problems(charge, TODAY)] == [field]


def test_a_limit_counts_from_the_day_to_which_the_law_carries_the_due_date(tenant):
    account = make_bank_account(tenant, provider="bs2")
    extras = {"pay_days": 0, "discount": D("10.00"), "discount_days": 0}
    charge = make_charge(tenant, account, due_date=date(2026, 12, 25), **extras)
    again = duplicated(charge)

    assert problems(charge, TODAY) == []
    content = described(charge)
    assert (content["pay_until"], content["discount_until"]) == ("2026-12-28", "2026-12-25")
    assert (again.pay_until, again.discount_until) == (charge.pay_until, charge.discount_until)
    usual = described(make_charge(tenant, account))
    assert {"pay_until", "discount_until"}.isdisjoint(usual)  # their keys stay as they were


@pytest.mark.parametrize("days", [-1, 181])
def test_a_limit_is_of_days_that_there_are(tenant, days):
    with pytest.raises(InvalidInput) as refused:
        make_charge(tenant, make_bank_account(tenant, provider="bs2"), pay_days=days)
    assert refused.value.field == "pay_days"


def described(charge):
    with tenant_scope(charge.tenant_id):
        return describe(charge)


def duplicated(charge):
    with tenant_scope(charge.tenant_id):
        return duplicate_charge(charge, by=membership(charge.tenant))


@pytest.mark.parametrize("bank", ["cora", "bs2", "kamino"])
def test_a_charge_due_today_is_taken_by_each_bank(tenant, bank):
    account = make_bank_account(tenant, provider=bank)

    assert problems(make_charge(tenant, account, due_date=TODAY), TODAY) == []


def test_each_bank_says_what_it_offers(tenant):
    offered = {
        bank: offered_forms(make_bank_account(tenant, provider=bank, preferred=False))
        for bank in ("cora", "bs2", "kamino")
    }

    assert offered["cora"][0] == offered["kamino"][0] == Charge.Form.BOLETO_PIX
    assert offered["bs2"] == [Charge.Form.BOLETO]


def test_what_is_unusual_is_said_and_allowed(tenant):
    account = make_bank_account(tenant)
    usual = make_charge(tenant, account, fine_percent=D(2), interest_percent=D(1))
    more = make_charge(tenant, account, fine_percent=D("2.01"), interest_percent=D("1.01"))

    assert cautions(usual) == []
    assert len(cautions(more)) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0.00"}, "amount"),
        ({"discount": D("150.00")}, "discount"),
        ({"fine_percent": D("100.01")}, "fine_percent"),
        ({"interest_percent": D("1.001")}, "interest_percent"),
        ({"description": "  "}, "description"),
        ({"tax_reform": {"fiscal_key": "1" * 44}}, "fiscal_key"),
    ],
)
def test_what_is_no_charge_is_not_entered(tenant, changes, field):
    draft = make_draft(tenant, make_bank_account(tenant), **changes)

    with tenant_scope(tenant.id), pytest.raises(InvalidInput) as refused:
        enter_charge(tenant, draft, by=membership(tenant))

    assert refused.value.field == field


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_does_not_work_on_charges_neither_enters_nor_issues(tenant, role):
    account = make_bank_account(tenant)
    charge = make_charge(tenant, account)
    by = membership(tenant, role=role)

    with tenant_scope(tenant.id):
        with pytest.raises(NotAllowed):
            enter_charge(tenant, make_draft(tenant, account), by=by)
        with pytest.raises(NotAllowed):
            issue_charges([charge], by=by)


def test_what_is_sent_is_within_the_banks_limits_and_the_register_keeps_the_rest(tenant):
    name = "Associação dos Moradores e Amigos do Conjunto Habitacional São José"
    payer = make_payer(tenant, name)
    charge = make_charge(tenant, make_bank_account(tenant, provider="bs2"), payer=payer)

    with tenant_scope(tenant.id):
        sent = describe(charge)

    assert name.startswith(sent["payer"]["name"] + " ")
    assert len(sent["payer"]["name"]) <= 40
    assert reread(payer).name == name


def test_a_charge_that_a_bank_has_is_not_edited(tenant):
    account = make_bank_account(tenant)
    charge = make_charge(tenant, account)
    with tenant_scope(tenant.id):
        issue_charges([charge], by=membership(tenant))

        with pytest.raises(InvalidState) as refused:
            edit_charge(charge, make_draft(tenant, account, "99.00"), by=membership(tenant))

    assert refused.value.code == "not_editable"


def test_the_copy_of_a_charge_is_a_draft(tenant):
    charge = make_charge(tenant, make_bank_account(tenant), "77.00")
    with tenant_scope(tenant.id):
        issue_charges([charge], by=membership(tenant))
        again = duplicate_charge(reread(charge), by=membership(tenant))

    assert (again.status, again.amount) == (ChargeStatus.DRAFT, D("77.00"))


def test_charges_that_may_not_be_issued_hold_up_no_others(tenant):
    account = make_bank_account(tenant)
    good = [make_charge(tenant, account) for _ in range(2)]
    low = make_charge(tenant, account, "1.00")
    gone = make_charge(tenant, make_bank_account(tenant, connected=False, preferred=False))

    with tenant_scope(tenant.id):
        issued = issue_charges([*good, low, gone, good[0]], by=membership(tenant))

    assert set(issued.left_out) == {low.id, gone.id}
    assert {slip.charge_id for slip in issued.slips} == {charge.id for charge in good}


def test_a_charge_that_was_withdrawn_leaves_under_the_same_key(tenant):
    account = make_bank_account(tenant)
    charge = make_charge(tenant, account)
    with tenant_scope(tenant.id):
        by = membership(tenant)
        (first,) = issue_charges([charge], by=by).slips
        Slip.objects.of(tenant).filter(id=first.id).update(status="withdrawn")
    change(charge, status=ChargeStatus.DRAFT)
    with tenant_scope(tenant.id):
        (second,) = issue_charges([charge], by=by).slips

    assert second.key == first.key
