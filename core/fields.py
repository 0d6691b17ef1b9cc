"""Form fields that read what people type here: money, days, names and other lines of text."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from brazil.digits import plain
from core.amounts import read_amount
from core.errors import InvalidInput
from core.forms import DateInput, MoneyInput
from core.text import read_line, read_name


class AmountField(forms.CharField):
    """Positive reais, as `core.amounts` reads them; None when empty and not required."""

    widget = MoneyInput

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_amount(text)
        except InvalidInput as error:
            raise ValidationError(str(error), code=error.code) from None


class DayField(forms.DateField):
    """A day, written 31/12/2026 or as browsers send it, 2026-12-31."""

    widget = DateInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%d/%m/%Y", "%Y-%m-%d"], **kwargs)
        self.error_messages["invalid"] = "Esta data não existe. Escreva como 31/12/2026."

    def to_python(self, value: Any) -> date | None:
        return super().to_python(plain(value) if isinstance(value, str) else value)


class LineField(forms.CharField):
    """A line of text, without what nobody sees in it (`core.text`)."""

    def to_python(self, value: Any) -> str:
        return read_line(str(value)) if value not in self.empty_values else ""


class NameField(LineField):
    """The name of somebody or something: it has a letter or a digit."""

    def to_python(self, value: Any) -> str:
        if not str(value or "").strip():
            return ""
        try:
            return read_name(str(value), what=f"O campo {self.label}")
        except InvalidInput as error:
            raise ValidationError(str(error), code=error.code) from None
