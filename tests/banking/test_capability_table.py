"""The table of docs/banks.md."""

from banking.bank_table import WORDS, bank_table
from banking.banks import registry
from banking.banks.base import Capability
from banking.management.commands.bank_table import page, renewed


def test_the_page_is_current():
    text = page().read_text(encoding="utf-8")

    assert renewed(text) == text, "run manage.py bank_table"


def test_every_capability_has_a_row():
    assert set(WORDS) == set(Capability)


def test_every_bank_has_a_column_and_every_way_is_named():
    table = bank_table()

    for bank in registry.BANKS.values():
        assert f" {bank.info.name} |" in table
        assert all(mode.name in table for mode in bank.info.modes)


def test_what_is_around_the_table_stays():
    text = "# Title\n\n<!-- bank_table -->\nold\n<!-- /bank_table -->\n\nMore.\n"

    assert renewed(text).startswith("# Title\n\n")
    assert renewed(text).endswith("\n\nMore.\n")
    assert "old" not in renewed(text)
