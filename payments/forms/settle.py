"""A person informs how a payment ended that the bank does not tell of."""

from django import forms


class SettleForm(forms.Form):
    """How a payment ended, by a person who looked at the bank."""

    PAID, NOT_PAID = "paid", "not_paid"

    ended = forms.ChoiceField(
        label="Como terminou?",
        choices=[
            (PAID, "Foi paga: está no aplicativo do banco como paga, ou o débito no extrato"),
            (NOT_PAID, "Não foi paga: não está no aplicativo do banco nem no extrato"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha como terminou."},
    )

    @property
    def was_paid(self) -> bool:
        return bool(self.cleaned_data["ended"] == self.PAID)
