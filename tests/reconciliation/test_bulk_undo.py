"""Many lines of «Conciliar» undone at once: what is said first, what goes first, what stays."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.chart.reclassify import move_entries
from audit.models import Record
from banking.models import Allocation, BankAccount
from banking.statements.allocation import allocate, undo_allocation
from charges.models import Settlement
from charges.settlement.undo import undo_received
from core.text import shorten
from payments.models import Payable
from payments.states import PayableStatus
from reconciliation.bulk.undo import SHOWN, ManyUndone, effect_of_bulk
from reconciliation.bulk.work import work
from reconciliation.matches.blockers import Blocker
from reconciliation.matches.effect import effect_of
from reconciliation.matches.undo import undo
from reconciliation.models import BulkAct, BulkLine, Match
from reconciliation.views.bulk import REASONS
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, membership
from tests.charges.issued import opened
from tests.payments.factories import make_known
from tests.reconciliation.bulk_acts import begun, confirm, drafted, review, states
from tests.reconciliation.matched import (
    D,
    account_named,
    balance,
    choice,
    difference,
    line,
    make_entry,
    matched,
    open_of,
)
from tests.reconciliation.stacked import (
    BARRED,
    STACKED,
    Stack,
    allocated,
    created,
    entry_given_back,
    paid_in_parts,
    part_of,
    part_paid,
    pay_outside,
    receipt_refunded,
    rest_of,
    rest_paid,
    rest_paid_outside,
    returned,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

UNDO, State = BulkAct.Kind.UNDO, BulkLine.State
Build = Callable[[BankAccount, Membership], Stack]


def effect(bulk: BulkAct) -> ManyUndone:
    with tenant_scope(bulk.tenant_id):
        return effect_of_bulk(bulk)


def blockers(made: Match) -> list[Blocker]:
    """As the undo of one says them."""
    with tenant_scope(made.tenant_id):
        return effect_of([made]).blockers


def words(bulk: BulkAct) -> dict[Any, str]:
    with tenant_scope(bulk.tenant_id):
        rows = BulkLine.objects.of(bulk.tenant_id).filter(bulk=bulk)
        return dict(rows.values_list("statement_line_id", "words"))


def undone(*matches: Match, by: Membership) -> None:
    with tenant_scope(by.tenant_id):
        undo([each.id for each in matches], by=by)


def move(tenant: Tenant, old: str, new: str, by: Membership) -> None:
    """All entries of an account to another one: each is written again."""
    with tenant_scope(tenant.id):
        accounts = account_named(tenant, old), account_named(tenant, new)
        assert move_entries(*accounts, by=by.user, why="Outra conta")


def is_over(made: Match) -> bool:
    return reread(made).ended_at is not None


def records_of(made: Match) -> int:
    with tenant_scope(made.tenant_id):
        rows = Record.objects.of(made.tenant_id).filter(on_id=made.id, act="match_undone")
        return int(rows.count())


# --- What is said first -----------------------------------------------------------------------


def test_undoing_many_says_what_it_reopens_keeps_and_reverses(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    """R-UND06."""
    linked, made = line(itau, "-10.00"), line(itau, "-20.00")
    matched(linked, make_entry(itau, "-10.00"), by=ana)
    created(made, ana)

    bulk = review(finance, "desfazer", itau, linked, made)
    told = effect(bulk).alone
    confirm(finance, bulk, why="Engano")

    assert (len(told.lines), len(told.kept), len(told.reversed)) == (2, 1, 1)
    with tenant_scope(tenant.id):
        assert set(Match.objects.of(tenant).values_list("undone_why", flat=True)) == {"Engano"}
    assert (open_of(linked), open_of(made)) == (D("-10.00"), D("-20.00"))
    assert (balance(tenant, "5.3.02"), balance(tenant, "5.5.01")) == (D("10.00"), 0)


def test_an_entry_that_loses_its_difference_is_counted_apart(
    itau: BankAccount, ana: Membership
) -> None:
    row, entry = line(itau, "97.00"), make_entry(itau, "100.00", code="4.1.01")
    matched(row, entry, difference("fee", "-3.00"), by=ana)

    told = effect(drafted(UNDO, ana, row)).alone

    assert ([each.id for each in told.rewritten], told.kept) == ([entry.entry_id], [])


def test_an_entry_is_named_as_it_is_now(tenant: Tenant, itau: BankAccount, ana: Membership) -> None:
    linked, made = line(itau, "-10.00"), line(itau, "-20.00")
    matched(linked, make_entry(itau, "-10.00"), by=ana)
    created(made, ana)
    for code in ("5.3.02", "5.5.01"):
        move(tenant, code, "5.4.03", ana)

    told = effect(drafted(UNDO, ana, linked, made)).alone

    assert [each.replaces_id is not None for each in (*told.kept, *told.reversed)] == [True] * 2


def test_an_allocation_without_a_match_is_told_with_the_others(
    itau: BankAccount, ana: Membership
) -> None:
    row = line(itau, "-30.00")
    with tenant_scope(itau.tenant_id):
        allocate(row, make_entry(itau, "-10.00"))
    matched(row, make_entry(itau, "-20.00"), by=ana)

    told = effect(drafted(UNDO, ana, row)).alone

    assert ([each.id for each in told.lines], len(told.kept)) == ([row.id], 2)


@pytest.mark.parametrize("build", BARRED)
def test_what_only_its_own_page_takes_back_leaves_the_line_out_in_the_words_of_the_single_undo(
    finance: Client, itau: BankAccount, ana: Membership, build: Build
) -> None:
    stack, free = build(itau, ana), line(itau, "-7.00")
    created(free, ana)
    said = blockers(stack.match)

    bulk = review(finance, "desfazer", itau, stack.row, free)
    told, would = words(bulk)[stack.row.id], effect(bulk)
    confirm(finance, bulk, together="yes")

    assert [each.match for each in said] == [None]
    assert ([each.id for each in would.alone.lines], would.together) == ([free.id], None)
    assert told == shorten(said[0].words, 300)
    assert states(bulk) == {stack.row.id: State.LEFT_OUT, free.id: State.DONE}
    assert not is_over(stack.match)


@pytest.mark.parametrize("build", STACKED)
def test_a_match_that_goes_first_is_named_in_the_words_of_the_single_undo(
    itau: BankAccount, ana: Membership, build: Build
) -> None:
    stack = build(itau, ana)
    said = blockers(stack.match)

    told = effect(drafted(UNDO, ana, stack.row))

    assert [each.match is not None for each in said] == [True]
    assert [each.words for each in told.goes_first] == [said[0].words]
    assert [each.line.id for each in told.goes_first] == [each.id for each in stack.above]
    assert told.together is not None
    assert {each.id for each in told.together.lines} == {
        stack.row.id, *(each.id for each in stack.above),
    }  # fmt: skip


@pytest.mark.parametrize("moves", [(1, 0), (1, 1), (2, 2)])
def test_a_return_is_known_by_whatever_was_written_in_the_place_of_the_entry(
    tenant: Tenant, itau: BankAccount, ana: Membership, moves: tuple[int, int]
) -> None:
    """Before the return, and after it."""
    row, back = line(itau, "-20.00"), line(itau, "5.00")
    made = created(row, ana)
    codes = ["5.3.02", "5.5.01"] * 3  # from the end
    for _ in range(moves[0]):
        move(tenant, codes.pop(), codes[-1], ana)
    later = returned(back, row, ana)
    for _ in range(moves[1]):
        move(tenant, codes.pop(), codes[-1], ana)

    assert [each.match for each in blockers(made)] == [later]
    assert len(effect(drafted(UNDO, ana, row)).goes_first) == 1


def test_a_return_that_was_undone_goes_before_nothing(itau: BankAccount, ana: Membership) -> None:
    row, back = line(itau, "-20.00"), line(itau, "5.00")
    made = created(row, ana)
    undone(returned(back, row, ana), by=ana)

    assert blockers(made) == []
    assert effect(drafted(UNDO, ana, row)).together is None


def test_a_receipt_that_was_undone_on_its_charge_bars_nothing(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    """The match stands, for it settles another charge too."""
    charges = [opened(make_charge(tenant, itau, amount)) for amount in ("10.00", "20.00")]
    row = line(itau, "30.00")
    made = matched(row, charges, by=ana)
    with tenant_scope(tenant.id):
        settlement = Settlement.objects.of(tenant).get(charge=charges[0])
        undo_received(settlement, by=ana, why="Era de outra cobrança")

    bulk = review(finance, "desfazer", itau, row)
    confirm(finance, bulk)

    assert (states(bulk), is_over(made)) == ({row.id: State.DONE}, True)
    assert open_of(row) == D("30.00")


def test_what_is_chosen_itself_is_nothing_that_goes_first(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    stack = rest_paid(itau, ana)
    lines = [stack.row, *stack.above]

    bulk = review(finance, "desfazer", itau, *lines)
    told = effect(bulk)
    confirm(finance, bulk)

    assert (told.together, told.goes_first, len(told.alone.lines)) == (None, (), 2)
    assert set(states(bulk).values()) == {State.DONE}
    assert [open_of(each) for each in lines] == [D("-40.00"), D("-60.00")]


def test_a_line_with_two_matches_opens_once(itau: BankAccount, ana: Membership) -> None:
    row = line(itau, "-30.00")
    first = matched(row, make_entry(itau, "-10.00"), by=ana, leaves_open=True)
    second = created(row, ana)

    told = effect(drafted(UNDO, ana, row)).alone
    with tenant_scope(itau.tenant_id):
        alone = effect_of([first, second])

    assert ([each.id for each in told.lines], len(told.matches)) == ([row.id], 2)
    assert [each.id for each in alone.lines] == [row.id]


def test_the_first_few_that_go_first_are_named_and_the_others_counted(
    itau: BankAccount, ana: Membership
) -> None:
    stacks = [entry_given_back(itau, ana) for _ in range(SHOWN + 2)]

    told = effect(drafted(UNDO, ana, *(each.row for each in stacks)))

    assert (len(told.goes_first), told.more, told.held) == (SHOWN, 2, SHOWN + 2)


def test_the_first_few_reasons_are_told_and_the_others_counted(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    stacks = [rest_paid_outside(itau, ana) for _ in range(REASONS + 2)]

    bulk = drafted(UNDO, ana, *(each.row for each in stacks))
    bulk_page = confirm(finance, bulk, why="x" * 301)  # too long: it is shown again

    assert len(bulk_page.context["left_out"]) == REASONS
    assert bulk_page.context["left_out_besides"] == 2


def test_it_asks_as_often_for_many_lines_as_for_few(itau: BankAccount, ana: Membership) -> None:
    def queries(count: int) -> int:
        rows = [
            build(itau, ana).row
            for build in (entry_given_back, rest_paid, rest_paid_outside, receipt_refunded)
            for _ in range(count)
        ]
        with CaptureQueriesContext(connection) as asked:
            effect(drafted(UNDO, ana, *rows))
        return len(asked)

    assert queries(1) == queries(4)


def test_of_what_goes_first_that_which_is_chosen_too_is_not_named(
    itau: BankAccount, ana: Membership
) -> None:
    stacks = paid_in_parts(itau, ana, "40.00", "30.00", "30.00")

    told = effect(drafted(UNDO, ana, stacks[0].row, stacks[2].row))

    assert [each.id for each in told.alone.lines] == [stacks[2].row.id]
    assert [each.line.id for each in told.goes_first] == [stacks[1].row.id]


def test_what_somebody_undid_since_is_told_no_more(itau: BankAccount, ana: Membership) -> None:
    bia, row, other = membership(itau.tenant), line(itau, "-1.00"), allocated(itau, "-2.00")
    made = created(row, ana)
    bulk = drafted(UNDO, ana, row, other)
    undone(made, by=bia)
    with tenant_scope(itau.tenant_id):
        undo_allocation(Allocation.objects.of(itau.tenant_id).get(statement_line=other), by=bia)

    assert effect(bulk).alone.said == []


# --- Together -----------------------------------------------------------------------------------


@pytest.mark.parametrize("build", STACKED)
def test_together_all_is_as_it_was_before(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership, build: Build
) -> None:
    stack = build(itau, ana)
    rows = [stack.row, *stack.above]

    bulk = review(finance, "desfazer", itau, stack.row)
    answer = confirm(finance, bulk, together="yes")

    assert states(bulk) == {stack.row.id: State.DONE}
    assert [open_of(each) for each in rows] == [each.amount for each in rows]
    assert (balance(tenant, "5.5.01"), balance(tenant, itau.ledger_account)) == (0, 0)
    # The page shows both as they are now.
    assert {each.line.id for each in answer.context["others"]} == {each.id for each in rows}


def test_three_that_stand_on_each_other_go_together_from_the_top(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    stacks = paid_in_parts(itau, ana, "40.00", "30.00", "30.00")

    bulk = review(finance, "desfazer", itau, stacks[0].row)
    confirm(finance, bulk, together="yes")

    assert [is_over(each.match) for each in stacks] == [True] * 3
    with tenant_scope(tenant.id):
        ended = Match.objects.of(tenant).order_by("ended_at").values_list("id", flat=True)
        assert list(ended) == [each.match.id for each in reversed(stacks)]
        found = list(Payable.objects.of(tenant).values_list("amount", "status"))
    assert sorted(found) == [
        (D("30.00"), PayableStatus.CANCELLED),
        (D("60.00"), PayableStatus.CANCELLED),
        (D("100.00"), PayableStatus.PENDING),
    ]


def test_without_it_the_lines_below_are_left_out_and_the_others_go(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    stack, free = rest_paid(itau, ana), line(itau, "-7.00")
    created(free, ana)

    bulk = review(finance, "desfazer", itau, stack.row, free)
    told = effect(bulk)
    confirm(finance, bulk)

    assert (told.held, [each.id for each in told.alone.lines]) == (1, [free.id])
    assert states(bulk) == {stack.row.id: State.LEFT_OUT, free.id: State.DONE}
    assert (open_of(stack.row), open_of(free)) == (0, D("-7.00"))
    assert not is_over(stack.match)


def test_a_line_that_waits_for_one_that_is_left_out_is_left_out_too(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    """The second line paid the rest of the first one's bill, and a return of it is not chosen."""
    first, rest = part_paid(itau, ana)
    second = line(itau, "-100.00")
    matched(second, choice(rest, "60.00"), by=ana, leaves_open=True)
    of_fee = created(second, ana)
    returned(line(itau, "40.00"), second, ana, part_of(of_fee))

    bulk = review(finance, "desfazer", itau, first.row, second)
    told = effect(bulk)
    confirm(finance, bulk)

    assert (told.held, told.alone.lines, len(told.goes_first)) == (2, [], 1)
    assert set(states(bulk).values()) == {State.LEFT_OUT}


def test_a_line_that_waits_for_a_part_of_one_that_is_left_out_is_left_out_too(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    """That one paid the rest of the first one's bill and a part of another, whose own rest only its
    page takes back."""
    first, rest = part_paid(itau, ana)
    second, other = line(itau, "-100.00"), make_known(itau.tenant, "90.00", approved=True)
    matched(second, choice(rest, "60.00"), by=ana, leaves_open=True)
    matched(second, choice(other, "40.00"), by=ana)
    pay_outside(rest_of(other), itau, ana)

    bulk = review(finance, "desfazer", itau, first.row, second)
    confirm(finance, bulk)

    assert set(states(bulk).values()) == {State.LEFT_OUT}
    assert (open_of(first.row), open_of(second)) == (0, 0)


def test_of_a_line_of_which_nothing_is_said_nothing_is_undone(
    itau: BankAccount, ana: Membership
) -> None:
    bare, made = line(itau, "-1.00"), line(itau, "-2.00")
    created(made, ana)

    bulk = drafted(UNDO, ana, bare, made)

    assert states(bulk) == {bare.id: State.LEFT_OUT, made.id: State.WAITING}


def test_what_no_match_takes_back_leaves_out_whatever_is_below_it(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    first, rest = part_paid(itau, ana)
    second = line(itau, "-30.00")
    above = matched(second, choice(rest, "30.00"), by=ana)
    pay_outside(rest_of(rest), itau, ana)

    bulk = review(finance, "desfazer", itau, first.row)
    confirm(finance, bulk, together="yes")

    assert states(bulk) == {first.row.id: State.LEFT_OUT}
    assert words(bulk)[first.row.id] == blockers(above)[0].words


# --- Between the page and the work --------------------------------------------------------------


def test_what_came_to_stand_on_a_line_since_refuses_that_line_alone(
    itau: BankAccount, ana: Membership
) -> None:
    row, free = line(itau, "-20.00"), line(itau, "-7.00")
    made, other = created(row, ana), created(free, ana)
    bulk = drafted(UNDO, ana, row, free)
    returned(line(itau, "5.00"), row, ana)
    begun(bulk, ana, together=True)

    work(itau.tenant_id, bulk.id)

    assert states(bulk) == {row.id: State.REFUSED, free.id: State.DONE}
    assert blockers(made)[0].words in words(bulk)[row.id]
    assert (is_over(made), is_over(other)) == (False, True)


def test_of_what_goes_together_nothing_is_undone_where_one_is_refused(
    itau: BankAccount, ana: Membership
) -> None:
    """The rest's own line was to go first: it has not, for something stands on it by now."""
    first, rest = part_paid(itau, ana)
    second = matched(line(itau, "-30.00"), choice(rest, "30.00"), by=ana)
    bulk = drafted(UNDO, ana, first.row)
    pay_outside(rest_of(rest), itau, ana)
    begun(bulk, ana, together=True)

    work(itau.tenant_id, bulk.id)

    assert states(bulk) == {first.row.id: State.REFUSED}
    assert (is_over(first.match), is_over(second)) == (False, False)


def test_what_was_to_go_first_and_is_gone_holds_nothing_up(
    itau: BankAccount, ana: Membership
) -> None:
    first, second = paid_in_parts(itau, ana, "40.00", "60.00")
    bulk = drafted(UNDO, ana, first.row)
    undone(second.match, by=membership(itau.tenant))
    begun(bulk, ana, together=True)

    work(itau.tenant_id, bulk.id)

    assert states(bulk) == {first.row.id: State.DONE}
    assert records_of(second.match) == 1


def test_what_somebody_else_undid_since_is_said(itau: BankAccount, ana: Membership) -> None:
    bia, rows = membership(itau.tenant), [line(itau, "-1.00"), line(itau, "-2.00")]
    first, second = [created(row, ana) for row in rows]
    bulk = drafted(UNDO, ana, *rows)
    undone(first, by=bia)
    begun(bulk, ana)

    work(itau.tenant_id, bulk.id)

    assert states(bulk) == {rows[0].id: State.REFUSED, rows[1].id: State.DONE}
    assert bia.user.display_name in words(bulk)[rows[0].id]
    assert (records_of(first), records_of(second)) == (1, 1)


def test_a_line_of_which_a_part_was_undone_since_is_left_as_it_is(
    itau: BankAccount, ana: Membership
) -> None:
    row = line(itau, "-30.00")
    first = matched(row, make_entry(itau, "-10.00"), by=ana, leaves_open=True)
    second = created(row, ana)
    bulk = drafted(UNDO, ana, row)
    undone(first, by=membership(itau.tenant))
    begun(bulk, ana)

    work(itau.tenant_id, bulk.id)

    assert (states(bulk), is_over(second)) == ({row.id: State.REFUSED}, False)


def test_what_somebody_else_undid_before_it_was_shown_holds_nothing_up(
    itau: BankAccount, ana: Membership
) -> None:
    bia, row, other = membership(itau.tenant), line(itau, "-1.00"), allocated(itau, "-2.00")
    undone(created(row, ana), by=bia)
    with tenant_scope(itau.tenant_id):
        undo_allocation(Allocation.objects.of(itau.tenant_id).get(statement_line=other), by=bia)
    again = [created(each, ana) for each in (row, other)]
    bulk = drafted(UNDO, ana, row, other)
    begun(bulk, ana)

    work(itau.tenant_id, bulk.id)

    assert set(states(bulk).values()) == {State.DONE}
    assert [is_over(made) for made in again] == [True, True]


def test_an_allocation_without_a_match_that_somebody_took_apart_since_is_said(
    itau: BankAccount, ana: Membership
) -> None:
    row, mine, kept = (allocated(itau, amount) for amount in ("-10.00", "-15.00", "-20.00"))
    bia, bulk = membership(itau.tenant), drafted(UNDO, ana, row, mine, kept)
    with tenant_scope(itau.tenant_id):
        for each, by in ((row, bia), (mine, ana)):
            part = Allocation.objects.of(itau.tenant_id).get(statement_line=each)
            undo_allocation(part, by=by)
    begun(bulk, ana)

    work(itau.tenant_id, bulk.id)

    assert states(bulk) == {row.id: State.REFUSED, mine.id: State.DONE, kept.id: State.DONE}
    assert bia.user.display_name in words(bulk)[row.id]
    assert open_of(kept) == D("-20.00")


# --- Once ---------------------------------------------------------------------------------------


def test_a_match_over_several_chosen_lines_is_undone_once(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    rows = [line(itau, "-10.00"), line(itau, "-20.00")]
    made = matched(rows, make_entry(itau, "-30.00"), by=ana)

    bulk = review(finance, "desfazer", itau, *rows)
    told = effect(bulk).alone
    confirm(finance, bulk)

    assert (len(told.lines), len(told.kept)) == (2, 1)
    assert set(states(bulk).values()) == {State.DONE}
    assert [open_of(row) for row in rows] == [D("-10.00"), D("-20.00")]
    assert records_of(made) == 1


def test_what_stands_on_two_chosen_lines_is_undone_once(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    """A bill of which both parts are chosen, and the line of its last rest is not."""
    stacks = paid_in_parts(itau, ana, "40.00", "30.00", "30.00")

    bulk = review(finance, "desfazer", itau, stacks[0].row, stacks[1].row)
    told = effect(bulk)
    confirm(finance, bulk, together="yes")

    assert (len(told.goes_first), told.held) == (1, 2)
    assert set(states(bulk).values()) == {State.DONE}
    assert [records_of(each.match) for each in stacks] == [1, 1, 1]
