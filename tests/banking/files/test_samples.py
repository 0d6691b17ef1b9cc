"""The files of the samples give the numbers that their README says."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from banking.statements.files.contract import Balance, UnreadableFile, collect
from banking.statements.files.read import read_statement
from tests.banking.files.making import TODAY

SAMPLES = Path(__file__).parents[3].parent / "shared" / "samples"
README = SAMPLES / "README.md"
ROW = re.compile(r"\| ([\w.-]+) \|" + r"([^|]*)\|" * 9)
pytestmark = pytest.mark.skipif(not README.exists(), reason="the samples are not in the repository")


def rows() -> list[list[str]]:
    """File, count, credits, debits, first, last, balance."""
    if not README.exists():
        return []
    found = map(ROW.match, README.read_text(encoding="utf-8").splitlines())
    cells = [[cell.strip() for cell in match.groups()] for match in found if match]
    return [[row[0], *row[3:8], row[9]] for row in cells if row[0] != "file"]


def path_of(name: str) -> Path:
    (path,) = SAMPLES.glob(f"*/{name}")
    return path


@pytest.mark.parametrize("row", [row for row in rows() if not row[0].startswith("retorno")])
def test_a_statement_gives_its_numbers(row: list[str]) -> None:
    name, count, credits, debits, first, last, balance = row
    with path_of(name).open("rb") as file:
        (read,) = collect(read_statement(file, today=TODAY))
    amounts = [line.amount for line in read.lines]
    days = [line.day for line in read.lines]

    assert len(amounts) == int(count)
    assert sum(each for each in amounts if each > 0) == Decimal(credits)
    assert -sum(each for each in amounts if each < 0) == Decimal(debits)
    assert [min(days, default=None), max(days, default=None)] == [day_of(first), day_of(last)]
    assert closing_of(read.footer.closing) == stated(balance)
    assert (read.unread, read.footer.is_whole) == ([], True)


@pytest.mark.parametrize("row", [row for row in rows() if row[0].startswith("retorno")])
def test_a_return_file_is_refused_as_one(row: list[str]) -> None:
    with path_of(row[0]).open("rb") as file, pytest.raises(UnreadableFile) as refused:
        collect(read_statement(file, today=TODAY))

    assert refused.value.code == "return_file"


def day_of(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


def closing_of(closing: Balance | None) -> Decimal | None:
    return closing.amount if closing else None


def stated(text: str) -> Decimal | None:
    return None if text == "-" or "undated" in text else Decimal(text)
