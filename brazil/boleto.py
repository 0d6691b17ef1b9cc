"""Boleto bancário: the 44-digit bar code and the 47-digit linha digitável.

Bar code: bank (3), currency (1), general check digit (1), due factor (4), centavos (10), free
field of the bank (25). Sources: FEBRABAN's manual of 2012, Carta-Circular BCB 2.926/2000, and
Banco do Brasil's specification of the boleto.

Some print the line with field 5 (factor and amount) without the zeros on its left, `000` when
nothing is left: 36 digits and more. The check digits say what it means.

A line that passes was typed correctly, no more: interest, a changed due date or a payee
substituted by fraud show only when the paying bank is asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from brazil.amounts import from_centavos, to_centavos
from brazil.barcode import (
    ARRECADACAO_FIRST_DIGIT,
    ARRECADACAO_LINE_LENGTH,
    BARCODE_LENGTH,
    BOLETO_LINE_LENGTH,
    read_digits,
    wrong_length,
)
from brazil.check_digits import mod10, mod11_remainder
from brazil.digits import is_digits
from brazil.errors import InvalidValue

CURRENCY_REAL = "9"
BEFORE_FIELD_5 = 33  # fields 1 to 3 and the general check digit
FIELD_5_LENGTH = BOLETO_LINE_LENGTH - BEFORE_FIELD_5
SHORTEST_LINE = BEFORE_FIELD_5 + 3  # field 5 as «000»: all of it is zeros
FACTOR_ALONE = re.compile(r"[1-9][0-9]{3}000")  # field 5 likewise, behind its factor

FACTOR_BASE = date(1997, 10, 7)
FIRST_FACTOR, LAST_FACTOR = 1000, 9999  # 2000-07-03 and 2025-02-21; the day after is 1000 again
FACTOR_CYCLE = LAST_FACTOR - FIRST_FACTOR + 1
# The network pays boletos due from 3 000 days ago to 5 500 days ahead: less than a cycle, so at
# most one reading of a factor fits.
DAYS_BACK, DAYS_AHEAD = 3000, 5500


@dataclass(frozen=True, slots=True)
class Boleto:
    barcode: str  # 44 digits
    linha_digitavel: str  # 47 digits, no punctuation
    bank_code: str  # COMPE code of the issuing bank, three digits
    amount: Decimal | None  # reais; None when the boleto does not fix it
    due_date: date | None  # None when the boleto does not state it
    # Read from a line that left zeros out. One whose end got lost looks the same, and the check
    # digits let one in eleven of those pass: hold the amount against what the person knows.
    is_shortened: bool = False


def parse_boleto(text: str, *, today: date) -> Boleto:
    """Read a boleto from its line, with or without punctuation, or from its bar code.

    44 digits are the bar code, and a line without its zeros only if they cannot be one.

    `today` chooses among the dates that one due factor means: give the São Paulo day on which
    the boleto was captured, and store the result, which a later reading might shift.

    Raises:
        InvalidValue: it is not a boleto in reais, a check digit is wrong, or no due date within
            the banks' window fits.
    """
    digits = read_digits(text)
    if digits.startswith(ARRECADACAO_FIRST_DIGIT):
        raise InvalidValue(
            "Um código que começa com 8 é de conta de consumo ou tributo, não de boleto; "
            f"a linha digitável dele tem {ARRECADACAO_LINE_LENGTH} dígitos."
        )
    if len(digits) == BOLETO_LINE_LENGTH:
        return _read_barcode(_line_to_barcode(digits), today)
    shortened = _shortened_barcode(digits)
    if shortened and not _is_barcode(digits):
        return replace(_read_barcode(shortened, today), is_shortened=True)
    if len(digits) == BARCODE_LENGTH:
        return _read_barcode(digits, today)
    raise wrong_length(digits)


def build_barcode(
    *, bank_code: str, amount: Decimal | None, due_date: date | None, free_field: str
) -> str:
    """Return the 44 digits; `amount` is reais, None when the payer fills it in.

    Raises:
        InvalidValue: a part does not fit its field, or the date is before 2000-07-03, the first
            with a factor.
    """
    if not (is_digits(bank_code) and len(bank_code) == 3):
        raise InvalidValue("O código do banco tem três dígitos.")
    if not (is_digits(free_field) and len(free_field) == 25):
        raise InvalidValue("O campo livre do boleto tem 25 dígitos.")
    head = bank_code + CURRENCY_REAL
    tail = _due_and_amount(due_date, amount) + free_field
    return head + _general_digit(head + tail) + tail


def barcode_to_line(barcode: str) -> str:
    """Return the 47-digit line of a bar code.

    Raises:
        InvalidValue: it is not the bar code of a boleto in reais, or its check digit is wrong.
    """
    _check_barcode(barcode)
    fields = (barcode[:4] + barcode[19:24], barcode[24:34], barcode[34:])
    return "".join(field + mod10(field) for field in fields) + barcode[4] + barcode[5:19]


def format_linha_digitavel(line: str) -> str:
    """Return a line in the groups in which bills print it.

    Takes the 47 digits of a boleto or the 48 of a collection document, which are not checked
    again; anything else comes back as it is.
    """
    if len(line) == ARRECADACAO_LINE_LENGTH:
        return " ".join(f"{line[at : at + 11]}-{line[at + 11]}" for at in range(0, 48, 12))
    if len(line) != BOLETO_LINE_LENGTH:
        return line
    return (
        f"{line[:5]}.{line[5:10]} {line[10:15]}.{line[15:21]} {line[21:26]}.{line[26:32]} "
        f"{line[32]} {line[33:]}"
    )


def due_factor(due_date: date) -> str:
    """Return the four digits that stand for a due date.

    Raises:
        InvalidValue: the date is before 2000-07-03, the first with a factor.
    """
    days = (due_date - FACTOR_BASE).days
    if days < FIRST_FACTOR:
        raise InvalidValue("O vencimento de um boleto não pode ser anterior a 03/07/2000.")
    return str(FIRST_FACTOR + (days - FIRST_FACTOR) % FACTOR_CYCLE)


def due_date_of(factor: str, *, today: date) -> date | None:
    """Return the date that four digits stand for as read `today`; None when they begin with 0.

    Both ends of the banks' window are included.

    Raises:
        InvalidValue: no date within the window has this factor.
    """
    if factor.startswith("0"):
        return None
    days_today = (today - FACTOR_BASE).days
    earliest = days_today - DAYS_BACK
    days = earliest + (int(factor) - earliest) % FACTOR_CYCLE
    if days < FIRST_FACTOR or days > days_today + DAYS_AHEAD:
        raise InvalidValue("O vencimento deste boleto está fora do período que os bancos aceitam.")
    return FACTOR_BASE + timedelta(days=days)


def _due_and_amount(due_date: date | None, amount: Decimal | None) -> str:
    """Positions 6 to 19. Without a factor all fourteen are the amount, the first of them 0."""
    factor = due_factor(due_date) if due_date else ""
    centavos = to_centavos(amount, digits=10 if factor else 13) if amount is not None else 0
    return factor + str(centavos).zfill(14 - len(factor))


def _line_to_barcode(line: str) -> str:
    fields = (line[:10], line[10:21], line[21:32])
    for number, field in enumerate(fields, start=1):
        if mod10(field[:-1]) != field[-1]:
            raise InvalidValue(f"O dígito verificador do {number}º campo não confere.")
    first, second, third = fields
    return first[:4] + line[32:] + first[4:9] + second[:-1] + third[:-1]


def _shortened_barcode(line: str) -> str | None:
    """The bar code of a line without the zeros of field 5.

    None when its check digits fit none of its readings, or more than one.
    """
    if not SHORTEST_LINE <= len(line) < BOLETO_LINE_LENGTH:
        return None
    barcodes = [barcode for whole in _with_zeros(line) if (barcode := _checked_barcode(whole))]
    return barcodes[0] if len(barcodes) == 1 else None


def _with_zeros(line: str) -> Iterator[str]:
    start, field = line[:BEFORE_FIELD_5], line[BEFORE_FIELD_5:]
    yield start + field.zfill(FIELD_5_LENGTH)
    if FACTOR_ALONE.fullmatch(field):
        yield start + field.ljust(FIELD_5_LENGTH, "0")


def _checked_barcode(line: str) -> str | None:
    """The bar code of a whole line; None when a check digit is wrong."""
    try:
        barcode = _line_to_barcode(line)
    except InvalidValue:
        return None
    return barcode if _is_barcode(barcode) else None


def _is_barcode(digits: str) -> bool:
    try:
        _check_barcode(digits)
    except InvalidValue:
        return False
    return True


def _read_barcode(barcode: str, today: date) -> Boleto:
    line = barcode_to_line(barcode)
    factor = barcode[5:9]
    has_factor = not factor.startswith("0")
    return Boleto(
        barcode=barcode,
        linha_digitavel=line,
        bank_code=barcode[:3],
        amount=from_centavos(barcode[9 if has_factor else 5 : 19]),
        due_date=due_date_of(factor, today=today),
    )


def _check_barcode(barcode: str) -> None:
    if not (is_digits(barcode) and len(barcode) == BARCODE_LENGTH):
        raise InvalidValue(f"O código de barras tem {BARCODE_LENGTH} dígitos.")
    if _general_digit(barcode[:4] + barcode[5:]) != barcode[4]:
        raise InvalidValue("O dígito verificador geral do boleto não confere.")
    if barcode[3] != CURRENCY_REAL:
        raise InvalidValue("Este boleto não é em reais.")


def _general_digit(rest: str) -> str:
    """The digit over the other 43 positions, never 0."""
    digit = 11 - mod11_remainder(rest)
    return str(digit) if digit < 10 else "1"
