"""«Nova cobrança»: what is typed, what is asked back, what is entered and issued."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from charges.models import Charge, ChargeDefaults
from charges.states import ChargeStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer
from tests.charges.typed import typed_charge
from tests.clock import travel
from tests.payments.factories import make_bank_account
from tests.people.factors import add_app, note_proof

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

NEW = "/cobrancas/nova/"
D = Decimal


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def finance(client: Client, operator: User, tenant: Tenant) -> Client:
    sign_in(client, operator, tenant)
    return client


def charges(tenant: Tenant) -> list[Charge]:
    with tenant_scope(tenant.id):
        return list(Charge.objects.of(tenant).order_by("due_date", "id"))


def test_a_draft_is_entered_and_nothing_leaves(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    typed = typed_charge(account, fine_percent="2", interest_percent="0,33 %", draft="yes")

    answer = finance.post(NEW, typed)

    (charge,) = charges(tenant)
    assert answer.url == reverse("charges:detail", args=[charge.id])  # type: ignore[attr-defined]
    assert (charge.amount, charge.status) == (D("1500.00"), ChargeStatus.DRAFT)
    assert (charge.fine_percent, charge.interest_percent) == (D("2.00"), D("0.33"))


def test_it_may_be_issued_at_once(finance: Client, tenant: Tenant, account: BankAccount) -> None:
    finance.post(NEW, typed_charge(account, issue="yes"))

    assert [charge.status for charge in charges(tenant)] == [ChargeStatus.ISSUING]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payer": ""}, "payer"),
        ({"payer": "Ninguém"}, "payer"),
        ({"amount": "mil"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"due_date": "31/02/2027"}, "due_date"),
        ({"due_date": "01/01/2099"}, "due_date"),
        ({"description": ""}, "description"),
        ({"revenue_account": str(uuid4())}, "revenue_account"),
        ({"bank_account": str(uuid4())}, "bank_account"),
        ({"form": "cheque"}, "form"),
        ({"fine_percent": "dois"}, "fine_percent"),
        ({"interest_percent": "101"}, "interest_percent"),
        ({"interest_percent": "0,333"}, "interest_percent"),
        ({"discount": "2.000,00"}, "discount"),
        ({"instalments": "61"}, "instalments"),
    ],
)
def test_what_is_no_charge_is_said_at_its_field_and_stays_typed(
    finance: Client, tenant: Tenant, account: BankAccount, changes: dict[str, Any], field: str
) -> None:
    typed = typed_charge(account, **changes)

    answer = finance.post(NEW, typed)

    form = answer.context["form"]
    assert (answer.status_code, set(form.errors)) == (422, {field})
    assert form[field].value() == typed[field]
    assert charges(tenant) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0,50"}, "amount"),
        ({"due_date": "20/11/2026"}, "due_date"),
        ({"due_date": "23/11/2026", "discount": "10,00"}, "discount"),
    ],
)
def test_what_its_bank_does_not_take_is_said_before_it_leaves_and_may_be_kept(
    finance: Client, tenant: Tenant, account: BankAccount, changes: dict[str, Any], field: str
) -> None:
    typed = typed_charge(account, **changes)

    answer = finance.post(NEW, typed | {"issue": "yes"})

    assert set(answer.context["form"].errors) == {field}
    assert charges(tenant) == []

    finance.post(NEW, typed | {"draft": "yes"})
    (charge,) = charges(tenant)
    page = finance.get(reverse("charges:detail", args=[charge.id])).context["page"]
    assert page.why_not


def test_a_payer_is_meant_by_name_or_document_and_two_are_asked_about(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    first = make_payer(tenant, "Padaria Trigo Ltda")
    make_payer(tenant, "Padaria Milho Ltda")

    for text in ("padaria trigo", first.document, first.written_document):
        finance.post(NEW, typed_charge(account, first, payer=text))
    answer = finance.post(NEW, typed_charge(account, first, payer="padaria"))

    assert [charge.payer_id for charge in charges(tenant)] == [first.id] * 3
    assert answer.context["form"].errors.as_data()["payer"][0].code == "several"


def test_another_companys_payer_and_account_are_not_found(
    finance: Client, tenant: Tenant, other_tenant: Tenant, account: BankAccount
) -> None:
    theirs = make_payer(other_tenant, "Só deles")
    answer = finance.post(NEW, typed_charge(account, payer=theirs.document))
    assert set(answer.context["form"].errors) == {"payer"}

    other = make_bank_account(other_tenant)
    answer = finance.post(NEW, typed_charge(account, bank_account=str(other.id)))
    assert set(answer.context["form"].errors) == {"bank_account"}

    found = finance.get(reverse("charges:suggest_payers"), {"payer": "deles"})
    assert found.context["suggestions"] == []


def test_instalments_are_proposed_changed_and_have_to_add_up(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    typed = typed_charge(account, amount="100,00", due_date="31/01/2027", instalments="3")

    parts = finance.post(reverse("charges:preview"), typed).context["form"].parts

    assert [part.typed_amount for part in parts.rows] == ["33,34", "33,33", "33,33"]
    assert [part.typed_due for part in parts.rows] == ["31/01/2027", "28/02/2027", "31/03/2027"]

    days = [part.typed_due for part in parts.rows]
    changed = typed | {"parts_of": parts.mark, "part_due": days}
    wrong = changed | {"part_amount": ["50,00", "25,00", "24,00"]}
    answer = finance.post(NEW, wrong)
    assert set(answer.context["form"].errors) == {"instalments"}
    assert answer.context["form"].parts.difference
    assert charges(tenant) == []

    answer = finance.post(NEW, changed | {"part_amount": ["50,00", "x", "25,00"]})
    assert set(answer.context["form"].errors) == {"instalments"}

    finance.post(NEW, changed | {"part_amount": ["50,00", "25,00", "25,00"]})
    entered = charges(tenant)
    assert [charge.amount for charge in entered] == [D("50.00"), D("25.00"), D("25.00")]
    assert [charge.instalment_number for charge in entered] == [1, 2, 3]


def test_who_saved_instalments_as_drafts_sees_them(finance: Client, account: BankAccount) -> None:
    answer = finance.post(NEW, typed_charge(account, instalments="2"), follow=True)

    assert [row.charge.instalment_number for row in answer.context["rows"]] == [1, 2]


@pytest.mark.parametrize(
    ("percent", "code"), [("101", "out_of_range"), ("-1", "out_of_range"), ("dois", "unreadable")]
)
def test_a_percentage_out_of_range_is_told_from_one_that_is_none(
    finance: Client, account: BankAccount, percent: str, code: str
) -> None:
    answer = finance.post(NEW, typed_charge(account, fine_percent=percent))

    assert answer.context["form"].errors.as_data()["fine_percent"][0].code == code


def test_another_sale_is_proposed_anew(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    typed = typed_charge(account, amount="100,00", instalments="2")
    parts = finance.post(reverse("charges:preview"), typed).context["form"].parts
    stale = {"parts_of": parts.mark, "part_due": ["1", "2"], "part_amount": ["1", "2"]}

    finance.post(NEW, typed | stale | {"amount": "200,00"})

    assert [charge.amount for charge in charges(tenant)] == [D("100.00")] * 2


def test_what_will_be_sent_and_what_is_unusual_is_shown(
    finance: Client, account: BankAccount
) -> None:
    typed = typed_charge(account, fine_percent="3", interest_percent="2", description="Café — 1º")

    answer = finance.post(reverse("charges:preview"), typed)
    sending = answer.context["sending"]

    assert len(sending.cautions) == 2
    assert answer.content.decode().count("data-term-caution") == 2
    assert sending.content["amount"] == "1500.00"
    assert sending.content["description"]


@pytest.mark.parametrize(
    ("fine", "interest", "cautions"),
    [("2", "1", 0), ("2,01", "", 1), ("10", "x", 1), ("3", "2", 2)],
)
def test_unusual_terms_are_said_as_soon_as_they_are_typed(
    finance: Client, account: BankAccount, fine: str, interest: str, cautions: int
) -> None:
    typed = {"bank_account": str(account.id), "fine_percent": fine, "interest_percent": interest}

    for page in ("charges:preview", "charges:of_account"):
        answer = finance.post(reverse(page), typed).content.decode()
        assert answer.count("data-term-caution") == cautions


def test_a_preview_of_little_says_nothing_yet(finance: Client, account: BankAccount) -> None:
    answer = finance.post(reverse("charges:preview"), {"amount": "10,00"})

    assert (answer.status_code, answer.context["sending"]) == (200, None)


def test_the_terms_of_an_account_stand_until_others_are_typed(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    with tenant_scope(tenant.id):
        ChargeDefaults.objects.create(
            tenant=tenant, bank_account=account, fine_percent=D(2), interest_percent=D(1)
        )
    form = finance.get(NEW).context["form"]
    assert (form["fine_percent"].value(), form["interest_percent"].value()) == ("2", "1")

    chosen = {"bank_account": str(account.id), "fine_percent": "", "interest_percent": "0,5"}
    form = finance.post(reverse("charges:of_account"), chosen).context["form"]

    assert (form["fine_percent"].value(), form["interest_percent"].value()) == ("2", "0,5")


@pytest.mark.django_db(transaction=True)
def test_only_what_the_bank_offers_is_offered(client, operator, at_bs2):
    sign_in(client, operator, at_bs2.tenant)

    form = client.get(NEW).context["form"]

    assert [value for value, _ in form["form"].field.choices] == ["boleto"]
    assert form["form"].help_text
    answer = client.post(NEW, typed_charge(at_bs2, form="pix"))
    assert set(answer.context["form"].errors) == {"form"}

    extras = {"discount": "10,00", "discount_days": "0", "pay_days": "15"}
    client.post(NEW, typed_charge(at_bs2, **extras))
    (charge,) = charges(at_bs2.tenant)
    assert (charge.discount_days, charge.pay_days) == (0, 15)
    form = client.get(reverse("charges:edit", args=[charge.id])).context["form"]
    assert (form["discount_days"].value(), form["pay_days"].value()) == (0, 15)


def test_what_a_bank_does_not_offer_is_not_asked(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    """Cora takes no limit and no day of the discount: the form says so, and what is sent is not
    read."""
    form = finance.get(NEW).context["form"]
    assert {"discount_days", "pay_days"}.isdisjoint(form.fields)
    assert form.absences

    finance.post(NEW, typed_charge(account, discount="10,00", discount_days="0", pay_days="3"))

    (charge,) = charges(tenant)
    assert (charge.discount_days, charge.pay_days) == (1, None)


def test_without_an_account_the_page_says_what_to_do(finance: Client) -> None:
    answer = finance.get(NEW)

    assert answer.context["form"].account is None
    assert reverse("integrations:list") in answer.content.decode()


def test_a_payer_may_be_named_in_the_address(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    payer = make_payer(tenant)

    form = finance.get(NEW, {"pagador": str(payer.id)}).context["form"]

    assert payer.name in form["payer"].value()
    assert finance.get(NEW, {"pagador": "x"}).status_code == 200


def test_a_draft_is_changed_and_an_issued_charge_is_not(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    charge = make_charge(tenant, account)
    page = reverse("charges:edit", args=[charge.id])
    form = finance.get(page).context["form"]
    assert form["amount"].value() == "150,00"
    assert "instalments" not in form.fields

    finance.post(page, typed_charge(account, charge.payer, amount="99,00"))
    assert reread(charge).amount == D("99.00")

    finance.post(page, typed_charge(account, charge.payer, amount="99,00", issue="yes"))
    assert reread(charge).status == ChargeStatus.ISSUING
    finance.post(page, typed_charge(account, charge.payer, amount="1,00"))
    assert reread(charge).amount == D("99.00")


def test_what_was_issued_is_changed_by_who_showed_the_factor(
    finance: Client, operator: User, tenant: Tenant, account: BankAccount
) -> None:
    add_app(operator)
    draft, ended = make_charge(tenant, account), make_charge(tenant, account)
    change(ended, status=ChargeStatus.ISSUING)
    change(ended, status=ChargeStatus.WRITTEN_OFF)
    pages = {each.id: reverse("charges:edit", args=[each.id]) for each in (draft, ended)}

    for each in (draft, ended):
        finance.post(pages[each.id], typed_charge(account, each.payer, amount="99,00"))
    assert [reread(each).amount for each in (draft, ended)] == [D("99.00"), D("150.00")]

    note_proof(finance, operator)
    finance.post(pages[ended.id], typed_charge(account, ended.payer, amount="99,00"))
    assert reread(ended).amount == D("99.00")


def test_a_copy_is_a_draft_that_is_opened(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    charge = make_charge(tenant, account)

    answer = finance.post(reverse("charges:duplicate", args=[charge.id]))

    copy = next(each for each in charges(tenant) if each.id != charge.id)
    assert answer.url == reverse("charges:edit", args=[copy.id])  # type: ignore[attr-defined]
    assert (copy.status, copy.due_date) == (ChargeStatus.DRAFT, date(2026, 12, 10))


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_only_sees_enters_nothing(
    client: Client, tenant: Tenant, account: BankAccount, role: Role
) -> None:
    charge = make_charge(tenant, account)
    sign_in(client, make_member(tenant, role), tenant)

    pages = [NEW, *(reverse(f"charges:{n}", args=[charge.id]) for n in ("edit", "duplicate"))]
    answers = [client.post(page, typed_charge(account)).status_code for page in pages]

    assert answers == [403] * 3
    assert len(charges(tenant)) == 1


def test_late_in_the_evening_today_is_still_today(
    client: Client, tenant: Tenant, operator: User, account: BankAccount
) -> None:
    """22:30 in São Paulo is the next day in UTC."""
    with travel("2026-12-10T22:30:00-03:00"):
        sign_in(client, operator, tenant)
        client.post(NEW, typed_charge(account, due_date="10/12/2026", issue="yes"))
        past = client.post(NEW, typed_charge(account, due_date="09/12/2026", issue="yes"))

    (charge,) = charges(tenant)
    assert (charge.due_date, charge.status) == (date(2026, 12, 10), ChargeStatus.ISSUING)
    assert "due_date" in past.context["form"].errors
