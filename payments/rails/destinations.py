"""Where a bill's money goes: TED, Pix or boleto."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from banking.banks.contract.payments import AccountType, PixAccount, PixCode, PixKey, Rail
from brazil.banks import bank_name
from parties.models import PayeeAccount
from payments.models import Payable


@dataclass(frozen=True, slots=True)
class TedDetails:
    """Where a TED goes; canonical digits, as `PayeeAccount` stores them."""

    bank_code: str
    branch: str
    account: str
    account_type: AccountType

    @property
    def kind(self) -> str:
        """«Conta corrente»"""
        return PayeeAccount.Type(self.account_type).label


# How a bill is paid: TED, Pix, or a boleto's linha digitável (47 or 48 digits, already checked).
Destination = TedDetails | PixKey | PixAccount | PixCode | str


def written(account: PayeeAccount | TedDetails) -> str:
    """«Itaú 0123 / 45678-9»"""
    number = f"{account.account[:-1]}-{account.account[-1]}"
    return f"{bank_name(account.bank_code)} {account.branch} / {number}"


def destinations_of(payable: Payable) -> Mapping[str, Mapping[str, Any]]:
    """By rail, what an order for the bill says of where the money goes.

    Of an approved bill it is what its approval showed; of one that waits for approval, what it
    would show now. Needs the bill `with_destinations`.
    """
    if payable.approval is not None:
        sealed: Mapping[str, Mapping[str, Any]] = payable.approval.seal["destinations"]
        return sealed
    return shown_destinations(payable)


def shown_destinations(payable: Payable) -> dict[str, dict[str, Any]]:
    """Of the bill as it is: its own rail, and of a Pix also the TED that it may become."""
    if payable.method == Payable.Method.BOLETO:
        return {Rail.BOLETO: {"linha_digitavel": payable.linha_digitavel}}
    to = payable.payee_account
    ted = to or payable.ted_account_on_file
    by_ted = {Rail.TED.value: details_of(ted)} if ted is not None and ted.takes_ted else {}
    if not payable.is_pix:
        return by_ted
    return {Rail.PIX.value: {"destination": pix_destination(payable)}} | by_ted


def pix_destination(payable: Payable) -> dict[str, str]:
    """Told apart by its names; exactly one is there (payable_method_details)."""
    if payable.pix_code:
        return {"payload": payable.pix_code}
    if payable.pix_key:
        return {"type": payable.pix_key_type, "value": payable.pix_key}
    assert payable.payee_account is not None
    return details_of(payable.payee_account)


def details_of(account: PayeeAccount) -> dict[str, str]:
    return {
        "bank_code": account.bank_code,
        "branch": account.branch,
        "account": account.account,
        "account_type": account.account_type,
    }


def ted_of(payable: Payable) -> TedDetails | None:
    """Where a TED for the bill goes; None where it cannot become one."""
    found = destinations_of(payable).get(Rail.TED)
    if found is None:
        return None
    return TedDetails(**{**found, "account_type": AccountType(found["account_type"])})
