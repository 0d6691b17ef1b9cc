"""Which rails a bank has for us, and on which days they are open."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from banking.banks.contract.info import BankInfo, Capability
from banking.banks.contract.payments import Rail
from brazil.banking_days import is_settlement_day

CAPABILITIES: Mapping[Rail, Capability] = MappingProxyType(
    {
        Rail.TED: Capability.SEND_TED,
        Rail.BOLETO: Capability.PAY_BOLETO,
        Rail.PIX: Capability.SEND_PIX,
    }
)


def rails_of(bank: BankInfo) -> frozenset[Rail]:
    return frozenset(
        rail
        for rail, capability in CAPABILITIES.items()
        if rail in bank.cut_off and capability in bank.capabilities
    )


def open_rails(bank: BankInfo, day: date) -> frozenset[Rail]:
    """Those that pay on this São Paulo day: on one on which banks do not settle, Pix alone."""
    rails = rails_of(bank)
    return rails if is_settlement_day(day) else rails & {Rail.PIX}


def sends_pix(bank: BankInfo) -> bool:
    return Rail.PIX in rails_of(bank)
