"""Pix keys: CPF, CNPJ, mobile, e-mail, or a random one.

Sources: Banco Central's Manual Operacional do DICT; Manual de Padrões para Iniciação do Pix 2.9.0
(Instrução Normativa BCB 658/2025), which admits the alphanumeric CNPJ.
"""

import re
from enum import StrEnum

from brazil.cnpj import parse_cnpj
from brazil.cpf import parse_cpf
from brazil.digits import compact, trim
from brazil.errors import InvalidValue
from brazil.phone import parse_mobile

EMAIL_LENGTH = 77
# The pattern of the DICT's API, with at least one point in the domain.
EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
RANDOM_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The DICT keeps E.164, of any country.
FOREIGN_PHONE = re.compile(r"\+(?!55)[1-9][0-9]{7,14}")


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
            return parse_mobile(text)
        case PixKeyKind.EMAIL:
            return _parse_email(text)
        case PixKeyKind.RANDOM:
            return _parse_random_key(text)


def is_directory_key(text: str) -> bool:
    """Whether it is a key, of whatever kind, written as the DICT stores it and in no other way."""
    return directory_kind(text) is not None


def directory_kind(text: str) -> PixKeyKind | None:
    """Of a key as the DICT stores it, where 11 digits are a CPF; None: it is none."""
    if FOREIGN_PHONE.fullmatch(text):
        return PixKeyKind.PHONE
    return next((kind for kind in PixKeyKind if _is_canonical(text, kind)), None)


def _is_canonical(text: str, kind: PixKeyKind) -> bool:
    try:
        return parse_pix_key(text, kind) == text
    except InvalidValue:
        return False


def _parse_email(text: str) -> str:
    email = trim(text, what="o e-mail")
    if len(email) > EMAIL_LENGTH:
        raise InvalidValue(f"O e-mail de uma chave Pix tem no máximo {EMAIL_LENGTH} caracteres.")
    # Some letters beyond ASCII have a lower case within it: the Kelvin sign becomes k.
    if not email.isascii() or not EMAIL.fullmatch(email.lower()):
        raise InvalidValue("O e-mail não está completo ou tem caracteres que não são aceitos.")
    return email.lower()


def _parse_random_key(text: str) -> str:
    key = compact(text, punctuation="", what="a chave aleatória")
    if not key.isascii() or not RANDOM_KEY.fullmatch(key.lower()):
        raise InvalidValue("A chave aleatória tem 36 caracteres: 32 de 0 a f e quatro hifens.")
    return key.lower()
