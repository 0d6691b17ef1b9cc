"""What people type to say what a bank line is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import ClassificationField, add_cost_centers, check_cost_center
from banking.models import StatementLine
from charges.models import Refund
from core.amounts import read_amount
from core.errors import InvalidInput
from core.fields import AmountField, LineField
from core.forms import MoneyInput
from reconciliation.matches.create import WHOLE, Slice

PARTS = 4
PART_NUMBERS = range(1, PARTS + 1)


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


@dataclass(frozen=True, slots=True)
class Part:
    """Of what a line is split into."""

    account: forms.BoundField
    share: forms.BoundField
    cost_center: forms.BoundField | None  # None: the company has none

    @property
    def is_used(self) -> bool:
        fields = (self.account, self.share, self.cost_center)
        return any(field.value() for field in fields if field is not None)


def parts_of(form: forms.Form, numbers: Iterable[int]) -> list[Part]:
    return [
        Part(
            form[f"account_{each}"],
            form[f"share_{each}"],
            form[f"center_{each}"] if f"center_{each}" in form.fields else None,
        )
        for each in numbers
    ]


def slices_typed(values: Mapping[str, Any], numbers: Iterable[int]) -> list[Slice]:
    """Of parts that name an account. One that says nothing takes what the others leave, of per
    cents too."""
    chosen: list[tuple[UUID, UUID | None, Decimal | None, bool]] = [
        (
            account.id,
            center.id if (center := values.get(f"center_{number}")) else None,
            *(values.get(f"share_{number}") or (None, False)),
        )
        for number in numbers
        if (account := values.get(f"account_{number}"))
    ]
    if not any(is_percent for *_, is_percent in chosen):
        return [Slice(each, share, None, center) for each, center, share, _ in chosen]
    told = sum((share for *_, share, _ in chosen if share is not None), Decimal(0))
    return [
        Slice(each, None, WHOLE - told if share is None else share, center)
        if is_percent or share is None
        else Slice(each, share, None, center)
        for each, center, share, is_percent in chosen
    ]


class CreateForm(ActForm):
    marks: Mapping[str, str] = {"slices": "account_1", "cost_center": "center_1"}

    memo = LineField(label="Histórico", required=False, max_length=300)
    party = forms.CharField(required=False, widget=forms.HiddenInput)  # «payee:id», «payer:id»

    def __init__(self, *args: Any, accounts: Any, tenant_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in PART_NUMBERS:
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
        labels = {f"center_{each}": f"Centro de custo da {each}ª parte" for each in PART_NUMBERS}
        add_cost_centers(self, tenant_id, labels | {"center_1": "Centro de custo"})

    @property
    def parts(self) -> list[Part]:
        return parts_of(self, PART_NUMBERS)

    @property
    def is_split(self) -> bool:
        return any(part.is_used for part in self.parts[1:])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number in PART_NUMBERS:
            try:
                values[f"share_{number}"] = read_share(values.get(f"share_{number}") or "")
            except InvalidInput as error:
                self.add_error(f"share_{number}", ValidationError(str(error), code=error.code))
            check_share(self, number)
            check_cost_center(self, f"account_{number}", f"center_{number}")
        return values

    @property
    def slices(self) -> list[Slice]:
        return slices_typed(self.cleaned_data, PART_NUMBERS)


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
        raise InvalidInput("A porcentagem é maior que 0 e vai até 100.", code="share")
    return percent, True


def check_share(form: forms.Form, number: int) -> None:
    """A part without an account is none: what was typed of it would be passed over."""
    account, values = f"account_{number}", form.cleaned_data
    share, _ = values.get(f"share_{number}") or (None, False)
    if share is not None and not values.get(account) and not form.has_error(account):
        form.add_error(
            account, ValidationError("Escolha a classificação desta parte.", code="no_account")
        )


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
