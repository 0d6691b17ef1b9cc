"""Which bank account pays a bill."""

from collections.abc import Collection
from uuid import UUID

from banking.models import BankAccount
from core.errors import InvalidState


def preferred_account(tenant_id: UUID) -> BankAccount | None:
    """The one that pays the bills that name none."""
    accounts = BankAccount.objects.of(tenant_id).filter(is_preferred=True)
    preferred: BankAccount | None = accounts.select_related("connection").first()
    return preferred


def usable_accounts(tenant_id: UUID) -> frozenset[UUID]:
    """Connected, at a bank that the company's plan includes."""
    usable = BankAccount.objects.of(tenant_id).connected().in_plan()
    return frozenset(usable.values_list("id", flat=True))


def require_account(
    account: BankAccount | None, usable: Collection[UUID] | None = None
) -> BankAccount:
    """The same account, if it can pay. `usable` spares the query where many are asked about.

    Raises:
        InvalidState: there is none, its connection was undone or is not usable, or the company's
            plan lacks its bank.
    """
    if account is not None and account.is_undone:
        raise InvalidState(
            f"O vínculo {account.said.of} foi desfeito: refaça o vínculo em "
            "«Integrações bancárias» ou torne outra conta preferencial.",
            code="account_undone",
        )
    if account is not None and usable is None:
        usable = usable_accounts(account.tenant_id)
    if account is None or account.id not in (usable or ()):
        raise InvalidState(
            "Nenhuma conta conectada pode fazer este pagamento: "
            "conecte uma em «Conciliar contas e cartões».",
            code="no_account",
        )
    return account
