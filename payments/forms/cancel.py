"""Why a bill is given up, or given back."""

from django import forms

from core.fields import LineField


class CancelForm(forms.Form):
    why = LineField(
        label="Motivo",
        required=False,
        max_length=200,
        widget=forms.TextInput({"autofocus": True}),
    )


class RejectForm(forms.Form):
    why = LineField(
        label="Motivo",
        max_length=200,
        widget=forms.TextInput({"autofocus": True}),
        error_messages={
            "required": "Diga o que precisa mudar: quem lançou a conta recebe o motivo."
        },
    )
