"""Texts as a bank takes them."""

import unicodedata

import pytest

from charges.terms.fit import fit

LONG = "Associação dos Moradores e Amigos do Conjunto Habitacional São José do Ribeirão Preto"


@pytest.mark.parametrize("longest", [60, 40])
def test_a_long_name_is_cut_at_a_word_and_composed(longest):
    taken_apart = unicodedata.normalize("NFD", LONG)

    fitted = fit(taken_apart, longest)

    assert len(fitted) <= longest
    assert LONG.startswith(fitted + " ")
    assert unicodedata.is_normalized("NFC", fitted)


def test_without_accents_signs_become_what_the_bank_takes():
    street = "Rua 7 de Setembro nº 1.200, 3º andar – fundos"

    assert fit(street, 60, accents=False).endswith("no 1.200, 3o andar - fundos")
    assert fit(LONG, 40, accents=False).split()[:2] == ["Associacao", "dos"]


def test_what_nobody_sees_and_what_no_bank_prints_is_left_out():
    assert fit("José\u00a0\t da  Silva 🧾", 60) == "José da Silva"


def test_a_word_that_is_longer_than_all_is_cut():
    assert fit("a" * 50, 40) == "a" * 40
