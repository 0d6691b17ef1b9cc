"""Tags in the texts of a contract: replaced word for word, and nothing of them is run."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from charges.recurrences.calendar import MONTHS, Calendar
from charges.terms.check import reais
from core.errors import InvalidInput

TAG = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
# What was meant as one: not closed, or in single braces.
LOOSE = re.compile(r"\{\{|\}\}|\{\s*[a-z_]+\s*\}", re.I)
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


def fill_in(text: str, values: Mapping[str, str]) -> str:
    return TAG.sub(lambda found: values.get(found[1].lower(), found[0]), text)


def check_tags(text: str, field: str) -> None:
    """
    Raises:
        InvalidInput: there is a tag that nobody knows, or one that was not closed.
    """
    unknown = [found for found in TAG.findall(text) if found.lower() not in TAGS]
    rest = TAG.sub("", text)
    if unknown or LOOSE.search(rest):
        known = ", ".join(f"{{{{{name}}}}}" for name in TAGS)
        what = (
            f"Não existe a marca {{{{{unknown[0]}}}}}"
            if unknown
            else "Uma marca começa com {{ e termina com }}"
        )
        raise InvalidInput(f"{what}. Use {known}.", field=field, code="unknown_tag")
