"""How old a balance is that a file told."""

from datetime import UTC, datetime

import pytest

from banking.banks.by_file import BY_FILE
from banking.models import BankAccount
from banking.templatetags.banking_words import balance_age

pytestmark = pytest.mark.usefixtures("monday")


@pytest.mark.parametrize(
    ("told_at", "age"),
    [
        (datetime(2026, 11, 4, 15, tzinfo=UTC), "em 04/11"),
        (datetime(2022, 11, 24, 15, tzinfo=UTC), "em 24/11/2022"),
    ],
)
def test_a_balance_of_another_year_is_not_read_as_one_of_this(told_at: datetime, age: str) -> None:
    account = BankAccount(provider=BY_FILE.slug, balance_at=told_at)

    assert balance_age(account) == age
