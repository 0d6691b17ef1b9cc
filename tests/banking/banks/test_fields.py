"""What the readings of the three banks share, each in the words of its bank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.banks.bs2.wire import fields as bs2
from banking.banks.cora.wire import fields as cora
from banking.banks.http.fields import UnreadableAnswer
from banking.banks.kamino.wire import fields as kamino

BANKS = pytest.mark.parametrize(
    ("bank", "who"),
    [(cora, "O banco Cora"), (bs2, "O banco BS2"), (kamino, "A Conta Kamino")],
    ids=["cora", "bs2", "kamino"],
)


@BANKS
@pytest.mark.parametrize("reading", ["object_of", "optional_object", "list_of", "text_of"])
def test_what_is_of_another_type_names_the_bank_and_the_field(bank, who, reading):
    with pytest.raises(bank.UnreadableAnswer) as caught:
        getattr(bank, reading)(7, "saldo")

    assert str(caught.value).startswith(f"{who} respondeu algo que não conseguimos ler")
    assert caught.value.field == "saldo"


@BANKS
def test_null_is_no_object_and_no_list(bank, who):
    for reading in (bank.object_of, bank.list_of):
        with pytest.raises(UnreadableAnswer):
            reading(None, "itens")


@BANKS
def test_null_is_an_empty_text_and_an_empty_optional_object(bank, who):
    assert bank.text_of(None, "nome") == ""
    assert bank.optional_object(None, "titular") == {}


@pytest.mark.parametrize(
    ("text", "read"),
    [("  Ana Souza ", "Ana Souza"), ("Ana\nSouza\x00", "Ana Souza"), ("\ud800", "")],
    ids=["spaces", "control", "surrogate"],
)
def test_text_is_one_printable_line(text, read):
    assert cora.text_of(text, "nome") == read


def test_a_long_text_is_cut():
    assert cora.text_of("Oficina Modelo", "nome", longest=8) == "Oficina…"


@given(st.text())
def test_any_text_can_be_stored_by_postgresql(text):
    read = cora.text_of(text, "nome", longest=20)

    assert len(read) <= 20
    assert "\x00" not in read
    read.encode()


@BANKS
@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("\u202eadtL ocnaB", "adtL ocnaB"),
        ("Zé\nQuebra", "Zé Quebra"),
        ("Pada\u200bria\u3164", "Padaria"),
        ("\u2800", ""),
        ("A" * 141, "A" * 139 + "…"),
    ],
    ids=ascii,
)
def test_what_nobody_sees_goes_and_a_cut_shows(bank, who, sent, text):
    assert bank.text_of(sent, "nome") == text
