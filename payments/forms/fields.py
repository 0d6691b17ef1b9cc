"""Fields of the form of a bill."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.errors import InvalidInput


class ReadField(forms.CharField):
    """A text that one of the readers of `payments.bills.parsing` makes canonical."""

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
            raise ValidationError(str(error), code=error.code or "invalid") from None


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to confirm before it is entered: a box to tick, below the field."""

    about: str  # what exactly is confirmed: another bill or another bank is asked about again
    label: str
    is_confirmed: bool


def listed(name: str, **attrs: str) -> forms.TextInput:
    """A text field with suggestions of the page, in the <datalist> of that id."""
    return forms.TextInput({"list": name, "autocomplete": "off", **attrs})
