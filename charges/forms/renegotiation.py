"""What people type of an agreement: which charges, and what takes their place."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.fields import ClassificationField
from accounts.models import Account
from banking.models import BankAccount
from charges.forms.charge import terms_of
from charges.forms.fields import PercentField
from charges.forms.instalments import Parts, parts_of
from charges.models import Charge
from charges.renegotiation.agree import Agreement, Part
from charges.renegotiation.worth import Worth, worth_of
from charges.terms.accounts import issuing_accounts
from charges.terms.check import offered_forms
from charges.terms.instalments import MOST
from core.fields import AmountField, DayField, LineField
from core.forms import ModelChoiceField
from core.plurals import counted
from tenants.models import Tenant

ZERO = Decimal("0.00")
SOON = timedelta(days=5)


class RenegotiateForm(forms.Form):
    """The new charges; the old ones are ticked in the table above it."""

    discount = AmountField(
        label="Desconto", required=False, help_text="Sai antes da multa e dos juros."
    )
    instalments = forms.IntegerField(
        label="Número de parcelas",
        min_value=1,
        max_value=MOST,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    first_due = DayField(label="Primeiro vencimento")
    description = LineField(label="Descrição", max_length=100, help_text="O pagador vê.")
    revenue_account = ClassificationField(
        label="Classificação", queryset=Account.objects.none(), empty_label="Escolha a conta"
    )
    bank_account: ModelChoiceField[BankAccount] = ModelChoiceField(
        label="Conta que recebe", queryset=BankAccount.objects.none(), empty_label=None
    )
    form = forms.ChoiceField(label="Forma", choices=Charge.Form)
    fine_percent = PercentField(label="Multa por atraso (%)")
    interest_percent = PercentField(label="Juros ao mês (%)")
    why = LineField(
        label="Motivo", required=False, max_length=200, help_text="Pedido quando há desconto."
    )

    def __init__(
        self,
        typed: QueryDict | None,
        *,
        tenant: Tenant,
        charges: Sequence[Charge],
        chosen: Sequence[Charge],
        today: date,
    ) -> None:
        """`charges` are those that may be part of it."""
        self.tenant, self.charges, self.today = tenant, charges, today
        if typed is not None:
            named = set(typed.getlist("charge"))
            chosen = [charge for charge in charges if str(charge.id) in named]
        self.chosen = chosen
        self.parts: Parts | None = None
        super().__init__(typed, initial=self.beginning())
        self._offer("bank_account", BankAccount.objects.of(tenant).filter(id__in=self.accounts))
        self._offer("revenue_account", Account.objects.revenue_accounts(tenant))

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def beginning(self) -> dict[str, Any]:
        self.accounts = issuing_accounts(self.tenant, None)
        first: dict[str, Any] = {"instalments": 1, "first_due": self.today + SOON}
        account = next(iter(self.accounts.values()), None)
        if account is not None:
            terms = terms_of(account)
            names = ("form", "fine_percent", "interest_percent")
            first |= {name: terms[name] for name in names} | {"bank_account": account.id}
        kinds = {charge.revenue_account_id for charge in self.chosen}
        if len(kinds) == 1:  # of several a person says which
            first["revenue_account"] = kinds.pop()
        number = counted(len(self.chosen), "cobrança", "cobranças")
        return first | {"description": f"Acordo de {number}" if self.chosen else "Acordo"}

    @property
    def worth(self) -> Worth:
        """Of the ticked ones, today."""
        return worth_of(self.chosen, self.today)

    @property
    def discount_typed(self) -> Decimal:
        found: Decimal | None = getattr(self, "cleaned_data", {}).get("discount")
        return found or ZERO

    @property
    def total(self) -> Decimal:
        """Of the new charges; not positive when the discount is too much."""
        return self.worth.total - self.discount_typed

    @property
    def dated_parts(self) -> list[Part]:
        assert self.parts is not None
        understood = self.parts.understood
        assert understood is not None
        return understood

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.chosen:
            self.add_error(None, ValidationError("Selecione as cobranças.", code="none"))
            return data
        account, wanted = data.get("bank_account"), data.get("form")
        if account and wanted and wanted not in offered_forms(account):
            words = f"{account.bank_said.begins} não emite esta forma: escolha outra."
            self.add_error("form", ValidationError(words, code="not_offered"))
        count, first = data.get("instalments"), data.get("first_due")
        if count and first and self.total > 0:
            assert isinstance(self.data, QueryDict)
            self.parts = parts_of(self.total, first, count, self.data)
            for row in self.parts.rows:
                if row.error:
                    told = f"Parcela {row.number}: {row.error}"
                    self.add_error("instalments", ValidationError(told, code="part"))
        elif self.total <= 0:
            self.add_error(
                "discount",
                ValidationError("O desconto precisa ser menor que o total.", code="too_much"),
            )
        return data

    @property
    def agreement(self) -> Agreement:
        data = self.cleaned_data
        names = ("bank_account", "revenue_account", "description", "form", "fine_percent",
                 "interest_percent", "why")  # fmt: skip
        return Agreement(
            parts=self.dated_parts,
            discount=self.discount_typed,
            **{name: data[name] for name in names},
        )
