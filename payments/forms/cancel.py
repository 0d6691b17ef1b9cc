"""Why a bill is given up."""

from django import forms

from core.fields import LineField


class CancelForm(forms.Form):
    why = LineField(
        label="Motivo",
        required=False,
        max_length=200,
        widget=forms.TextInput({"autofocus": True}),
    )
