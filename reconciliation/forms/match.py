"""What people choose for a bank line: items, how much of each, and the differences."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import ClassificationField
from banking.models import StatementLine
from charges.settlement.received import KEEP, WAIVE
from core.amounts import read_amount
from core.errors import InvalidInput
from core.fields import AmountField, LineField
from reconciliation.forms.acts import ActForm
from reconciliation.matches.differences import (
    ADDING,
    LABELS,
    LESSENING,
    Difference,
    DifferenceKind,
)
from reconciliation.matches.items import Choice, Item, ItemKind
from reconciliation.matches.pairing import Pairing, reais

ZERO = Decimal("0.00")
DIFFERENCES = 4  # of a service, the taxes that a customer may withhold


class MatchForm(ActForm):
    """The items themselves are boxes named `item`, each «kind:id», with `part-ID` beside it."""

    marks: Mapping[str, str] = {"differences": "kind_1"}
    # For the live sum: the kinds whose way does not depend on what is missing.
    adding, lessening = " ".join(sorted(ADDING)), " ".join(sorted(LESSENING))

    leaves_open = forms.BooleanField(label="Deixar o resto em aberto", required=False)
    why = LineField(label="Motivo", required=False, max_length=300)
    late = forms.ChoiceField(
        label="E a multa e os juros que faltam?",
        choices=[
            (KEEP, "Ficam em aberto: a cobrança segue paga em parte"),
            (WAIVE, "São dispensados: informe o motivo"),
        ],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,
        line: StatementLine,
        left: Decimal,
        accounts: Any,
        beside: Mapping[UUID, int] | None = None,
        **kwargs: Any,
    ) -> None:
        """`left` is what is open of the line and of those `beside` it, which go into the same
        match: by line, the version that was seen."""
        super().__init__(*args, **kwargs)
        self.line, self.left, self.beside = line, left, beside or {}
        self.parts: dict[UUID, Decimal | None] = {}
        self.part_errors: dict[str, str] = {}
        for number in range(1, DIFFERENCES + 1):
            self.fields[f"kind_{number}"] = forms.ChoiceField(
                label="Diferença",
                choices=[("", "Nenhuma"), *LABELS.items()],
                required=False,
            )
            self.fields[f"amount_{number}"] = AmountField(label="Valor", required=False)
            self.fields[f"account_{number}"] = ClassificationField(
                label="Classificação",
                queryset=accounts,
                empty_label="A usual",
                required=False,
            )
            self.fields[f"of_{number}"] = forms.UUIDField(
                label="De qual item", required=False, widget=forms.Select
            )

    @property
    def rows(self) -> list[tuple[forms.BoundField, ...]]:
        names = ("kind", "amount", "account", "of")
        return [
            tuple(self[f"{name}_{each}"] for name in names) for each in range(1, DIFFERENCES + 1)
        ]

    def offer_owners(self, items: Sequence[Item]) -> None:
        """The items that a difference may belong to: those that are chosen."""
        choices = [("", "Escolha o item"), *((str(item.id), words_of(item)) for item in items)]
        for number in range(1, DIFFERENCES + 1):
            widget = self.fields[f"of_{number}"].widget
            assert isinstance(widget, forms.Select)
            widget.choices = choices

    @property
    def asks_owner(self) -> bool:
        return len(self.chosen) > 1

    @property
    def has_differences(self) -> bool:
        values = self.data or {}
        numbers = range(1, DIFFERENCES + 1)
        return any(values.get(f"{name}_{each}") for name in ("kind", "amount") for each in numbers)

    @property
    def chosen(self) -> list[tuple[ItemKind, UUID]]:
        """What is ticked, in its order; what cannot be read is none."""
        typed: Any = self.data
        return read_items(typed.getlist("item")) if typed else []

    @property
    def chosen_names(self) -> set[str]:
        return {f"{kind.value}:{name}" for kind, name in self.chosen}

    @property
    def asks_late(self) -> bool:
        return "late" in self.errors or bool(self.data and self.data.get("late"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for _, item in self.chosen:
            try:
                typed = self.data.get(f"part-{item}", "").strip()
                self.parts[item] = read_amount(typed) if typed else None
            except InvalidInput as error:
                self.part_errors[str(item)] = str(error)
                self.add_error(None, ValidationError(str(error), code=error.code))
        for number in range(1, DIFFERENCES + 1):
            name = f"amount_{number}"
            if values.get(f"kind_{number}") and not values.get(name) and name not in self.errors:
                missing = ValidationError("Informe o valor da diferença.", code="required")
                self.add_error(name, missing)
            if values.get(name) and not values.get(f"kind_{number}"):
                missing = ValidationError("Diga o que é esta diferença.", code="required")
                self.add_error(f"kind_{number}", missing)
            self.require_owner(number, values)
        return values

    def require_owner(self, number: int, values: Mapping[str, Any]) -> None:
        """What makes the line smaller than several items belongs to one of them."""
        kind = values.get(f"kind_{number}")
        if kind not in LESSENING or not self.asks_owner or values.get(f"of_{number}"):
            return
        missing = ValidationError("Diga de qual dos itens é esta diferença.", code="of")
        self.add_error(f"of_{number}", missing)

    def pairing(self, items: Sequence[Item], shown: Mapping[UUID, str]) -> Pairing:
        """`items` are those that are chosen, as they are now; `shown` is of bills."""
        values = self.cleaned_data
        self.mark_too_much(items)
        choices = [
            Choice(
                item.kind,
                item.id,
                self.parts.get(item.id),
                shown=shown.get(item.id, ""),
                late=values["late"] if item.kind is ItemKind.CHARGE else "",
                why=values["why"],
            )
            for item in items
        ]
        return Pairing(
            lines=[self.line.id, *self.beside],
            items=choices,
            differences=self.differences(items),
            leaves_open=values["leaves_open"],
            seen=self.seen_of(self.line) | dict(self.beside),
            why=values["why"],
        )

    def mark_too_much(self, items: Sequence[Item]) -> None:
        """Beside the item too; that it is refused is the act's to say."""
        for item in items:
            part = self.parts.get(item.id)
            if part is not None and part > abs(item.open):
                self.part_errors[str(item.id)] = f"Até {reais(abs(item.open))}."

    def differences(self, items: Sequence[Item]) -> list[Difference]:
        """People type how much; the kind says which way, or else what is missing does."""
        values, sign = self.cleaned_data, 1 if self.line.is_incoming else -1
        missing = self.left - sum((self.worth(item) for item in items), ZERO)
        found = []
        for number in range(1, DIFFERENCES + 1):
            kind, amount = values.get(f"kind_{number}"), values.get(f"amount_{number}")
            if not kind or not amount:
                continue
            signed = amount * way_of(DifferenceKind(kind), sign, missing)
            account = values.get(f"account_{number}")
            owner = values.get(f"of_{number}") if len(items) > 1 else None
            found.append(
                Difference(DifferenceKind(kind), signed, account.id if account else None, owner)
            )
            missing -= signed
        return found

    def worth(self, item: Item) -> Decimal:
        part = self.parts.get(item.id)
        return item.open if part is None else part.copy_sign(item.open)


def words_of(item: Item) -> str:
    return " · ".join(filter(None, (item.party, item.text, f"{item.day:%d/%m}")))[:80]


def way_of(kind: DifferenceKind, sign: int, missing: Decimal) -> int:
    """Of a difference on the bank: `sign` is the line's, `missing` what is not explained yet."""
    if kind in ADDING:
        return sign
    if kind in LESSENING:
        return -sign
    if kind is DifferenceKind.FEE:
        return -1
    return 1 if missing > 0 else -1


def read_items(texts: Sequence[str]) -> list[tuple[ItemKind, UUID]]:
    found = []
    for text in dict.fromkeys(texts):
        kind, _, name = text.partition(":")
        try:
            found.append((ItemKind(kind), UUID(name)))
        except ValueError:
            continue
    return found


class ItemFilter(forms.Form):
    """What a person looks for among open items. Amounts are positive."""

    q = forms.CharField(
        label="Procurar",
        required=False,
        max_length=120,
        widget=forms.SearchInput({"placeholder": "Nome, documento, descrição ou valor"}),
    )
    tipo = forms.ChoiceField(
        label="O quê",
        choices=[("", "Tudo"), (ItemKind.BILL, "Contas a pagar"), (ItemKind.CHARGE, "Cobranças"),
                 (ItemKind.ENTRY, "Lançamentos")],
        required=False,
    )  # fmt: skip
