"""What people type on the pages of banks: the filter of the statement, and how to connect."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from banking.banks.contract.info import ConnectBy, FieldKind, Mode, ModeField
from banking.connections.begin import terms_version
from core.errors import InvalidInput
from core.forms import DateInput

LARGEST_FILE = 64 * 1024


class StatementFilter(forms.Form):
    """Days are São Paulo days, both included. It lives in the address: its names are Portuguese."""

    de = forms.DateField(label="De", required=False, widget=DateInput)
    ate = forms.DateField(label="Até", required=False, widget=DateInput)
    q = forms.CharField(
        label="Procurar",
        required=False,
        max_length=120,
        widget=forms.SearchInput(attrs={"placeholder": "Nome, valor ou documento"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("de"), values.get("ate")
        if since and until and since > until:
            self.add_error("ate", "O último dia vem antes do primeiro. Troque as datas.")
        return values

    @property
    def is_filtering(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class TextFileField(forms.FileField):
    """A small text file (a certificate, a key), read whole. It is never written to a disk."""

    default_error_messages = {
        "required": "Escolha o arquivo, de até 64 kB.",
        "empty": "O arquivo está vazio.",
        "too_large": "O arquivo tem mais de 64 kB: não é um certificado nem uma chave.",
        "no_text": "O arquivo não é de texto. Envie o que o banco forneceu, em formato PEM.",
    }

    def clean(self, data: Any, initial: Any = None) -> str:
        file: UploadedFile[bytes] | None = super().clean(data, initial)
        if not file:
            return ""
        if file.size is None or file.size > LARGEST_FILE:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        try:
            return bytes(file.read()).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(self.error_messages["no_text"], code="no_text") from None


class ConnectForm(forms.Form):
    """The fields of a mode. Secrets and files are never shown again, not even after a mistake."""

    def __init__(self, mode: Mode, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mode = mode
        for field in mode.fields:
            self.fields[field.name] = field_of(field)
        if mode.by is ConnectBy.OPENING:
            self.fields["accepted"] = forms.BooleanField(
                label="Li os termos e os aceito em nome da empresa",
                error_messages={"required": "Para abrir a conta é preciso aceitar os termos."},
            )
            self.fields["version"] = forms.CharField(
                widget=forms.HiddenInput, initial=terms_version(mode), required=False
            )

    @property
    def typed(self) -> Mapping[str, str]:
        """The values of the mode's own fields."""
        return {field.name: self.cleaned_data[field.name] for field in self.mode.fields}

    @property
    def has_files(self) -> bool:
        return any(field.kind is FieldKind.FILE for field in self.mode.fields)

    @contextmanager
    def marking(self) -> Iterator[None]:
        """What the bank's side refuses inside is marked at its field."""
        try:
            yield
        except InvalidInput as error:
            field = error.field if error.field in self.fields else None
            self.add_error(field, str(error))
            if self.mode.by is ConnectBy.OPENING:  # the terms as they are now, not accepted yet
                self.data = {"version": terms_version(self.mode)}


def field_of(field: ModeField) -> forms.Field:
    same: dict[str, Any] = {
        "label": field.label,
        "help_text": field.hint,
        "required": field.is_required,
    }
    if field.kind is FieldKind.FILE:
        return TextFileField(**same)
    if field.kind is FieldKind.HIDDEN:
        widget: forms.Widget = forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"})
    else:
        widget = forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(max_length=field.longest, widget=widget, **same)
