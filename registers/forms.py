"""What people type on the pages of the register."""

from typing import Any

from django import forms
from django.db import models

from core.fields import LineField, NameField
from core.forms import marking
from parties.enter import AccountDigits
from parties.models import PayeeAccount, PayeeKey
from parties.rest import LONGEST_HOURS, SUGGESTED_HOURS
from payments.bills import parsing
from payments.forms.fields import ReadField, listed


class PayeeForm(forms.Form):
    """A new payee."""

    name = NameField(label="Nome ou razão social", max_length=120)
    trade_name = LineField(label="Nome fantasia", max_length=120, required=False)
    document = ReadField(label="CPF ou CNPJ", read=parsing.read_document, max_length=40)


class NameForm(forms.Form):
    """A name that is corrected. `seen` is the one that stood there when the page was opened."""

    name = NameField(label="Nome ou razão social", max_length=120)
    trade_name = LineField(label="Nome fantasia", max_length=120, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=120)


class Way(models.TextChoices):
    ACCOUNT = "account", "Agência e conta"
    KEY = "key", "Chave Pix"


OF_WAY = {
    Way.ACCOUNT: {"bank_code", "branch", "account", "account_type"},
    Way.KEY: {"pix_key_type", "pix_key"},
}


class DestinationForm(forms.Form):
    """An account or a key. Only the fields of the chosen one are looked at."""

    way = forms.ChoiceField(
        label="Onde recebe",
        choices=Way,
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha agência e conta ou chave Pix."},
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
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Com o dígito.",
    )
    account_type = forms.ChoiceField(label="Tipo de conta", choices=PayeeAccount.Type)
    pix_key_type = forms.ChoiceField(
        label="Tipo da chave",
        choices=[("", "Escolha"), *PayeeKey.Type.choices],
        error_messages={"required": "Escolha o tipo: 11 números podem ser CPF ou telefone."},
    )
    pix_key = forms.CharField(
        label="Chave Pix", max_length=120, widget=forms.TextInput({"autocomplete": "off"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wanted = OF_WAY.get(data.get("way", ""), set())
        for name in set(self.fields) - wanted - {"way"}:
            self.errors.pop(name, None)
        if wanted == OF_WAY[Way.KEY] and not wanted.intersection(self.errors):
            with marking(self):
                key = parsing.read_pix_key(data["pix_key"], data["pix_key_type"])
                data["pix_key"] = key.value
        return data

    @property
    def digits(self) -> AccountDigits:
        return {name: self.cleaned_data[name] for name in OF_WAY[Way.ACCOUNT]}


class ArchiveForm(forms.Form):
    why = LineField(
        label="Motivo",
        max_length=200,
        widget=forms.TextInput({"autofocus": True}),
        error_messages={"required": "Diga o motivo: quem lançou precisa saber."},
    )


class RestForm(forms.Form):
    rest_hours = forms.IntegerField(
        label="Horas de repouso",
        min_value=0,
        max_value=LONGEST_HOURS,
        help_text=(
            f"Sugerimos {SUGGESTED_HOURS}. Com 0, o dado vale para outras contas assim que é "
            "confirmado."
        ),
    )


class MergeForm(forms.Form):
    """Which payee it is, too: its document."""

    target = ReadField(
        label="CPF ou CNPJ do favorecido que fica",
        read=parsing.read_document,
        max_length=40,
        widget=listed("known-documents"),
    )


class PayeeFilter(forms.Form):
    """Its names stand in the address, so they are Portuguese."""

    class State(models.TextChoices):
        WAITING = "por-confirmar", "Com dado por confirmar"
        ARCHIVED = "arquivados", "Arquivados"

    q = forms.CharField(
        label="Buscar",
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search", "placeholder": "Nome, documento ou chave"}),
    )
    situacao = forms.ChoiceField(
        label="Situação", choices=[("", "Ativos"), *State.choices], required=False
    )
    apos = forms.UUIDField(required=False, widget=forms.HiddenInput)
