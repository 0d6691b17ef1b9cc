"""What banks are asked about bills before they pay them: at which accounts, and how."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankError
from banking.banks.contract.info import Capability
from banking.gateway.connect import connect
from banking.models import BankAccount
from core.errors import InvalidState
from payments.models import Payable
from tenants.scope import across_tenants, tenant_scope


def accounts_to_ask(waiting: Q, needing: Capability) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account that is to pay such a bill, and whose bank can tell."""
    able = [slug for slug, bank in registry.banks().items() if needing in bank.info.capabilities]
    bills = Payable.objects.filter(waiting, tenant=OuterRef("tenant"))
    with across_tenants():
        accounts = (
            BankAccount.objects.connected()
            .in_plan()
            .filter(
                Exists(bills.filter(bank_account=OuterRef("pk")))
                | Q(is_preferred=True) & Exists(bills.filter(bank_account=None)),
                provider__in=able,
            )
        )
        return list(accounts.values_list("tenant_id", "id"))


def ask_at(
    tenant_id: UUID,
    account_id: UUID,
    needing: Capability,
    ask: Callable[[BankAccount, BankAdapter], int],
) -> int:
    """Open the account's bank and ask. To be called outside of scopes. Returns what `ask` does.

    It never raises for the bank: one that cannot tell, or may not be asked, has 0.
    """
    with tenant_scope(tenant_id):
        account = BankAccount.objects.of(tenant_id).select_related("connection").get(id=account_id)
    if needing not in registry.info(account.provider).capabilities:
        return 0
    if not account.is_connected:
        return 0
    try:
        with connect(account.connection, needing=needing) as bank:
            return ask(account, bank)
    except (BankError, InvalidState):  # it was not opened: nothing was claimed
        return 0
