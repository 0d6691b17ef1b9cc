"""Where a bill's money goes: TED, Pix or boleto, as fields of the bill."""

from dataclasses import dataclass

from banking.banks.contract.payments import AccountType, PixAccount, PixCode, PixKey
from brazil.banks import bank_name
from parties.models import PayeeAccount


@dataclass(frozen=True, slots=True)
class TedDetails:
    """Where a TED goes; canonical digits, as `PayeeAccount` stores them."""

    bank_code: str
    branch: str
    account: str
    account_type: AccountType


# How a bill is paid: TED, Pix, or a boleto's linha digitável (47 or 48 digits, already checked).
Destination = TedDetails | PixKey | PixAccount | PixCode | str


def written(account: PayeeAccount) -> str:
    """«Itaú 0123 / 45678-9»"""
    return account_in_words(account.bank_code, account.branch, account.account)


def account_in_words(bank_code: str, branch: str, account: str) -> str:
    return f"{bank_name(bank_code)} {branch} / {account[:-1]}-{account[-1]}"
