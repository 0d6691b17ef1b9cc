"""«Cobranças» on the page of an account: what new ones begin with, what a classification does."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.fields import ClassificationField
from accounts.models import Account
from banking.banks import registry
from banking.banks.contract.info import Capability
from banking.models import BankAccount
from charges.drafts.defaults import ZERO, Defaults
from charges.terms.check import rules_of
from core.fields import LineField


class PercentField(forms.DecimalField):
    """«2», «2,5» or «2,5 %»; nothing is zero."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
            localize=True,
            required=False,
            widget=widget,
            **kwargs,
        )

    def to_python(self, value: Any) -> Decimal:  # type: ignore[override]  # stubs: of an integer
        text = value.replace("%", "").strip() if isinstance(value, str) else value
        return super().to_python(text) or ZERO


class ChargeDefaultsForm(forms.Form):
    fine_percent = PercentField(
        label="Multa por atraso (%)", help_text="Nas relações de consumo, até 2."
    )
    interest_percent = PercentField(label="Juros ao mês (%)", help_text="O usual é até 1.")
    message = LineField(label="Mensagem ao pagador", required=False)
    revenue_account = ClassificationField(
        Account.objects.none(),
        label="Classificação da receita",
        empty_label="Nenhuma",
        required=False,
        error_messages={"invalid_choice": "Escolha uma conta de receita em uso desta empresa."},
    )

    def __init__(self, account: BankAccount, data: Any = None) -> None:
        now = Defaults.of(account)
        initial = {
            "fine_percent": now.fine_percent,
            "interest_percent": now.interest_percent,
            "message": now.message,
            "revenue_account": now.revenue_account,
        }
        super().__init__(data, initial=initial)
        chosen = self.fields["revenue_account"]
        assert isinstance(chosen, ClassificationField)
        chosen.queryset = Account.objects.revenue_accounts(account.tenant_id)
        chosen.help_text = takes_in(account)
        rules = rules_of(account)
        if rules and rules.message_length:
            self.fields["message"].help_text = f"Até {rules.message_length} letras."
        else:
            del self.fields["message"]

    @property
    def wanted(self) -> Defaults:
        return Defaults(**self.cleaned_data)


def takes_in(account: BankAccount) -> str:
    """What a chosen classification means for slips of the bank's own app."""
    if Capability.LIST_CHARGES in registry.info(account.provider).capabilities:
        return (
            "Com uma classificação, as cobranças que você emitir no aplicativo do banco também "
            "entram aqui, com ela. Sem nenhuma, ficam só no banco."
        )
    return (
        "Vale para as cobranças emitidas por aqui. As emitidas no aplicativo do banco não entram: "
        f"{account.bank_said.begins} não as lista."
    )
