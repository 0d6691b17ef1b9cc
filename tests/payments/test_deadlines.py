"""A task whose time is up begins no other call to the bank; the rest is found by the next tick."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from banking.banks.contract.payments import (
    Finding,
    KeyHolder,
    OpenOrder,
    OrderState,
    PixKey,
    Title,
    Whereabouts,
)
from banking.models import BankAccount
from core import deadline
from payments.bills.boleto_lookup import ask_for_titles
from payments.bills.key_lookup import ask_for_keys
from payments.models import KEY_ASKS, PaymentOrder
from payments.orders import status_polling
from payments.orders.cancellation import cancel_requested_orders
from payments.orders.send import send_all
from payments.orders.status_polling import poll_open_orders
from payments.orders.unknown import ask_about_unknown
from payments.states import OrderStatus
from tenants.models import Tenant, User
from tests.banking.factories import reread
from tests.payments.factories import (
    BOLETO,
    PHONE_BILL,
    make_bank_account,
    make_order,
    make_payable,
)
from tests.payments.key_holders import OWN, email
from tests.payments.scripted_bank import ScriptedBank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


class SlowBank(ScriptedBank):
    """Each call takes all the time that the task has left."""

    def find_order(self, *args: object, **kwargs: object) -> Finding:
        deadline.begin(0)
        return super().find_order(*args, **kwargs)  # type: ignore[arg-type]

    def order_statuses(self, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
        deadline.begin(0)
        return super().order_statuses(orders)

    def look_up_title(self, linha_digitavel: str) -> Title:
        deadline.begin(0)
        return super().look_up_title(linha_digitavel)

    def look_up_key(self, key: PixKey) -> KeyHolder:
        deadline.begin(0)
        return super().look_up_key(key)

    def cancel_order(self, order: OpenOrder, *, key: UUID) -> None:
        deadline.begin(0)
        super().cancel_order(order, key=key)


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """As a task has it."""
    with deadline.within(60):
        yield


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


def make_two(account: BankAccount, status: OrderStatus, **changes: object) -> list[PaymentOrder]:
    return [
        make_order(
            make_payable(account.tenant, f"{n}.00", approved=True, bank_account=account),
            status,
            **{"reference": f"ref-{n}", "first_sent_at": timezone.now(), **changes},
        )
        for n in (1, 2)
    ]


def test_there_is_none_outside_of_tasks() -> None:
    deadline.end()

    assert deadline.seconds_left() is None
    assert not deadline.is_over()


def test_polls(account: BankAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_polling, "SLICE", 1)
    make_two(account, OrderStatus.AT_BANK)
    paid = Whereabouts(OrderState.PAID)
    bank = SlowBank(states={"ref-1": paid, "ref-2": paid})

    poll_open_orders(account, bank, timezone.now())
    assert bank.asked_about == ["ref-1"]

    with deadline.within(60):
        poll_open_orders(account, bank, timezone.now())
    assert bank.asked_about == ["ref-1", "ref-2"]


def test_orders_whose_answer_was_lost(account: BankAccount) -> None:
    make_two(account, OrderStatus.UNKNOWN, first_sent_at=timezone.now() - timedelta(hours=1))
    bank = SlowBank()

    ask_about_unknown(account, bank)
    assert len(bank.twins) == 1

    with deadline.within(60):
        ask_about_unknown(account, bank)
    assert len(bank.twins) == 2


def test_cancellations(account: BankAccount, operator: User) -> None:
    asked = {"cancel_asked_at": timezone.now(), "cancel_asked_by": operator}
    make_two(account, OrderStatus.AT_BANK, **asked)
    bank = SlowBank(cancels=[None, None])

    cancel_requested_orders(account, bank)
    assert len(bank.cancelled) == 1

    with deadline.within(60):
        cancel_requested_orders(account, bank)
    assert {reference for reference, _ in bank.cancelled} == {"ref-1", "ref-2"}


def test_titles(tenant: Tenant) -> None:
    account = make_bank_account(tenant, provider="bs2")
    make_payable(tenant, "1234.56", destination=BOLETO)
    make_payable(tenant, "43.21", destination=PHONE_BILL)
    bank = SlowBank()

    ask_for_titles(account, bank)
    assert len(bank.looked_up) == 1

    with deadline.within(60):
        ask_for_titles(account, bank)
    assert set(bank.looked_up) == {BOLETO, PHONE_BILL}


def test_keys(tenant: Tenant) -> None:
    account = make_bank_account(tenant, provider="kamino")
    bills = [make_payable(tenant, f"{n}.00", destination=email(f"n{n}")) for n in (1, 2)]
    bank = SlowBank(holder=OWN)

    ask_for_keys(account, bank)
    assert len(bank.looked_up) == 1
    assert {reread(bill).key_asks_left for bill in bills} == {KEY_ASKS, KEY_ASKS - 1}

    with deadline.within(60):
        ask_for_keys(account, bank)
    assert set(bank.looked_up) == {bill.pix_key for bill in bills}


def test_batches_to_send(account: BankAccount) -> None:
    orders = make_two(account, OrderStatus.QUEUED, reference="", first_sent_at=None)
    deadline.begin(0)

    assert send_all(account, ScriptedBank()) == 0

    assert {reread(order).status for order in orders} == {OrderStatus.QUEUED}
