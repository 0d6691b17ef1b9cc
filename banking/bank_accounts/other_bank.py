"""«Outro banco»: an account without an integration, whose statement people bring as files."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.chart.setup import open_bank_account_leaf
from audit.acts import Act
from audit.services import record
from banking.banks.by_file import BY_FILE
from banking.models import BankAccount
from brazil.document import format_document
from core.errors import InvalidInput, NotAllowed
from tenants.models import Membership, Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherBank:
    """An account as it was typed, and read."""

    bank_code: str  # COMPE; empty where the institution has none
    bank_label: str
    branch: str
    number: str
    holder_name: str
    holder_document: str


@transaction.atomic
def add_account(tenant: Tenant, typed: OtherBank, *, by: Membership) -> BankAccount:
    """Make the account and its Conta do Ativo. It neither pays nor collects charges. Runs inside
    the company's scope.

    Raises:
        InvalidInput: (field `number`) the company has that account already.
        InvalidState: the chart marks no group for bank accounts.
        NotAllowed: `by` does not connect accounts.
    """
    if not by.can_enter:
        raise NotAllowed("Seu papel nesta empresa não permite adicionar contas.", code="wrong_role")
    known = BankAccount.objects.of(tenant).filter(
        bank_code=typed.bank_code, branch=typed.branch, number=typed.number
    )
    if account := known.first():
        raise already_here(account)
    leaf = open_bank_account_leaf(
        tenant, name=f"{typed.bank_label} {typed.branch} / {typed.number}"
    )
    made = BankAccount(
        tenant=tenant,
        provider=BY_FILE.slug,
        bank_label=typed.bank_label,
        bank_code=typed.bank_code,
        branch=typed.branch,
        number=typed.number,
        holder_name=typed.holder_name,
        holder_document=typed.holder_document,
        ledger_account=leaf,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        account = known.first()
        if account is None:
            raise
        raise already_here(account) from None
    record(
        Act.ACCOUNT_ADDED,
        on=made,
        by=by.user,
        after={
            "Banco": made.bank_name,
            "Conta": f"{made.branch} / {made.number}",
            "Titular": f"{made.holder_name} ({format_document(made.holder_document)})",
            "Conta do Ativo": str(leaf),
        },
    )
    return made


def already_here(account: BankAccount) -> InvalidInput:
    how = "com o extrato por arquivo" if account.is_by_file else "com integração"
    return InvalidInput(
        f"Esta conta já está aqui, {how}: {account}.", field="number", code="known_account"
    )
