"""Typed lines of boletos (47 digits) and of utility bills and taxes (48 digits).

Boleto: FEBRABAN specification, free field by bank; due factor: Carta-Circular BCB 2.926/2000.
48 digits: FEBRABAN "Layout padrão de arrecadação", version 4.
"""

from dataclasses import dataclass
from datetime import date, timedelta

_BASE = date(1997, 10, 7)
_CYCLE = 9000
_DAYS_BACK, _DAYS_AHEAD = 3000, 5500  # what the clearing house takes as payable


class BadLine(ValueError):
    """The line was not typed correctly. The message is Portuguese."""


@dataclass(frozen=True, slots=True)
class Line:
    digitable: str
    barcode: str  # 44 digits
    amount_cents: int | None  # None: not fixed in the line
    due_date: date | None
    free_field: str  # what makes this title that title


def read_line(text: str, today: date) -> Line:
    """Read 47 or 48 digits; dots, blanks and hyphens are ignored."""
    digits = "".join(char for char in text if char not in " .-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (47, 48):
        raise BadLine("A linha digitável deve ter 47 ou 48 dígitos.")
    if len(digits) == 48:
        return _read_collection(digits)
    return _read_boleto(digits, today)


def build_line(bank: str, due_date: date | None, amount_cents: int, free_field: str) -> str:
    """The 47 digits of a boleto."""
    factor = "0000" if due_date is None else f"{due_factor(due_date):04d}"
    body = f"{bank}9{factor}{amount_cents:010d}{free_field}"
    return _line_of(body[:4] + _mod11_boleto(body) + body[4:])


def due_factor(day: date) -> int:
    days = (day - _BASE).days
    return days if days <= 9999 else 1000 + (days - 1000) % _CYCLE


def _read_boleto(digits: str, today: date) -> Line:
    barcode = digits[:4] + digits[32:47] + digits[4:9] + digits[10:20] + digits[21:31]
    for number, (start, end) in enumerate(((0, 9), (10, 20), (21, 31)), start=1):
        if _mod10(digits[start:end]) != digits[end]:
            raise BadLine(f"O dígito verificador do campo {number} não confere.")
    if _mod11_boleto(barcode[:4] + barcode[5:]) != barcode[4]:
        raise BadLine("O dígito verificador geral não confere.")
    has_factor = barcode[5] != "0"
    amount = int(barcode[9:19] if has_factor else barcode[5:19])
    due_date = _due_date(int(barcode[5:9]), today) if has_factor else None
    return Line(digits, barcode, amount or None, due_date, barcode[19:])


def _line_of(barcode: str) -> str:
    fields = barcode[:4] + barcode[19:24], barcode[24:34], barcode[34:44]
    return "".join(f + _mod10(f) for f in fields) + barcode[4] + barcode[5:19]


def _due_date(factor: int, today: date) -> date:
    day = _BASE + timedelta(days=factor)
    while day < today - timedelta(days=_DAYS_BACK):
        day += timedelta(days=_CYCLE)
    if day > today + timedelta(days=_DAYS_AHEAD):
        raise BadLine("O vencimento da linha digitável está fora do prazo de pagamento.")
    return day


def _read_collection(digits: str) -> Line:
    if digits[0] != "8" or digits[2] not in "6789":
        raise BadLine("A linha de 48 dígitos deve começar com 8 e ter um tipo de valor válido.")
    digit = _mod10 if digits[2] in "67" else _mod11_collection
    blocks = [digits[i : i + 12] for i in range(0, 48, 12)]
    for number, block in enumerate(blocks, start=1):
        if digit(block[:11]) != block[11]:
            raise BadLine(f"O dígito verificador do bloco {number} não confere.")
    barcode = "".join(block[:11] for block in blocks)
    if digit(barcode[:3] + barcode[4:]) != barcode[3]:
        raise BadLine("O dígito verificador geral não confere.")
    amount = int(barcode[4:15]) if digits[2] in "68" else 0
    return Line(digits, barcode, amount or None, None, barcode[15:])


def _mod10(digits: str) -> str:
    total = 0
    for i, char in enumerate(reversed(digits)):
        product = int(char) * (2 - i % 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def _weighted_mod11(digits: str) -> int:
    return sum(int(char) * (2 + i % 8) for i, char in enumerate(reversed(digits))) % 11


def _mod11_boleto(digits: str) -> str:
    digit = 11 - _weighted_mod11(digits)
    return "1" if digit in (0, 10, 11) else str(digit)


def _mod11_collection(digits: str) -> str:
    remainder = _weighted_mod11(digits)
    if remainder in (0, 1):
        return "0"
    return "1" if remainder == 10 else str(11 - remainder)
