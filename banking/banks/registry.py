"""The banks that the product speaks to: one line each."""

from banking.banks.bs2 import Bs2
from banking.banks.contract.adapter import Bank
from banking.banks.contract.info import BankInfo
from banking.banks.cora import Cora
from banking.banks.kamino import ContaKamino
from core.errors import InvalidInput

BANKS: dict[str, Bank] = {bank.info.slug: bank for bank in (Cora(), Bs2(), ContaKamino())}


def find(slug: str) -> Bank:
    """
    Raises:
        InvalidInput: there is no such bank.
    """
    try:
        return BANKS[slug]
    except KeyError:
        raise InvalidInput("Este banco não tem integração com o Kamino.") from None


def info(slug: str) -> BankInfo:
    return find(slug).info
