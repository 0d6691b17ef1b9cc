"""What people type on the pages of bills. What it has to mean is in payments.bills.parsing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.fields import ClassificationField
from accounts.models import Account
from banking.banks.contract.payments import AccountType, PixAccount, PixCode, PixKey, PixKeyType
from banking.models import BankAccount
from brazil.banking_days import DebtKind
from brazil.banks import find_bank
from brazil.document import format_document
from core.errors import InvalidInput
from core.fields import AmountField, DayField, LineField, NameField
from core.money import format_brl
from parties.models import PayeeAccount
from payments.bills import parsing
from payments.bills.duplicates import AlreadyEntered, bill_with_code, refuse_duplicate
from payments.bills.possible_duplicates import Similar
from payments.bills.warnings import repeated_code, unknown_bank
from payments.forms.fields import Question, ReadField, listed
from payments.models import Payable
from payments.rails.destinations import Destination, TedDetails
from tenants.models import Tenant


class PixBy(models.TextChoices):
    """How the person was told where a Pix goes."""

    KEY = "key", "Chave"
    CODE = "code", "Copia e cola"
    ACCOUNT = "account", "Agência e conta"


OF_ACCOUNT = frozenset({"bank_code", "branch", "account", "account_type"})


OF_METHOD: Mapping[str, frozenset[str]] = {
    Payable.Method.TED: OF_ACCOUNT,
    Payable.Method.BOLETO: frozenset({"linha_digitavel"}),
    Payable.Method.PIX: frozenset({"pix_by"}),
}


OF_PIX: Mapping[str, frozenset[str]] = {
    PixBy.KEY: frozenset({"pix_key_type", "pix_key"}),
    PixBy.CODE: frozenset({"pix_code"}),
    PixBy.ACCOUNT: OF_ACCOUNT,
}


OF_ANY_METHOD = frozenset[str]().union(*OF_METHOD.values(), *OF_PIX.values())


SAME_DEBT = "debt "
SAME_DEBT_IDS = re.compile(r"debt( [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}){1,50}\Z")


class PayableForm(forms.Form):
    """A new bill, or one that is changed. Only the fields of the chosen method are looked at."""

    method = forms.ChoiceField(
        label="Forma de pagamento",
        choices=Payable.Method,
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha TED, boleto ou Pix."},
    )
    linha_digitavel = forms.CharField(
        label="Linha digitável ou código de barras",
        max_length=120,
        strip=True,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Com ou sem pontos. O valor e o vencimento são preenchidos automaticamente.",
    )
    pix_by = forms.ChoiceField(
        label="Pagar o Pix por",
        choices=PixBy,
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha chave, copia e cola ou agência e conta."},
    )
    pix_key_type = forms.ChoiceField(
        label="Tipo da chave",
        choices=[("", "Escolha"), *Payable.KeyType.choices],
        error_messages={"required": "Escolha o tipo: 11 números podem ser CPF ou telefone."},
    )
    pix_key = forms.CharField(
        label="Chave Pix", max_length=120, widget=forms.TextInput({"autocomplete": "off"})
    )
    pix_code = forms.CharField(
        label="Pix copia e cola",
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text="O texto que começa com 000201. O valor é preenchido, se o código o tiver.",
    )
    payee_name = NameField(label="Favorecido", max_length=120, widget=listed("known-payees"))
    payee_document = ReadField(
        label="CPF ou CNPJ do favorecido",
        read=parsing.read_document,
        max_length=40,
        widget=listed("known-documents"),
    )
    bank_code = ReadField(
        label="Banco",
        read=parsing.read_bank,
        max_length=80,
        widget=listed("banks", placeholder="Nome ou código"),
    )
    branch = ReadField(
        label="Agência",
        read=parsing.read_branch,
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Sem o dígito.",
    )
    account = ReadField(
        label="Conta",
        read=parsing.read_pix_account_number,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text="Com o dígito: 45678-9.",
    )
    account_type = forms.ChoiceField(label="Tipo de conta", choices=PayeeAccount.Type)
    amount = AmountField(label="Valor", max_length=60)
    due_date = DayField(label="Vencimento")
    description = LineField(
        label="Descrição",
        required=False,
        max_length=140,
        help_text="Aparece na lista. Exemplo: NF 8841.",
    )
    expense_account = ClassificationField(
        label="Classificação", queryset=Account.objects.none(), empty_label="Escolha a conta"
    )
    bank_account = forms.ModelChoiceField(
        label="Conta de débito",
        required=False,
        queryset=BankAccount.objects.none(),
        empty_label="Conta preferencial no dia do pagamento",
    )
    confirmed = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, tenant: Tenant, today: date, but: Payable | None = None, **kwargs: Any
    ) -> None:
        """`but` is the bill that is changed."""
        super().__init__(*args, **kwargs)
        self.tenant, self.today, self.but = tenant, today, but
        self._offer("expense_account", Account.objects.expense_accounts(tenant))
        accounts = BankAccount.objects.of(tenant).connected().in_plan()
        self._offer("bank_account", accounts.order_by("-is_preferred", "number"))
        self.slip: parsing.Slip | None = None
        self.pix_charge: parsing.PixCharge | None = None
        self.key: PixKey | None = None
        self.questions: dict[str, Question] = {}  # by the field that they are about
        self.look_alikes: list[Similar] = []  # that may be the same debt

    def _offer(self, name: str, rows: "QuerySet[Any]") -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wanted = OF_METHOD.get(data.get("method", ""), frozenset())
        if "pix_by" in wanted:
            wanted |= OF_PIX.get(data.get("pix_by", ""), frozenset())
        self._forgive(OF_ANY_METHOD - wanted)
        if "bank_code" in wanted:
            self._clean_account(data)
        if "linha_digitavel" in wanted:
            self._clean_boleto(data)
        if "pix_key" in wanted:
            self._clean_pix_key(data)
        if "pix_code" in wanted:
            self._clean_pix_code(data)
        if data.get("due_date") and "due_date" not in self.errors:
            with self._refusals():
                parsing.read_payment_date(data["due_date"], self._kind)
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
            message = with_link(str(error), error.payable)
            self.add_error(error.field, ValidationError(message, code=error.code))
        except InvalidInput as error:
            self.add_error(error.field, ValidationError(str(error), code=error.code or "invalid"))

    def _forgive(self, names: Iterable[str]) -> None:
        for name in names:
            self.errors.pop(name, None)

    def _ask(self, field: str, about: str, label: str, message: str, code: str) -> None:
        """Nothing is entered before the person has ticked the box of this very question."""
        is_confirmed = about in (self.cleaned_data.get("confirmed") or ())
        self.questions[field] = Question(about, label, is_confirmed)
        if not is_confirmed:
            self.add_error(field, ValidationError(message, code=code))

    def _clean_account(self, data: dict[str, Any]) -> None:
        bank, number = data.get("bank_code"), data.get("account")
        if number and data["method"] == Payable.Method.TED:
            with self._refusals():
                parsing.read_account_number(number)
        if bank and find_bank(bank) is None:
            warning = unknown_bank(bank)
            self._ask(
                "bank_code", f"bank {bank}", f"Está certo: é o banco {bank}", warning.text,
                warning.code,
            )  # fmt: skip

    def _clean_boleto(self, data: dict[str, Any]) -> None:
        # The line may say both.
        self._forgive(n for n in ("amount", "due_date") if self.has_error(n, "required"))
        if "linha_digitavel" in self.errors:
            return
        with self._refusals():
            self.slip = parsing.read_slip(data["linha_digitavel"], today=self.today)
            refuse_duplicate(self.tenant, self.slip.linha_digitavel, but=self.but)
        if self.slip is None:
            return
        if "amount" not in self.errors:
            with self._refusals():
                data["amount"] = parsing.agreed_amount(self.slip, data.get("amount"))
        if "due_date" not in self.errors:
            with self._refusals():
                data["due_date"] = parsing.agreed_due_date(self.slip, data.get("due_date"))

    def _clean_pix_key(self, data: dict[str, Any]) -> None:
        if self.has_error("pix_key") or self.has_error("pix_key_type"):
            return
        with self._refusals():
            key = self.key = parsing.read_pix_key(data["pix_key"], data["pix_key_type"])
            is_document = key.type in {PixKeyType.CPF, PixKeyType.CNPJ}
            if is_document and self.has_error("payee_document", "required"):
                self._forgive(["payee_document"])
                data["payee_document"] = key.value

    def _clean_pix_code(self, data: dict[str, Any]) -> None:
        if self.has_error("amount", "required"):  # the code may say it
            self._forgive(["amount"])
        if "pix_code" in self.errors:
            return
        with self._refusals():
            charge = self.pix_charge = parsing.read_pix_code(data["pix_code"])
            if charge.is_single_use:
                refuse_duplicate(self.tenant, pix_charge=charge.charge, but=self.but)
            if other := bill_with_code(self.tenant, charge, but=self.but):
                warning = repeated_code(other)
                message = with_link(warning.text, other)
                label = "É outro pagamento com o mesmo código"
                self._ask("pix_code", f"code {other.id}", label, message, warning.code)
        if self.pix_charge and "amount" not in self.errors:
            with self._refusals():
                data["amount"] = parsing.agreed_amount(self.pix_charge, data.get("amount"))

    @property
    def accepted(self) -> set[UUID]:
        """The bills of which the person says that they are other debts."""
        ticked = self.cleaned_data["confirmed"] or []
        asked = [each for each in ticked if SAME_DEBT_IDS.match(each)]
        return {UUID(id) for each in asked for id in each.removeprefix(SAME_DEBT).split()}

    def ask_of_duplicates(self, found: Iterable[Similar]) -> None:
        """All are shown beside this bill, with one box to tick."""
        self.look_alikes = sorted(found, key=lambda other: (other.due_date, other.id))
        number = len(self.look_alikes)
        told = format_html(
            'Esta conta pode já ter sido lançada. <a href="#same-debt">{}</a>',
            "Comparar as duas" if number == 1 else f"Comparar com as outras {number}",
        )
        self.add_error(None, ValidationError(told, code="possible_duplicate"))

    @property
    def questions_of_duplicates(self) -> list[Question]:
        """What is asked, and what was answered: a box that is ticked stays."""
        asked = [each.id for each in self.look_alikes]
        kept = self.accepted if self.is_bound and self.is_valid_so_far else set()
        questions = [(asked, False), (sorted(kept), True)]
        return [about_debts(ids, is_confirmed) for ids, is_confirmed in questions if ids]

    @property
    def this_debt(self) -> dict[str, Any]:
        """The bill as it was typed, to be compared with its look-alikes."""
        data = self.cleaned_data
        how = Payable.Method(data["method"]).label
        names = ("payee_name", "description", "amount", "due_date")
        return {name: data[name] for name in names} | {"how": how}

    @property
    def is_valid_so_far(self) -> bool:
        return "confirmed" in getattr(self, "cleaned_data", {})

    @classmethod
    def of(cls, payable: Payable, *, seen: str, today: date) -> "PayableForm":
        """The bill, as a person would have typed it."""
        by = PixBy.CODE if payable.pix_code else PixBy.KEY if payable.pix_key else PixBy.ACCOUNT
        typed = {
            "seen": seen,
            "method": payable.method,
            "linha_digitavel": payable.linha_digitavel,
            "pix_by": by if payable.is_pix else PixBy.KEY,
            "pix_key_type": payable.pix_key_type,
            "pix_key": payable.pix_key,
            "pix_code": payable.pix_code,
            "payee_name": payable.payee.name,
            "payee_document": format_document(payable.payee.document),
            "account_type": AccountType.CHECKING,
            "amount": format_brl(payable.amount),
            "due_date": payable.due_date,
            "description": payable.description,
            "expense_account": payable.expense_account_id,
            "bank_account": payable.bank_account_id,
        }
        if (to := payable.payee_account) is not None:
            typed |= {"bank_code": to.bank_code, "branch": to.branch, "account": to.account}
            typed |= {"account_type": to.account_type}
        return cls(initial=typed, tenant=payable.tenant, today=today, but=payable)

    def filled_in(self) -> dict[str, str]:
        """The fields that a line or code fills in, as a person would write them."""
        self.is_valid()
        filled = {}
        paper = self.slip or self.pix_charge
        if paper and paper.amount and not paper.is_shortened:
            filled["amount"] = format_brl(paper.amount)
        if self.slip and self.slip.due_date:
            filled["due_date"] = f"{self.slip.due_date:%d/%m/%Y}"
        if self.pix_charge and self.pix_charge.receiver and not self.data.get("payee_name"):
            filled["payee_name"] = self.pix_charge.receiver
        return filled

    def entry(self) -> dict[str, Any]:
        """The arguments of `enter_payable`."""
        data = self.cleaned_data
        names = ("payee_name", "payee_document", "description", "amount", "due_date",
                 "expense_account", "bank_account")  # fmt: skip
        return {name: data[name] for name in names} | {
            "destination": self._destination(),
            "kind": self._kind,
        }

    def _destination(self) -> Destination:
        if self.slip:
            return self.slip.linha_digitavel
        if self.pix_charge:
            return PixCode(self.pix_charge.payload)
        if self.key:
            return self.key
        data = self.cleaned_data
        to = PixAccount if data["method"] == Payable.Method.PIX else TedDetails
        return to(
            bank_code=data["bank_code"],
            branch=data["branch"],
            account=data["account"],
            account_type=parsing.read_account_type(data["account_type"]),
        )


def about_debts(ids: Iterable[UUID], is_confirmed: bool) -> Question:
    """One question, however many bills look like this one."""
    about = SAME_DEBT + " ".join(map(str, ids))
    return Question(about, "São contas diferentes", is_confirmed)


def with_link(sentence: str, payable: Payable) -> SafeString:
    address = reverse("payments:detail", args=[payable.id])
    return format_html('{} <a href="{}">Ver essa conta</a>', sentence, address)
