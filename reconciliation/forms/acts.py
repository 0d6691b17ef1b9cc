"""What people type to say what a bank line is."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import ClassificationField
from accounts.models import Account
from banking.models import StatementLine
from charges.models import Refund
from core.amounts import read_amount
from core.errors import InvalidInput
from core.fields import AmountField, LineField
from core.forms import MoneyInput
from reconciliation.matches.create import WHOLE, Slice

PARTS = 4


class ActForm(forms.Form):
    """`seen` is the version of the line that the person saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    # The fields that a service names by its own words.
    marks: Mapping[str, str] = {}

    @contextmanager
    def marking(self) -> Iterator[None]:
        """What a service does not accept is said at the field where it was typed."""
        try:
            yield
        except InvalidInput as error:
            field = self.marks.get(error.field or "", error.field)
            known = field if field in self.fields else None
            self.add_error(known, ValidationError(str(error), code=error.code))

    def seen_of(self, line: StatementLine) -> dict[UUID, int]:
        return {line.id: self.cleaned_data["seen"]}


class CreateForm(ActForm):
    marks: Mapping[str, str] = {"slices": "account_1"}

    memo = LineField(label="Histórico", required=False, max_length=300)
    party = forms.CharField(required=False, widget=forms.HiddenInput)  # «payee:id», «payer:id»

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, PARTS + 1):
            self.fields[f"account_{number}"] = ClassificationField(
                label="Classificação" if number == 1 else f"{number}ª classificação",
                queryset=accounts,
                empty_label="Escolha a conta",
                required=number == 1,
                error_messages={"required": "Escolha a classificação."},
            )
            self.fields[f"share_{number}"] = forms.CharField(
                label=f"Valor ou % da {number}ª parte",
                required=False,
                max_length=20,
                widget=forms.TextInput({"placeholder": "o que sobra", "inputmode": "decimal"}),
            )

    @property
    def parts(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"account_{each}"], self[f"share_{each}"]) for each in range(1, PARTS + 1)]

    @property
    def is_split(self) -> bool:
        values = self.data or {}
        return any(values.get(f"account_{each}") for each in range(2, PARTS + 1))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number in range(1, PARTS + 1):
            try:
                values[f"share_{number}"] = read_share(values.get(f"share_{number}") or "")
            except InvalidInput as error:
                self.add_error(f"share_{number}", ValidationError(str(error), code=error.code))
        return values

    @property
    def slices(self) -> list[Slice]:
        """A part that says nothing takes what the others leave, of per cents too."""
        values = self.cleaned_data
        chosen: list[tuple[Account, Decimal | None, bool]] = [
            (account, *values[f"share_{number}"])
            for number in range(1, PARTS + 1)
            if (account := values.get(f"account_{number}"))
        ]
        if not any(is_percent for _, _, is_percent in chosen):
            return [Slice(account.id, amount=share) for account, share, _ in chosen]
        told = sum((share for _, share, _ in chosen if share is not None), Decimal(0))
        return [
            Slice(account.id, percent=WHOLE - told if share is None else share)
            if is_percent or share is None
            else Slice(account.id, amount=share)
            for account, share, is_percent in chosen
        ]


def read_share(text: str) -> tuple[Decimal | None, bool]:
    """«1.234,56» or «30 %»; the second says whether it is per cent."""
    bare = text.strip()
    if not bare:
        return None, False
    if not bare.endswith("%"):
        return read_amount(bare), False
    try:
        percent = Decimal(bare.removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        raise InvalidInput("Escreva um valor, como 1.234,56, ou 30 %.", code="share") from None
    if not (percent.is_finite() and 0 < percent <= WHOLE):
        raise InvalidInput("A porcentagem vai de 0 a 100.", code="share")
    return percent, True


class TransferForm(ActForm):
    marks: Mapping[str, str] = {"other_account": "other", "other_line": "other"}

    other = forms.ChoiceField(
        label="De ou para",
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha a outra conta da empresa."},
    )
    fee = AmountField(label="Tarifa", required=False, widget=MoneyInput)

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = others
        if others:
            field.initial = others[0][0]

    @property
    def other_id(self) -> tuple[str, UUID]:
        kind, _, name = self.cleaned_data["other"].partition(":")
        return kind, UUID(name)


class GiveBackForm(ActForm):
    """A line gives back `other`; of what that stands for, `of`."""

    other = forms.ChoiceField(
        label="Devolução de",
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha a linha que voltou."},
    )
    of = forms.ChoiceField(label="O que voltou dele", required=False)
    debt = forms.ChoiceField(
        label="E a dívida da cobrança?",
        choices=[
            (Refund.Debt.OWED, "Continua devida: o pagador ainda deve esta parte"),
            (Refund.Debt.UNDONE, "Venda desfeita: esta parte deixa de ser devida"),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    why = LineField(label="Motivo", required=False, max_length=300)

    def __init__(
        self,
        *args: Any,
        others: Sequence[tuple[str, str]],
        parts: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field, of = self.fields["other"], self.fields["of"]
        assert isinstance(field, forms.ChoiceField) and isinstance(of, forms.ChoiceField)
        field.choices = others
        of.choices = [("", "Tudo"), *parts]
        if others:
            field.initial = others[0][0]

    @property
    def asks_debt(self) -> bool:
        return "debt" in self.errors or bool(self.data and self.data.get("debt"))

    @property
    def asks_part(self) -> bool:
        return "of" in self.errors or bool(self.data and self.data.get("of"))


class IgnoreForm(ActForm):
    why = LineField(
        label="Por que ignorar",
        max_length=300,
        widget=forms.TextInput({"placeholder": "Fica na diferença, com este motivo"}),
        error_messages={"required": "Informe por que esta linha é ignorada."},
    )


class UndoForm(forms.Form):
    why = LineField(label="Motivo", required=False, max_length=300)
