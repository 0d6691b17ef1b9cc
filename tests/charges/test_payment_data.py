"""Texts that tell how to pay are found, whatever hides them; others are left alone."""

import pytest

from banking.models import BankAccount
from charges.dunning.tags import TAGS
from charges.terms.check import problems
from charges.terms.payment_data import payment_data, payment_data_of_name
from charges.terms.tags import fill, require_known_tags
from core.errors import InvalidInput
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import DUE, make_charge
from tests.clock import Traveller
from tests.payments.factories import make_bank_account

# With check digits that hold, where they have some; made for this test.
TELLING = [
    "pague em https://x.example",
    "hxxps://loja.example/pix",
    "acesse bit.ly/abc",
    "www.loja.com.br",
    "pague em loja。com",
    "loja․com",
    "loja [.] com",
    "loja ponto com ponto br",
    "lоja.cоm",
    "pag .com",
    "wa.me/5511987654321",
    "xn--loja",
    "chave pix: fulano",
    "Pix: fulano",
    "fulano@cliente.example",
    "ｆulano＠cliente．com",
    "fulano arroba gmail.com",
    "529.982.247-25",
    "5 2 9 9 8 2 2 4 7 2 5",
    "529,982,247,25",
    "５２９９８２２４７２５",
    "٥٢٩٩٨٢٢٤٧٢٥",
    "①①⑨⑧⑦⑥⑤④③②①",
    "5299822\u200b4725",
    "cinco dois nove nove oito dois dois quatro sete dois cinco",
    "11.222.333/0001-81",
    "12.ABC.345/01DE-35",
    "(11) 98765-4321",
    "+55 11 3456-7890",
    "11987654321",
    "40390.00106 00000.000018 23456.789017 8 16390000123456",
    "00020126580014br.gov.bcb.pix0136",
    "123e4567-e12b-12d1-a456-426655440000",
    "123e4567e12b12d1a456426655440000",
    "agência 0001 conta 302715-4",
    "conta corrente 123456",
    # In the dress of a sum or of a day.
    "R$ 52.998.224.725",
    "R$ 11987654321",
    "11987654321,00",
    "529.982.247,25",
    "R$ 529.982.247-25",
    "52/99/82/24725",
    "529/9822/4725",
]
HARMLESS = [
    "Manutenção de novembro",
    "NF 2.231 · parcela 2 de 3",
    "Obrigado. Com carinho, a equipe.",
    "Vence 10/12/2026, 10/01/2027, 10/02/2027, 10/03/2027 e 10/04/2027",
    "Contrato 20261130001",
    "Pague pelo Pix ou pelo boleto na página",
    "R$ 1.234,56 em 3x de R$ 411,52",
    "Conta de luz 12/2026",
    "S.A. e Cia. Ltda.",
    "Pedidos 1001, 1002, 1003, 1004, 1005, 1006",
    "R$ 99.999.999,99 até 31/12",
    "Competência 11/2026, de 01/11 a 30/11",
]


@pytest.mark.parametrize("text", TELLING)
def test_it_is_found(text: str) -> None:
    assert payment_data(text)
    assert payment_data(f"Olá. {text} Obrigado.")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_tells_nothing_is_left_alone(text: str) -> None:
    assert payment_data(text) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["description", "message", "document_number"])
def test_a_charge_is_neither_entered_nor_issued_with_one(
    tenant: Tenant, monday: Traveller, field: str
) -> None:
    account: BankAccount = make_bank_account(tenant)
    with pytest.raises(InvalidInput) as refusal:
        make_charge(tenant, account, **{field: "Chave Pix: 11987654321"})
    assert (refusal.value.field, refusal.value.code) == (field, "payment_data")

    charge = make_charge(tenant, account)
    change(charge, **{field: "Pix 529.982.247-25"})
    with tenant_scope(tenant.id):
        found = problems(reread(charge), DUE)
    assert field in [problem.field for problem in found]


@pytest.mark.parametrize("text", ["NF 52998224725", "JOÃO DA SILVA 52998224725"])
def test_digits_stand_in_a_name_or_a_number_by_right(text: str) -> None:
    assert payment_data_of_name(text) == ""
    assert payment_data_of_name(f"{text} pix")


def test_a_tag_is_replaced_once_and_what_it_says_is_not_read_again() -> None:
    values = {"pagador": "{{link}}", "link": "x"}

    assert fill("{{ pagador }} {{LINK}}", values) == "{{link}} x"
    with pytest.raises(InvalidInput):
        require_known_tags("{{ settings.SECRET_KEY }}", TAGS, field="body")
    with pytest.raises(InvalidInput):
        require_known_tags("{{pagador", TAGS, field="body")
