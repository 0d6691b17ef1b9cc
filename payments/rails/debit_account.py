"""Which bank account pays a bill."""

from banking.models import BankAccount
from core.errors import InvalidState
from payments.models import Payable


def paying_account(payable: Payable) -> BankAccount | None:
    """The bill's own account, else the company's preferred one."""
    if payable.bank_account is not None:
        return payable.bank_account
    preferred: BankAccount | None = (
        BankAccount.objects.of(payable.tenant_id).filter(is_preferred=True).first()
    )
    return preferred


def require_account(account: BankAccount | None) -> BankAccount:
    """The same account, if it can pay.

    Raises:
        InvalidState: there is none, its connection was undone or is not usable, or the company's
            plan lacks its bank.
    """
    if account is not None and account.is_undone:
        raise InvalidState(
            f"O vínculo de {account} foi desfeito: refaça o vínculo em "
            "«Integrações bancárias» ou torne outra conta preferencial.",
            code="account_undone",
        )
    if account is None or not can_pay(account):
        raise InvalidState(
            "Nenhuma conta conectada pode fazer este pagamento: "
            "conecte uma em «Conciliar contas e cartões».",
            code="no_account",
        )
    return account


def can_pay(account: BankAccount) -> bool:
    """Connected, at a bank that the company's plan includes."""
    usable = BankAccount.objects.of(account.tenant_id).connected().in_plan()
    return bool(usable.filter(id=account.id).exists())
