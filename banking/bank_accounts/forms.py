"""What people type to add «Outro banco»."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from banking.bank_accounts.other_bank import OtherBank
from brazil.banks import BANKS, find_bank
from brazil.cnpj import format_cnpj
from brazil.document import parse_document
from brazil.errors import InvalidValue
from core.errors import InvalidInput
from core.text import clean as clean_text
from core.text import read_name
from tenants.models import Tenant

# Of an account or a branch: digits, and a check digit that may be a letter.
NUMBER = re.compile(r"[0-9]{1,18}(-?[0-9XxPp])?", re.ASCII)


class OtherBankForm(forms.Form):
    bank_code = forms.CharField(
        label="Código do banco",
        max_length=3,
        required=False,
        help_text="Três dígitos (COMPE). Deixe em branco se a instituição não tem.",
        widget=forms.TextInput(
            {"list": "bancos", "inputmode": "numeric", "autocomplete": "off", "class": "num"}
        ),
    )
    bank_label = forms.CharField(
        label="Nome do banco",
        max_length=60,
        required=False,
        help_text="Deixe em branco para usar o nome do código.",
    )
    branch = forms.CharField(
        label="Agência",
        max_length=8,
        error_messages={"required": "Informe a agência, com o dígito se houver."},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "num"}),
    )
    number = forms.CharField(
        label="Conta",
        max_length=20,
        error_messages={"required": "Informe o número da conta, com o dígito."},
        widget=forms.TextInput({"autocomplete": "off", "class": "num"}),
    )
    holder_name = forms.CharField(
        label="Titular",
        max_length=160,
        error_messages={"required": "Informe o titular da conta."},
    )
    holder_document = forms.CharField(
        label="CPF ou CNPJ do titular",
        max_length=20,
        error_messages={"required": "Informe o CPF ou o CNPJ do titular."},
        widget=forms.TextInput({"autocomplete": "off", "class": "num"}),
    )

    banks = BANKS

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        initial = {"holder_name": tenant.legal_name, "holder_document": format_cnpj(tenant.cnpj)}
        super().__init__(*args, **{"initial": initial} | kwargs)

    def clean_bank_code(self) -> str:
        code: str = self.cleaned_data["bank_code"].strip()
        if not code:
            return ""
        if not (code.isascii() and code.isdecimal()):
            raise ValidationError("O código tem três dígitos, como 341.", code="not_a_code")
        return code.zfill(3)

    def clean_branch(self) -> str:
        return self._number("branch", "A agência")

    def clean_number(self) -> str:
        return self._number("number", "A conta")

    def _number(self, name: str, what: str) -> str:
        text = re.sub(r"[.\s]", "", self.cleaned_data[name])
        if not NUMBER.fullmatch(text):
            raise ValidationError(f"{what} tem dígitos e, no fim, o dígito.", code="not_a_number")
        return text.upper()

    def clean_holder_document(self) -> str:
        try:
            return parse_document(self.cleaned_data["holder_document"])
        except InvalidValue as error:
            raise ValidationError(str(error), code="not_a_document") from error

    def clean_holder_name(self) -> str:
        try:
            return read_name(self.cleaned_data["holder_name"], what="O titular")
        except InvalidInput as error:
            raise ValidationError(str(error), code=error.code) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        known = find_bank(data["bank_code"]) if data.get("bank_code") else None
        label = clean_text(data.get("bank_label", "")) or (known.name if known else "")
        if not label and "bank_code" in data:
            self.add_error(
                "bank_label", ValidationError("Informe o nome do banco.", code="no_name")
            )
        data["bank_label"] = label
        return data

    @property
    def typed(self) -> OtherBank:
        return OtherBank(**self.cleaned_data)
