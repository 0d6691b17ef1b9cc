"""The state machines in the database, and what else it forbids."""

import re
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from brazil.banking_days import sao_paulo_day
from charges.issuing.queue import issue_charges
from charges.models import Charge, ChargeEvent, Slip
from charges.settlement.received import register_received
from charges.states import CHARGE_MOVES, SLIP_MOVES, UNDO_MOVES, ChargeStatus, SlipStatus
from core.clock import database_now
from tenants.scope import tenant_scope
from tests.charges.factories import make_charge, membership
from tests.payments.factories import make_bank_account

pytestmark = pytest.mark.django_db

machines = import_module("charges.migrations.0006_state_machines")
undoing = import_module("charges.migrations.0013_undone_receipts")


def pairs(text: str) -> set[tuple[str, str]]:
    return set(re.findall(r"\('(\w+)', '(\w+)'\)", text))


@pytest.mark.parametrize(
    ("moves", "text"),
    [
        (CHARGE_MOVES, machines.CHARGE_MOVES),
        (UNDO_MOVES, undoing.MORE_MOVES),
        (SLIP_MOVES, machines.SLIP_MOVES),
    ],
    ids=["charge", "undone", "slip"],
)
def test_the_database_has_the_moves_of_the_code(moves, text):
    ours = {(a.value, b.value) for a, ends in moves.items() for b in ends if a != b}

    assert ours == pairs(text)


@pytest.fixture
def account(tenant):
    return make_bank_account(tenant)


@pytest.fixture
def charge(tenant, account):
    return make_charge(tenant, account)


@pytest.fixture
def slip(tenant, charge):
    with tenant_scope(tenant.id):
        return issue_charges([charge], by=membership(tenant)).slips[0]


def refused(row, **values):
    """By the database; the name of what refuses."""
    with tenant_scope(row.tenant_id):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            type(row).objects.of(row.tenant_id).filter(id=row.id).update(**values)
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.cursor().execute("SET CONSTRAINTS ALL DEFERRED")
    return caught.value.__cause__.diag.constraint_name


def test_a_charge_does_not_go_where_the_table_does_not_say(charge):
    assert refused(charge, status=ChargeStatus.OPEN) == "charge_moves"


def test_a_slip_does_not_go_where_the_table_does_not_say(slip):
    assert refused(slip, status=SlipStatus.PAID) == "slip_moves"


@pytest.mark.parametrize("change", [{"amount": "1.00"}, {"content": {}}, {"key": None}])
def test_what_is_sent_of_a_slip_never_changes(slip, charge, change):
    if "key" in change:
        change = {"key": charge.id}

    assert refused(slip, **change) == "slip_frozen"


def test_what_a_bank_was_given_of_a_charge_does_not_change(slip, charge):
    assert refused(charge, amount="1.00") == "charge_frozen"


def test_a_charge_has_one_live_slip(slip, charge, tenant):
    with tenant_scope(tenant.id):
        twin = Slip.objects.of(tenant).get(id=slip.id)
        twin.id, twin.key, twin._state.adding = charge.id, charge.payer_id, True
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            twin.save(force_insert=True)
    name = caught.value.__cause__.diag.constraint_name
    assert name == "slip_one_live_per_charge"


def test_what_is_settled_is_what_came(charge):
    assert refused(charge, settled="10.00") == "charge_settled_sum"


def test_a_slip_is_given_up_by_two(slip, admin):
    with tenant_scope(slip.tenant_id):
        rows = Slip.objects.of(slip.tenant_id).filter(id=slip.id)
        rows.update(status=SlipStatus.ISSUING)
        rows.update(status=SlipStatus.UNKNOWN)

    given = refused(slip, status=SlipStatus.GIVEN_UP, missed_by=admin, given_up_by=admin)
    assert given == "slip_given_up_by_two"


@pytest.mark.parametrize("model", [Charge, Slip, ChargeEvent])
def test_nothing_of_a_charge_is_deleted(slip, tenant, model):
    with (
        tenant_scope(tenant.id),
        pytest.raises(IntegrityError, match="refused"),
        transaction.atomic(),
    ):
        model.objects.of(tenant)._raw_delete("default")


def test_a_charge_is_unpaid_only_where_nothing_of_it_is_settled(tenant, account):
    charge = make_charge(tenant, account, "100.00")
    with tenant_scope(tenant.id):
        register_received(
            charge,
            by=membership(tenant),
            amount=Decimal("100.00"),
            day=sao_paulo_day(database_now()),
            way="transfer",
            bank_account=account,
        )

    assert refused(charge, status=ChargeStatus.OPEN) == "charge_moves"
    assert refused(charge, status=ChargeStatus.OPEN, settled="50.00") == "charge_moves"
