"""A rule as it is typed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import ClassificationField, add_cost_centers, check_cost_center
from banking.models import BankAccount
from brazil.document import format_document
from core.errors import InvalidInput
from core.fields import AmountField, LineField
from core.forms import MoneyInput
from core.money import format_brl
from parties.models import Payee, Payer
from reconciliation.forms.acts import Part, check_share, parts_of, read_share, slices_typed
from reconciliation.matches.create import WHOLE, Slice
from reconciliation.models import Rule
from reconciliation.models.rule import NAME_LENGTH, TEXT_LENGTH
from reconciliation.reads.offers import classifications
from reconciliation.rules.compiled import conditions_of, slices_of
from reconciliation.rules.conditions import Conditions, Text
from reconciliation.rules.draft import MOST_TEXTS, Draft, check_text, read_other_side
from reconciliation.rules.party import party_named
from reconciliation.rules.sentence import written_percent
from reconciliation.rules.trial import PERIODS
from tenants.models import Tenant

PARTS = 4
NUMBERS = range(1, MOST_TEXTS + 1)
PART_NUMBERS = range(1, PARTS + 1)
Act = Rule.Act


class RuleForm(forms.Form):
    # The fields that a service names by its own words.
    marks: Mapping[str, str] = {
        "texts": "text_1", "slices": "account_1", "cost_center": "center_1",
    }  # fmt: skip

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    other_side = LineField(
        label="Outra parte",
        required=False,
        max_length=TEXT_LENGTH,
        help_text="CPF ou CNPJ (com as filiais), ou parte do nome.",
    )
    side = forms.ChoiceField(
        label="Lado", required=False, choices=[("", "Ambos"), *Rule.Side.choices]
    )
    least = AmountField(label="Valor de", required=False, widget=MoneyInput)
    most = AmountField(label="Valor até", required=False, widget=MoneyInput)
    act = forms.ChoiceField(
        label="Então",
        choices=Act.choices,
        initial=Act.ENTRY,
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha o que a regra faz."},
    )
    party = LineField(
        label="Com",
        required=False,
        max_length=TEXT_LENGTH,
        help_text="Nome ou CPF/CNPJ do favorecido ou pagador. Em branco: o do documento da linha.",
    )
    why = LineField(label="Motivo", required=False, max_length=300)
    name = LineField(label="Nome da regra", required=False, max_length=NAME_LENGTH)
    days = forms.TypedChoiceField(
        label="Experimentar nos últimos",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(each, f"{each} dias") for each in PERIODS],
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        accounts = BankAccount.objects.of(tenant).order_by(
            "-is_preferred", "provider", "branch", "number"
        )
        choices = [(str(each.id), str(each)) for each in accounts]
        self.fields["bank_account"] = forms.ChoiceField(
            label="Conta", required=False, choices=[("", "Todas"), *choices]
        )
        self.fields["other_account"] = forms.ChoiceField(
            label="Outra conta", required=False, choices=[("", "Escolha a conta"), *choices]
        )
        for number in NUMBERS:
            self.add_text(number)
        for number in PART_NUMBERS:
            self.add_part(number)
        labels = {f"center_{each}": f"Centro de custo da {each}ª parte" for each in PART_NUMBERS}
        add_cost_centers(self, tenant.id, labels | {"center_1": "Centro de custo"})

    def add_text(self, number: int) -> None:
        self.fields[f"how_{number}"] = forms.ChoiceField(
            label="Texto" if number == 1 else f"{number}º texto: como",
            required=False,
            choices=Rule.How.choices,
        )
        self.fields[f"text_{number}"] = forms.CharField(
            label="Texto procurado" if number == 1 else f"{number}º texto",
            required=False,
            max_length=TEXT_LENGTH,
            strip=False,
            widget=forms.TextInput({"spellcheck": "false", "autocomplete": "off"}),
        )

    def add_part(self, number: int) -> None:
        self.fields[f"account_{number}"] = ClassificationField(
            label="Classificação" if number == 1 else f"{number}ª classificação",
            queryset=classifications(self.tenant.id),
            empty_label="Escolha a conta",
            required=False,
        )
        self.fields[f"share_{number}"] = forms.CharField(
            label=f"Valor ou % da {number}ª parte",
            required=False,
            max_length=20,
            widget=forms.TextInput({"placeholder": "o que sobra", "inputmode": "decimal"}),
        )

    # --- What the page shows ---

    @property
    def texts(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"how_{each}"], self[f"text_{each}"]) for each in NUMBERS]

    @property
    def more_texts(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return self.texts[1:]

    @property
    def parts(self) -> list[Part]:
        return parts_of(self, PART_NUMBERS)

    @property
    def more_parts(self) -> list[Part]:
        return self.parts[1:]

    @property
    def has_more_texts(self) -> bool:
        return any(self[f"text_{each}"].value() for each in NUMBERS[1:])

    @property
    def is_split(self) -> bool:
        return any(part.is_used for part in self.more_parts)

    @contextmanager
    def marking(self) -> Iterator[None]:
        """What a service does not accept is said at the field where it was typed."""
        try:
            yield
        except InvalidInput as error:
            self.mark(error)

    def mark(self, error: InvalidInput, field: str | None = None) -> None:
        field = field or self.marks.get(error.field or "", error.field or "")
        known = field if field in self.fields else None
        self.add_error(known, ValidationError(str(error), code=error.code))

    # --- What was typed ---

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number in NUMBERS:
            typed = values.get(f"text_{number}") or ""
            if typed.strip():
                try:
                    check_text(Text(values.get(f"how_{number}") or Rule.How.CONTAINS, typed))
                except InvalidInput as error:
                    self.mark(error, f"text_{number}")
        for number in PART_NUMBERS:
            try:
                values[f"share_{number}"] = read_share(values.get(f"share_{number}") or "")
            except InvalidInput as error:
                self.mark(error, f"share_{number}")
            self.clean_part(number, values)
        with self.marking():
            values["party"] = party_named(self.tenant, values.get("party") or "")
        return values

    def clean_part(self, number: int, values: Mapping[str, Any]) -> None:
        """What is not shown, since the rule makes no entry, stands against nothing."""
        if values.get("act") == Act.ENTRY:
            check_share(self, number)
            check_cost_center(self, f"account_{number}", f"center_{number}")
        else:
            self.errors.pop(f"center_{number}", None)

    @property
    def conditions(self) -> Conditions:
        values = self.cleaned_data
        document, name = read_other_side(values.get("other_side") or "")
        return Conditions(
            texts=[
                Text(values.get(f"how_{number}") or Rule.How.CONTAINS, typed)
                for number in NUMBERS
                if (typed := values.get(f"text_{number}") or "").strip()
            ],
            side=values.get("side") or "",
            least=values.get("least"),
            most=values.get("most"),
            document=document,
            party_name=name,
            bank_account=named(values.get("bank_account")),
        )

    @property
    def draft(self) -> Draft:
        values = self.cleaned_data
        return Draft(
            conditions=self.conditions,
            act=values.get("act") or "",
            name=values.get("name") or "",
            slices=self.slices,
            other_account=named(values.get("other_account")),
            why=values.get("why") or "",
            party=values.get("party") or None,
        )

    @property
    def slices(self) -> list[Slice]:
        """Of per cents, a part that says nothing takes what the others leave."""
        return slices_typed(self.cleaned_data, PART_NUMBERS)


def named(text: Any) -> UUID | None:
    """The id of a choice; the field has held it against the company's own."""
    return UUID(text) if text else None


# --- A rule that is there, in the form ---


def initial_of(rule: Rule) -> dict[str, Any]:
    draft = Draft(
        conditions=conditions_of(rule),
        act=rule.act,
        name=rule.name,
        slices=slices_of(rule),
        other_account=rule.other_account_id,
        why=rule.why,
        party=rule.payee or rule.payer,
    )
    return initial_from(draft) | {"version": rule.version}


def initial_from(draft: Draft) -> dict[str, Any]:
    when = draft.conditions
    initial: dict[str, Any] = {
        "other_side": format_document(when.document) or when.party_name,
        "side": when.side,
        "least": format_brl(when.least) if when.least is not None else "",
        "most": format_brl(when.most) if when.most is not None else "",
        "bank_account": str(when.bank_account or ""),
        "act": draft.act,
        "name": draft.name,
        "other_account": str(draft.other_account or ""),
        "why": draft.why,
        "party": party_words(draft.party),
    }
    for number, text in enumerate(when.texts, start=1):
        initial |= {f"how_{number}": text.how, f"text_{number}": text.text}
    for number, part in enumerate(draft.slices, start=1):
        initial |= {
            f"account_{number}": part.account,
            f"share_{number}": share_words(part),
            f"center_{number}": part.cost_center or "",
        }
    return initial


def party_words(party: Payee | Payer | None) -> str:
    if party is None:
        return ""
    return format_document(party.document) if party.document else party.name


def share_words(part: Slice) -> str:
    if part.percent is not None:
        return written_percent(part.percent) if part.percent != WHOLE else ""
    return format_brl(part.amount) if part.amount is not None else ""
