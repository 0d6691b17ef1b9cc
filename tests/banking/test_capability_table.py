"""The table of docs/banks.md."""

from banking.banks import registry
from banking.banks.capability_table import WORDS, capability_table
from banking.banks.contract.info import Capability
from banking.management.commands.capability_table import page, renewed
from tenants.models import Plan


def test_the_page_is_current():
    text = page().read_text(encoding="utf-8")

    assert renewed(text) == text, "run manage.py capability_table"


def test_every_capability_has_a_row():
    assert set(WORDS) == set(Capability)


def test_every_bank_has_a_column_and_every_way_is_named():
    table = capability_table(dict(Plan.choices))

    for bank in registry.banks().values():
        assert f" {bank.info.name} |" in table
        assert all(mode.name in table for mode in bank.info.modes)


def test_what_is_around_the_table_stays():
    text = "# Title\n\n<!-- capability_table -->\nold\n<!-- /capability_table -->\n\nMore.\n"

    assert renewed(text).startswith("# Title\n\n")
    assert renewed(text).endswith("\n\nMore.\n")
    assert "old" not in renewed(text)
