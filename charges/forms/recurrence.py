"""What people type of a contract, and before something is done to one."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from brazil.digits import plain
from charges.drafts.draft import Draft, columns_of
from charges.forms.acts import OptionalWhyForm
from charges.forms.charge import ZERO, ChargeForm
from charges.forms.fields import PercentField, write_payer, write_percent
from charges.models import Charge, Recurrence
from charges.models.recurrence import EVERY, LAST_DAY, MOST_DAYS_BEFORE
from charges.recurrences.calendar import MONTHS, WORDS
from charges.recurrences.contract import Contract, draft_in
from charges.recurrences.tags import TAGS
from charges.terms.tags import require_known_tags
from core.errors import InvalidInput
from core.fields import DayField, LineField
from core.money import format_brl
from tenants.models import Tenant

MONTH = re.compile(r"(\d{1,2})\s*[/-]?\s*(\d{4})")
MONTH_CHOICES = [
    ("", "O da primeira competência"),
    *((number, name.capitalize()) for number, name in enumerate(MONTHS, 1)),
]


class MonthField(forms.CharField):
    """A month as it is written here, 12/2026; its first day."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "off", "placeholder": "mm/aaaa"}
        )
        super().__init__(max_length=10, widget=widget, **kwargs)

    def clean(self, value: Any) -> date | None:
        text = plain(super().clean(value)).strip()
        if not text:
            return None
        found = MONTH.fullmatch(text)
        try:
            return date(int(found[2]), int(found[1]), 1) if found else unreadable()
        except ValueError:
            return unreadable()


def unreadable() -> date:
    raise ValidationError("Este mês não existe. Escreva como 12/2026.", code="invalid")


class RecurrenceForm(ChargeForm):
    """A new contract, or one that is changed."""

    due_date = None  # type: ignore[assignment]  # Django leaves such a field out
    instalments = None  # type: ignore[assignment]
    competence_date = None  # type: ignore[assignment]

    day = forms.TypedChoiceField(
        label="Dia do vencimento",
        coerce=int,
        choices=[
            *((day, str(day)) for day in range(1, LAST_DAY)),
            (LAST_DAY, "31 (último)"),
        ],
        help_text="Em mês mais curto, vence no último dia.",
    )
    every_months = forms.TypedChoiceField(
        label="Periodicidade",
        coerce=int,
        choices=[(every, WORDS[every].capitalize()) for every in EVERY],
    )
    first_month = MonthField(label="Primeira competência")
    last_month = MonthField(
        label="Última competência", required=False, help_text="Sem ela, não termina."
    )
    days_before = forms.IntegerField(
        label="Emitir quantos dias antes?",
        min_value=0,
        max_value=MOST_DAYS_BEFORE,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    adjustment = forms.ChoiceField(
        label="Reajuste no aniversário",
        choices=Recurrence.Adjustment,
        widget=forms.RadioSelect,
    )
    adjustment_percent = PercentField(label="Reajuste ao ano (%)", help_text="Se for fixo.")
    index_name = LineField(
        label="Índice",
        required=False,
        max_length=30,
        help_text="Exemplo: IPCA. O Kamino pede a variação um mês antes.",
    )
    adjust_month = forms.TypedChoiceField(
        label="Mês do aniversário",
        coerce=int,
        choices=MONTH_CHOICES,
        required=False,
        empty_value=None,
    )

    def __init__(
        self, typed: QueryDict | None = None, *, tenant: Tenant, today: date, **kwargs: Any
    ) -> None:
        """`contract` is the one that is changed."""
        self.contract_of: Recurrence | None = kwargs.pop("contract", None)
        super().__init__(typed, tenant=tenant, today=today, **kwargs)
        tags = ", ".join(f"{{{{{name}}}}}" for name in TAGS)
        self.fields["description"].help_text = f"O pagador vê. Marcas: {tags}."
        self.fields["description"].widget.attrs["placeholder"] = "Manutenção de {{mes}}"
        if self.contract_of is not None:
            self.fields["payer"].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for field in ("description", "document_number", "message"):
            try:
                require_known_tags(data.get(field) or "", TAGS, field=field)
            except InvalidInput as error:
                self.add_error(field, ValidationError(str(error), code=error.code))
        return data

    @property
    def draft(self) -> Draft:
        """With the tags in it; its dates are those of no period."""
        data = self.cleaned_data
        names = ("payer", "bank_account", "amount", "description", "revenue_account", "form",
                 "document_number", "fine_percent", "interest_percent")  # fmt: skip
        return Draft(
            **{name: data[name] for name in names},
            due_date=data["first_month"],
            discount=data.get("discount") or ZERO,
            message=data.get("message", ""),
        )

    @property
    def contract(self) -> Contract:
        data = self.cleaned_data
        names = ("day", "every_months", "first_month", "last_month", "days_before", "adjustment",
                 "adjustment_percent", "index_name", "adjust_month")  # fmt: skip
        return Contract(draft=self.draft, **{name: data[name] for name in names})

    @property
    def unsaved(self) -> Charge:
        """The charge of the first period that is ahead. For a form that is valid.

        Raises:
            InvalidInput: it is no charge.
        """
        calendar = self.contract.calendar
        month = calendar.first_due_from(self.today) or calendar.first_month
        draft = draft_in(self.draft, calendar, month, self.draft.amount)
        return Charge(tenant=self.tenant, **columns_of(self.tenant, draft))


def written_contract(recurrence: Recurrence, amount: Decimal) -> dict[str, Any]:
    """A contract, as a person would have typed it."""
    same = (
        "form", "description", "document_number", "message", "day", "every_months", "days_before",
        "adjustment", "index_name", "adjust_month",
    )  # fmt: skip
    last = recurrence.last_month
    return {name: getattr(recurrence, name) for name in same} | {
        "payer": write_payer(recurrence.payer),
        "bank_account": recurrence.bank_account_id,
        "revenue_account": recurrence.revenue_account_id,
        "amount": format_brl(amount),
        "first_month": f"{recurrence.first_month:%m/%Y}",
        "last_month": f"{last:%m/%Y}" if last else "",
        "fine_percent": write_percent(recurrence.fine_percent),
        "interest_percent": write_percent(recurrence.interest_percent),
        "discount": format_brl(recurrence.discount) if recurrence.discount else "",
        "adjustment_percent": write_percent(recurrence.adjustment_percent),
    }


class AdjustForm(forms.Form):
    anniversary = forms.TypedChoiceField(
        label="Aniversário", coerce=date.fromisoformat, widget=forms.RadioSelect
    )
    percent = PercentField(
        label="Reajuste (%)", help_text="O acumulado do índice. Em branco: sem reajuste este ano."
    )
    index_name = LineField(label="Índice", required=False, max_length=30)

    def __init__(self, typed: Any, *, recurrence: Recurrence, months: Sequence[date]) -> None:
        initial = {"index_name": recurrence.index_name, "anniversary": months[0].isoformat()}
        super().__init__(typed, initial=initial)
        field = self.fields["anniversary"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(month.isoformat(), f"{month:%m/%Y}") for month in months]


class IssuePeriodForm(forms.Form):
    due_date = DayField(label="Vencimento", required=True)


class EndForm(OptionalWhyForm):
    """A contract is paused, ended, or leaves periods without a charge."""
