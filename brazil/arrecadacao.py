"""Arrecadação: the bills of utilities, taxes and fines, with a 48-digit line beginning with 8.

Bar code: 8, segment (1), value kind (1), general check digit (1), value (11), biller (4, or 8
in segment 6), free. Source: FEBRABAN's layout of the collection document, version 4. There is
no due factor: due date and updated value come from the biller or the paying bank.
"""

from dataclasses import dataclass
from decimal import Decimal

from brazil.amounts import from_centavos
from brazil.barcode import (
    ARRECADACAO_FIRST_DIGIT,
    ARRECADACAO_LINE_LENGTH,
    BARCODE_LENGTH,
    read_digits,
    wrong_length,
)
from brazil.check_digits import mod10, mod11_remainder
from brazil.errors import InvalidValue

SEGMENTS = {
    "1": "Prefeitura",
    "2": "Saneamento",
    "3": "Energia elétrica e gás",
    "4": "Telecomunicações",
    "5": "Órgão público",
    "6": "Outras empresas",
    "7": "Multa de trânsito",
    "9": "Uso do banco",
}
BY_CNPJ_ROOT = "6"  # this segment names the biller by the eight digits of its CNPJ root

AMOUNT_KINDS = ("6", "8")  # 7 and 9 carry a quantity for reference, which is not money
MOD10_KINDS = ("6", "7")
MOD11_KINDS = ("8", "9")

BLOCK = 11


@dataclass(frozen=True, slots=True)
class Arrecadacao:
    barcode: str  # 44 digits
    linha_digitavel: str  # 48 digits, no punctuation
    segment: str  # one digit
    segment_name: str  # Portuguese
    amount: Decimal | None  # reais; None when the bill does not state money
    biller: str  # FEBRABAN's code of the biller, four digits, or the CNPJ root, eight


def parse_arrecadacao(text: str) -> Arrecadacao:
    """Read a collection document from its line, with or without punctuation, or its bar code.

    Raises:
        InvalidValue: it is not one, its segment or value kind does not exist, or a check digit
            is wrong.
    """
    digits = read_digits(text)
    if len(digits) not in (ARRECADACAO_LINE_LENGTH, BARCODE_LENGTH):
        raise wrong_length(digits)
    if not digits.startswith(ARRECADACAO_FIRST_DIGIT):
        raise InvalidValue("O código de uma conta de consumo ou tributo começa com 8.")
    kind = digits[2]
    if kind not in MOD10_KINDS + MOD11_KINDS:
        raise InvalidValue("O 3º dígito desta conta não é um tipo de valor conhecido.")
    is_line = len(digits) == ARRECADACAO_LINE_LENGTH
    barcode = _line_to_barcode(digits) if is_line else digits
    if check_digit(barcode[:3] + barcode[4:], kind=kind) != barcode[3]:
        raise InvalidValue("O dígito verificador geral da conta não confere.")
    return _read_barcode(barcode)


def check_digit(digits: str, *, kind: str) -> str:
    """Return the check digit of a block or of the bar code; `kind`, position 3, says which sum.

    Its modulus 11 gives 0 where that of the boleto gives 1.
    """
    if kind in MOD10_KINDS:
        return mod10(digits)
    remainder = mod11_remainder(digits)
    return "0" if remainder < 2 else str(11 - remainder)


def _line_to_barcode(line: str) -> str:
    barcode = ""
    for number, at in enumerate(range(0, len(line), BLOCK + 1), start=1):
        block = line[at : at + BLOCK]
        if check_digit(block, kind=line[2]) != line[at + BLOCK]:
            raise InvalidValue(f"O dígito verificador do {number}º bloco não confere.")
        barcode += block
    return barcode


def _barcode_to_line(barcode: str) -> str:
    blocks = (barcode[at : at + BLOCK] for at in range(0, len(barcode), BLOCK))
    return "".join(block + check_digit(block, kind=barcode[2]) for block in blocks)


def _read_barcode(barcode: str) -> Arrecadacao:
    segment = barcode[1]
    if segment not in SEGMENTS:
        raise InvalidValue("O 2º dígito desta conta não é um segmento conhecido.")
    return Arrecadacao(
        barcode=barcode,
        linha_digitavel=_barcode_to_line(barcode),
        segment=segment,
        segment_name=SEGMENTS[segment],
        amount=from_centavos(barcode[4:15]) if barcode[2] in AMOUNT_KINDS else None,
        biller=barcode[15 : 23 if segment == BY_CNPJ_ROOT else 19],
    )
