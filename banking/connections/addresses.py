"""The ways to connect an account at a bank: where each begins, and what may be shown of it."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from banking.banks import registry
from banking.banks.contract.info import BankInfo, ConnectBy, FieldKind, Mode
from banking.models import BankAccount, Connection, ConsentAttempt


def start_address(bank: BankInfo, mode: Mode) -> str:
    """Where a person begins: at the bank itself, when nothing has to be asked before."""
    if mode.by is ConnectBy.CONSENT and not mode.fields:
        first = mode.slug == bank.modes[0].slug
        return reverse("banking:go", args=[bank.slug] if first else [bank.slug, mode.slug])
    return reverse("banking:mode", args=[bank.slug, mode.slug])


def ways_address(bank: BankInfo) -> str:
    """The page that tells all its ways; empty when there is but one."""
    return reverse("banking:ways", args=[bank.slug]) if len(bank.modes) > 1 else ""


def redo_address(connection: Connection) -> str:
    """Where the same way begins again, with what was typed and is no secret."""
    bank = registry.info(connection.provider)
    known = {"de": connection.id if connection.typed else None, "conta": connection.redoes_id}
    return with_query(start_address(bank, bank.mode(connection.mode)), known)


def redo_address_of(account: BankAccount) -> str:
    """The way that the account was connected by, and only for this account."""
    if account.is_by_file:  # it was never connected
        return reverse("banking:choose")
    bank, before = registry.info(account.provider), account.connection
    mode = bank.mode(before.mode) if before else bank.modes[0]
    known = {"de": before.id if before and before.typed else None, "conta": account.id}
    return with_query(start_address(bank, mode), known)


def retry_address(bank: BankInfo, attempt: ConsentAttempt | None) -> str:
    """Where a failed attempt begins again: the same way, for the same account.

    None is a return that no attempt of this person answers for: the bank's first way.
    """
    if attempt is None:
        return start_address(bank, bank.modes[0])
    return for_account(start_address(bank, bank.mode(attempt.mode)), attempt.redoes)


def for_account(address: str, account: BankAccount | None) -> str:
    """A step of the way back to this account, when there is one to bring back."""
    return with_query(address, {"conta": account.id}) if account and address else address


def with_query(address: str, values: Mapping[str, UUID | None]) -> str:
    known = {name: str(value) for name, value in values.items() if value is not None}
    return f"{address}?{urlencode(known)}" if known else address


def typed_of(mode: Mode, values: Mapping[str, str]) -> dict[str, str]:
    """What was typed openly: no secret and no file."""
    return {
        field.name: values.get(field.name, "")
        for field in mode.fields
        if field.kind is FieldKind.TEXT
    }
