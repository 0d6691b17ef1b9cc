import pytest
from hypothesis import given
from hypothesis import strategies as st

from brazil.pix import PixKeyKind, is_valid_end_to_end_id, parse_pix_key
from tests.brazil.cases import HOSTILE, NOT_TEXT, hostile_text, is_sentence, reason_of

EVP = "123e4567-e12b-12d1-a456-426655440000"


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("111.444.777-35", PixKeyKind.CPF, "11144477735"),
        ("12.abc.345/01de-35", PixKeyKind.CNPJ, "12ABC34501DE35"),
        ("(11) 98765-4321", PixKeyKind.PHONE, "+5511987654321"),
        ("55 11 98765 4321", PixKeyKind.PHONE, "+5511987654321"),
        ("+55 11 98765-4321", PixKeyKind.PHONE, "+5511987654321"),
        (" Financeiro@Exemplo.com.br ", PixKeyKind.EMAIL, "financeiro@exemplo.com.br"),
        ("a" * 71 + "@b.com", PixKeyKind.EMAIL, "a" * 71 + "@b.com"),
        (EVP.upper(), PixKeyKind.RANDOM, EVP),
    ],
)
def test_a_key_is_brought_to_the_form_of_the_directory(text, kind, key):
    assert parse_pix_key(text, kind) == key


PHONE_REASON = "Informe um celular brasileiro com DDD: 11 dígitos, como 11987654321."
EMAIL_REASON = "O e-mail não está completo ou tem caracteres que não são aceitos."
RANDOM_REASON = "A chave aleatória tem 36 caracteres: 32 de 0 a f e quatro hifens."


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("11144477736", PixKeyKind.CPF, "Os dígitos verificadores do CPF não conferem."),
        ("11222333000182", PixKeyKind.CNPJ, "Os dígitos verificadores do CNPJ não conferem."),
        ("1133334444", PixKeyKind.PHONE, PHONE_REASON),
        ("11887654321", PixKeyKind.PHONE, PHONE_REASON),
        ("01987654321", PixKeyKind.PHONE, PHONE_REASON),
        ("+1 202 555 0100", PixKeyKind.PHONE, PHONE_REASON),
        ("987654321", PixKeyKind.PHONE, PHONE_REASON),
        ("1198765432a", PixKeyKind.PHONE, "O celular só pode ter números."),
        ("1198765432٣", PixKeyKind.PHONE, "O celular só pode ter números."),
        ("maria silva@exemplo.com", PixKeyKind.EMAIL, EMAIL_REASON),
        ("maria@exemplo", PixKeyKind.EMAIL, EMAIL_REASON),
        ("maria@@exemplo.com", PixKeyKind.EMAIL, EMAIL_REASON),
        ("joão@exemplo.com", PixKeyKind.EMAIL, EMAIL_REASON),
        ("\u212aelvin@exemplo.com", PixKeyKind.EMAIL, EMAIL_REASON),
        (
            "a" * 72 + "@b.com",
            PixKeyKind.EMAIL,
            "O e-mail de uma chave Pix tem no máximo 77 caracteres.",
        ),
        (EVP.replace("-", ""), PixKeyKind.RANDOM, RANDOM_REASON),
        (EVP[:-1] + "g", PixKeyKind.RANDOM, RANDOM_REASON),
        ("", PixKeyKind.RANDOM, "Informe a chave aleatória."),
    ],
)
def test_a_wrong_key_is_refused_with_its_reason(text, kind, reason):
    assert reason_of(lambda value: parse_pix_key(value, kind), text) == reason


@pytest.mark.parametrize("kind", PixKeyKind)
@pytest.mark.parametrize("value", HOSTILE + NOT_TEXT)
def test_whatever_is_typed_is_answered_in_words(value, kind):
    assert is_sentence(reason_of(lambda text: parse_pix_key(text, kind), value))


@given(hostile_text(), st.sampled_from(PixKeyKind))
def test_what_is_read_is_canonical_and_all_else_is_refused(text, kind):
    if reason_of(lambda value: parse_pix_key(value, kind), text) is None:
        key = parse_pix_key(text, kind)
        assert parse_pix_key(key, kind) == key


@given(st.emails())
def test_a_common_e_mail_is_a_key_in_lower_case(email):
    if len(email) <= 77:
        assert parse_pix_key(email, PixKeyKind.EMAIL) == email.lower()


@given(st.uuids())
def test_every_uuid_is_a_random_key(uuid):
    assert parse_pix_key(str(uuid).upper(), PixKeyKind.RANDOM) == str(uuid)


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("E37880206202611231000AbC123xYz09", True),
        ("E71027866202611231000q7Rt00PlmN4", True),
        ("D37880206202611231000AbC123xYz09", True),
        ("e37880206202611231000AbC123xYz09", False),
        ("X37880206202611231000AbC123xYz09", False),
        ("E37880206202611231000AbC123xYz0", False),
        ("E37880206202611231000AbC123xYz090", False),
        ("E37880206202611231000AbC123xYz09\n", False),
        ("E3788020620261123100٣AbC123xYz09", False),
        ("E37880206202611231000AbC-23xYz09", False),
        ("", False),
    ],
)
def test_an_end_to_end_id_has_32_characters_in_their_places(text, is_valid):
    assert is_valid_end_to_end_id(text) is is_valid
