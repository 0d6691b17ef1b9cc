"""What people type of a charge. What a bank takes of it is in charges.terms.check."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.fields import ClassificationField
from accounts.models import Account
from banking.banks.contract.charge_rules import ChargeRules, Extra
from banking.models import BankAccount
from charges.drafts.draft import Draft, columns_of
from charges.forms.fields import PercentField, read_payer, write_payer, write_percent
from charges.forms.instalments import Parts, parts_of
from charges.models import MOST_DISCOUNT_DAYS, MOST_PAY_DAYS, Charge, ChargeDefaults
from charges.terms.accounts import issuing_accounts
from charges.terms.check import (
    Problem,
    absences,
    cautions_of,
    offered_forms,
    offers,
    problems,
    rules_of,
)
from charges.terms.instalments import MOST
from core.fields import AmountField, DayField, LineField
from core.forms import ModelChoiceField
from core.money import format_brl
from parties.models import Payer
from tenants.models import Tenant

ZERO = Decimal("0.00")
# Asked for only of an account whose bank takes it.
EXTRAS = {"discount_days": Extra.DISCOUNT_UNTIL, "pay_days": Extra.PAY_UNTIL}


class ChargeForm(forms.Form):
    """A new charge, or one that is changed. What the account's bank does not do is not asked."""

    payer = LineField(
        label="Pagador",
        max_length=200,
        widget=forms.TextInput(
            {"list": "known-payers", "autocomplete": "off", "placeholder": "Nome, CPF ou CNPJ"}
        ),
    )
    bank_account: ModelChoiceField[BankAccount] = ModelChoiceField(
        label="Conta que recebe", queryset=BankAccount.objects.none(), empty_label=None
    )
    form = forms.ChoiceField(
        label="Forma",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Esta conta não emite esta forma: escolha outra."},
    )
    amount = AmountField(label="Valor")
    due_date = DayField(label="Vencimento")
    instalments = forms.IntegerField(
        label="Número de parcelas",
        required=False,
        min_value=1,
        max_value=MOST,
        initial=1,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text="1 é à vista. Com mais, uma cobrança por mês, que você confere abaixo.",
    )
    description = LineField(
        label="Descrição",
        max_length=100,
        help_text="O pagador vê. Exemplo: Manutenção de novembro.",
    )
    document_number = LineField(
        label="Número do documento",
        required=False,
        max_length=40,
        help_text="Exemplo: NF 2.231.",
    )
    revenue_account = ClassificationField(
        label="Classificação", queryset=Account.objects.none(), empty_label="Escolha a conta"
    )
    competence_date = DayField(
        label="Competência", required=False, help_text="Sem ela, vale o vencimento."
    )
    fine_percent = PercentField(label="Multa por atraso (%)", help_text="Uma vez, no atraso.")
    interest_percent = PercentField(label="Juros ao mês (%)", help_text="Por dia de atraso.")
    discount = AmountField(
        label="Desconto", required=False, help_text="Se pagar até a véspera do vencimento."
    )
    discount_days = forms.IntegerField(
        label="Desconto até quantos dias antes",
        required=False,
        min_value=0,
        max_value=MOST_DISCOUNT_DAYS,
        initial=1,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text="0 é o próprio vencimento; 1, a véspera.",
    )
    pay_days = forms.IntegerField(
        label="Receber até quantos dias depois",
        required=False,
        min_value=0,
        max_value=MOST_PAY_DAYS,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    message = LineField(label="Mensagem", required=False, max_length=320)

    def __init__(
        self, typed: QueryDict | None = None, *, tenant: Tenant, today: date, **kwargs: Any
    ) -> None:
        """`of` is the charge that is changed."""
        self.of: Charge | None = kwargs.pop("of", None)
        super().__init__(typed, **kwargs)
        self.tenant, self.today = tenant, today
        self.accounts = issuing_accounts(tenant, self.of)
        self._offer("bank_account", BankAccount.objects.of(tenant).filter(id__in=self.accounts))
        self._offer("revenue_account", Account.objects.revenue_accounts(tenant))
        named = str(self["bank_account"].value() or "")
        accounts = list(self.accounts.values())
        fallback = accounts[0] if accounts else None
        self.account = next((a for a in accounts if str(a.id) == named), fallback)
        self.parts: Parts | None = None
        if self.of is not None:
            del self.fields["instalments"]
        if self.account is not None:
            self._fit_to(self.account)

    def _offer(self, name: str, rows: "QuerySet[Any]") -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def _fit_to(self, account: BankAccount) -> None:
        field, rules = self.fields["form"], rules_of(account)
        assert isinstance(field, forms.ChoiceField)
        offered = offered_forms(account)
        field.choices = [(form.value, form.label) for form in offered]
        absent = [words_of(form) for form in Charge.Form if form not in offered]
        if absent:
            field.help_text = f"{account.bank_said.begins} não emite {' nem '.join(absent)}."
        for name, extra in EXTRAS.items():
            if not offers(account, extra):
                del self.fields[name]
        if "discount_days" in self.fields:
            self.fields["discount"].help_text = "Um valor, se pagar até o dia ao lado."
        if "pay_days" in self.fields:
            self.fields["pay_days"].help_text = hint_of_limit(rules)
        if rules is None or not rules.message_length:
            del self.fields["message"]
        else:
            self.fields[
                "message"
            ].help_text = f"Impressa no boleto, até {rules.message_length} letras."

    @property
    def absences(self) -> list[str]:
        """Why a field of other banks is not here."""
        return [] if self.account is None else absences(self.account)

    @property
    def term_cautions(self) -> list[str]:
        """What is unusual of fine and interest, as far as they were understood."""
        percents = []
        for name in ("fine_percent", "interest_percent"):
            try:
                percents.append(self.fields[name].clean(self[name].value() or ""))
            except ValidationError:
                percents.append(ZERO)
        return cautions_of(*percents)

    def clean_payer(self) -> Payer:
        return read_payer(self.tenant, self.cleaned_data["payer"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        count = data.get("instalments") or 1
        if count > 1 and data.get("amount") and data.get("due_date"):
            assert isinstance(self.data, QueryDict)
            self.parts = parts_of(data["amount"], data["due_date"], count, self.data)
            for row in self.parts.rows:
                if row.error:
                    told = f"Parcela {row.number}: {row.error}"
                    self.add_error("instalments", ValidationError(told, code="part"))
        return data

    @property
    def draft(self) -> Draft:
        data = self.cleaned_data
        names = ("payer", "bank_account", "amount", "due_date", "description", "revenue_account",
                 "form", "competence_date", "document_number", "fine_percent",
                 "interest_percent")  # fmt: skip
        return Draft(
            **{name: data[name] for name in names},
            discount=data.get("discount") or ZERO,
            discount_days=1 if (days := data.get("discount_days")) is None else days,
            pay_days=data.get("pay_days"),
            message=data.get("message", ""),
        )

    @property
    def unsaved(self) -> Charge:
        """The charge that would be entered, the first one of several. For a form that is valid.

        Raises:
            InvalidInput: it is no charge.
        """
        charge = Charge(tenant=self.tenant, **columns_of(self.tenant, self.draft))
        if self.parts is not None and self.parts.understood:
            charge.amount, charge.due_date = self.parts.understood[0]
        return charge

    @property
    def problems(self) -> list[Problem]:
        """What its bank does not take."""
        return problems(self.unsaved, self.today)

    def mark_problems(self) -> None:
        """Each at the field where it was typed."""
        for problem in self.problems:
            field = "payer" if problem.of_payer else problem.field
            self.add_error(field if field in self.fields else None, problem.sentence)


def hint_of_limit(rules: ChargeRules | None) -> str:
    """What its bank does without a limit."""
    if rules is None or rules.lasts is None:
        return "0 é só até o vencimento. Em branco, sem limite."
    return f"0 é só até o vencimento. Em branco, {rules.lasts.days} dias, o prazo do banco."


def words_of(form: Charge.Form) -> str:
    """«boleto com Pix», «Pix»."""
    return form.label[0].lower() + form.label[1:] if form != Charge.Form.PIX else form.label


def terms_of(account: BankAccount) -> dict[str, Any]:
    """What a new charge of an account begins with, as a person would have typed it."""
    defaults = ChargeDefaults.objects.of(account.tenant_id).filter(bank_account=account).first()
    usual: dict[str, Any] = {"form": next(iter(offered_forms(account)), "")}
    if defaults is None:
        return usual | {"fine_percent": "", "interest_percent": "", "message": ""}
    return usual | {
        "fine_percent": write_percent(defaults.fine_percent),
        "interest_percent": write_percent(defaults.interest_percent),
        "message": defaults.message,
    }


def written(charge: Charge) -> dict[str, Any]:
    """A charge, as a person would have typed it."""
    same = ("form", "due_date", "description", "document_number", "competence_date", "message",
            "discount_days", "pay_days")  # fmt: skip
    return {name: getattr(charge, name) for name in same} | {
        "payer": write_payer(charge.payer),
        "bank_account": charge.bank_account_id,
        "revenue_account": charge.revenue_account_id,
        "amount": format_brl(charge.amount),
        "fine_percent": write_percent(charge.fine_percent),
        "interest_percent": write_percent(charge.interest_percent),
        "discount": format_brl(charge.discount) if charge.discount else "",
    }
