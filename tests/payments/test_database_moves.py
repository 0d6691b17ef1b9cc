"""What must never happen to bills and orders, tried in raw SQL under the application's role."""

from collections.abc import Callable, Iterable
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from payments.models import Payable, PayableEvent, PaymentOrder
from payments.rails.destinations import Destination
from payments.states import ORDER_MOVES, PAYABLE_MOVES, OrderStatus, PayableStatus
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.payments.factories import (
    DYNAMIC_CODE,
    ITAU,
    PIX_ACCOUNT,
    PIX_CODE,
    PIX_KEY,
    make_bank_account,
    make_order,
    make_payable,
)

pytestmark = pytest.mark.django_db


def refusal(statement: str, *values: object) -> str:
    """The name of what refuses the statement; empty when nothing does. Nothing of it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount == 1
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)
    return ""


def moves_taken(
    tenant: Tenant, table: str, guard: str, statuses: Iterable[str], row: Callable[[str], UUID]
) -> dict[str, set[str]]:
    """Every change of status that the database lets pass, by where it starts."""
    taken: dict[str, set[str]] = {}
    with tenant_scope(tenant.id):
        for start in statuses:
            row_id = row(start)
            refused = {
                end: refusal(f'UPDATE "{table}" SET status = %s WHERE id = %s', end, row_id)
                for end in statuses
                if end != start
            }
            assert set(refused.values()) <= {"", guard}
            taken[start] = {end for end, by in refused.items() if not by}
    return taken


def test_the_database_lets_bills_move_as_the_states_say(tenant: Tenant) -> None:
    approved = make_payable(tenant, approved=True)

    def in_status(status: str) -> UUID:
        approved.pk, approved.status = uuid4(), status
        approved.save(force_insert=True)
        return approved.pk

    taken = moves_taken(
        tenant, "payments_payable", "payable_moves", PayableStatus.values, in_status
    )

    assert taken == {str(start): {*ends} for start, ends in PAYABLE_MOVES.items()}


def test_the_database_lets_orders_move_as_the_states_say(tenant: Tenant) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    order = make_order(payable)

    def in_status(status: str) -> UUID:
        payable.pk = uuid4()
        payable.save(force_insert=True)
        order.pk, order.key, order.payable, order.status = uuid4(), uuid4(), payable, status
        order.save(force_insert=True)
        return order.pk

    taken = moves_taken(
        tenant, "payments_paymentorder", "order_moves", OrderStatus.values, in_status
    )

    assert taken == {str(start): {*ends} for start, ends in ORDER_MOVES.items()}


@pytest.mark.parametrize(
    "change",
    [
        "key = gen_random_uuid()",
        'content = content || \'{"amount": "9999.99"}\'',
        "amount = amount + 1",
        "rail = 'boleto'",
        "payable_id = gen_random_uuid()",
        "bank_account_id = gen_random_uuid()",
    ],
)
def test_what_an_order_sends_never_changes(tenant: Tenant, change: str) -> None:
    make_bank_account(tenant)
    order = make_order(make_payable(tenant, approved=True))

    with tenant_scope(tenant.id):
        update = f"UPDATE payments_paymentorder SET {change} WHERE id = %s"
        assert refusal(update, order.id) == "order_frozen"


@pytest.mark.parametrize(
    "change",
    ["amount = amount + 1", "payee_account_id = NULL", "pix_key = 'outra'", "pix_code = '0002'"],
)
def test_what_was_approved_never_changes(tenant: Tenant, change: str) -> None:
    payable = make_payable(tenant, approved=True)

    with tenant_scope(tenant.id):
        update = f"UPDATE payments_payable SET {change} WHERE id = %s"
        assert refusal(update, payable.id) == "payable_frozen"


@pytest.mark.parametrize(
    ("destination", "change"),
    [
        (PIX_KEY, "pix_key = ''"),
        (PIX_KEY, "pix_key_type = ''"),
        (PIX_KEY, "pix_code = '0002'"),
        (PIX_KEY, "linha_digitavel = '1'"),
        (PIX_CODE, "pix_code = ''"),
        (PIX_ACCOUNT, "payee_account_id = NULL"),
        (PIX_ACCOUNT, "pix_key = 'x', pix_key_type = 'email'"),
        (ITAU, "pix_key = 'x', pix_key_type = 'email'"),
    ],
)
def test_a_bill_is_paid_in_exactly_one_way(
    tenant: Tenant, destination: Destination, change: str
) -> None:
    payable = make_payable(tenant, "1234.56", destination=destination)

    with tenant_scope(tenant.id):
        update = f"UPDATE payments_payable SET {change} WHERE id = %s"
        assert refusal(update, payable.id) == "payable_method_details"


def test_one_pix_charge_is_one_living_bill(tenant: Tenant) -> None:
    payable = make_payable(tenant, "1234.56", destination=DYNAMIC_CODE)

    with (
        tenant_scope(tenant.id),
        pytest.raises(IntegrityError, match="payable_pix_once"),
        transaction.atomic(),
    ):
        payable.pk = uuid4()
        payable.save(force_insert=True)


def test_bills_and_orders_are_never_deleted(tenant: Tenant) -> None:
    make_bank_account(tenant)
    order = make_order(make_payable(tenant, approved=True))
    bare = make_payable(tenant)

    with tenant_scope(tenant.id):
        delete = "DELETE FROM payments_paymentorder WHERE id = %s"
        assert refusal(delete, order.id) == "order_kept"
        assert refusal("DELETE FROM payments_payable WHERE id = %s", bare.id) == "payable_kept"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_payableevent SET title = 'Outra coisa' WHERE id = %s",
        "DELETE FROM payments_payableevent WHERE id = %s",
    ],
)
def test_the_timeline_is_never_rewritten(tenant: Tenant, statement: str) -> None:
    payable = make_payable(tenant)

    with tenant_scope(tenant.id):
        event = PayableEvent.objects.of(tenant).get(payable=payable)
        assert refusal(statement, event.id) == "event_immutable"


def test_two_orders_of_one_bill_never_live_at_once(tenant: Tenant) -> None:
    make_bank_account(tenant)
    order = make_order(make_payable(tenant, approved=True))

    with tenant_scope(tenant.id), pytest.raises(IntegrityError), transaction.atomic():
        order.pk, order.key = uuid4(), uuid4()
        order.save(force_insert=True)

    with tenant_scope(tenant.id):
        assert PaymentOrder.objects.of(tenant).count() == 1


def test_nobody_approves_what_they_entered_even_by_hand(tenant: Tenant) -> None:
    payable = make_payable(tenant)

    with tenant_scope(tenant.id):
        update = (
            "UPDATE payments_payable SET status = 'approved', approved_by_id = created_by_id "
            "WHERE id = %s"
        )
        assert refusal(update, payable.id) == "payable_two_people"
        assert Payable.objects.of(tenant).get(id=payable.id).is_pending
