"""How a sentence names a bank that people named."""

import pytest

from banking.banks.contract.said import said_as


@pytest.mark.parametrize(
    ("name", "of", "at"),
    [
        ("Itaú", "do Itaú", "no Itaú"),
        ("Banco do Brasil", "do Banco do Brasil", "no Banco do Brasil"),
        ("Caixa Econômica Federal", "da Caixa Econômica Federal", "na Caixa Econômica Federal"),
        ("Cooperativa do Vale", "da Cooperativa do Vale", "na Cooperativa do Vale"),
    ],
)
def test_it_has_the_article_of_its_first_word(name: str, of: str, at: str) -> None:
    said = said_as(name)

    assert (said.of, said.at) == (of, at)
