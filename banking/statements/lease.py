"""The lease of an account's sync: its holder alone writes what the sync comes to."""

from banking.models import BankAccount, BankAccountQuerySet
from core.errors import KaminoError
from tenants.scope import tenant_scope


class LeaseLost(KaminoError):
    """Its time was over and another worker took the account: it says what the sync comes to."""


def check_lease(account: BankAccount) -> None:
    """Nobody else takes the account until the end of the transaction. Runs inside the scope.

    Raises:
        LeaseLost: somebody did.
    """
    if held(account).select_for_update(no_key=True).values_list("id").first() is None:
        raise LeaseLost


def record_progress(account: BankAccount, lines: int) -> None:
    """Runs inside the company's scope. Raises LeaseLost."""
    if not held(account).update(sync_lines=lines):
        raise LeaseLost


def free_lease(account: BankAccount, **changes: object) -> bool:
    """Free the account and write what the sync came to; False, and nothing written, when it is
    another worker's by now. To be called outside of scopes."""
    with tenant_scope(account.tenant_id):
        freed = held(account).update(sync_lease=None, sync_leased_until=None, **changes)
    return bool(freed)


def held(account: BankAccount) -> BankAccountQuerySet:
    """The account's row, while the lease that `account` was read with is the one in force."""
    mine: BankAccountQuerySet = BankAccount.objects.of(account.tenant_id).filter(
        id=account.id, sync_lease=account.sync_lease
    )
    return mine
