from typing import Any

from django import forms

from accounts.models import Account
from core.fields import LineField
from core.forms import DateInput
from tenants.models import Tenant


class EntryFilter(forms.Form):
    """The bar above the entries. Both days of the period are included.

    A wrong day is told at its field and filters nothing; an account or entry that the company
    does not have is no filter at all, but a page that does not exist.
    """

    IDS = frozenset({"account", "after"})

    account = forms.ModelChoiceField(
        Account.objects.none(), label="Conta", required=False, empty_label="Todas"
    )
    since = forms.DateField(label="De", required=False, widget=DateInput)
    until = forms.DateField(label="Até", required=False, widget=DateInput)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)  # the page starts after it

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Account.objects.of(tenant).order_by("code")

    @property
    def names_nothing(self) -> bool:
        return not self.IDS.isdisjoint(self.errors)

    @property
    def is_filtering(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("account", "since", "until"))

    def clean_until(self) -> object:
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until and until < since:
            raise forms.ValidationError(
                "A data final é anterior à inicial.", code="ends_before_it_begins"
            )
        return until


class ReversalForm(forms.Form):
    date = forms.DateField(label="Data do estorno", widget=DateInput)
    why = LineField(
        label="Motivo",
        max_length=200,
        help_text="Aparece no histórico do estorno.",
        widget=forms.TextInput({"autofocus": True}),
    )
