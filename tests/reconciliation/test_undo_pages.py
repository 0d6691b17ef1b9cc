"""The question before one match is undone: what stands on it, however far up, and goes along."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from tenants.models import Membership
from tests.reconciliation.matched import D, choice, line, matched, open_of
from tests.reconciliation.rows import HTMX
from tests.reconciliation.stacked import Stack, paid_in_parts, part_paid, pay_outside, rest_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def address_of(stack: Stack) -> str:
    return reverse("reconciliation:undo", args=[stack.match.id])


def named(asked: Any) -> dict[str, list[str]]:
    """What the form sends along."""
    return {"first": [str(each.id) for each in asked.context["first"]]}


def test_all_floors_of_what_came_later_are_said_and_undone_along(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    stacks = paid_in_parts(itau, ana, "30.00", "30.00", "40.00")
    address = address_of(stacks[0])

    asked = finance.get(address, headers=HTMX)
    finance.post(address, named(asked), headers=HTMX)

    said = [each.line.id for each in asked.context["goes_first"]]
    assert said == [stacks[1].row.id, stacks[2].row.id]
    assert len(asked.context["effect"].lines) == 3
    assert [open_of(each.row) for each in stacks] == [D("-30.00"), D("-30.00"), D("-40.00")]


def test_the_answer_is_the_row_that_asked_also_where_others_go_along(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    below, _ = paid_in_parts(itau, ana, "30.00", "70.00")
    asked = finance.get(address_of(below), headers=HTMX)

    answer = finance.post(address_of(below), named(asked), headers=HTMX)

    assert answer.context["pair"].line.id == below.row.id


def test_what_came_after_the_question_is_not_undone_unasked(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    stacks = paid_in_parts(itau, ana, "30.00", "70.00")

    finance.post(address_of(stacks[0]), headers=HTMX)

    assert [open_of(each.row) for each in stacks] == [0, 0]


def test_what_only_another_page_takes_back_bars_it_from_any_floor(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    below, rest = part_paid(itau, ana)
    matched(line(itau, "-30.00"), choice(rest, "30.00"), by=ana)
    pay_outside(rest_of(rest), itau, ana)

    asked = finance.get(address_of(below), headers=HTMX)

    assert (asked.context["is_barred"], asked.context["first"]) == (True, [])
    assert [each.id for each in asked.context["effect"].lines] == [below.row.id]
