"""CPF, the number of a person: 11 digits, the last two of them check digits (Receita Federal)."""

from brazil.check_digits import mod11_remainder
from brazil.digits import compact, is_digits
from brazil.errors import InvalidValue

LENGTH = 11


def parse_cpf(text: str) -> str:
    """Return the canonical 11 digits.

    Raises:
        InvalidValue: a character, the length or a check digit is wrong.
    """
    cpf = compact(text, punctuation=".-", what="o CPF")
    if not is_digits(cpf):
        raise InvalidValue("O CPF só pode ter números.")
    if len(cpf) != LENGTH:
        raise InvalidValue(f"O CPF tem {LENGTH} dígitos; este tem {len(cpf)}.")
    # A repeated digit satisfies the sums; none of the ten was ever given out.
    if len(set(cpf)) == 1:
        raise InvalidValue("Este CPF repete o mesmo número em todas as posições.")
    if cpf[-2:] != cpf_check_digits(cpf[:-2]):
        raise InvalidValue("Os dígitos verificadores do CPF não conferem.")
    return cpf


def is_valid_cpf(text: str) -> bool:
    """Whether `parse_cpf` accepts it."""
    try:
        parse_cpf(text)
    except InvalidValue:
        return False
    return True


def cpf_check_digits(base: str) -> str:
    """Return the two check digits of the first nine digits."""
    first = _digit(base)
    return first + _digit(base + first)


def format_cpf(cpf: str) -> str:
    """Return DDD.DDD.DDD-DD from the canonical form, which is not checked again."""
    return f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}"


def _digit(digits: str) -> str:
    remainder = mod11_remainder(digits, last_weight=11)
    return "0" if remainder < 2 else str(11 - remainder)
