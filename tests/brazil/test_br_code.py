from dataclasses import replace
from decimal import Decimal
from string import ascii_letters, digits, printable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brazil.errors import InvalidValue
from brazil.pix import BRCode, build_static_br_code, crc16, parse_br_code
from tests.brazil import codes
from tests.brazil.cases import HOSTILE, NOT_TEXT, hostile_text, is_sentence, reason_of

EVP = "123e4567-e12b-12d1-a456-426655440000"
MANUAL = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)
DYNAMIC = (
    "00020101021226770014BR.GOV.BCB.PIX2555pix.example.com/qr/"
    "93598be0-1bd0-4997-8318-81776a1d8a995204000053039865802BR5907EMPRESA"
    "6009SAO PAULO62070503***6304EEAB"
)
INVOICE = (
    "00020126470014br.gov.bcb.pix0125financeiro@exemplo.com.br52040000530398654071234.56"
    "5802BR5920EMPRESA EXEMPLO LTDA6009SAO PAULO62170513FAT20260001236304"
    "4C57"
)
BROKEN_62 = (
    "00020126360014BR.GOV.BCB.PIX0114+5511943214321520400005303986540566.665802BR"
    "5907EMPRESA6008BRASILIA62080503***6304170E"
)

MANUAL_CODE = BRCode(
    payload=MANUAL,
    key=EVP,
    url=None,
    recurrence=None,
    withdrawal_agent=None,
    name="Fulano de Tal",
    city="BRASILIA",
    amount=None,
    txid=None,
    description="",
    is_single_use=False,
)
INVOICE_CODE = BRCode(
    payload=INVOICE,
    key="financeiro@exemplo.com.br",
    url=None,
    recurrence=None,
    withdrawal_agent=None,
    name="EMPRESA EXEMPLO LTDA",
    city="SAO PAULO",
    amount=Decimal("1234.56"),
    txid="FAT2026000123",
    description="",
    is_single_use=False,
)


def signed(body: str) -> str:
    return body + "6304" + crc16(body + "6304")


def changed(old: str, new: str) -> str:
    """The manual's code with one part replaced, and a CRC that fits."""
    assert old in MANUAL
    return signed(MANUAL[:-8].replace(old, new))


def test_the_check_value_of_the_crc():
    assert crc16("123456789") == "29B1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MANUAL, MANUAL_CODE),
        (f" {MANUAL}\n", MANUAL_CODE),
        (INVOICE, INVOICE_CODE),
        (
            DYNAMIC,
            BRCode(
                payload=DYNAMIC,
                key=None,
                url="pix.example.com/qr/93598be0-1bd0-4997-8318-81776a1d8a99",
                recurrence=None,
                withdrawal_agent=None,
                name="EMPRESA",
                city="SAO PAULO",
                amount=None,
                txid=None,
                description="",
                is_single_use=True,
            ),
        ),
    ],
)
def test_a_code_says_whom_and_how_much_to_pay(text, code):
    assert parse_br_code(text) == code


def test_the_manual_s_code_is_built_to_the_letter():
    assert build_static_br_code(EVP, "Fulano de Tal", "BRASILIA") == MANUAL
    assert (
        build_static_br_code(
            "financeiro@exemplo.com.br",
            "EMPRESA EXEMPLO LTDA",
            "SAO PAULO",
            Decimal("1234.56"),
            "FAT2026000123",
        )
        == INVOICE
    )


def test_a_length_that_does_not_fit_is_refused_though_the_crc_does():
    assert crc16(BROKEN_62[:-4]) == BROKEN_62[-4:]
    assert reason_of(parse_br_code, BROKEN_62) == "O código Pix está incompleto ou foi alterado."


NOT_PIX = "Este código não é de um pagamento Pix em reais."
ALTERED = "O código Pix está incompleto ou foi alterado."
WRONG_CRC = "O código Pix foi alterado ou copiado com erro."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (MANUAL[:-4] + "1D3E", WRONG_CRC),
        (MANUAL[:-8], WRONG_CRC),
        (MANUAL[:-1], ALTERED),
        (MANUAL + "0", ALTERED),
        (MANUAL + "5802BR", ALTERED),
        (MANUAL.replace("5802BR", "58٠2BR"), ALTERED),
        (MANUAL + "9902AB", WRONG_CRC),
        (MANUAL[:-8] + "6404" + crc16(MANUAL[:-8] + "6404"), WRONG_CRC),
        (changed("5303986", "5303840"), NOT_PIX),
        (changed("5802BR", "5802AR"), NOT_PIX),
        (changed("000201", "000202"), NOT_PIX),
        (changed("br.gov.bcb.pix", "br.gov.bcb.pax"), NOT_PIX),
        (changed(MANUAL[6:68], ""), NOT_PIX),
        (changed("2658", "2699" + "x" * 41), ALTERED),
        (changed(f"0136{EVP}", f"0236{EVP}"), "O código Pix não diz a quem pagar."),
        (
            changed(f"2658{MANUAL[10:68]}", f"2663{MANUAL[10:68]}2501x"),
            "O código Pix não diz a quem pagar.",
        ),
        (changed("5802BR", "540312,5802BR"), "O valor do código Pix não pôde ser lido."),
        (changed("5802BR", "5404-1.05802BR"), "O valor do código Pix não pôde ser lido."),
        (changed("5802BR", "54041E105802BR"), "O valor do código Pix não pôde ser lido."),
        (MANUAL.replace("Tal", "T\nl"), ALTERED),
        (MANUAL.replace("Tal", "T\ue000l"), "O código Pix tem caracteres que não são aceitos."),
        ("\ufeff\u200b", "Informe o código Pix."),
        (" ", "Informe o código Pix."),
    ],
)
def test_a_wrong_code_is_refused_with_its_reason(text, reason):
    assert reason_of(parse_br_code, text) == reason


@pytest.mark.parametrize(
    ("field", "amount"),
    [
        ("540512.34", Decimal("12.34")),
        ("540212", Decimal("12.00")),
        ("540312.", Decimal("12.00")),
        ("540412.3", Decimal("12.30")),
        ("54040.00", None),
        ("54010", None),
    ],
)
def test_an_amount_of_zero_is_for_the_payer_to_fill_in(field, amount):
    text = changed("5802BR", field + "5802BR")

    assert parse_br_code(text) == replace(MANUAL_CODE, payload=text, amount=amount)


@pytest.mark.parametrize("value", HOSTILE + NOT_TEXT)
def test_whatever_is_pasted_is_answered_in_words(value):
    assert is_sentence(reason_of(parse_br_code, value))


@given(hostile_text() | st.text().map(lambda text: signed(MANUAL[:6] + text)))
def test_no_text_raises_anything_else(text):
    assert is_sentence(reason_of(parse_br_code, text))


plain = st.text(alphabet=ascii_letters + digits + " .-&", min_size=1, max_size=25).filter(
    lambda text: text.strip() == text
)
built = st.builds(
    build_static_br_code,
    key=st.uuids().map(str),
    name=plain,
    city=plain,
    amount=st.none() | st.decimals(Decimal("0.01"), Decimal("9999999999.99"), places=2),
    txid=st.text(alphabet=ascii_letters + digits, min_size=1, max_size=25),
    description=st.text(alphabet=ascii_letters + digits, max_size=20),
)


@given(built)
def test_a_built_code_is_read_back(text):
    code = parse_br_code(text)

    assert code.key is not None
    rebuilt = build_static_br_code(
        code.key, code.name, code.city, code.amount, code.txid or "***", code.description
    )
    assert rebuilt == text


@given(built, st.data())
def test_a_code_with_one_character_changed_is_refused(text, data):
    position = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.sampled_from(printable.strip()))
    is_same = character.upper() == text[position] and position >= len(text) - 4
    if character != text[position] and not is_same:
        wrong = text[:position] + character + text[position + 1 :]
        assert reason_of(parse_br_code, wrong) is not None


def test_accents_are_dropped_and_long_names_cut():
    code = parse_br_code(
        build_static_br_code(EVP, "Comércio de Pães e Açúcar São João Ltda", "São José dos Campos")
    )

    assert code.name == "Comercio de Paes e Acucar"
    assert code.city == "Sao Jose dos Ca"


@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("key", "", "A chave Pix não cabe em um código."),
        ("key", "a" * 78, "A chave Pix não cabe em um código."),
        ("key", "joão@exemplo.com", "A chave Pix não cabe em um código."),
        ("name", "  ", "Informe o nome e a cidade de quem recebe."),
        ("city", "東京", "Informe o nome e a cidade de quem recebe."),
        ("amount", Decimal("0"), "O valor precisa ser maior que zero."),
        ("amount", Decimal("0.001"), "O valor tem mais de duas casas decimais."),
        ("amount", Decimal("10000000000"), "O valor é grande demais para este código."),
        ("txid", "", "O identificador do Pix tem de 1 a 25 letras e números."),
        ("txid", "FAT-1", "O identificador do Pix tem de 1 a 25 letras e números."),
        ("txid", "x" * 26, "O identificador do Pix tem de 1 a 25 letras e números."),
        ("description", "x" * 38, "A descrição tem no máximo 37 caracteres com esta chave."),
    ],
)
def test_a_part_that_does_not_fit_is_refused(part, value, reason):
    parts = {"key": EVP, "name": "Empresa", "city": "São Paulo"}
    with pytest.raises(InvalidValue, match=reason):
        build_static_br_code(**{**parts, part: value})


def test_the_longest_key_and_description_fill_their_field():
    code = parse_br_code(build_static_br_code(EVP, "Empresa", "Recife", description="x" * 37))
    assert code.description == "x" * 37

    assert parse_br_code(build_static_br_code("a" * 77, "Empresa", "Recife")).key == "a" * 77


def wrapped(text, *, width=76, at="\r\n"):
    return at.join(text[start : start + width] for start in range(0, len(text), width))


@pytest.mark.parametrize(
    "paste",
    [
        lambda text: f"\ufeff{text}",
        lambda text: f"\u200b\u2060{text}\u00ad",
        lambda text: text.replace("5204", "\r\n5204"),
        lambda text: text.replace("5204", "\u20285204"),
        lambda text: text.replace("LOJA TESTE", "LOJA\u00a0TESTE"),
        lambda text: text.replace("LOJA TESTE", "LOJA\u202fTESTE"),
        lambda text: text.replace("LOJA TESTE", "LOJA\nTESTE"),
        lambda text: text.replace("LOJA TESTE", "LOJA \nTESTE"),
        lambda text: text.replace("loja-teste", "loja\u2011teste"),
        lambda text: wrapped(text),
        lambda text: wrapped(text, width=40, at="\n\t"),
        lambda text: f"> {wrapped(text, at=chr(10) + '> ')}"[2:],
    ],
)
def test_what_pasting_adds_is_left_out_and_a_blank_of_the_name_stays(paste):
    code = parse_br_code(paste(codes.TEN_REAIS))

    assert (code.payload, code.name) == (codes.TEN_REAIS, "LOJA TESTE")


def test_two_blanks_of_a_name_stay_two():
    text = changed("5913Fulano de Tal", "5914Fulano  de Tal")

    assert parse_br_code(f"{text}\n").name == "Fulano  de Tal"


def test_a_crc_in_lower_case_is_read_and_kept_as_banks_write_it():
    code = parse_br_code(codes.LOWER_CRC)

    assert (code.amount, code.payload) == (Decimal("10.01"), codes.LOWER_CRC[:-4] + "45C8")


def test_lengths_in_bytes_are_read_if_they_fit():
    code = parse_br_code(codes.IN_BYTES)

    assert (code.name, code.city, code.txid) == ("PADARIA SÃO JOSÉ", "SÃO PAULO", None)
    assert code.payload == codes.IN_BYTES


def test_lengths_in_characters_are_read_first():
    text = changed("5913Fulano de Tal6008BRASILIA", "5909São José!6009São Paulo")

    assert (parse_br_code(text).name, parse_br_code(text).city) == ("São José!", "São Paulo")


def test_a_length_that_ends_within_a_character_is_refused():
    text = changed("5913Fulano de Tal", "5902aé")  # counts two of three bytes
    assert parse_br_code(text).name == "aé"

    assert reason_of(parse_br_code, changed("5913Fulano de Tal", "5901é\xff")) == ALTERED


@pytest.mark.parametrize(
    ("text", "is_paid"),
    [
        (MANUAL, True),
        (INVOICE, True),
        (DYNAMIC, True),
        (codes.WITH_RECURRENCE, True),
        (codes.SPACED_KEY, False),
        (codes.WITHDRAWAL, False),
    ],
)
def test_not_every_code_is_of_a_bill(text, is_paid):
    reason = parse_br_code(text).why_not_paid

    assert (reason == "") is is_paid
    assert is_paid or is_sentence(reason)


@pytest.mark.parametrize(
    ("key", "is_paid"),
    [
        ("11144477735", True),
        ("11222333000181", True),
        ("12ABC34501DE35", True),
        ("+5581988887777", True),
        ("+12025550100", True),
        ("loja@exemplo.com.br", True),
        (EVP, True),
        ("111.444.777-35", False),
        ("11144477736", False),
        ("81988887777", False),
        ("+5536999990000", False),
        ("5581988887777", False),
        ("12abc34501de35", False),
        ("Loja@Exemplo.com.br", False),
        (EVP.upper(), False),
        (EVP.replace("-", ""), False),
        ("loja", False),
    ],
)
def test_the_key_in_a_code_is_as_the_directory_has_it(key, is_paid):
    code = parse_br_code(changed(MANUAL[8:68], account_of(key)))

    assert (code.key, code.why_not_paid == "") == (key, is_paid)


def account_of(key):
    inner = f"0014br.gov.bcb.pix01{len(key):02d}{key}"
    return f"{len(inner):02d}{inner}"


def test_a_composite_code_pays_and_asks_for_a_recurring_authorisation():
    code = parse_br_code(codes.WITH_RECURRENCE)

    assert code.url == "pix.banco.example/qr/v2/cob/cc33"
    assert code.recurrence == "pix.banco.example/qr/v2/rec/r1"


@pytest.mark.parametrize("in_26", ["", "2530pix.banco.example/qr/v2/rec/r1"])
def test_a_code_that_only_asks_for_an_authorisation_is_no_bill(in_26):
    account = f"0014br.gov.bcb.pix{in_26}"
    more = "" if in_26 else "80520014br.gov.bcb.pix2530pix.banco.example/qr/v2/rec/r1"
    text = signed(
        f"00020126{len(account):02d}{account}5204000053039865802BR5910LOJA TESTE6006RECIFE"
        f"62070503***{more}"
    )

    code = parse_br_code(text)

    assert (code.url, code.recurrence) == (None, "pix.banco.example/qr/v2/rec/r1")
    assert is_sentence(code.why_not_paid)


def test_what_others_put_in_the_free_templates_is_left_alone():
    code = parse_br_code(signed(MANUAL[:-8] + "8003abc8114" + "0006br.foo0100"))

    assert (code.recurrence, code.why_not_paid) == (None, "")
