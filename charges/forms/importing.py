"""What people send to be imported."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import ClassificationField
from accounts.models import Account
from banking.models import BankAccount
from charges.importing.files import Sent
from charges.importing.reader import BOUNDS
from charges.models import ImportFile
from charges.terms.accounts import issuing_accounts
from core.forms import ModelChoiceField
from core.plurals import dotted
from tenants.models import Tenant

SIZE = f"{BOUNDS.size // 1024 // 1024} MB"


class ImportForm(forms.Form):
    kind = forms.ChoiceField(
        label="O que a planilha traz",
        choices=[
            (ImportFile.Kind.CHARGES, "Cobranças, com os pagadores"),
            (ImportFile.Kind.PAYERS, "Só pagadores"),
        ],
        initial=ImportFile.Kind.CHARGES,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="Arquivo",
        help_text=f"«.xlsx» ou «.csv», até {dotted(BOUNDS.rows)} linhas e {SIZE}. Arraste para cá "
        "ou escolha.",
        error_messages={
            "required": f"Escolha o arquivo, de até {SIZE}.",
            "empty": "O arquivo está vazio.",
        },
        widget=forms.FileInput({"accept": ".xlsx,.csv", "class": "drop"}),
    )
    bank_account: ModelChoiceField[BankAccount] = ModelChoiceField(
        label="Conta que recebe",
        queryset=BankAccount.objects.none(),
        required=False,
        empty_label=None,
        help_text="Das linhas que não dizem outra.",
    )
    revenue_account = ClassificationField(
        label="Classificação",
        queryset=Account.objects.none(),
        required=False,
        empty_label="Cada linha diz a sua",
        help_text="Das linhas que não dizem outra.",
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = issuing_accounts(tenant)
        account, revenue = self.fields["bank_account"], self.fields["revenue_account"]
        assert isinstance(account, forms.ModelChoiceField)
        assert isinstance(revenue, forms.ModelChoiceField)
        self.has_accounts = bool(accounts)
        account.queryset = BankAccount.objects.of(tenant).filter(id__in=accounts)
        account.initial = next(iter(accounts), None)
        revenue.queryset = Account.objects.revenue_accounts(tenant)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == ImportFile.Kind.CHARGES and not self.has_accounts:
            none = "Nenhuma conta conectada emite cobranças: conecte uma antes, em «Conciliar»."
            self.add_error("bank_account", ValidationError(none, code="no_account"))
        return data

    @property
    def sent(self) -> Sent:
        data = self.cleaned_data
        return Sent(
            kind=data["kind"],
            name=data["file"].name,
            content=data["file"].read(),
            bank_account=data["bank_account"],
            revenue_account=data["revenue_account"],
        )
