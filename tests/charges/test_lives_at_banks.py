"""Random lives of charges at simulated banks, over HTTP and with answers that are lost: the books
hold each real that a bank took in once, and no bank has two slips of a charge that may be paid.

The dice are the same in every run. What is not possible now is left out, and each act has to have
been possible for somebody.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from banking.statements.sync import sync_account
from charges.issuing.issue import issue_queued
from charges.issuing.queue import issue_charges
from charges.models import Charge, Refund, Settlement, Slip
from charges.refunds.ask import ask_refund
from charges.refunds.register import register_refund
from charges.refunds.release import release_refund
from charges.refunds.send import send_refunds
from charges.settlement.received import register_received
from charges.states import RefundStatus, SlipStatus
from charges.tracking.cancellation import cancel_charge
from charges.tracking.reissue import change_terms
from core.errors import DomainError
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.charges.books import check_books, check_charge, check_list
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import follow
from tests.charges.readings import DAY
from tests.charges.three_banks import AtBank, AtCora, AtKamino
from tests.examples import examples

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal
LIVES, ROUNDS = 13, examples(7)
ISSUES = 4  # as often as that, for one of each other act: what is not issued does not live
NOT_POSSIBLE = (DomainError, RuntimeError)  # here, and at the simulator
ACTS: dict[str, Callable[["Walk", Charge], None]] = {}


def act(method: Callable[["Walk", Charge], None]) -> Callable[["Walk", Charge], None]:
    ACTS[method.__name__] = method
    return method


class Walk:
    """Some charges at one bank, what is done with them, and what the bank took in and gave back."""

    def __init__(self, bank: AtBank) -> None:
        self.bank, self.account, self.dice = bank, bank.account, random.Random(12)
        tenant = bank.account.tenant
        self.by, self.other = membership(tenant), membership(tenant, role=Role.APPROVER)
        self.by.tenant = tenant
        self.came: dict[UUID, list[Decimal]] = defaultdict(list)
        self.done: Counter[str] = Counter()
        self.charges = [
            make_charge(tenant, self.account, form="boleto_pix", payer=make_payer(tenant))
            for _ in range(LIVES)
        ]

    def slips(self, charge: Charge) -> list[Slip]:
        """Oldest first, of those that the bank is known to have."""
        rows = Slip.objects.of(charge.tenant_id).filter(charge=charge).exclude(reference="")
        return list(rows.order_by("created_at", "id"))

    def newest(self, charge: Charge) -> Slip:
        return self.dice_or_none(self.slips(charge)[-1:])

    def dice_or_none(self, found: list[Slip]) -> Slip:
        if not found:
            raise RuntimeError("The bank has none.")
        return self.dice.choice(found)

    def pay(self, charge: Charge, slip: Slip, amount: str, **more: object) -> None:
        by = self.dice.choice(["boleto", "pix"])
        self.bank.pay(slip.reference, by=by, amount=int(D(amount) * 100), **more)
        self.came[charge.id].append(D(amount))

    @act
    def issue(self, charge: Charge) -> None:
        if self.dice.random() < 0.3:
            kind = self.dice.choice(["lose_answer", "drop"])
            self.bank.simulator.fault(kind, self.bank.issue, method="POST")
        if not issue_charges([charge], by=self.by).slips:
            raise RuntimeError("It is not issued now.")

    @act
    def pay_all(self, charge: Charge) -> None:
        slip = self.newest(charge)
        self.pay(charge, slip, str(slip.amount))

    @act
    def pay_part(self, charge: Charge) -> None:
        self.pay(charge, self.newest(charge), "40.00")

    @act
    def pay_more(self, charge: Charge) -> None:
        self.pay(charge, self.newest(charge), "170.00")

    @act
    def pay_what_has_ended(self, charge: Charge) -> None:
        """A second time, or a slip that the payer kept."""
        slip = self.dice_or_none(self.slips(charge))
        self.pay(charge, slip, str(slip.amount), again=True)

    @act
    def cancel(self, charge: Charge) -> None:
        self.maybe_lose_the_end()
        cancel_charge(charge, by=self.by, still_owed=self.dice.random() < 0.5)

    @act
    def change(self, charge: Charge) -> None:
        self.maybe_lose_the_end()
        due_date = DAY + timedelta(days=self.dice.randint(10, 40))
        change_terms(charge, by=self.by, due_date=due_date, amount=D("155.00"))

    def maybe_lose_the_end(self) -> None:
        if self.dice.random() < 0.3:
            self.bank.fault(self.dice.choice(["lose_answer", "drop"]))

    @act
    def receive_outside(self, charge: Charge) -> None:
        way = self.dice.choice(["cash", "transfer"])
        into = {"bank_account": self.account} if way == "transfer" else {}
        ends = self.dice.random() < 0.5
        register_received(
            charge, by=self.by, amount=D("30.00"), day=DAY, way=way, ends_slip=ends, **into
        )

    @act
    def give_back(self, charge: Charge) -> None:
        """By the bank where it does that, else by hand."""
        rows = Settlement.objects.of(charge.tenant_id).filter(charge=charge)
        payment = rows.exclude(entry=None).order_by("-created_at", "-id").first()
        if payment is None:
            raise RuntimeError("There is nothing to give back.")
        said = {"amount": D("35.00"), "debt": self.dice.choice(["owed", "undone"]), "why": "Acordo"}
        if isinstance(self.bank, AtKamino) and payment.way == Settlement.Way.PIX:
            if self.dice.random() < 0.3:
                self.bank.kamino.fault("lose_answer", "/v1/charges/*/refunds")
            release_refund(ask_refund(payment, by=self.by, **said), by=self.other)
        else:
            register_refund(payment, by=self.by, day=DAY, **said)

    def go(self, later: Callable[[timedelta], None]) -> None:
        """A round of acts, one of the workers, and a minute."""
        for charge in self.charges:
            name = self.dice.choice([*sorted(ACTS), *["issue"] * (ISSUES - 1)])
            with suppress(*NOT_POSSIBLE), tenant_scope(self.account.tenant_id):
                ACTS[name](self, charge)
                self.done[name] += 1
        self.work(later)

    def work(self, later: Callable[[timedelta], None]) -> None:
        names = self.account.tenant_id, self.account.id
        issue_queued(*names)
        if isinstance(self.bank, AtKamino):
            send_refunds(*names)
        sync_account(*names)
        follow(self.account)
        self.check()
        later(timedelta(seconds=62))

    def check(self) -> None:
        alive = {slip.code for slip in self.bank.slips() if slip.is_alive}
        with tenant_scope(self.account.tenant_id):
            # One that was withdrawn before it left may leave under the same code.
            ours = {row.code: row.charge_id for row in Slip.objects.of(self.account.tenant_id)}
            owners = Counter(ours[code] for code in alive)
            assert set(owners.values()) <= {1}
            for charge in self.charges:
                check_charge(charge)
            check_list(self.by)

    def check_the_end(self) -> None:
        """All is told, and nobody is at it any more."""
        alive = {slip.reference for slip in self.bank.slips() if slip.is_alive}
        with tenant_scope(self.account.tenant_id):
            slips = Slip.objects.of(self.account.tenant_id)
            came = Settlement.objects.of(self.account.tenant_id).filter(slip__isnull=False)
            open_here = slips.filter(status__in=[SlipStatus.REGISTERING, SlipStatus.OPEN])
            assert set(open_here.values_list("reference", flat=True)) == alive
            assert not slips.filter(status=SlipStatus.UNKNOWN).exists()
            for charge in self.charges:
                taken = sorted(came.filter(charge=charge).values_list("received", flat=True))
                assert taken == sorted(self.came[charge.id])
            check_books(self.by)
        if isinstance(self.bank, AtKamino):
            self.check_refunds(self.bank)

    def check_refunds(self, bank: AtKamino) -> None:
        with tenant_scope(self.account.tenant_id):
            ours = Refund.objects.of(self.account.tenant_id).filter(kind=Refund.Kind.OURS)
            done = ours.filter(status=RefundStatus.DONE)
            told = {each["id"] for each in bank.kamino.refunds()}
            assert set(done.values_list("reference", flat=True)) == told
            assert not ours.exclude(status=RefundStatus.DONE).exists()


@pytest.mark.parametrize("slug", ["cora", "kamino"])
def test_whatever_happens_at_a_bank_each_real_is_once_in_the_books(request, later, slug):
    simulator = request.getfixturevalue(slug)
    made = {"cora": AtCora, "kamino": AtKamino}[slug]
    bank = made(request.getfixturevalue(f"at_{slug}"), simulator)
    bank.hurry()
    walk = Walk(bank)

    for _ in range(ROUNDS):
        walk.go(later)
    simulator.clear_faults() if slug == "cora" else simulator.process.clear_faults()
    for _ in range(4):
        walk.work(later)

    walk.check_the_end()
    assert set(walk.done) == set(ACTS)
