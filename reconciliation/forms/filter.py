"""Which lines of the statement are shown; it lives in the address."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from banking.models import StatementLine
from banking.statements.filter import StatementFilter
from core.fields import AmountField


class State(models.TextChoices):
    WAITING = "esperam", "Esperam"
    MATCHED = "conciliados", "Conciliadas"
    IN_TRANSIT = "em-transito", "Em trânsito"
    IGNORED = "ignorados", "Ignoradas"
    ALL = "todas", "Todas"


# What stands behind the fold.
FOLDED = ("de", "ate", "tipo", "documento", "valor_de", "valor_ate")


class LineFilter(StatementFilter):
    """Its names stand in the address, so they are Portuguese. Amounts are of either side."""

    situacao = forms.ChoiceField(choices=State, required=False, widget=forms.HiddenInput)
    tipo = forms.ChoiceField(
        label="Tipo",
        choices=[("", "Todos"), ("entradas", "Entradas"), ("saidas", "Saídas"),
                 *StatementLine.Kind.choices],
        required=False,
    )  # fmt: skip
    documento = forms.ChoiceField(
        label="Documento",
        choices=[("", "Com e sem"), ("sem", "Sem conta, cobrança nem anexo")],
        required=False,
    )
    valor_de = AmountField(label="Valor de", required=False)
    valor_ate = AmountField(label="Valor até", required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        least, most = values.get("valor_de"), values.get("valor_ate")
        if least and most and least > most:
            error = ValidationError("O valor final é menor que o inicial.", code="backwards")
            self.add_error("valor_ate", error)
        return values

    @property
    def state(self) -> str:
        return getattr(self, "cleaned_data", {}).get("situacao") or State.ALL

    @property
    def has_more(self) -> bool:
        """Whether something is asked for that stands behind the fold."""
        return any(self.data.get(name) for name in FOLDED)
