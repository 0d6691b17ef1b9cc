"""«Nova conta a pagar» by Pix: by key, by copia e cola, by branch and account."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from banking.banks.contract.payments import PixCode
from payments.models import Payable
from payments.rails.destinations import ted_of
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests.brazil import codes
from tests.cast import make_member, sign_in
from tests.payments.bill_form import enter, errors_of, ted, the_only_payable
from tests.payments.factories import (
    DYNAMIC_CODE,
    OPEN_CODE,
    PIX_CODE,
    PIX_KEY,
    SUPPLIER,
    TODAY,
    make_payable,
    move,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

CPF = "52998224725"


def pix(tenant: Tenant, **changes: Any) -> dict[str, Any]:
    """What the page sends for a Pix by key, with what it leaves in the fields of TED."""
    of_ted = {"bank_code": "", "branch": "", "account": ""}
    of_pix = {
        "method": "pix",
        "pix_by": "key",
        "pix_key_type": "email",
        "pix_key": "Financeiro@Exemplo.com.br",
        "pix_code": "",
    }
    return ted(tenant, **of_ted) | of_pix | changes


def by_code(tenant: Tenant, code: PixCode = PIX_CODE, **changes: Any) -> dict[str, Any]:
    of_code = {"pix_by": "code", "pix_key_type": "", "pix_key": "", "pix_code": code.payload}
    return pix(tenant, amount="") | of_code | changes


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("email", "Financeiro@Exemplo.com.br", "financeiro@exemplo.com.br"),
        ("cpf", "529.982.247-25", CPF),
        ("phone", "(51) 99822-4725", "+5551998224725"),
        ("cnpj", "11.222.333/0001-81", SUPPLIER),
        (
            "random",
            "123E4567-E12B-12D1-A456-426655440000",
            "123e4567-e12b-12d1-a456-426655440000",
        ),
    ],
)
def test_a_key_is_stored_as_the_kind_that_was_chosen(
    as_operator: Client, tenant: Tenant, kind: str, typed: str, stored: str
) -> None:
    enter(as_operator, pix(tenant, pix_key_type=kind, pix_key=typed))

    payable = the_only_payable(tenant)
    assert (payable.method, payable.pix_key_type, payable.pix_key) == ("pix", kind, stored)
    assert payable.payee_account is None


def test_the_kind_of_a_key_is_never_guessed(as_operator: Client, tenant: Tenant) -> None:
    errors = errors_of(enter(as_operator, pix(tenant, pix_key_type="", pix_key=CPF)))

    assert errors == {"pix_key_type": "required"}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"pix_key_type": "cpf", "pix_key": "529.982.247-26"}, "pix_key", "invalid"),
        ({"pix_key_type": "phone", "pix_key": "1234"}, "pix_key", "invalid"),
        ({"pix_key_type": "phone", "pix_key": "(23) 98765-4321"}, "pix_key", "invalid"),
        ({"pix_by": "code", "pix_code": codes.SPACED_KEY}, "pix_code", "not_a_bill"),
        ({"pix_by": "code", "pix_code": codes.WITHDRAWAL}, "pix_code", "not_a_bill"),
        ({"pix_key": "financeiro@"}, "pix_key", "invalid"),
        ({"pix_key": ""}, "pix_key", "required"),
        ({"pix_key": "a" * 10_000}, "pix_key", "max_length"),
        ({"pix_key_type": "passaporte"}, "pix_key_type", "invalid_choice"),
        ({"pix_by": ""}, "pix_by", "required"),
        ({"pix_by": "code", "pix_code": "0002"}, "pix_code", "invalid"),
        ({"pix_by": "code", "pix_code": ""}, "pix_code", "required"),
        ({"pix_by": "account", "bank_code": "341", "branch": "1"}, "account", "required"),
    ],
)
def test_a_wrong_destination_is_refused_at_its_field(
    as_operator: Client, tenant: Tenant, changes: dict[str, str], field: str, code: str
) -> None:
    errors = errors_of(enter(as_operator, pix(tenant, **changes)))

    assert errors == {field: code}
    with tenant_scope(tenant.id):
        assert not Payable.objects.of(tenant).exists()


def test_a_key_that_is_a_document_need_not_be_typed_twice(
    as_operator: Client, tenant: Tenant
) -> None:
    enter(as_operator, pix(tenant, pix_key_type="cpf", pix_key=CPF, payee_document=""))

    assert the_only_payable(tenant).payee.document == CPF


def test_a_pix_by_branch_and_account_keeps_them_with_the_payee(
    as_operator: Client, tenant: Tenant
) -> None:
    account = {"bank_code": "341 · Itaú", "branch": "0123", "account": "45678-9"}
    enter(as_operator, pix(tenant, pix_by="account", pix_key="", pix_key_type="", **account))

    payable = the_only_payable(tenant)
    assert (payable.method, payable.pix_key, payable.pix_code) == ("pix", "", "")
    assert (payable.payee_account.bank_code, payable.payee_account.account) == ("341", "456789")


def test_a_code_brings_its_amount(as_operator: Client, tenant: Tenant) -> None:
    enter(as_operator, by_code(tenant))

    payable = the_only_payable(tenant)
    assert payable.pix_code == PIX_CODE.payload
    assert payable.amount == Decimal("1234.56")


def test_a_code_is_not_entered_against_its_amount(as_operator: Client, tenant: Tenant) -> None:
    errors = errors_of(enter(as_operator, by_code(tenant, amount="1.234,57")))

    assert errors == {"amount": "differs"}


def test_the_amount_of_a_code_without_one_has_to_be_typed(
    as_operator: Client, tenant: Tenant
) -> None:
    errors = errors_of(enter(as_operator, by_code(tenant, DYNAMIC_CODE)))
    assert errors == {"amount": "missing"}

    enter(as_operator, by_code(tenant, DYNAMIC_CODE, amount="10,00"))
    assert the_only_payable(tenant).amount == Decimal("10.00")


def test_a_code_for_one_payment_is_entered_once_and_the_page_shows_where(
    as_operator: Client, tenant: Tenant
) -> None:
    amount = "1.234,56"
    enter(as_operator, by_code(tenant, DYNAMIC_CODE, amount=amount))

    response = enter(as_operator, by_code(tenant, DYNAMIC_CODE, amount=amount))

    assert errors_of(response) == {"pix_code": "already_entered"}
    link = reverse("payments:detail", args=[the_only_payable(tenant).id])
    assert f'href="{link}"' in response.content.decode()


@pytest.mark.parametrize("code", [PIX_CODE, DYNAMIC_CODE])
def test_a_charge_that_was_cancelled_may_be_entered_again(
    as_operator: Client, tenant: Tenant, code: PixCode
) -> None:
    move(make_payable(tenant, "1234.56", destination=code), Payable.Status.CANCELLED)

    enter(as_operator, by_code(tenant, code, amount="1.234,56"))

    with tenant_scope(tenant.id):
        bills = Payable.objects.of(tenant).filter(pix_code=code.payload)
        assert [bill.repeats_id for bill in bills] == [None, None]


PAID_AGAIN = [
    (PIX_CODE, PIX_CODE),  # an identifier
    (OPEN_CODE, OPEN_CODE),  # no identifier
    (PixCode(codes.RENT), PixCode(codes.RENT)),
    (PixCode(codes.LOCATION_BEFORE), PixCode(codes.LOCATION_AFTER)),  # one address, two charges
]


@pytest.mark.parametrize("status", ["pending", "paid"])
@pytest.mark.parametrize(("first", "second"), PAID_AGAIN)
def test_a_code_that_may_be_paid_again_is_asked_about_and_then_entered(
    as_operator: Client, tenant: Tenant, first: PixCode, second: PixCode, status: str
) -> None:
    bill = make_payable(tenant, "95.00", destination=first, approved=status == "paid")
    if status == "paid":
        move(bill, Payable.Status.SENT)
        move(bill, Payable.Status.PAID)
    data = by_code(tenant, second, due_date="23/12/2026")
    amount = "10,00" if second == OPEN_CODE else ""

    asked = enter(as_operator, data | {"amount": amount})

    assert errors_of(asked) == {"pix_code": "repeated_code"}
    page = asked.content.decode()
    question = asked.context["form"].questions["pix_code"]
    assert reverse("payments:detail", args=[bill.id]) in page
    assert f'value="{question.about}"' in page and second.payload in page
    assert 'value="23/12/2026"' in page

    enter(as_operator, data | {"amount": amount, "confirmed": question.about})

    with tenant_scope(tenant.id):
        again = Payable.objects.of(tenant).get(due_date="2026-12-23")
        assert again.repeats_id == bill.id


def test_what_was_confirmed_is_not_confirmed_for_another_bill(
    as_operator: Client, tenant: Tenant
) -> None:
    make_payable(tenant, "1234.56", destination=PIX_CODE)
    about = enter(as_operator, by_code(tenant)).context["form"].questions["pix_code"].about
    make_payable(tenant, "1234.56", destination=PIX_CODE)

    response = enter(as_operator, by_code(tenant, confirmed=about))

    assert errors_of(response) == {"pix_code": "repeated_code"}


def test_a_confirmed_question_stays_confirmed_while_something_else_is_wrong(
    as_operator: Client, tenant: Tenant
) -> None:
    make_payable(tenant, "1234.56", destination=PIX_CODE)
    about = enter(as_operator, by_code(tenant)).context["form"].questions["pix_code"].about

    response = enter(as_operator, by_code(tenant, confirmed=about, due_date="31/02/2026"))

    assert list(errors_of(response)) == ["due_date"]
    assert response.context["form"].questions["pix_code"].is_confirmed
    assert "checked" in response.content.decode().split(f'value="{about}"')[1].split(">")[0]


def test_two_people_who_enter_one_code_at_once_are_told_apart_for_the_approver(
    as_operator: Client, tenant: Tenant
) -> None:
    first, second = (make_payable(tenant, "1234.56", destination=PIX_CODE) for _ in range(2))

    for page in (
        as_operator.get(reverse("payments:detail", args=[second.id])),
        as_operator.get(reverse("payments:list"), {"periodo": "todas"}),
    ):
        assert page.content.decode().count('data-warning="repeated_code"') == 1
    first_page = as_operator.get(reverse("payments:detail", args=[first.id])).content.decode()
    assert 'data-warning="repeated_code"' not in first_page


def test_the_repeated_code_is_no_warning_when_the_other_bill_is_cancelled(
    as_operator: Client, tenant: Tenant
) -> None:
    first, second = (make_payable(tenant, "1234.56", destination=PIX_CODE) for _ in range(2))
    move(first, Payable.Status.CANCELLED)

    page = as_operator.get(reverse("payments:detail", args=[second.id])).content.decode()

    assert 'data-warning="repeated_code"' not in page


def test_the_same_code_is_asked_about_before_it_is_sent(
    as_operator: Client, tenant: Tenant
) -> None:
    make_payable(tenant, "1234.56", destination=PIX_CODE)

    response = as_operator.post(reverse("payments:read_code"), {"pix_code": PIX_CODE.payload})

    page = response.content.decode()
    assert response.context["question"].about in page
    assert 'value="1.234,56"' in page


def test_another_amount_than_a_dynamic_code_hints_at_is_entered(
    as_operator: Client, tenant: Tenant
) -> None:
    enter(as_operator, by_code(tenant, PixCode(codes.WITH_INTEREST), amount="105,00"))

    assert the_only_payable(tenant).amount == Decimal("105.00")


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        (f"\ufeff{codes.TEN_REAIS}", codes.TEN_REAIS),
        (codes.TEN_REAIS.replace("5204", "\r\n5204"), codes.TEN_REAIS),
        (codes.LOWER_CRC, codes.LOWER_CRC[:-4] + "45C8"),
        (codes.BARE_POINT, codes.BARE_POINT),
        (codes.IN_BYTES, codes.IN_BYTES),
    ],
)
def test_a_pasted_code_is_stored_as_banks_read_it(
    as_operator: Client, tenant: Tenant, pasted: str, stored: str
) -> None:
    of_code = by_code(tenant, PixCode(pasted))
    enter(as_operator, of_code | ({"amount": "10,00"} if pasted == codes.IN_BYTES else {}))

    assert the_only_payable(tenant).pix_code == stored


def test_a_code_that_also_asks_for_pix_automatico_says_so_to_everybody(
    as_operator: Client, tenant: Tenant
) -> None:
    code = PixCode(codes.WITH_RECURRENCE)
    typed = as_operator.post(reverse("payments:read_code"), {"pix_code": code.payload})
    enter(as_operator, by_code(tenant, code, amount="10,00"))
    bill = the_only_payable(tenant)

    for page in (
        typed,
        as_operator.get(reverse("payments:detail", args=[bill.id])),
        as_operator.get(reverse("payments:list"), {"periodo": "todas"}),
    ):
        assert 'data-warning="pix_automatico"' in page.content.decode()


def test_a_code_that_would_be_refused_today_is_still_shown(
    as_operator: Client, tenant: Tenant
) -> None:
    bill = make_payable(tenant, "10.00", destination=OPEN_CODE)
    with tenant_scope(tenant.id):
        Payable.objects.of(tenant).filter(id=bill.id).update(pix_code=codes.WITHDRAWAL)

    assert as_operator.get(reverse("payments:detail", args=[bill.id])).status_code == 200
    assert as_operator.get(reverse("payments:list"), {"periodo": "todas"}).status_code == 200


def test_a_pix_account_of_20_digits_is_kept_and_no_ted_goes_to_it(
    as_operator: Client, tenant: Tenant
) -> None:
    account = {"bank_code": "323", "branch": "1", "account": "1234567890123456789-0"}
    by_account = pix(tenant, pix_by="account", pix_key="", pix_key_type="", **account)
    enter(as_operator, by_account)

    payable = the_only_payable(tenant)
    assert payable.payee_account.account == "12345678901234567890"
    assert ted_of(payable) is None
    errors = errors_of(enter(as_operator, by_account | {"method": "ted"}))
    assert errors == {"account": "too_long"}


def test_a_pix_is_paid_on_its_due_date_whatever_day_it_is(
    as_operator: Client, tenant: Tenant
) -> None:
    enter(as_operator, pix(tenant, due_date="28/11/2026"))  # Saturday

    payable = the_only_payable(tenant)
    assert payable.payment_date == payable.due_date


def test_the_code_is_explained_and_fills_in_amount_and_name(as_operator: Client) -> None:
    response = as_operator.post(reverse("payments:read_code"), {"pix_code": PIX_CODE.payload})

    page = response.content.decode().replace("\xa0", " ")
    assert "EMPRESA EXEMPLO LTDA" in page and "R$ 1.234,56" in page and "FAT2026000123" in page
    assert 'value="1.234,56"' in page and 'value="EMPRESA EXEMPLO LTDA"' in page


def test_the_code_leaves_alone_the_name_that_was_typed(as_operator: Client) -> None:
    typed = {"pix_code": PIX_CODE.payload, "payee_name": "Fornecedor"}
    page = as_operator.post(reverse("payments:read_code"), typed).content.decode()

    assert 'id="field-payee_name"' not in page


def test_a_dynamic_code_says_that_the_bank_has_the_last_word(as_operator: Client) -> None:
    page = as_operator.post(
        reverse("payments:read_code"), {"pix_code": DYNAMIC_CODE.payload}
    ).content.decode()

    assert 'data-note="dynamic"' in page
    assert "pix.example.com" not in page


def test_a_damaged_code_is_explained_before_it_is_sent(as_operator: Client) -> None:
    response = as_operator.post(
        reverse("payments:read_code"), {"pix_code": PIX_CODE.payload[:-1] + "8"}
    )

    errors = response.context["errors"]
    assert errors and str(errors) in response.content.decode()


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
@pytest.mark.parametrize("page", ["new", "read_code"])
def test_only_admin_and_finance_enter_a_pix(
    client: Client, tenant: Tenant, role: Role, page: str
) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.post(reverse(f"payments:{page}"), pix(tenant)).status_code == 403


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        (PIX_KEY, ["Pix para a chave", "financeiro@exemplo.com.br", "E-mail"]),
        (PIX_CODE, ["EMPRESA EXEMPLO LTDA", "Copia e cola", "FAT2026000123", PIX_CODE.payload]),
        (DYNAMIC_CODE, ["EMPRESA, SAO PAULO", 'data-note="dynamic"']),
    ],
)
def test_the_page_of_a_bill_says_where_the_pix_goes(
    as_operator: Client, tenant: Tenant, destination: Any, words: list[str]
) -> None:
    payable = make_payable(tenant, "1234.56", destination=destination, due_date=TODAY)

    page = as_operator.get(reverse("payments:detail", args=[payable.id])).content.decode()

    for word in [*words, "por Pix"]:
        assert word in page


def test_a_bill_by_pix_is_nobody_elses(as_outsider: Client, tenant: Tenant) -> None:
    payable = make_payable(tenant, destination=PIX_KEY)

    assert as_outsider.get(reverse("payments:detail", args=[payable.id])).status_code == 404


def test_a_bill_by_pix_is_found_by_its_key(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, destination=PIX_KEY, payee_name="Com chave")

    page = as_operator.get(reverse("payments:list"), {"q": "financeiro@", "periodo": "todas"})

    assert PIX_KEY.value in page.content.decode()
