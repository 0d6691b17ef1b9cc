"""A statement file is taken back whose lines were matched: what that undoes is said before."""

import pytest

from banking.models import StatementFile, StatementLine
from banking.statements.imports.undo import effect_of_undoing
from payments.models import OutsidePayment, Payable
from payments.states import PayableStatus
from reconciliation.matches.ignore import ignore
from reconciliation.matches.undo import undo
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.banking.imports.making import applied, lines, make_other, ofx, undone
from tests.payments.factories import approve, make_known
from tests.reconciliation.matched import D, choice, make_entry, matched, open_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
FEE = ("2026-11-10", "-1.20", "TARIFA PIX")
SALE = ("2026-11-10", "100.00", "PIX RECEBIDO ALFA")
RENT = ("2026-11-12", "-100.00", "ALUGUEL")
Status = StatementFile.Status


@pytest.fixture
def other(tenant, ana):
    return make_other(tenant, ana)


def line_of(account, amount):
    with tenant_scope(account.tenant_id):
        lines = StatementLine.objects.with_withdrawn(account.tenant_id)
        return lines.filter(bank_account=account).get(amount=amount)


def effect(file):
    with tenant_scope(file.tenant_id):
        return effect_of_undoing(file)


def test_its_matches_are_undone_and_what_they_settled_is_owed_again(tenant, other, ana):
    file = applied(other, ofx(SALE, RENT), ana)
    bill = make_known(tenant, "100.00", approved=True)
    made = matched(line_of(other, "-100.00"), bill, by=ana)
    assert effect(file).matched[0].startswith("1 conciliação")

    assert undone(file, ana).status == Status.UNDONE
    assert lines(other) == []
    assert reread(made).ended_at is not None
    assert reread(bill).status == PayableStatus.PENDING


def test_a_line_that_was_ignored_is_ignored_no_longer_once_it_is_withdrawn(other, ana):
    file = applied(other, ofx(FEE, RENT), ana)
    with tenant_scope(other.tenant_id):
        match = ignore(line_of(other, "-1.20").id, by=ana, why="Duplicada").match
    assert effect(file).matched[0].startswith("1 conciliação")

    assert undone(file, ana).status == Status.UNDONE
    assert reread(match).ended_at is not None


def test_a_match_with_a_line_that_stays_is_undone_whole(tenant, other, ana):
    first, second = applied(other, ofx(FEE), ana), applied(other, ofx(RENT), ana)
    rows = [line_of(other, "-1.20"), line_of(other, "-100.00")]
    matched(rows, make_entry(other, "-101.20"), by=ana)

    undone(second, ana)

    assert reread(first).status == Status.READY
    assert open_of(rows[0]) == D("-1.20")


def test_what_stands_on_a_match_is_said_and_keeps_the_file(tenant, other, ana):
    file = applied(other, ofx(FEE, RENT), ana)
    later = applied(other, ofx(("2026-11-16", "-50.00", "RESTO")), ana)
    bill = make_known(tenant, "150.00", approved=True)
    matched(line_of(other, "-100.00"), choice(bill, "100.00"), by=ana)
    stands = matched(line_of(other, "-50.00"), rest_of(tenant), by=ana)
    assert len(effect(file).matched) == 3

    stopped = undone(file, ana)

    assert (stopped.status, bool(stopped.fault)) == (Status.READY, True)
    assert len(lines(other)) == 3
    with tenant_scope(tenant.id):
        undo([stands.id], by=ana)
    assert undone(file, ana).status == Status.UNDONE
    assert reread(later).status == Status.READY


def rest_of(tenant):
    with tenant_scope(tenant.id):
        rest = OutsidePayment.objects.of(tenant).select_related("rest").get().rest
        return approve(Payable.objects.of(tenant).select_related("payee").get(id=rest.id))
