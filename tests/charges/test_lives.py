"""Random lives of charges: whatever happens, the books balance and hold each real once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import JournalEntry, JournalLine
from banking.banks.contract.charges import ChargeState
from charges.issuing.queue import issue_charges
from charges.models import REST, Charge, Refund, Settlement, Slip
from charges.refunds.register import register_refund
from charges.settlement.received import register_received
from charges.settlement.waive import waive_rest
from charges.states import LIVE_SLIPS, OWED, ChargeStatus, SlipStatus
from charges.tracking.cancellation import cancel_charge
from core.errors import DomainError
from tenants.scope import tenant_scope
from tests.charges.factories import make_charge, membership
from tests.charges.readings import DAY, paid, shown, take
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
ACTS = (
    "issue",
    "open",
    "see",
    "pay",
    "pay_part",
    "pay_late",
    "pay_twice",
    "pay_more",
    "end",
    "cancel",
    "cash",
    "waive",
    "give_back",
    "undo_sale",
)


class Life:
    """One charge, and what is done with it. What is not possible now is left out."""

    def __init__(self, charge: Charge, by) -> None:
        self.charge, self.by, self.came = charge, by, D("0.00")

    def slip(self) -> Slip | None:
        rows = Slip.objects.of(self.charge.tenant_id).filter(charge=self.charge)
        return rows.order_by("-created_at", "-id").first()

    def do(self, act: str) -> None:
        try:
            with transaction.atomic():
                getattr(self, act)()
        except DomainError:
            pass

    def issue(self) -> None:
        for slip in issue_charges([self.charge], by=self.by).slips:
            Slip.objects.of(slip.tenant_id).filter(id=slip.id).update(status=SlipStatus.ISSUING)

    def show(self, reading) -> None:
        slip = self.slip()
        if slip is not None and slip.status not in {SlipStatus.QUEUED, SlipStatus.WITHDRAWN}:
            take(slip, reading(slip))

    def open(self) -> None:
        self.show(shown)

    def see(self) -> None:
        self.show(lambda slip: shown(slip, ChargeState.IN_PAYMENT))

    def end(self) -> None:
        self.show(lambda slip: shown(slip, ChargeState.CANCELLED))

    def pay(self) -> None:
        self.show(lambda slip: paid(slip, str(slip.amount)))

    def pay_part(self) -> None:
        self.show(lambda slip: paid(slip, "40.00"))

    def pay_late(self) -> None:
        self.show(lambda slip: paid(slip, str(slip.amount), day=date(2027, 1, 11)))

    def pay_twice(self) -> None:
        self.show(lambda slip: paid(slip, str(slip.amount), "150.00"))

    def pay_more(self) -> None:
        self.show(lambda slip: paid(slip, "170.00"))

    def cancel(self) -> None:
        cancel_charge(self.charge, by=self.by)

    def cash(self) -> None:
        register_received(self.charge, by=self.by, amount=D("30.00"), day=DAY, way="cash")

    def give_back(self, debt: str = "owed") -> None:
        rows = Settlement.objects.of(self.charge.tenant_id).filter(charge=self.charge)
        payment = rows.order_by("-created_at", "-id").first()
        if payment is not None:
            register_refund(
                payment, by=self.by, debt=debt, why="Acordo", amount=D("35.00"), day=DAY
            )

    def undo_sale(self) -> None:
        self.give_back("undone")

    def waive(self) -> None:
        waive_rest(self.charge, by=self.by, why="Acordo")


def check(charge: Charge) -> None:
    tenant_id = charge.tenant_id
    charge = Charge.objects.of(tenant_id).get(id=charge.id)
    came = Settlement.objects.of(tenant_id).filter(charge=charge)
    lines = JournalLine.objects.of(tenant_id)
    by_code = dict(lines.values_list("account__group__nature").annotate(Sum("amount")).order_by())
    received = came.aggregate(total=Sum("received"))["total"] or D(0)
    principal = came.aggregate(total=Sum("principal"))["total"] or D(0)
    back = Refund.objects.of(tenant_id).filter(charge=charge)
    went = back.aggregate(amount=Sum("amount"), principal=Sum("principal"))
    assert sum(by_code.values(), D(0)) == 0
    assert by_code.get("ativo", D(0)) == received - (went["amount"] or D(0))
    assert JournalEntry.objects.of(tenant_id).count() == came.count() + back.count()
    assert charge.settled == principal - (went["principal"] or D(0)) + charge.waived
    assert Slip.objects.of(tenant_id).filter(charge=charge, status__in=LIVE_SLIPS).count() <= 1
    owed = Charge.objects.of(tenant_id).filter(status__in=OWED)
    listed = owed.aggregate(total=Sum(REST))["total"] or D(0)
    assert listed == (charge.rest if charge.status in OWED else D(0))
    if charge.status == ChargeStatus.PAID and charge.paid_after != "cancellation":
        assert not charge.rest


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(ACTS), max_size=12))
def test_whatever_happens_the_books_hold_each_real_once(tenant, operator, acts):
    with transaction.atomic():
        account = make_bank_account(tenant, preferred=False)
        charge = make_charge(
            tenant, account, "150.00", due_date=date(2026, 12, 10), fine_percent=D(2)
        )
        by = membership(tenant, operator)
        with tenant_scope(tenant.id):
            life = Life(charge, by)
            for act in acts:
                life.do(act)
                check(charge)
        transaction.set_rollback(True)
