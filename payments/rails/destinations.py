"""Where a bill's money goes: TED, Pix or boleto, as fields of the bill."""

from dataclasses import dataclass

from banking.banks.contract.payments import AccountType, PixAccount, PixCode, PixKey


@dataclass(frozen=True, slots=True)
class TedDetails:
    """Where a TED goes; canonical digits, as `PayeeAccount` stores them."""

    bank_code: str
    branch: str
    account: str
    account_type: AccountType


# How a bill is paid: TED, Pix, or a boleto's linha digitável (47 or 48 digits, already checked).
Destination = TedDetails | PixKey | PixAccount | PixCode | str
