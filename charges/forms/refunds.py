"""What is asked before money goes back to a payer, or an advance is used."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from banking.banks.contract.payments import PixKeyType
from banking.models import StatementLine
from charges.forms.acts import WhyForm
from charges.models import Charge, Refund, Settlement
from charges.refunds.advances import payable_by
from charges.refunds.parts import Left
from charges.refunds.register import debits_for
from core.fields import AmountField, DayField, LineField
from core.forms import ModelChoiceField
from core.money import format_brl

MOST_LINES = 50
KEY_TYPES = (
    (PixKeyType.CNPJ, "CNPJ"),
    (PixKeyType.CPF, "CPF"),
    (PixKeyType.EMAIL, "E-mail"),
    (PixKeyType.PHONE, "Celular"),
    (PixKeyType.RANDOM, "Aleatória"),
)


class RefundForm(WhyForm):
    amount = AmountField(label="Valor a devolver")
    debt = forms.ChoiceField(
        label="E a dívida?",
        choices=[
            (Refund.Debt.OWED, "Continua devida: o pagador ainda deve esta parte"),
            (Refund.Debt.UNDONE, "Venda desfeita: esta parte deixa de ser devida"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Diga se a cobrança continua devida."},
    )
    field_order: tuple[str, ...] = ("amount", "debt", "why")

    def __init__(self, typed: Any, *, left: Left) -> None:
        super().__init__(typed, initial={"amount": format_brl(left.excess or left.total)})
        self.fields["amount"].widget.attrs["autofocus"] = True
        self.fields["why"].widget.attrs.pop("autofocus", None)
        if left.excess and left.principal:
            self.fields["debt"].help_text = (
                f"Os primeiros R$ {format_brl(left.excess)} são adiantamento do pagador e não "
                "mudam a dívida."
            )
        elif not left.principal:  # nothing of the debt is touched
            del self.fields["debt"]

    @property
    def asked(self) -> dict[str, Any]:
        """The arguments of `ask_refund`."""
        data = self.cleaned_data
        return {
            "amount": data["amount"],
            "debt": data.get("debt", Refund.Debt.OWED),
            "why": data["why"],
        }


class RegisterForm(RefundForm):
    line: ModelChoiceField[StatementLine] = ModelChoiceField(
        label="Saída no extrato",
        queryset=StatementLine.objects.none(),
        required=False,
        empty_label="Não está no extrato: informar valor e dia",
    )
    day = DayField(label="Dia da devolução", required=False)
    field_order = ("line", "amount", "day", "debt", "why")

    def __init__(self, typed: Any, *, settlement: Settlement, left: Left) -> None:
        super().__init__(typed, left=left)
        self.fields["amount"].required = False
        self.fields["amount"].help_text = "Não precisa ser preenchido se a saída foi escolhida."
        field = self.fields["line"]
        assert isinstance(field, forms.ModelChoiceField)
        if settlement.bank_account_id is None:  # cash
            del self.fields["line"]
            return
        lines = debits_for(settlement)
        ids = list(lines.values_list("id", flat=True)[:MOST_LINES])
        field.queryset = StatementLine.objects.of(settlement.tenant_id).filter(id__in=ids)
        field.label_from_instance = label_of  # type: ignore[method-assign, assignment]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("line") is None and not self.errors:
            for name, lacks in (("amount", "Informe o valor."), ("day", "Informe o dia.")):
                if not values.get(name):
                    self.add_error(name, ValidationError(lacks, code="required"))
        return values

    @property
    def registered(self) -> dict[str, Any]:
        """The arguments of `register_refund`."""
        data = self.cleaned_data
        names = ("line", "amount", "day", "why")
        told = {name: data.get(name) or None for name in names}
        return {**told, "debt": data.get("debt", Refund.Debt.OWED)}


def label_of(line: StatementLine) -> str:
    who = f" · {line.counterparty_name}" if line.counterparty_name else ""
    return f"{line.booked_on:%d/%m/%Y} · R$ {format_brl(-line.amount)} · {line.description}{who}"


class UseAdvanceForm(WhyForm):
    charge: ModelChoiceField[Charge] = ModelChoiceField(
        label="Outra cobrança do pagador",
        queryset=Charge.objects.none(),
        empty_label="Escolha a cobrança",
        error_messages={"required": "Escolha a cobrança."},
    )
    amount = AmountField(label="Valor a usar")
    field_order = ("charge", "amount", "why")

    def __init__(self, typed: Any, *, settlement: Settlement, left: Decimal) -> None:
        others = payable_by(settlement)
        first = others.first()
        amount = min(left, first.rest) if first is not None else left
        super().__init__(typed, initial={"amount": format_brl(amount), "charge": first})
        field = self.fields["charge"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = others
        field.label_from_instance = charge_label  # type: ignore[method-assign, assignment]
        self.fields["why"].widget.attrs.pop("autofocus", None)


def charge_label(charge: Charge) -> str:
    due = f"vence em {charge.due_date:%d/%m/%Y}"
    return f"{charge.description} · {due} · R$ {format_brl(charge.rest)}"


class GiveBackForm(forms.Form):
    amount = AmountField(label="Valor a devolver")
    pix_key_type = forms.ChoiceField(label="Tipo da chave Pix", choices=KEY_TYPES)
    pix_key = LineField(
        label="Chave Pix do pagador",
        max_length=77,
        error_messages={"required": "Informe a chave Pix do pagador."},
    )

    def __init__(self, typed: Any, *, left: Decimal, document: str) -> None:
        kind = PixKeyType.CPF if len(document) == 11 else PixKeyType.CNPJ
        super().__init__(
            typed,
            initial={"amount": format_brl(left), "pix_key_type": kind, "pix_key": document},
        )
