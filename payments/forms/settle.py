"""A person informs how a payment ended that the bank does not tell of."""

from django import forms


class SettleForm(forms.Form):
    """How a payment ended, by a person who looked at the bank."""

    PAID, NOT_PAID = "paid", "not_paid"

    ended = forms.ChoiceField(
        label="Qual foi o resultado?",
        choices=[
            (PAID, "Foi paga: aparece como paga no aplicativo do banco ou no extrato"),
            (NOT_PAID, "Não foi paga: não aparece no aplicativo do banco nem no extrato"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Informe o resultado."},
    )

    @property
    def was_paid(self) -> bool:
        return bool(self.cleaned_data["ended"] == self.PAID)
