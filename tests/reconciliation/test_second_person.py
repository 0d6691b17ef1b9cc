"""What waits for a second person: who may release it, and what became of it meanwhile."""

from decimal import Decimal
from typing import Any

import pytest

from banking.models import BankAccount, StatementLine
from charges.models import Settlement
from charges.states import ChargeStatus
from core.clock import database_now
from core.errors import InvalidState, NotAllowed
from people.exceptional_acts import refuse, release
from people.models import ExceptionalAct
from reconciliation.matches.hold import versions_of
from reconciliation.matches.ignore import ignore
from reconciliation.matches.undo import undo
from reconciliation.models import Match, MatchLine
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge, membership
from tests.charges.issued import opened
from tests.payments.factories import make_bank_account
from tests.reconciliation.matched import (
    account_named,
    choice,
    difference,
    line,
    make_entry,
    match,
    matched,
    open_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
Outcome = ExceptionalAct.Outcome


@pytest.fixture
def approver(tenant: Tenant) -> Membership:
    return membership(tenant, role=Role.APPROVER)


def ask_discount(account: BankAccount, by: Membership) -> tuple[StatementLine, Any, ExceptionalAct]:
    """600,00 less than the charge, as the line was seen."""
    charge = opened(make_charge(account.tenant, account, "10000.00"))
    row = line(account, "9400.00")
    less = difference("discount", "-600.00")
    waiting = match(row, choice(charge), less, by=by, seen=seen_of(row)).waiting
    assert waiting is not None
    return row, charge, waiting


def ask_to_ignore(row: StatementLine, by: Membership) -> ExceptionalAct:
    with tenant_scope(by.tenant_id):
        waiting = ignore(row.id, by=by, why="Não é nosso", seen=seen_of(row)).waiting
    assert waiting is not None
    return waiting


def seen_of(row: StatementLine) -> dict[Any, int]:
    with tenant_scope(row.tenant_id):
        return versions_of(row.tenant_id, [row.id])


def standing(row: StatementLine) -> list[Match]:
    with tenant_scope(row.tenant_id):
        rows = MatchLine.objects.of(row.tenant_id).standing().filter(statement_line=row)
        return [each.match for each in rows.select_related("match")]


def settlements_of(charge: Any) -> int:
    with tenant_scope(charge.tenant_id):
        return int(Settlement.objects.of(charge.tenant_id).filter(charge=charge).count())


# --- What changed while it waited ---


def test_a_line_that_was_matched_otherwise_is_not_matched_again(itau, ana, approver) -> None:
    row, charge, waiting = ask_discount(itau, ana)
    mine = matched(row, make_entry(itau, "9400.00", code="4.1.01"), by=membership(itau.tenant))

    act = release(waiting, by=approver)

    assert (act.outcome, standing(row)) == (Outcome.VOID, [mine])
    assert (reread(charge).status, settlements_of(charge)) == (ChargeStatus.OPEN, 0)


def test_a_charge_that_another_line_paid_gets_nothing_more(itau, ana, approver) -> None:
    row, charge, waiting = ask_discount(itau, ana)
    matched(line(itau, "10000.00"), charge, by=membership(itau.tenant))

    act = release(waiting, by=approver)

    assert (act.outcome, open_of(row)) == (Outcome.VOID, D("9400.00"))
    assert (reread(charge).status, settlements_of(charge)) == (ChargeStatus.PAID, 1)


def test_a_line_that_was_matched_and_undone_is_looked_at_anew(itau, ana, approver) -> None:
    row, charge, waiting = ask_discount(itau, ana)
    made = matched(row, make_entry(itau, "9400.00", code="4.1.01"), by=ana)
    with tenant_scope(itau.tenant_id):
        undo([made.id], by=ana)

    act = release(waiting, by=approver)

    assert (act.outcome, open_of(row), settlements_of(charge)) == (Outcome.VOID, D("9400.00"), 0)


def test_a_line_of_which_nothing_is_open_is_not_ignored(itau, ana) -> None:
    row = line(itau, "-900.00")
    matched(row, make_entry(itau, "-900.00"), by=ana)

    with pytest.raises(InvalidState) as refused, tenant_scope(itau.tenant_id):
        ignore(row.id, by=ana, why="Não é nosso")

    assert refused.value.code == "line_used"
    with tenant_scope(itau.tenant_id):
        assert not ExceptionalAct.objects.of(itau.tenant_id).exists()


def test_no_more_is_ignored_than_was_asked_for(itau, ana, approver) -> None:
    """Of 900,00 a part was matched when 600,00 were to be ignored; then it was undone."""
    row = line(itau, "-900.00")
    part = matched(row, make_entry(itau, "-300.00"), by=ana, leaves_open=True)
    waiting = ask_to_ignore(row, ana)
    with tenant_scope(itau.tenant_id):
        undo([part.id], by=ana)

    act = release(waiting, by=approver)

    assert waiting.amount == D("600.00")
    assert (act.outcome, open_of(row)) == (Outcome.VOID, D("-900.00"))


def test_a_line_that_left_the_statement_is_not_ignored(itau, ana, approver) -> None:
    row = line(itau, "-500.01", is_from_file=True)
    waiting = ask_to_ignore(row, ana)
    change(row, withdrawn_at=database_now())

    act = release(waiting, by=approver)

    assert (act.outcome, standing(row)) == (Outcome.VOID, [])


def test_what_the_books_do_not_take_any_more_leaves_nothing_behind(itau, ana, approver) -> None:
    row, charge, waiting = ask_discount(itau, ana)
    with tenant_scope(itau.tenant_id):
        change(account_named(itau.tenant, "4.1.01"), archived_at=database_now())

    act = release(waiting, by=approver)

    assert (act.outcome, open_of(row)) == (Outcome.VOID, D("9400.00"))
    assert (reread(charge).status, settlements_of(charge)) == (ChargeStatus.OPEN, 0)
    with tenant_scope(itau.tenant_id):
        assert not Match.objects.of(itau.tenant).exists()


def test_what_is_released_is_all_that_was_asked(itau, ana, approver) -> None:
    """Also that the rest of the line stays open, and how the match came about."""
    charge = opened(make_charge(itau.tenant, itau, "10000.00"))
    row = line(itau, "9500.00")
    asked = match(
        row, choice(charge), difference("discount", "-600.00"), by=ana, leaves_open=True,
        degree=Match.Degree.ACCEPTED, reasons=["value"], score=71,
    )  # fmt: skip
    assert asked.waiting is not None

    release(asked.waiting, by=approver)

    (made,) = standing(row)
    assert (open_of(row), reread(charge).status) == (D("100.00"), ChargeStatus.PAID)
    assert (made.exception_id, made.made_by) == (asked.waiting.id, ana.user)
    assert (made.degree, made.reasons, made.score) == ("accepted", ["value"], 71)


# --- Who ---


def test_who_asked_does_not_release_it_whatever_their_role(itau, tenant) -> None:
    boss = membership(tenant, role=Role.ADMIN)
    row, _, waiting = ask_discount(itau, boss)

    with pytest.raises(NotAllowed) as refused:
        release(waiting, by=boss)

    assert (refused.value.code, open_of(row)) == ("own_act", D("9400.00"))


def test_a_colleague_who_does_not_approve_releases_nothing(itau, ana, tenant) -> None:
    row = line(itau, "-500.01")
    waiting = ask_to_ignore(row, ana)

    with pytest.raises(NotAllowed) as refused:
        release(waiting, by=membership(tenant))

    assert (refused.value.code, open_of(row)) == ("wrong_role", D("-500.01"))


@pytest.mark.parametrize("has", ["another role", "left"])
def test_what_a_person_asked_who_does_not_work_on_it_any_more_has_no_effect(
    itau, ana, approver, has: str
) -> None:
    row = line(itau, "-500.01")
    waiting = ask_to_ignore(row, ana)
    if has == "left":
        User.objects.filter(id=ana.user_id).update(is_active=False)
    else:
        change(ana, role=Role.READER)

    act = release(waiting, by=approver)

    assert (act.outcome, open_of(row)) == (Outcome.VOID, D("-500.01"))


def test_what_was_refused_leaves_the_line_to_be_matched(itau, ana, approver) -> None:
    row, charge, waiting = ask_discount(itau, ana)

    act = refuse(waiting, by=approver, why="Não foi combinado")

    assert (act.outcome, open_of(row)) == (Outcome.REFUSED, D("9400.00"))
    matched(row, choice(charge, "9400.00"), by=ana)
    with pytest.raises(InvalidState):
        release(waiting, by=approver)
    assert settlements_of(charge) == 1


# --- What counts together ---


def test_lines_of_an_account_that_one_person_ignores_count_together(itau, ana, tenant) -> None:
    there = make_bank_account(tenant, preferred=False)
    first, second, other = line(itau, "-300.00"), line(itau, "-201.00"), line(there, "-300.00")

    def ignored(row: StatementLine, by: Membership) -> bool:
        with tenant_scope(tenant.id):
            return ignore(row.id, by=by, why="Não é nosso").match is not None

    assert ignored(first, ana)
    assert not ignored(second, ana)
    assert ignored(other, ana)
    assert (open_of(second), open_of(other)) == (D("-201.00"), 0)


def test_discounts_that_one_person_gives_count_together_and_interest_outweighs_none(
    itau, ana
) -> None:
    charges = [opened(make_charge(itau.tenant, itau, "1000.00")) for _ in range(2)]
    rows = [line(itau, "700.00"), line(itau, "810.00")]
    matched(rows[0], charges[0], difference("discount", "-300.00"), by=ana)

    told = (difference("discount", "-240.00"), difference("interest", "50.00"))
    asked = match(rows[1], charges[1], *told, by=ana)

    assert asked.waiting is not None and asked.waiting.amount == D("240.00")
    assert [open_of(row) for row in rows] == [0, D("810.00")]
