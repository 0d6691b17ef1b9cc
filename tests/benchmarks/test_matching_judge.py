"""The judge of matching: what counts as right, and how often."""

from decimal import Decimal

from benchmarks.matching.judge import WITHOUT, Judge, Outcome, Pairing

ACCOUNTS = [
    {"id": "cora", "provider": "cora"},
    {"id": "kamino", "provider": "kamino"},
]


def line(name, amount="-100.00", **more):
    row = {"id": name, "account": "cora", "bank_id": f"b{name}", "booked_on": "2026-03-02"}
    row |= {"arrived_on": "2026-03-02", "amount": amount, "description": "PIX"}
    return row | more


def payable(name, amount="100.00", **more):
    row = {"id": name, "kind": "payable", "created_on": "2026-03-01", "amount": amount}
    return row | {"due_date": "2026-03-02", "order": None} | more


def fact(lines, items, parts=None, case="case"):
    return {"case": case, "lines": lines, "items": items, "parts": parts, "difference": None}


def judge(lines, items, truth):
    rows = {"lines": lines, "items": items, "truth": truth}
    return Judge({"company": {"accounts": ACCOUNTS}, **rows})


def said(lines, **parts):
    told = frozenset((item, Decimal(amount)) for item, amount in parts.items())
    return Pairing(frozenset(lines.split()), told)


def test_the_truth_is_right_and_another_item_is_wrong():
    held = judge(
        [line("l1")], [payable("i1"), payable("i2", due_date="2026-04-02")], [fact(["l1"], ["i1"])]
    )

    assert held.is_true(said("l1", i1="100.00"))
    assert not held.is_true(said("l1", i2="100.00"))


def test_items_that_differ_in_id_and_day_of_creation_count_for_each_other():
    items = [payable("i1"), payable("i2", created_on="2026-02-01")]
    held = judge([line("l1")], items, [fact(["l1"], ["i1"])])

    assert held.is_true(said("l1", i2="100.00"))


def test_orders_are_told_apart_only_by_an_id_that_their_bank_repeats():
    def order(account, code):
        return {"account": account, "sent_on": "2026-03-02", "code": code, "reference": ""}

    for account, counts in (("cora", True), ("kamino", False)):
        items = [payable(f"i{n}", order=order(account, f"K{n}")) for n in (1, 2)]
        held = judge([line("l1", account=account)], items, [fact(["l1"], ["i1"])])

        assert held.is_true(said("l1", i2="100.00")) is counts


def test_another_part_than_the_truth_has_is_wrong():
    held = judge([line("l1", "-40.00")], [payable("i1")], [fact(["l1"], ["i1"], {"i1": "40.00"})])

    assert held.is_true(said("l1", i1="40.00"))
    assert not held.is_true(said("l1", i1="100.00"))


def test_pieces_of_one_item_are_judged_by_their_sum():
    lines = [line("l1", "-60.00"), line("l2", "-40.00")]
    held = judge(lines, [payable("i1")], [fact(["l1", "l2"], ["i1"])])
    pieces = [said("l1", i1="60.00"), said("l2", i1="40.00")]

    assert all(map(held.is_true, pieces))
    assert held.count(Outcome(by_evidence=pieces))["by_evidence"] == 2
    assert not held.is_true(said("l1", i1="100.00"))


def test_a_line_without_counterpart_that_was_matched_is_wrong_by_itself():
    held = judge([line("l1")], [payable("i1")], [])

    figures = held.count(Outcome(by_id=[said("l1", i1="100.00")], proposed={"l1"}))

    assert (figures["wrong_by_id"], figures["false_proposals"]) == (1, 1)
    assert figures["cases"][WITHOUT]["lines"] == 1


def test_both_lines_of_a_transfer_count_and_one_alone_is_wrong():
    lines = [line("l1"), line("l2", "100.00", account="kamino"), line("l3", "100.00", account="x")]
    held = judge(lines, [], [fact(["l1", "l2"], [])])

    assert held.count(Outcome(by_evidence=[said("l1 l2")]))["by_evidence"] == 2
    assert held.count(Outcome(by_evidence=[said("l1 l3")]))["wrong_by_evidence"] == 2


def test_what_a_person_accepted_is_right_first_and_not_by_itself():
    held = judge([line("l1"), line("l2")], [payable("i1")], [fact(["l1"], ["i1"])])

    figures = held.count(Outcome(by_person=[said("l1", i1="100.00")], proposed={"l1"}))

    assert (figures["right_first"], figures["by_id"] + figures["by_evidence"]) == (1, 0)
    assert figures["right_in_three"] == 1
    assert figures["false_proposals"] == 0


def test_a_first_proposal_that_is_the_truth_counts_whether_or_not_it_could_be_accepted():
    held = judge([line("l1"), line("l2")], [payable("i1")], [fact(["l1"], ["i1"])])

    figures = held.count(Outcome(first={"l1"}, proposed={"l1"}))

    assert (figures["right_first"], figures["right_in_three"]) == (1, 1)
