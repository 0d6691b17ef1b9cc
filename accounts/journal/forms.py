"""The bar above the entries, and what asks for a reversal."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from accounts.journal.sources import origins
from accounts.models import Account, CostCenter
from core.fields import AmountField, DayField, LineField
from core.forms import DateInput
from tenants.models import Tenant


class Sort(models.TextChoices):
    NEWEST = "recentes", "Data, os mais recentes primeiro"
    OLDEST = "antigos", "Data, os mais antigos primeiro"
    LARGEST = "maior-valor", "Maior total"
    SMALLEST = "menor-valor", "Menor total"


class EntryFilter(forms.Form):
    """It lives in the address: its names are Portuguese. Both days of the period are included.

    A wrong day or amount is told at its field and filters nothing; an account or a cost centre
    that the company does not have is no filter at all, but a page that does not exist.
    """

    q = forms.CharField(
        label="Buscar",
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search", "placeholder": "Histórico, nome ou valor"}),
    )
    conta = forms.TypedChoiceField(label="Conta", required=False, empty_value=None)
    centro = forms.TypedChoiceField(label="Centro de custo", required=False, empty_value=None)
    origem = forms.ChoiceField(label="Origem", required=False)
    de = DayField(label="De", required=False)
    ate = DayField(label="Até", required=False)
    valor_de = AmountField(label="Valor de", required=False)
    valor_ate = AmountField(label="Valor até", required=False)
    ordem = forms.ChoiceField(
        label="Ordem", choices=[("", "Data, os mais recentes primeiro"), *Sort.choices[1:]],
        required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account, center, origin = (self.fields[each] for each in ("conta", "centro", "origem"))
        assert isinstance(account, forms.TypedChoiceField)
        assert isinstance(center, forms.TypedChoiceField)
        assert isinstance(origin, forms.ChoiceField)
        accounts = Account.objects.of(tenant).select_related("group").order_by("code")
        by_id = {str(each.id): each for each in accounts}
        account.choices = [("", "Todas"), *by_id.items()]
        account.coerce = by_id.__getitem__
        centers = {
            str(each.id): each
            for each in CostCenter.objects.of(tenant).order_by("code", "name_folded")
        }
        center.choices = [("", "Todos"), *centers.items()]
        center.coerce = centers.__getitem__
        self.has_centers = bool(centers)
        origin.choices = [("", "Todas"), *origins()]

    @property
    def names_nothing(self) -> bool:
        return "conta" in self.errors or "centro" in self.errors

    @property
    def is_filtering(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    @property
    def has_more(self) -> bool:
        """Whether something is asked for that stands behind the fold."""
        return any(self.data.get(name) for name in self.fields if name != "q")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("de"), values.get("ate")
        if since and until and until < since:
            self._refuse("ate", "A data final é anterior à inicial.", code="ends_before_it_begins")
        least, most = values.get("valor_de"), values.get("valor_ate")
        if least and most and most < least:
            self._refuse("valor_ate", "O valor final é menor que o inicial.", code="backwards")
        return values

    def _refuse(self, field: str, words: str, *, code: str) -> None:
        self.add_error(field, ValidationError(words, code=code))


class ReversalForm(forms.Form):
    date = forms.DateField(label="Data do estorno", widget=DateInput)
    why = LineField(
        label="Motivo",
        max_length=200,
        help_text="Aparece no histórico do estorno.",
        widget=forms.TextInput({"autofocus": True}),
    )
