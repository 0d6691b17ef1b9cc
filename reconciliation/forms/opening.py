"""What people type on «Conciliar»."""

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import JournalLine
from core.amounts import read_amount
from core.errors import InvalidInput
from core.money import format_brl


class BalanceField(forms.CharField):
    """Reais as they are written here, which may be zero or negative."""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        digits = text.replace("R$", "").strip()
        is_negative = digits[:1] in {"-", "−"}
        digits = digits.lstrip("-−+ \u00a0")
        if digits and not digits.strip("0,."):
            return Decimal(0)
        try:
            amount = read_amount(digits)
        except InvalidInput as error:
            raise ValidationError(str(error), code=error.code) from None
        return -amount if is_negative else amount


class OpeningForm(forms.Form):
    """The opening balance of an account: what is not known of it, and what waits."""

    amount = BalanceField(
        label="Saldo da conta",
        error_messages={"required": "Informe o saldo da conta neste dia."},
        help_text="Como no extrato. Se era negativo, escreva com o sinal: -1.234,56.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    marked = forms.MultipleChoiceField(
        label="Ainda não compensados",
        required=False,
        help_text="Marque o que ainda não tinha passado pelo banco: continua à espera da linha "
        "do extrato. O restante já está no saldo do banco.",
        widget=forms.CheckboxSelectMultiple,
    )
    # The amount of the entry that the person was shown.
    seen = forms.DecimalField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        day: dt.date,
        asks_amount: bool,
        has_former: bool,
        lines: Sequence[JournalLine],
        waiting: Collection[UUID] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        amount.label = f"Saldo da conta no fim de {day:%d/%m/%Y}"
        amount.required = not has_former
        if has_former:
            amount.help_text += " Em branco: o do lançamento anterior, menos o que moveu até ele."
        if not asks_amount:
            del self.fields["amount"]
        if not lines:
            del self.fields["marked"]
            return
        marked = self.fields["marked"]
        assert isinstance(marked, forms.MultipleChoiceField)
        marked.choices = [(str(line.id), described(line)) for line in lines]
        marked.initial = [str(line.id) for line in lines if line.id in waiting]

    @property
    def marked_ids(self) -> set[UUID]:
        return {UUID(each) for each in self.cleaned_data.get("marked", [])}


def described(line: JournalLine) -> str:
    sign = "−" if line.amount < 0 else "+"
    return (
        f"{line.entry.date:%d/%m/%Y} · {line.entry.memo} · "
        f"{sign}\u00a0R$\u00a0{format_brl(abs(line.amount))}"
    )
