"""What is asked before something is done to a charge."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from banking.models import BankAccount
from charges.models import Charge, Settlement
from charges.settlement.received import KEEP, WAIVE
from charges.terms.amounts import ZERO, Owed
from core.fields import AmountField, DayField, LineField
from core.forms import ModelChoiceField
from core.money import format_brl


class WhyForm(forms.Form):
    why = LineField(
        label="Motivo",
        max_length=200,
        widget=forms.TextInput({"autofocus": True}),
        error_messages={"required": "Informe o motivo: ele fica no histórico."},
    )


class OptionalWhyForm(WhyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].required = False


class NothingForm(forms.Form):
    """Only the act is asked about."""


class CancelForm(OptionalWhyForm):
    ENDS, STAYS = "ends", "stays"

    debt = forms.ChoiceField(
        label="E a dívida?",
        choices=[
            (ENDS, "Deixa de ser devida"),
            (STAYS, "Continua devida: só o boleto é encerrado"),
        ],
        initial=ENDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Diga se a cobrança continua devida."},
    )
    field_order = ("debt", "why")

    def __init__(self, *args: Any, has_slip: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_slip:  # nothing collects it: only the debt can end
            del self.fields["debt"]

    @property
    def still_owed(self) -> bool:
        return bool(self.cleaned_data.get("debt") == self.STAYS)


class ChangeForm(OptionalWhyForm):
    due_date = DayField(label="Novo vencimento")
    amount = AmountField(label="Novo valor")
    field_order = ("due_date", "amount", "why")

    def __init__(self, typed: Any, *, charge: Charge) -> None:
        initial = {"due_date": charge.due_date, "amount": format_brl(charge.amount)}
        super().__init__(typed, initial=initial)
        self.charge = charge

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        asked = (values.get("due_date"), values.get("amount"))
        if asked == (self.charge.due_date, self.charge.amount):
            same = "O vencimento e o valor já são estes."
            self.add_error("due_date", ValidationError(same, code="same"))
        return values


class ReceiveForm(OptionalWhyForm):
    amount = AmountField(label="Valor recebido")
    day = DayField(label="Data do recebimento")
    way = forms.ChoiceField(
        label="Como foi recebida?",
        choices=[
            (Settlement.Way.TRANSFER, "Transferência ou Pix para uma conta bancária"),
            (Settlement.Way.CASH, "Dinheiro"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Diga como o dinheiro chegou."},
    )
    bank_account: ModelChoiceField[BankAccount] = ModelChoiceField(
        label="Conta que recebeu",
        queryset=BankAccount.objects.none(),
        required=False,
        empty_label="Escolha, se foi transferência",
    )
    late = forms.ChoiceField(
        label="Se faltarem a multa e os juros?",
        choices=[
            (KEEP, "Ficam em aberto: a cobrança segue paga em parte"),
            (WAIVE, "São dispensados: informe o motivo"),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    withheld = AmountField(
        label="Imposto retido pelo pagador",
        required=False,
        help_text="Além do valor recebido. Conta como pago.",
    )
    split = AmountField(
        label="Imposto recolhido na liquidação (split)",
        required=False,
        help_text="Além do valor recebido. Conta como pago.",
    )
    slip = forms.ChoiceField(
        label="Se for só uma parte, e o boleto em aberto?",
        choices=[
            ("end", "Cancelar no banco; depois você emite outro com o resto"),
            ("keep", "Deixar em aberto com o valor inteiro"),
        ],
        initial="end",
        widget=forms.RadioSelect,
        error_messages={"required": "Diga o que fazer com o boleto."},
    )
    field_order = (
        "amount", "withheld", "split", "day", "way", "bank_account", "late", "slip", "why"
    )  # fmt: skip

    def __init__(
        self, typed: Any, *, charge: Charge, owed: Owed, today: date, has_slip: bool
    ) -> None:
        super().__init__(typed, initial={"amount": format_brl(owed.total), "day": today})
        field = self.fields["bank_account"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = BankAccount.objects.of(charge.tenant_id).order_by(
            "-is_preferred", "provider", "number"
        )
        if not has_slip:
            del self.fields["slip"]
        if not owed.additions:
            del self.fields["late"]
        if not charge.tenant.uses_tax_reform:
            del self.fields["split"]

    @property
    def day_typed(self) -> date | None:
        day: date | None = self.cleaned_data.get("day") if self.is_bound else None
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("way") == Settlement.Way.TRANSFER and not values.get("bank_account"):
            if "bank_account" not in self.errors:
                lacks = "Escolha a conta em que o dinheiro entrou."
                self.add_error("bank_account", ValidationError(lacks, code="required"))
        elif values.get("way") == Settlement.Way.CASH:
            values["bank_account"] = None
        return values

    @property
    def received(self) -> dict[str, Any]:
        """The arguments of `register_received`."""
        data = self.cleaned_data
        names: Sequence[str] = ("amount", "day", "way", "bank_account", "why")
        return {name: data[name] for name in names} | {
            "ends_slip": data.get("slip") == "end",
            "withheld": data.get("withheld") or ZERO,
            "split": data.get("split") or ZERO,
            "late": data.get("late", ""),
        }


class WithheldForm(OptionalWhyForm):
    amount = AmountField(label="Imposto retido")
    field_order = ("amount", "why")

    def __init__(self, typed: Any, *, charge: Charge) -> None:
        super().__init__(typed, initial={"amount": format_brl(charge.principal_rest)})


class FoundForm(forms.Form):
    our_number = LineField(
        label="Nosso número",
        max_length=40,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
        error_messages={"required": "Copie o nosso número que o banco mostra."},
    )
