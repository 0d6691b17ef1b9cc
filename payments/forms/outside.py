"""A bill that was paid outside of the product."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from banking.bank_accounts.ledger_account import possible_leaves
from banking.models import BankAccount
from core.fields import AmountField, DayField, LineField
from core.money import format_brl
from payments.bills.paid_outside import Paid
from payments.models import Payable


class OutsideForm(forms.Form):
    paid_on = DayField(label="Data do pagamento")
    source = forms.ChoiceField(
        label="Saiu de", error_messages={"required": "Escolha de onde o dinheiro saiu."}
    )
    amount = AmountField(label="Valor pago")
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, typed: Any, *, payable: Payable, today: date, shown: str) -> None:
        initial = {"paid_on": today, "amount": format_brl(payable.amount), "shown": shown}
        super().__init__(typed, initial=initial)
        self.today = today
        self.banks = {
            account.id: account
            for account in BankAccount.objects.of(payable.tenant_id).order_by(
                "-is_preferred", "provider", "number"
            )
        }
        self.leaves = {leaf.id: leaf for leaf in possible_leaves(payable.tenant)}
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", "Escolha"),
            ("Contas bancárias", [(str(id), str(bank)) for id, bank in self.banks.items()]),
            (
                "Caixa e outras contas do ativo",
                [(str(id), str(a)) for id, a in self.leaves.items()],
            ),
        ]

    def clean_paid_on(self) -> date:
        day: date = self.cleaned_data["paid_on"]
        if day > self.today:
            raise ValidationError("A data do pagamento não pode ser futura.", code="to_come")
        return day

    @property
    def paid(self) -> Paid:
        id = UUID(self.cleaned_data["source"])
        amount: Decimal = self.cleaned_data["amount"]
        source = self.banks.get(id) or self.leaves[id]
        return Paid(self.cleaned_data["paid_on"], amount, source)


class UndoOutsideForm(forms.Form):
    why = LineField(
        label="Motivo",
        max_length=200,
        widget=forms.TextInput({"autofocus": True}),
        error_messages={"required": "Diga por que este registro é desfeito."},
    )
