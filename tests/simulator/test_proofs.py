"""A setting or a fault that no test uses is not there: the README names the test of each."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import get_type_hints

import pytest

from simulator.banks import banks
from simulator.core.bank import SimulatedBank
from simulator.core.faults import Kind
from simulator.core.settings import Settings

_TESTS = Path(__file__).parents[1]
_README = (_TESTS.parent / "simulator" / "README.md").read_text()


def settings_of(bank: type[SimulatedBank]) -> set[str]:
    """Those of the simulator itself are changed at the main bank's address."""
    own = get_type_hints(vars(bank)["settings"].fget)["return"]
    return {f.name for f in (*fields(own), *(fields(Settings) if bank is banks()[0] else ()))}


def address_of(bank: type[SimulatedBank]) -> str:
    own = "" if bank is banks()[0] else f"/{bank.slug}"
    return f"(`PATCH /_sim/api{own}/settings`)"


# What the heading of each table holds, and what the table has to tell.
SECTIONS = {
    "# Faults\n": {kind.value for kind in Kind},
    **{address_of(bank): settings_of(bank) for bank in banks()},
}


def rows(section: str) -> Iterator[tuple[list[str], list[str]]]:
    """What each row of the section's table is about, and the tests that it names."""
    heading = re.search(rf"^#.*{re.escape(section)}", _README, re.M)
    assert heading is not None, section
    begin = heading.start()
    end = _README.find("\n#", begin + 1)
    for row in re.findall(r"^\| `.*\|$", _README[begin:end], re.M):
        cells = row.strip("| ").split(" | ")
        subject = re.sub(r"\(.*?\)", "", cells[0])
        yield re.findall(r"`(\w+)`", subject), re.findall(r"`([^`]+)`", cells[-1])


PROOFS = [
    pytest.param(name, proofs, id=f"{section.strip()}-{name}")
    for section in SECTIONS
    for names, proofs in rows(section)
    for name in names
]


@cache
def function(proof: str) -> str:
    """The text of a test, with its decorators."""
    file, _, name = proof.partition("::")
    text = (_TESTS / file).read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    raise AssertionError(f"{proof} is not there.")


@pytest.mark.parametrize("section", SECTIONS)
def test_the_readme_tells_all_there_are_and_no_others(section: str) -> None:
    assert sorted(name for names, _ in rows(section) for name in names) == sorted(SECTIONS[section])


@pytest.mark.parametrize(("name", "proofs"), PROOFS)
def test_each_is_used_by_the_test_that_is_named(name: str, proofs: list[str]) -> None:
    assert any(re.search(rf"\b{name}\b", function(proof)) for proof in proofs), proofs
    assert all(function(proof) for proof in proofs)
