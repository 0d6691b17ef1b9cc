"""The generated data set keeps the form that others read."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from benchmarks.matching.chance import leave_out_chance
from benchmarks.matching.generate import CASES, generate, read, write
from benchmarks.matching.world import World


@pytest.fixture(scope="module")
def data():
    return generate(7, 3000)


def test_the_same_seed_gives_the_same_company_and_another_seed_another():
    assert generate(3, 200) == generate(3, 200)
    assert generate(3, 200) != generate(4, 200)


def test_there_are_at_least_thirty_kinds_of_case_with_counterpart(data):
    assert len({row["case"] for row in data["truth"]}) >= 30
    assert len(CASES) >= 40


def test_a_line_is_in_one_row_of_the_truth_at_most(data):
    named = Counter(line for row in data["truth"] for line in row["lines"])

    assert set(named.values()) == {1}
    assert set(named) < {row["id"] for row in data["lines"]}


def test_lines_and_parts_of_items_with_the_difference_balance(data):
    lines = {row["id"]: Decimal(row["amount"]) for row in data["lines"]}
    items = {row["id"]: row for row in data["items"]}
    for row in data["truth"]:
        if not row["items"] or items[row["items"][0]]["kind"] == "transfer":
            assert sum(lines[line] for line in row["lines"]) == 0
            continue
        parts = row["parts"] or {}
        settled = sum(
            Decimal(parts.get(item, items[item]["amount"]).removeprefix("-"))
            for item in row["items"]
        )
        moved = abs(sum(lines[line] for line in row["lines"]))
        difference = Decimal(row["difference"]["amount"]) if row["difference"] else Decimal(0)
        assert abs(moved - settled) == difference


def test_what_is_written_is_read_again(data, tmp_path):
    write(tmp_path, data)

    assert read(tmp_path) == data


@pytest.mark.parametrize(("apart", "kept"), [(45, 0), (46, 1)])
def test_a_movement_that_may_be_an_item_of_its_party_is_left_out(apart, kept):
    world = World(7, first=date(2026, 1, 5), days=90, parties=20)
    party, due = world.suppliers[0], date(2026, 2, 10)
    world.payable(party, Decimal("409.90"), due)
    day = due - timedelta(days=apart)
    world.moved(world.account("cora"), day, Decimal("-409.90"), "pix", party)
    leave_out_chance(world)
    assert len(world.lines) == kept


@pytest.mark.parametrize(("apart", "kept"), [(4, 1), (5, 3)])
def test_a_return_of_one_of_two_equal_payments_is_left_out_with_what_it_returns(apart, kept):
    world = World(7, first=date(2026, 1, 5), days=90, parties=20)
    account, back_on = world.account(""), date(2026, 2, 10)
    before = back_on - timedelta(days=1)
    out, other = (
        world.moved(account, day, Decimal("-649.90"), "ted", party)
        for day, party in zip(
            (before, back_on - timedelta(days=apart)), world.suppliers, strict=False
        )
    )
    back = world.line(account, back_on, Decimal("649.90"), "ted", "DEV TED CONTA ENCERRADA")
    world.true("refused_ted", [out, back])
    leave_out_chance(world)
    assert (len(world.lines), len(world.truth)) == (kept, kept // 3)
    assert other in world.lines
