"""What people see of a text, and what a search finds it by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.text import clean, fold, read_name, shorten

MARKS = "\u0301\u0302"
# Nothing that anybody sees: zero widths, a byte order mark, a soft hyphen, Hangul fillers, empty
# braille, a variation selector, marks on nothing, tags, a half of a pair, line ends, overrides.
NOTHING = [
    "\u200b", "\ufeff", "\u00ad", "\u3164", "\uffa0", "\u115f\u1160", "\u2800", "\ufe0f", MARKS,
    "\U000e0041", "\ud800", "\n\t\r", "\u2028\u2029", "\u202e\u202c", "\u2066\u2069",
    "\u00a0\u3000", "\u180e\u180b", "\u034f", "\ufffc", "\x00\x7f\x85",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING, ids=ascii)
def test_what_nobody_sees_is_no_name(text: str) -> None:
    assert clean(text) == ""
    for around in (text, f" {text} ", f"-{text}-"):
        with pytest.raises(InvalidInput) as refused:
            read_name(around, field="payee_name")
        assert (refused.value.code, refused.value.field) == ("no_letter", "payee_name")


@pytest.mark.parametrize("text", [text for text in NOTHING if text != MARKS], ids=ascii)
def test_what_nobody_sees_goes_out_of_a_name(text: str) -> None:
    assert read_name(f"{text}Padaria{text} São João{text}").replace(" ", "") == "PadariaSãoJoão"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\u202eadtL ocnaB", "adtL ocnaB"),
        ("Zé\nQuebra", "Zé Quebra"),
        ("\u2066X\u2069", "X"),
        ("Jose\u0301  da\u00a0Silva", "José da Silva"),
        ("99 Tecnologia", "99 Tecnologia"),
        ("  3M  ", "3M"),
        ("Müller & Søn – «A»", "Müller & Søn – «A»"),
        ("שלום", "שלום"),
        ("काम", "काम"),
    ],
)
def test_a_name_is_kept_as_people_see_it(text: str, name: str) -> None:
    assert read_name(text) == name


@given(st.text())
def test_what_is_clean_stays_so_and_can_be_stored(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert cleaned.isprintable()
    cleaned.encode()  # no half of a pair


def test_a_cut_is_seen() -> None:
    assert shorten("a" * 10, 10) == "a" * 10
    assert shorten("a" * 11, 10) == "a" * 9 + "…"
    assert shorten("abcd efghijk", 6) == "abcd…"


@pytest.mark.parametrize(
    "text", ["São João", "SAO JOAO", "sa\u0303o  joa\u0303o", "são\u200b joão"]
)
def test_accents_capitals_and_blanks_do_not_tell_texts_apart(text: str) -> None:
    assert fold(text) == "sao joao"
