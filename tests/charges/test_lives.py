"""Random lives of charges: whatever happens, the books balance and hold each real once.

An act that comes later is a method of `Life` with `@act`; what is not possible now is left out.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banking.banks.contract.charges import ChargeState
from banking.banks.contract.errors import (
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from charges.issuing.claim import record_failure
from charges.issuing.missing import issue_again, say_missing
from charges.issuing.queue import issue_charges
from charges.models import Charge, Settlement, Slip
from charges.refunds.register import register_refund
from charges.settlement.received import register_received
from charges.settlement.waive import waive_rest
from charges.states import SlipStatus
from charges.terms.amounts import owed_on
from charges.tracking.cancellation import cancel_charge
from charges.tracking.reissue import change_terms, go_on
from charges.transitions import lock_charge, lock_slip
from core.errors import DomainError
from tenants.models import Membership
from tenants.scope import tenant_scope
from tests.charges.books import check_books, check_charge, check_list
from tests.charges.factories import make_charge, membership
from tests.charges.readings import DAY, paid, shown, take
from tests.examples import examples
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
ACTS: dict[str, Callable[["Life"], None]] = {}
LATE = date(2026, 12, 21)
NEVER_LEFT = {SlipStatus.QUEUED, SlipStatus.WITHDRAWN, SlipStatus.REFUSED}


def act(method: Callable[["Life"], None]) -> Callable[["Life"], None]:
    ACTS[method.__name__] = method
    return method


class Life:
    """One charge, what is done with it, and what its bank has taken in for each of its slips."""

    def __init__(self, charge: Charge, by: Membership, other: Membership) -> None:
        self.charge, self.by, self.other = charge, by, other
        self.taken: dict[UUID, list[Decimal]] = defaultdict(list)

    def do(self, name: str) -> None:
        kept = {slip: list(amounts) for slip, amounts in self.taken.items()}
        try:
            with transaction.atomic():
                ACTS[name](self)
                go_on(lock_charge(self.charge))
        except DomainError:
            self.taken = defaultdict(list, kept)

    def slip(self) -> Slip | None:
        rows = Slip.objects.of(self.charge.tenant_id).filter(charge=self.charge)
        return rows.order_by("-created_at", "-id").first()

    def at_bank(self) -> Slip | None:
        """The newest one that the bank may have."""
        rows = Slip.objects.of(self.charge.tenant_id).filter(charge=self.charge)
        return rows.exclude(status__in=NEVER_LEFT).order_by("-created_at", "-id").first()

    def show(self, state: ChargeState) -> None:
        slip = self.at_bank()
        if slip is not None and not self.taken[slip.id]:  # what is paid stays so
            take(slip, shown(slip, state))

    def pay(self, slip: Slip | None, amount: Decimal, day: date = DAY) -> None:
        if slip is not None:
            self.taken[slip.id].append(amount)
            take(slip, paid(slip, *map(str, self.taken[slip.id]), day=day))

    def fail(self, error: BankError) -> None:
        slip = self.slip()
        if slip is not None and slip.status == SlipStatus.ISSUING:
            record_failure(lock_slip(slip), error)

    @act
    def issue(self) -> None:
        issue_charges([self.charge], by=self.by)

    @act
    def leave(self) -> None:
        slip = self.slip()
        if slip is not None and slip.status == SlipStatus.QUEUED:
            Slip.objects.of(slip.tenant_id).filter(id=slip.id).update(status=SlipStatus.ISSUING)

    @act
    def issue_and_open(self) -> None:
        self.issue()
        self.leave()
        self.open()

    @act
    def lose(self) -> None:
        self.fail(BankOutcomeUnknown("A resposta se perdeu."))

    @act
    def refuse(self) -> None:
        self.fail(BankRejected("Recusada."))

    @act
    def come_back(self) -> None:
        self.fail(BankUnavailable("O banco está fora do ar."))

    @act
    def issue_again_by_two(self) -> None:
        say_missing(self.charge, by=self.by)
        issue_again(self.charge, by=self.other)

    @act
    def open(self) -> None:
        self.show(ChargeState.OPEN)

    @act
    def see(self) -> None:
        self.show(ChargeState.IN_PAYMENT)

    @act
    def end(self) -> None:
        self.show(ChargeState.CANCELLED)

    @act
    def pay_all(self) -> None:
        slip = self.at_bank()
        self.pay(slip, slip.amount if slip else D(0))

    @act
    def pay_part(self) -> None:
        self.pay(self.at_bank(), D("40.00"))

    @act
    def pay_more(self) -> None:
        self.pay(self.at_bank(), D("170.00"))

    @act
    def pay_late(self) -> None:
        charge = Charge.objects.of(self.charge.tenant_id).get(id=self.charge.id)
        self.pay(self.at_bank(), max(owed_on(charge, LATE).total, D("1.00")), LATE)

    @act
    def pay_the_first(self) -> None:
        """A slip of long ago, which the payer kept."""
        rows = Slip.objects.of(self.charge.tenant_id).filter(charge=self.charge)
        slip = rows.exclude(status__in=NEVER_LEFT).order_by("created_at", "id").first()
        self.pay(slip, slip.amount if slip else D(0))

    @act
    def tell_again(self) -> None:
        slip = self.at_bank()
        if slip is not None and self.taken[slip.id]:
            take(slip, paid(slip, *map(str, self.taken[slip.id])))

    @act
    def cancel(self) -> None:
        cancel_charge(self.charge, by=self.by)

    @act
    def write_off(self) -> None:
        cancel_charge(self.charge, by=self.by, still_owed=True)

    @act
    def change(self) -> None:
        due_date, amount = date(2026, 12, 28), D("155.00")
        change_terms(self.charge, by=self.by, due_date=due_date, amount=amount)

    @act
    def cash(self) -> None:
        register_received(
            self.charge, by=self.by, amount=D("30.00"), day=DAY, way="cash", ends_slip=True
        )

    @act
    def transfer(self) -> None:
        register_received(
            self.charge,
            by=self.by,
            amount=D("150.00"),
            day=DAY,
            way="transfer",
            bank_account=self.charge.bank_account,
        )

    @act
    def give_back(self) -> None:
        self.refund("owed")

    @act
    def undo_sale(self) -> None:
        self.refund("undone")

    def refund(self, debt: str) -> None:
        rows = Settlement.objects.of(self.charge.tenant_id).filter(charge=self.charge)
        payment = rows.order_by("-created_at", "-id").first()
        if payment is not None:
            register_refund(
                payment, by=self.by, debt=debt, why="Acordo", amount=D("35.00"), day=DAY
            )

    @act
    def waive(self) -> None:
        waive_rest(self.charge, by=self.by, why="Acordo")


def check_money(life: Life) -> None:
    """Each real that a bank took in for a slip is in one settlement."""
    tenant_id = life.charge.tenant_id
    came = Settlement.objects.of(tenant_id).filter(charge=life.charge, slip__isnull=False)
    by_slip = dict(came.values_list("slip").annotate(Sum("received")).order_by())
    taken = {slip: sum(amounts, D(0)) for slip, amounts in life.taken.items() if amounts}
    assert by_slip == taken


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(sorted(ACTS))), max_size=14),
    fine=st.sampled_from(["0.00", "2.00"]),
)
def test_whatever_happens_the_books_hold_each_real_once(tenant, operator, acts, fine):
    with transaction.atomic():
        account = make_bank_account(tenant, preferred=False)
        by, other = membership(tenant, operator), membership(tenant)
        by.tenant = tenant
        lives = [
            Life(
                make_charge(
                    tenant,
                    account,
                    "150.00",
                    due_date=date(2026, 12, 10),
                    fine_percent=D(fine),
                ),
                by,
                other,
            )
            for _ in range(2)
        ]
        with tenant_scope(tenant.id):
            for which, name in acts:
                lives[which].do(name)
                check_money(lives[which])
                check_charge(lives[which].charge)
            check_books(by)
            check_list(by)
        transaction.set_rollback(True)
