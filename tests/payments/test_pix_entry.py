"""«Nova conta a pagar» by Pix: by key, by copia e cola, by branch and account."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from banking.banks.contract.payments import PixCode
from payments.models import Payable
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.payments.bill_form import enter, errors_of, ted, the_only_payable
from tests.payments.make import (
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
        ("phone", "(52) 99822-4725", "+5552998224725"),
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

    assert list(errors) == ["pix_key_type"]
    assert "11 números podem ser CPF ou telefone" in str(errors["pix_key_type"])


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"pix_key_type": "cpf", "pix_key": "529.982.247-26"}, "pix_key", "dígito"),
        ({"pix_key_type": "phone", "pix_key": "1234"}, "pix_key", "celular brasileiro"),
        ({"pix_key": "financeiro@"}, "pix_key", "não está completo"),
        ({"pix_key": ""}, "pix_key", "obrigatório"),
        ({"pix_key": "a" * 10_000}, "pix_key", "no máximo 120"),
        ({"pix_key_type": "passaporte"}, "pix_key_type", "válida"),
        ({"pix_by": ""}, "pix_by", "Escolha chave, copia e cola"),
        ({"pix_by": "code", "pix_code": "0002"}, "pix_code", "incompleto"),
        ({"pix_by": "code", "pix_code": ""}, "pix_code", "obrigatório"),
        ({"pix_by": "account", "bank_code": "341", "branch": "1"}, "account", "obrigatório"),
    ],
)
def test_a_wrong_destination_is_refused_at_its_field(
    as_operator: Client, tenant: Tenant, changes: dict[str, str], field: str, reason: str
) -> None:
    errors = errors_of(enter(as_operator, pix(tenant, **changes)))

    assert list(errors) == [field]
    assert reason in str(errors[field])
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

    assert list(errors) == ["amount"]
    assert "O código Pix diz R$ 1.234,56" in str(errors["amount"]).replace("\xa0", " ")


def test_the_amount_of_a_code_without_one_has_to_be_typed(
    as_operator: Client, tenant: Tenant
) -> None:
    errors = errors_of(enter(as_operator, by_code(tenant, DYNAMIC_CODE)))
    assert "Digite o valor" in str(errors["amount"])

    enter(as_operator, by_code(tenant, DYNAMIC_CODE, amount="10,00"))
    assert the_only_payable(tenant).amount == Decimal("10.00")


@pytest.mark.parametrize("code", [PIX_CODE, DYNAMIC_CODE])
def test_one_charge_is_entered_once_and_the_page_shows_where(
    as_operator: Client, tenant: Tenant, code: PixCode
) -> None:
    amount = "1.234,56"
    enter(as_operator, by_code(tenant, code, amount=amount))

    response = enter(as_operator, by_code(tenant, code, amount=amount))

    assert "já foi lançada" in str(errors_of(response)["pix_code"])
    link = reverse("payments:detail", args=[the_only_payable(tenant).id])
    assert f'<a href="{link}">Ver essa conta</a>' in response.content.decode()


def test_a_charge_that_was_cancelled_may_be_entered_again(
    as_operator: Client, tenant: Tenant
) -> None:
    move(make_payable(tenant, "1234.56", destination=PIX_CODE), Payable.Status.CANCELLED)

    enter(as_operator, by_code(tenant))

    with tenant_scope(tenant.id):
        assert Payable.objects.of(tenant).filter(pix_code=PIX_CODE.payload).count() == 2


def test_a_code_for_many_payments_may_be_entered_again(as_operator: Client, tenant: Tenant) -> None:
    for _ in range(2):
        enter(as_operator, by_code(tenant, OPEN_CODE, amount="10,00"))

    with tenant_scope(tenant.id):
        assert Payable.objects.of(tenant).count() == 2


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

    assert "o banco confere o valor e a validade" in page
    assert "pix.example.com" not in page


def test_a_damaged_code_is_explained_before_it_is_sent(as_operator: Client) -> None:
    response = as_operator.post(
        reverse("payments:read_code"), {"pix_code": PIX_CODE.payload[:-1] + "8"}
    )

    assert "alterado ou copiado com erro" in response.content.decode()


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
        (DYNAMIC_CODE, ["EMPRESA, SAO PAULO", "o banco confere o valor e a validade"]),
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

    assert "chave e-mail financeiro@exemplo.com.br" in page.content.decode()
