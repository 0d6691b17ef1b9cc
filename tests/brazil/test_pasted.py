"""What a PDF, a page, a chat or an e-mail puts into a number carries no digit."""

from datetime import date

import pytest

from brazil.digits import compact, plain, visible
from brazil.document import parse_document
from brazil.payment_line import parse_payment_line
from brazil.pix import PixKeyKind, parse_pix_key

TODAY = date(2026, 11, 28)
BOLETO = "23792233464556677889590011223345716610000008810"
BILL = "846900000007432100481006118097565733130015896363"
EVP = "123e4567-e12b-12d1-a456-426655440000"

IN_FRONT = [*"\ufeff\u200b\u200e\u2060\u00ad\u2066\u3164\ufe0f\t", "\r\n"]
BLANKS = [*" \u00a0\u202f\u2009\u2003\u3000\u200b\t\n\u2028\x0b"]
DASHES = [*"-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"]


def spread(digits: str, *separators: str) -> list[str]:
    return [separator.join((digits[:5], digits[5:20], digits[20:])) for separator in separators]


@pytest.mark.parametrize("line", [BOLETO, BILL, "84690000000432100481001180975657313001589636"])
@pytest.mark.parametrize("shape", [*IN_FRONT, *BLANKS, *DASHES], ids=ascii)
def test_a_line_is_read_through_what_is_between_its_digits(line: str, shape: str) -> None:
    read = parse_payment_line(line, today=TODAY)

    for pasted in (shape + line, line + shape, *spread(line, shape)):
        assert parse_payment_line(pasted, today=TODAY) == read


def test_the_line_of_a_pdf_is_read() -> None:
    groups = ("23792.23346", "45566.778895", "90011.223345", "7", "16610000008810")

    for between in ("\u202f", "\u2013", " \u2013 "):
        assert parse_payment_line(between.join(groups), today=TODAY).linha_digitavel == BOLETO


@pytest.mark.parametrize("shape", [*IN_FRONT, *BLANKS, *DASHES], ids=ascii)
@pytest.mark.parametrize("document", ["11144477735", "11222333000181", "12ABC34501DE35"])
def test_a_document_is_read_through_it(document: str, shape: str) -> None:
    for pasted in (shape + document, *spread(document, shape)):
        assert parse_document(pasted) == document


@pytest.mark.parametrize(
    ("pasted", "kind", "key"),
    [
        ("\u202a+55 (11) 98765\u20114321\u202c", PixKeyKind.PHONE, "+5511987654321"),
        ("\ufeff111.444.777\u201335", PixKeyKind.CPF, "11144477735"),
        (
            "\u200bloja@um\u2011dois.com.br\u00a0",
            PixKeyKind.EMAIL,
            "loja@um-dois.com.br",
        ),
        ("financeiro@exemplo\r\n.com.br", PixKeyKind.EMAIL, "financeiro@exemplo.com.br"),
        (EVP.replace("-", "\u2013"), PixKeyKind.RANDOM, EVP),
        (f"{EVP[:24]}\n{EVP[24:]}", PixKeyKind.RANDOM, EVP),
    ],
)
def test_a_key_is_read_through_it(pasted: str, kind: PixKeyKind, key: str) -> None:
    assert parse_pix_key(pasted, kind) == key


def test_what_is_seen_stays() -> None:
    seen = "Ação \u00a0– €٣²"

    assert visible(f"\u200b{seen}\ufeff") == seen
    assert plain(seen) == "Ação  - €٣²"
    assert compact("1 2\u00a0-3.٣", punctuation="-.", what="o número") == "123٣"
