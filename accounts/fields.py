"""Fields of forms that choose an account of the chart."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from accounts.models import Account
from core.forms import ModelChoiceField, ModelChoiceIterator


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
