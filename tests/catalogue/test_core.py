"""What the shared pieces tell, word by word."""

import pytest
from django.template.loader import render_to_string
from pytest_django import Settings

from core.amounts import read_amount
from core.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Digite o valor."),
        ("0", "O valor precisa ser maior que zero."),
        ("-5", "O valor não pode ser negativo."),
        ("12,345", "O valor tem centavos demais: use duas casas, como 12,34."),
        ("9" * 20, "O maior valor é R$ 999.999.999,99."),
        ("doze", "Não entendemos este valor. Escreva como 1.234,56."),
    ],
)
def test_an_amount_that_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_amount(typed)

    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("page", "heading"),
    [
        ("400.html", "Não foi possível processar a solicitação"),
        ("403.html", "Você não tem permissão para esta ação"),
        ("403_csrf.html", "Esta página expirou"),
        ("404.html", "Página não encontrada"),
        ("405.html", "Esta página não abre pelo endereço"),
        ("429.html", "Muitas tentativas seguidas"),
        ("500.html", "Ocorreu um erro no Kamino"),
    ],
)
def test_a_page_of_an_error(settings: Settings, page: str, heading: str) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}

    assert heading in render_to_string(page)
