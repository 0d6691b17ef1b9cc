"""What each bank of the registry declares, against what it does."""

import re

import pytest

from banking.banks import registry
from banking.banks.bs2.adapter import Bs2Adapter
from banking.banks.contract.adapter import Bank, BankAdapter
from banking.banks.contract.info import Capability
from banking.banks.contract.payments import Rail
from banking.banks.cora.adapter import CoraAdapter
from banking.banks.kamino.adapter import KaminoAdapter
from core.errors import InvalidInput

ADAPTERS: list[type[BankAdapter]] = [CoraAdapter, Bs2Adapter, KaminoAdapter]
BANKS = list(registry.banks().values())


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_adapter_defines_what_it_declares_and_nothing_else(adapter: type[BankAdapter]) -> None:
    defined = {capability for capability in Capability if capability.value in vars(adapter)}

    assert defined == adapter.info.capabilities


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_bank_that_issues_charges_says_what_it_asks_of_one(adapter: type[BankAdapter]) -> None:
    issues = Capability.ISSUE_CHARGE in adapter.info.capabilities

    assert (adapter.info.charges is not None) == issues


def test_each_capability_names_a_method_of_the_contract() -> None:
    assert [c for c in Capability if not callable(getattr(BankAdapter, c.value, None))] == []


def test_each_bank_is_found_by_its_slug() -> None:
    assert [registry.find(slug).info.slug for slug in registry.banks()] == list(registry.banks())
    assert {adapter.info.slug for adapter in ADAPTERS} == set(registry.banks())
    assert registry.info("cora").name == "Cora"


def test_an_unknown_bank_is_said_to_be_unknown() -> None:
    with pytest.raises(InvalidInput):
        registry.find("nubank")


@pytest.mark.parametrize("bank", BANKS, ids=lambda bank: bank.info.slug)
def test_a_bank_is_described(bank: Bank) -> None:
    assert re.fullmatch(r"[0-9]{3}", bank.info.compe)
    assert bank.info.plans <= {"compass", "north", "track"}
    assert {Rail.TED, Rail.BOLETO} <= set(bank.info.cut_off) <= set(Rail)
    assert bank.info.modes
    assert bank.info.pitch.endswith(".")
    assert type(bank).__module__ == f"banking.banks.{bank.info.slug}"  # its settings' prefix too
    assert all(re.fullmatch("#[0-9a-f]{6}", tone) for tone in (bank.info.colour, bank.info.ink))
