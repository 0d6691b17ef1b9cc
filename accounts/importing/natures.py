"""The nature that the name of a group tells, as charts write it."""

import re

from accounts.models import Nature
from core.text import fold

_REVENUE = re.compile(r"\b(receitas?|faturamento)\b")
_EXPENSE = re.compile(r"\b(despesas?|custos?|gastos?)\b")
_STARTS = (
    (Nature.ASSET, re.compile(r"ativos?\b")),
    (Nature.LIABILITY, re.compile(r"passivos?\b")),
    (Nature.EQUITY, re.compile(r"patrimonio (liquido|social)\b")),
)
_RESULT = re.compile(r"(contas? de |apuracao do )?resultados?\b")


def nature_named(name: str) -> str:
    """Empty where the name tells none. «Contas de resultado» is of revenue and expense alike."""
    text = fold(re.sub(r"^[\W\d_]+", "", name)).removeprefix("contas do ").removeprefix("grupo ")
    for nature, start in _STARTS:
        if start.match(text):
            return nature
    is_revenue, is_expense = _REVENUE.search(text), _EXPENSE.search(text)
    if _RESULT.match(text) or (is_revenue and is_expense):
        return Nature.RESULT
    if is_revenue:
        return Nature.REVENUE
    return Nature.EXPENSE if is_expense else ""
