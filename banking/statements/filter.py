"""The filter of the statement, which lives in the address."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import DateInput


class StatementFilter(forms.Form):
    """Days are São Paulo days, both included. It lives in the address: its names are Portuguese."""

    de = forms.DateField(label="De", required=False, widget=DateInput)
    ate = forms.DateField(label="Até", required=False, widget=DateInput)
    q = forms.CharField(
        label="Procurar",
        required=False,
        max_length=120,
        widget=forms.SearchInput(attrs={"placeholder": "Nome, valor ou documento"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("de"), values.get("ate")
        if since and until and since > until:
            error = ValidationError(
                "A data final é anterior à inicial.", code="ends_before_it_begins"
            )
            self.add_error("ate", error)
        return values

    @property
    def is_filtering(self) -> bool:
        return any(self.data.get(name) for name in self.fields)
