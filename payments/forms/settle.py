"""A person informs how a payment ended that the bank does not tell of."""

from typing import Any

from django import forms

from payments.models import PaymentOrder
from payments.states import OrderStatus


class SettleForm(forms.Form):
    """How a payment ended, by a person who looked at the bank.

    Of one that is paid already the question is another: whether the money came back.
    """

    PAID, NOT_PAID, RETURNED = "paid", "not_paid", "returned"

    OPEN = (
        (PAID, "Foi paga: aparece como paga no aplicativo do banco ou no extrato"),
        (NOT_PAID, "Não foi paga: não aparece no aplicativo do banco nem no extrato"),
    )
    SETTLED = (
        (PAID, "Foi paga: o dinheiro não voltou"),
        (RETURNED, "Voltou: o dinheiro está de novo na conta"),
    )

    ended = forms.ChoiceField(
        label="Qual foi o resultado?",
        widget=forms.RadioSelect,
        error_messages={"required": "Informe o resultado."},
    )

    def __init__(self, *args: Any, order: PaymentOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ended"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = self.SETTLED if order.status == OrderStatus.PAID else self.OPEN

    @property
    def was_paid(self) -> bool:
        return bool(self.cleaned_data["ended"] == self.PAID)
