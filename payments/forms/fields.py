"""Fields of the form of a bill."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Account
from core.errors import InvalidInput
from core.forms import ModelChoiceField, ModelChoiceIterator


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


class GroupedAccounts(ModelChoiceIterator[Account]):
    """Accounts of the chart under the names of their groups."""

    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        for group, accounts in groupby(self.queryset, key=lambda account: account.group.name):
            yield (group, [self.choice(account) for account in accounts])


class ClassificationField(ModelChoiceField[Account]):
    iterator = GroupedAccounts

    def label_from_instance(self, account: Account) -> str:
        return f"{account.name} ({account.code})"


def listed(name: str, **attrs: str) -> forms.TextInput:
    """A text field with suggestions of the page, in the <datalist> of that id."""
    return forms.TextInput({"list": name, "autocomplete": "off", **attrs})
