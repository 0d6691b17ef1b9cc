"""Which rails a bank has for us, and on which days they are open."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from banking.banks.base import BankInfo, Capability, Rail
from brazil.banking_days import is_settlement_day
from payments.models import Payable

CAPABILITIES: Mapping[Rail, Capability] = MappingProxyType(
    {
        Rail.TED: Capability.SEND_TED,
        Rail.BOLETO: Capability.PAY_BOLETO,
        Rail.PIX: Capability.SEND_PIX,
    }
)


# What a person does with a Pix that the bank cannot send.
OTHERWISE = "pague pelo aplicativo do banco, ou por uma conta que faça Pix"


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


def rail_for(payable: Payable, bank: BankInfo) -> Rail | None:
    """The rail by which this bank pays the bill; None: by none, and `why_no_rail` says why.

    What an account does with a Pix that its bank cannot send is decided here.
    """
    rail = Rail(payable.method)
    return rail if rail in rails_of(bank) else None


def why_no_rail(payable: Payable, bank: BankInfo) -> str:
    """A Portuguese sentence."""
    way = payable.get_method_display()
    sentence = f"{bank.name} não faz {way} por esta integração"
    return f"{sentence}: {OTHERWISE}." if payable.is_pix else f"{sentence}."
