"""Any bill that a person can type or scan, whichever of the two kinds it is."""

from datetime import date

from brazil.arrecadacao import Arrecadacao, parse_arrecadacao
from brazil.barcode import (
    ARRECADACAO_FIRST_DIGIT,
    ARRECADACAO_LINE_LENGTH,
    BARCODE_LENGTH,
    read_digits,
)
from brazil.boleto import Boleto, parse_boleto


def parse_payment_line(text: str, *, today: date) -> Boleto | Arrecadacao:
    """Read a boleto or a collection document, told apart by the length and the first digit.

    `today` is used as in `parse_boleto`.

    Raises:
        InvalidValue: it is neither, or what it seems to be has a fault.
    """
    digits = read_digits(text)
    is_scanned_bill = len(digits) == BARCODE_LENGTH and digits[0] == ARRECADACAO_FIRST_DIGIT
    if len(digits) == ARRECADACAO_LINE_LENGTH or is_scanned_bill:
        return parse_arrecadacao(digits)
    return parse_boleto(digits, today=today)
