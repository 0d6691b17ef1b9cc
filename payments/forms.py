"""What people type on the pages of bills. What it has to mean is in payments.services.reading."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import Account
from banking.models import BankAccount
from brazil.banking_days import DebtKind
from core.errors import InvalidInput
from core.fields import AmountField, DayField
from core.money import format_brl
from payments.models import Payable, PayeeAccount
from payments.services import reading
from payments.services.entering import AlreadyEntered, TedDetails, check_not_entered
from tenants.models import Tenant


class ReadField(forms.CharField):
    """A text that one of the readers of `payments.services.reading` makes canonical."""

    def __init__(self, *, read: Callable[[str], Any], **kwargs: Any) -> None:
        self.read = read
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            return self.read(text)
        except InvalidInput as error:
            raise ValidationError(str(error)) from None


class GroupedAccounts(ModelChoiceIterator):
    """Accounts of the chart under the names of their groups."""

    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        for group, accounts in groupby(self.queryset, key=lambda account: account.group.name):
            yield (group, [self.choice(account) for account in accounts])


class ClassificationField(forms.ModelChoiceField):
    iterator = GroupedAccounts

    def label_from_instance(self, account: Account) -> str:
        return f"{account.name} ({account.code})"


def listed(name: str, **attrs: str) -> forms.TextInput:
    """A text field with suggestions of the page, in the <datalist> of that id."""
    return forms.TextInput({"list": name, "autocomplete": "off", **attrs})


class PayableForm(forms.Form):
    """A new bill. Only the fields of the chosen method are looked at."""

    OF_METHOD = {
        Payable.Method.TED: ("bank_code", "branch", "account", "account_type"),
        Payable.Method.BOLETO: ("linha_digitavel",),
    }

    method = forms.ChoiceField(
        label="Forma de pagamento",
        choices=Payable.Method,
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha TED ou boleto."},
    )
    linha_digitavel = forms.CharField(
        label="Linha digitável ou código de barras",
        max_length=120,
        strip=True,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Com ou sem pontos. O valor e o vencimento são lidos daqui.",
    )
    payee_name = forms.CharField(label="Favorecido", max_length=120, widget=listed("known-payees"))
    payee_document = ReadField(
        label="CPF ou CNPJ do favorecido",
        read=reading.read_document,
        max_length=40,
        widget=listed("known-documents"),
    )
    bank_code = ReadField(
        label="Banco",
        read=reading.read_bank,
        max_length=80,
        widget=listed("banks", placeholder="Nome ou código"),
    )
    branch = ReadField(
        label="Agência",
        read=reading.read_branch,
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Sem o dígito.",
    )
    account = ReadField(
        label="Conta",
        read=reading.read_account_number,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text="Com o dígito: 45678-9.",
    )
    account_type = forms.ChoiceField(label="Tipo de conta", choices=PayeeAccount.Type)
    amount = AmountField(label="Valor", max_length=60)
    due_date = DayField(label="Vencimento")
    description = forms.CharField(
        label="Descrição", required=False, max_length=140, help_text="Aparece na lista: «NF 8841»."
    )
    expense_account = ClassificationField(
        label="Classificação", queryset=Account.objects.none(), empty_label="Escolha a conta"
    )
    bank_account = forms.ModelChoiceField(
        label="Pagar com",
        required=False,
        queryset=BankAccount.objects.none(),
        empty_label="A conta preferencial no dia",
    )

    def __init__(self, *args: Any, tenant: Tenant, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant, self.today = tenant, today
        self._offer("expense_account", Account.objects.expense_accounts(tenant))
        accounts = BankAccount.objects.of(tenant).connected().in_plan()
        self._offer("bank_account", accounts.order_by("-is_preferred", "number"))
        self.slip: reading.Slip | None = None

    def _offer(self, name: str, rows: "QuerySet[Any]") -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for method, names in self.OF_METHOD.items():
            if method != data.get("method"):
                self._forgive(names)
        if data.get("method") == Payable.Method.BOLETO:
            self._clean_boleto(data)
        if data.get("due_date") and "due_date" not in self.errors:
            with self._refusals():
                reading.read_payment_date(data["due_date"], self._kind)
        return data

    @property
    def _kind(self) -> DebtKind:
        return self.slip.kind if self.slip else DebtKind.ORDINARY

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """What a reader refuses becomes a message at its field."""
        try:
            yield
        except AlreadyEntered as error:
            self.add_error(error.field, with_link(error))
        except InvalidInput as error:
            self.add_error(error.field, str(error))

    def _forgive(self, names: Iterable[str]) -> None:
        for name in names:
            self.errors.pop(name, None)

    def _clean_boleto(self, data: dict[str, Any]) -> None:
        # The line may say both.
        self._forgive(n for n in ("amount", "due_date") if self.has_error(n, "required"))
        if "linha_digitavel" in self.errors:
            return
        with self._refusals():
            self.slip = reading.read_slip(data["linha_digitavel"], today=self.today)
            check_not_entered(self.tenant, self.slip.linha_digitavel)
        if self.slip is None:
            return
        if "amount" not in self.errors:
            with self._refusals():
                data["amount"] = reading.agreed_amount(self.slip, data.get("amount"))
        if "due_date" not in self.errors:
            with self._refusals():
                data["due_date"] = reading.agreed_due_date(self.slip, data.get("due_date"))

    def filled_in(self) -> dict[str, str]:
        """The fields that the linha digitável fills in, as a person would write them."""
        self.is_valid()
        filled = {}
        if self.slip and self.slip.amount:
            filled["amount"] = format_brl(self.slip.amount)
        if self.slip and self.slip.due_date:
            filled["due_date"] = f"{self.slip.due_date:%d/%m/%Y}"
        return filled

    def entry(self) -> dict[str, Any]:
        """The arguments of `enter_payable`."""
        data = self.cleaned_data
        names = ("payee_name", "payee_document", "description", "amount", "due_date",
                 "expense_account", "bank_account")  # fmt: skip
        return {name: data[name] for name in names} | {
            "destination": self.slip.linha_digitavel if self.slip else self._ted(),
            "kind": self._kind,
        }

    def _ted(self) -> TedDetails:
        data = self.cleaned_data
        return TedDetails(
            bank_code=data["bank_code"],
            branch=data["branch"],
            account=data["account"],
            account_type=reading.read_account_type(data["account_type"]),
        )


class SettleForm(forms.Form):
    """How a payment ended, by a person who looked at the bank."""

    PAID, NOT_PAID = "paid", "not_paid"

    ended = forms.ChoiceField(
        label="Como terminou?",
        choices=[
            (PAID, "Foi paga: está no aplicativo do banco como paga, ou o débito no extrato"),
            (NOT_PAID, "Não foi paga: não está no aplicativo do banco nem no extrato"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha como terminou."},
    )

    @property
    def was_paid(self) -> bool:
        return bool(self.cleaned_data["ended"] == self.PAID)


def with_link(error: AlreadyEntered) -> str:
    address = reverse("payments:detail", args=[error.payable.id])
    return format_html('{} <a href="{}">Ver essa conta</a>', str(error), address)
