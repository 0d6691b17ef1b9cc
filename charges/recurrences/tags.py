"""The tags of a contract's texts (charges/terms/tags.py), and what each stands for."""

from datetime import date
from decimal import Decimal

from charges.recurrences.calendar import MONTHS, Calendar
from charges.terms.check import reais

# What each one is, as the form says it.
TAGS = {
    "competencia": "12/2026",
    "mes": "dezembro",
    "ano": "2026",
    "numero": "1, 2, 3…",
    "total": "de quantas, se o contrato termina",
    "vencimento": "10/12/2026",
    "valor": "R$ 890,00",
}


def values_of(calendar: Calendar, month: date, amount: Decimal) -> dict[str, str]:
    return {
        "competencia": f"{month:%m/%Y}",
        "mes": MONTHS[month.month - 1],
        "ano": str(month.year),
        "numero": str(calendar.number(month)),
        "total": str(calendar.size or ""),
        "vencimento": f"{calendar.due(month):%d/%m/%Y}",
        "valor": reais(amount),
    }
