"""CNPJ, the number of a company: 14 characters, alphanumeric since July 2026.

Source: Instrução Normativa RFB 2.229/2024. The first twelve characters may be letters, the two
check digits never; numbers given out before stay as they are.
"""

from string import ascii_uppercase, digits

from brazil.check_digits import mod11_remainder
from brazil.digits import compact, is_digits
from brazil.errors import InvalidValue

LENGTH = 14
ROOT_LENGTH = 8
ALPHABET = frozenset(digits + ascii_uppercase)


def parse_cnpj(text: str) -> str:
    """Return the canonical 14 characters, upper-case and without punctuation.

    Raises:
        InvalidValue: a character, the length or a check digit is wrong. That the company exists
            is not checked.
    """
    cnpj = _upper(compact(text, punctuation="./-", what="o CNPJ"))
    if not ALPHABET.issuperset(cnpj):
        raise InvalidValue("O CNPJ só pode ter letras sem acento e números.")
    if len(cnpj) != LENGTH:
        raise InvalidValue(f"O CNPJ tem {LENGTH} caracteres; este tem {len(cnpj)}.")
    if not is_digits(cnpj[-2:]):
        raise InvalidValue("Os dois últimos caracteres do CNPJ são sempre números.")
    # 00000000000000 satisfies the sums and belongs to no company.
    if len(set(cnpj)) == 1:
        raise InvalidValue("Este CNPJ repete o mesmo número em todas as posições.")
    if cnpj[-2:] != cnpj_check_digits(cnpj[:-2]):
        raise InvalidValue("Os dígitos verificadores do CNPJ não conferem.")
    return cnpj


def is_valid_cnpj(text: str) -> bool:
    """Whether `parse_cnpj` accepts it."""
    try:
        parse_cnpj(text)
    except InvalidValue:
        return False
    return True


def cnpj_check_digits(base: str) -> str:
    """Return the two check digits of the first twelve characters."""
    first = _digit(base)
    return first + _digit(base + first)


def format_cnpj(cnpj: str) -> str:
    """Return AA.AAA.AAA/AAAA-DD from the canonical form, which is not checked again."""
    return f"{cnpj[:2]}.{cnpj[2:5]}.{cnpj[5:8]}/{cnpj[8:12]}-{cnpj[12:]}"


def cnpj_root(cnpj: str) -> str:
    """Return the eight characters that all establishments of one company share."""
    return cnpj[:ROOT_LENGTH]


def _digit(text: str) -> str:
    remainder = mod11_remainder(text)
    return "0" if remainder < 2 else str(11 - remainder)


def _upper(text: str) -> str:
    # Beyond ASCII, upper() turns what is no letter of ours into one: ı into I, ß into SS.
    return text.upper() if text.isascii() else text
