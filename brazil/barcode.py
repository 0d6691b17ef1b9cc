"""What the two bar codes on Brazilian bills have in common: 44 digits, and a line to type.

FEBRABAN defines both: the bank's boleto (line of 47 digits) and the collection document of
utilities, taxes and fines (line of 48, beginning with 8).
"""

from brazil.digits import compact, is_digits
from brazil.errors import InvalidValue

BARCODE_LENGTH = 44
BOLETO_LINE_LENGTH = 47
ARRECADACAO_LINE_LENGTH = 48
ARRECADACAO_FIRST_DIGIT = "8"


def read_digits(text: str) -> str:
    """Return the digits of a typed line or a scanned bar code, of whatever length.

    Raises:
        InvalidValue: it is empty, or holds more than digits, blanks, points and hyphens.
    """
    digits = compact(text, punctuation=".-", what="a linha digitável")
    if not is_digits(digits):
        raise InvalidValue("A linha digitável só pode ter números.")
    return digits


def wrong_length(digits: str) -> InvalidValue:
    return InvalidValue(
        f"A linha digitável tem {len(digits)} dígitos; um boleto tem {BOLETO_LINE_LENGTH} "
        f"e uma conta de consumo tem {ARRECADACAO_LINE_LENGTH}."
    )
