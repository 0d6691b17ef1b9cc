"""Pix keys and the identity of a payment.

Sources: Banco Central's Manual Operacional do DICT, for the keys; Manual de Padrões para
Iniciação do Pix 2.9.0 (Instrução Normativa BCB 658/2025), which admits the alphanumeric CNPJ;
for the endToEndId, bacen/pix-api issues 56, 542 and 592. The BR Code is in `br_code`, and its
names can be imported from here.
"""

import re
from enum import StrEnum

from brazil.br_code import BRCode, build_static_br_code, crc16, parse_br_code
from brazil.cnpj import parse_cnpj
from brazil.cpf import parse_cpf
from brazil.digits import compact, is_digits, trim
from brazil.errors import InvalidValue

__all__ = [
    "BRCode",
    "PixKeyKind",
    "build_static_br_code",
    "crc16",
    "is_valid_end_to_end_id",
    "parse_br_code",
    "parse_pix_key",
]

EMAIL_LENGTH = 77
# The pattern of the DICT's API, with at least one point in the domain.
EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
RANDOM_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOBILE = re.compile(r"\+55[1-9][1-9]9[0-9]{8}")
END_TO_END_ID = re.compile(r"[ED][0-9]{20}[0-9A-Za-z]{11}")


class PixKeyKind(StrEnum):
    """The five kinds of key. Ask for the kind: 11 digits may be a CPF or a telephone."""

    CPF = "cpf"
    CNPJ = "cnpj"
    PHONE = "phone"
    EMAIL = "email"
    RANDOM = "random"


def parse_pix_key(text: str, kind: PixKeyKind) -> str:
    """Return the canonical key, as the DICT stores it.

    CPF and CNPJ without punctuation, a mobile as +55 and 11 digits, e-mail and random key in
    lower case. Whether the key exists, only the bank knows.

    Raises:
        InvalidValue: it is not a key of this kind.
    """
    match kind:
        case PixKeyKind.CPF:
            return parse_cpf(text)
        case PixKeyKind.CNPJ:
            return parse_cnpj(text)
        case PixKeyKind.PHONE:
            return _parse_mobile(text)
        case PixKeyKind.EMAIL:
            return _parse_email(text)
        case PixKeyKind.RANDOM:
            return _parse_random_key(text)


def is_valid_end_to_end_id(text: str) -> bool:
    """Whether it has the form of a Pix (E…) or of its return (D…): 32 characters.

    After the letter: ISPB of who sent it, UTC minute, eleven letters or digits. Case counts.
    """
    return END_TO_END_ID.fullmatch(text) is not None


def _parse_mobile(text: str) -> str:
    phone = compact(text, punctuation="()-.", what="o celular")
    if not is_digits(phone.removeprefix("+")):
        raise InvalidValue("O celular só pode ter números.")
    if len(phone) == 11:
        phone = f"+55{phone}"
    elif len(phone) == 13:
        phone = f"+{phone}"
    if not MOBILE.fullmatch(phone):
        raise InvalidValue("Informe um celular brasileiro com DDD: 11 dígitos, como 11987654321.")
    return phone


def _parse_email(text: str) -> str:
    email = trim(text, what="o e-mail")
    if len(email) > EMAIL_LENGTH:
        raise InvalidValue(f"O e-mail de uma chave Pix tem no máximo {EMAIL_LENGTH} caracteres.")
    # Some letters beyond ASCII have a lower case within it: the Kelvin sign becomes k.
    if not email.isascii() or not EMAIL.fullmatch(email.lower()):
        raise InvalidValue("O e-mail não está completo ou tem caracteres que não são aceitos.")
    return email.lower()


def _parse_random_key(text: str) -> str:
    key = trim(text, what="a chave aleatória")
    if not key.isascii() or not RANDOM_KEY.fullmatch(key.lower()):
        raise InvalidValue("A chave aleatória tem 36 caracteres: 32 de 0 a f e quatro hifens.")
    return key.lower()
