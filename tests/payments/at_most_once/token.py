"""A sender that has claimed and called nobody yet: it needs a new token first."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from banking.gateway.credentials import seal, unseal
from banking.models import BankAccount, BankHealth
from core.clock import database_now
from tests.banking.factories import change
from tests.payments.at_most_once.disconnected import connection_of


def let_the_token_end(account: BankAccount) -> None:
    """The bank's clock was seen, so that nothing is asked of the bank before the claim."""
    connection = connection_of(account)
    grant = unseal(bytes(connection.credentials), connection.id)
    old = replace(grant, expires_at=timezone.now() - timedelta(minutes=1))
    change(connection, credentials=seal(old, connection.id))
    BankHealth.objects.update_or_create(
        provider=account.provider,
        defaults={"clock_seen_at": database_now(), "clock_ahead": timedelta()},
    )
