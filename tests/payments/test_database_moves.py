"""What must never happen to bills and orders, tried in raw SQL under the application's role."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from payments.models import Approval, Payable, PayableEvent, PaymentOrder
from payments.rails.destinations import Destination
from payments.rails.seal import digest_of, seal_of
from payments.states import ORDER_MOVES, PAYABLE_MOVES, OrderStatus, PayableStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member
from tests.payments.factories import (
    DYNAMIC_CODE,
    ITAU,
    PIX_ACCOUNT,
    PIX_CODE,
    PIX_KEY,
    make_bank_account,
    make_order,
    make_payable,
    move,
)
from tests.payments.raw_sql import refusal

pytestmark = pytest.mark.django_db


def moves_taken(
    tenant: Tenant,
    table: str,
    guards: set[str],
    statuses: Iterable[str],
    row: Callable[[str], UUID],
    and_set: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, set[str]]:
    """Every change of status that the database lets pass, by where it starts.

    `and_set` is what else has to change, by where it ends.
    """
    taken: dict[str, set[str]] = {}
    with tenant_scope(tenant.id):
        for start in statuses:
            row_id = row(start)
            refused = {
                end: refusal(
                    f'UPDATE "{table}" SET status = %s{and_set.get(end, "")} WHERE id = %s',
                    end,
                    row_id,
                )
                for end in statuses
                if end != start
            }
            assert set(refused.values()) <= {"", *guards}
            taken[start] = {end for end, by in refused.items() if not by}
    return taken


def test_the_database_lets_bills_move_as_the_states_say(tenant: Tenant) -> None:
    approver = make_member(tenant, Role.APPROVER)
    ways = {
        PayableStatus.PENDING: [],
        PayableStatus.CANCELLED: [PayableStatus.CANCELLED],
        PayableStatus.APPROVED: [],
        PayableStatus.SENT: [PayableStatus.SENT],
        PayableStatus.PAID: [PayableStatus.SENT, PayableStatus.PAID],
    }

    def in_status(status: str) -> UUID:
        is_approved = status not in {PayableStatus.PENDING, PayableStatus.CANCELLED}
        payable = make_payable(tenant, approved=is_approved)
        if not is_approved:
            give(payable, approver)
        for step in ways[PayableStatus(status)]:
            move(payable, step)
        return payable.id

    taken = moves_taken(
        tenant,
        "payments_payable",
        {"payable_moves", "payable_approval"},
        PayableStatus.values,
        in_status,
        {
            "pending": ", approval_id = NULL, approval_round = approval_round + 1",
            "approved": """, approval_id = (
                SELECT id FROM payments_approval WHERE payable_id = payments_payable.id
            )""",
        },
    )

    assert taken == {str(start): {*ends} for start, ends in PAYABLE_MOVES.items()}


def give(payable: Payable, by: User) -> None:
    """The row of an approval, and no more."""
    with tenant_scope(payable.tenant_id):
        bill = Payable.objects.of(payable.tenant_id).with_destinations().get(id=payable.id)
        seal = seal_of(bill, None)
        Approval.objects.create(
            tenant_id=bill.tenant_id, payable=bill, round=bill.approval_round, person=by,
            seal=seal, digest=digest_of(seal),
        )  # fmt: skip


def test_the_database_lets_orders_move_as_the_states_say(tenant: Tenant) -> None:
    make_bank_account(tenant)
    order = make_order(make_payable(tenant, approved=True))

    def in_status(status: str) -> UUID:
        payable = move(make_payable(tenant, approved=True), PayableStatus.SENT)
        order.pk, order.key, order.payable, order.status = uuid4(), uuid4(), payable, status
        order.save(force_insert=True)
        return order.pk

    taken = moves_taken(
        tenant, "payments_paymentorder", {"order_moves"}, OrderStatus.values, in_status
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
        with pytest.raises(IntegrityError), transaction.atomic():
            give(payable, payable.created_by)
        assert Payable.objects.of(tenant).get(id=payable.id).is_pending
