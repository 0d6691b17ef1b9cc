"""What people type on the pages of payers."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from brazil.cep import STATES, format_cep, parse_cep
from brazil.errors import InvalidValue
from brazil.phone import format_phone, parse_phone
from core.errors import InvalidInput
from core.fields import LineField, NameField
from parties.models import Payer
from parties.payers import (
    ADDRESS,
    LONGEST,
    MISSING,
    MOST_EMAILS,
    PayerData,
    emails_of,
    read_emails,
)
from payments.bills import parsing
from payments.forms.fields import ReadField


class BrazilianField(forms.CharField):
    """A text that one of the readers of `brazil` makes canonical."""

    def __init__(self, *, parse: Callable[[str], str], **kwargs: Any) -> None:
        self.parse = parse
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return self.parse(text) if text else text
        except InvalidValue as error:
            raise ValidationError(str(error)) from None


class EmailsField(forms.CharField):
    """Addresses, one a line or between commas."""

    def clean(self, value: Any) -> list[str]:
        try:
            return read_emails(re.split(r"[\s,;]+", super().clean(value)))
        except InvalidInput as error:
            raise ValidationError(str(error)) from None


def address_field(name: str, label: str, **kwargs: Any) -> LineField:
    return LineField(label=label, max_length=LONGEST[name], required=False, **kwargs)


class PayerForm(forms.Form):
    name = NameField(label="Nome ou razão social", max_length=120)
    document = ReadField(
        label="CPF ou CNPJ",
        read=parsing.read_document,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    trade_name = LineField(label="Nome fantasia", max_length=120, required=False)
    phone = BrazilianField(
        label="Telefone",
        parse=parse_phone,
        max_length=40,
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
        help_text="Com DDD.",
    )
    emails = EmailsField(
        label="E-mails para cobranças",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2, "inputmode": "email", "autocomplete": "off"}),
        help_text=f"Um por linha, até {MOST_EMAILS}. O primeiro é o que vai ao banco.",
    )
    zip_code = BrazilianField(
        label="CEP",
        parse=parse_cep,
        max_length=20,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    street = address_field("street", "Rua")
    number = address_field("number", "Número", help_text="Sem número, escreva S/N.")
    complement = address_field("complement", "Complemento")
    district = address_field("district", "Bairro")
    city = address_field("city", "Cidade")
    state = forms.ChoiceField(
        label="UF",
        choices=[("", "Escolha"), *((state, state) for state in sorted(STATES))],
        required=False,
    )

    def __init__(self, data: Any = None, *, payer: Payer | None = None) -> None:
        super().__init__(data, initial=written(payer) if payer else None)
        self.payer = payer
        if payer:
            del self.fields["document"]  # it never changes

    def clean(self) -> dict[str, Any]:
        """Of an address that was begun, everything that lacks is told at once."""
        data = super().clean() or {}
        if any(data.get(name) or name in self.errors for name in ADDRESS):
            for name, sentence in MISSING.items():
                if name not in self.errors and not data.get(name):
                    self.add_error(name, sentence)
        return data

    @property
    def typed(self) -> PayerData:
        values = self.cleaned_data
        document = self.payer.document if self.payer else values["document"]
        return PayerData(**{**values, "document": document})


def written(payer: Payer) -> dict[str, str]:
    """What is on file, as people write it."""
    names = ("name", "trade_name", *ADDRESS)
    return {name: getattr(payer, name) for name in names} | {
        "phone": format_phone(payer.phone),
        "zip_code": format_cep(payer.zip_code),
        "emails": "\n".join(emails_of(payer)),
    }


class PayerFilter(forms.Form):
    """Its names stand in the address, so they are Portuguese."""

    class State(models.TextChoices):
        OVERDUE = "vencidas", "Com cobrança vencida"
        ARCHIVED = "arquivados", "Arquivados"

    q = forms.CharField(
        label="Buscar",
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search", "placeholder": "Nome ou documento"}),
    )
    situacao = forms.ChoiceField(
        label="Situação", choices=[("", "Ativos"), *State.choices], required=False
    )
    apos = forms.UUIDField(required=False, widget=forms.HiddenInput)
