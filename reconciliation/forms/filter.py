"""Which lines of the statement are shown; it lives in the address."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict

from banking.models import StatementLine
from banking.statements.filter import StatementFilter
from core.fields import AmountField, NameField
from reconciliation.models.saved_filter import NAME_LENGTH


class State(models.TextChoices):
    WAITING = "esperam", "Esperam"
    MATCHED = "conciliados", "Conciliadas"
    IN_TRANSIT = "em-transito", "Em trânsito"
    IGNORED = "ignorados", "Ignoradas"
    ASKED = "com-pergunta", "Com pergunta"
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


def query_of(data: QueryDict) -> str:
    """The address of a filter without the place in its pages, and without what says nothing; empty
    where it filters nothing or is not understood."""
    form = LineFilter(data)
    if not form.is_valid() or not form.is_filtering:
        return ""
    kept = [("conta", data["conta"])] if data.get("conta") else []
    kept += [(name, data[name]) for name in form.fields if data.get(name)]
    return urlencode(kept)


class SaveForm(forms.Form):
    name = NameField(
        label="Nome",
        max_length=NAME_LENGTH,
        error_messages={"required": "Dê um nome ao filtro."},
    )
    is_shared = forms.BooleanField(label="Para toda a empresa", required=False)
    query = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]


class RenameForm(forms.Form):
    name = NameField(
        label="Novo nome",
        max_length=NAME_LENGTH,
        error_messages={"required": "Dê um nome ao filtro."},
    )
