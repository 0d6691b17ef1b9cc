"""A person accepts a proposal, with what explains that the line is not what the item is."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from accounts.models import AccountPurpose, JournalLine
from banking.models import Allocation, BankAccount, StatementLine
from charges.models import Settlement
from charges.states import ChargeStatus
from core.errors import Changed, DomainError
from payments.states import PayableStatus
from reconciliation.engine.accept import Offer, accept, accept_offered, digests_of
from reconciliation.engine.run import work
from reconciliation.matches.hold import versions_of
from reconciliation.matches.undo import undo
from reconciliation.models import Match, Proposal
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, membership
from tests.charges.issued import late, opened
from tests.payments.factories import make_bank_account, make_known
from tests.reconciliation.engine.lines import announce, of_payee, of_payer, switch_on
from tests.reconciliation.matched import DAY, line, make_entry, matched, open_of, purpose_balance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
Purpose = AccountPurpose


def proposed(row: StatementLine, of: str = "", *items: Any, **more: Any) -> Proposal:
    """Of items of a kind; of none a transfer."""
    parts = [{"kind": of, "id": str(each.id), "amount": str(each.amount)} for each in items]
    told = {
        "rank": 1,
        "kind": Proposal.Kind.SETTLE if items else Proposal.Kind.TRANSFER,
        "lines": [row.id],
        "parts": parts,
        "items": [each.id for each in items],
    }
    with tenant_scope(row.tenant_id):
        return Proposal.objects.create(
            tenant_id=row.tenant_id, line_id=row.id, degree="", score=70, **{**told, **more}
        )


@pytest.fixture
def automatic(ana: Membership, itau: BankAccount) -> BankAccount:
    switch_on(itau, ana)
    return itau


def accepted(proposal: Proposal, by: Membership) -> None:
    with tenant_scope(by.tenant_id):
        accept(proposal, by=by)


@pytest.mark.parametrize(
    ("moved", "kind", "amount", "purpose", "posted"),
    [
        ("105.00", "interest", "5.00", Purpose.LATE_CHARGES, "-5.00"),
        ("90.00", "discount", "10.00", Purpose.DISCOUNTS, "10.00"),
        ("97.00", "withholding", "3.00", Purpose.WITHHELD, "3.00"),
        ("97.00", "fee", "3.00", Purpose.FEES, "3.00"),
        ("100.01", "rounding", "0.01", Purpose.ROUNDING, "-0.01"),
        ("99.99", "rounding", "0.01", Purpose.ROUNDING, "0.01"),
    ],
)
def test_what_a_charge_brought_more_or_less_goes_to_its_account(
    tenant: Tenant, itau: BankAccount, ana: Membership,
    moved: str, kind: str, amount: str, purpose: str, posted: str,
) -> None:  # fmt: skip
    charge = opened(make_charge(tenant, itau, "100.00"))
    row = line(itau, moved, charge.due_date)

    accepted(proposed(row, "charge", charge, difference={"kind": kind, "amount": amount}), ana)

    assert (open_of(row), reread(charge).status) == (0, ChargeStatus.PAID)
    assert purpose_balance(tenant, purpose) == D(posted)


@pytest.mark.parametrize(
    ("moved", "kind", "amount", "purpose", "posted"),
    [
        ("-105.00", "interest", "5.00", Purpose.LATE_PAID, "5.00"),
        ("-90.00", "discount", "10.00", Purpose.DISCOUNTS_GOT, "-10.00"),
        ("-101.00", "fee", "1.00", Purpose.FEES, "1.00"),
        ("-100.01", "rounding", "0.01", Purpose.ROUNDING, "0.01"),
        ("-99.99", "rounding", "0.01", Purpose.ROUNDING, "-0.01"),
    ],
)
def test_what_a_bill_took_more_or_less_goes_to_its_account(
    tenant: Tenant, itau: BankAccount, ana: Membership,
    moved: str, kind: str, amount: str, purpose: str, posted: str,
) -> None:  # fmt: skip
    bill = make_known(tenant, "100.00", approved=True)
    row = line(itau, moved, bill.payment_date)

    accepted(proposed(row, "bill", bill, difference={"kind": kind, "amount": amount}), ana)

    assert (open_of(row), reread(bill).status) == (0, PayableStatus.PAID)
    assert purpose_balance(tenant, purpose) == D(posted)


def test_the_fine_that_a_charge_did_not_bring_stays_owed(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    charge = late(tenant, itau, "412.55", fine_percent=D(2))
    row = line(itau, "412.55", charge.due_date + timedelta(days=4))

    accepted(proposed(row, "charge", charge), ana)

    held = reread(charge)
    assert (open_of(row), held.status) == (0, ChargeStatus.PARTLY_PAID)
    assert held.late_rest == D("8.25")


def test_a_difference_of_several_items_is_shared_out_to_the_centavo(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    bills = [make_known(tenant, amount, approved=True) for amount in ("100.00", "100.00", "100.00")]
    row = line(itau, "-310.00", bills[0].payment_date)
    told = {"kind": "interest", "amount": "10.00"}

    accepted(proposed(row, "bill", *bills, difference=told), ana)

    assert [reread(bill).status for bill in bills] == [PayableStatus.PAID] * 3
    assert purpose_balance(tenant, Purpose.LATE_PAID) == D("10.00")


def test_a_proposal_that_is_another_by_now_is_not_accepted(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    bill, other = (make_known(tenant, "100.00", approved=True) for _ in range(2))
    row = line(itau, "-100.00", bill.payment_date)
    seen = proposed(row, "bill", bill)
    with tenant_scope(tenant.id):
        seen.delete()
    proposed(row, "bill", other)

    with pytest.raises(Changed) as caught:
        accepted(seen, ana)

    assert (caught.value.code, open_of(row)) == ("proposal_changed", D("-100.00"))


def test_a_transfer_to_another_line_by_now_is_not_accepted(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    there = make_bank_account(tenant, preferred=False)
    left = line(itau, "-100.00")
    rows = [line(there, "100.00"), line(there, "100.00")]
    seen, now = (proposed(left, lines=[left.id, row.id], rank=n) for n, row in enumerate(rows, 1))
    with tenant_scope(tenant.id):
        seen.delete()

    with pytest.raises(Changed):
        accepted(seen, ana)

    assert (now.kind, [open_of(row) for row in rows]) == ("transfer", [D("100.00")] * 2)


def test_what_was_offered_is_accepted_and_not_what_else_the_line_may_be(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    bills = [make_known(tenant, "100.00", approved=True) for _ in range(2)]
    row = line(itau, "-100.00", bills[0].payment_date)
    offers = [
        Offer(proposed(row, "bill", bill, rank=n), {row.id: 0}, {})
        for n, bill in enumerate(bills, 1)
    ]

    with tenant_scope(tenant.id):
        accept_offered(offers[1].to_json(), by=ana)

    assert [reread(bill).status for bill in bills] == [PayableStatus.APPROVED, PayableStatus.PAID]


def test_of_two_lines_for_one_transfer_the_offered_one_is_accepted(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    there = make_bank_account(tenant, preferred=False)
    left = line(itau, "-100.00")
    rows = [line(there, "100.00"), line(there, "100.00")]
    _, second = (proposed(left, lines=[left.id, row.id], rank=n) for n, row in enumerate(rows, 1))
    offer = Offer(second, {left.id: 0, rows[1].id: 0}, {})

    with tenant_scope(tenant.id):
        accept_offered(offer.to_json(), by=ana)

    assert [open_of(row) for row in (left, *rows)] == [0, D("100.00"), 0]


def test_a_bill_that_waits_is_accepted_as_it_was_offered_or_not_at_all(
    tenant: Tenant, itau: BankAccount
) -> None:
    boss, bill = membership(tenant, role=Role.ADMIN), make_known(tenant, "100.00")
    row = line(itau, "-100.00", bill.payment_date)
    proposal = proposed(row, "bill", bill)
    with tenant_scope(tenant.id):
        shown = digests_of(proposal, tenant.id)
        stale = Offer(proposal, {row.id: 0}, {str(bill.id): "outra"})
        with pytest.raises(DomainError):
            accept_offered(stale.to_json(), by=boss)
    assert (open_of(row), reread(bill).status) == (D("-100.00"), PayableStatus.PENDING)

    with tenant_scope(tenant.id):
        accept_offered(Offer(proposal, {row.id: 0}, shown).to_json(), by=boss)

    assert (open_of(row), reread(bill).status) == (0, PayableStatus.PAID)


def changed_since(*rows: StatementLine, by: Membership) -> dict[UUID, int]:
    """What was seen of the lines; the last one was matched and undone since."""
    with tenant_scope(by.tenant_id):
        seen = versions_of(by.tenant_id, [row.id for row in rows])
        account, amount = rows[-1].bank_account, str(rows[-1].amount)
    made = matched(rows[-1], make_entry(account, amount, code="4.1.01"), by=by)
    with tenant_scope(by.tenant_id):
        undo([made.id], by=by)
    return seen


def legs_of(sender: BankAccount, receiver: BankAccount, amount: str) -> list[dict[str, str]]:
    """Of a transfer that somebody wrote down: what left, and what came."""
    announce(sender, receiver, amount)
    with tenant_scope(sender.tenant_id):
        rows = JournalLine.objects.of(sender.tenant_id).filter(entry__memo="Transferência")
        return [
            {"kind": "entry", "id": str(each.id), "amount": amount}
            for each in rows.order_by("amount")
        ]


@pytest.mark.parametrize("kind", ["transfer", "announced", "return", "offered", "entry"])
def test_lines_that_changed_since_they_were_seen_are_not_accepted(
    tenant: Tenant, itau: BankAccount, ana: Membership, kind: str
) -> None:
    there = itau if kind == "return" else make_bank_account(tenant, preferred=False)
    rows = [line(itau, "-100.00"), line(there, "100.00", description="ESTORNO")]
    seen = changed_since(*rows, by=ana)
    told: dict[str, Any] = {"lines": [row.id for row in rows]}
    if kind == "announced":
        told["parts"] = legs_of(itau, there, "100.00")
    if kind == "return":
        told["kind"] = Proposal.Kind.RETURN
    proposal = proposed(rows[-1 if kind == "return" else 0], **told)
    if kind == "entry":
        proposal = proposed(rows[-1], "entry", make_entry(there, "100.00", code="4.1.01"))

    with pytest.raises(Changed) as caught, tenant_scope(tenant.id):
        if kind == "offered":
            accept_offered(Offer(proposal, seen, {}).to_json(), by=ana)
        else:
            accept(proposal, by=ana, seen=seen)

    assert caught.value.code == "line_changed"
    assert [open_of(row) for row in rows] == [D("-100.00"), D("100.00")]


def test_a_transfer_that_was_written_down_is_accepted_whichever_line_is_of_the_earlier_day(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    there = make_bank_account(tenant, preferred=False)
    left, came = line(itau, "-100.00", DAY + timedelta(days=1)), line(there, "100.00", DAY)
    parts = legs_of(itau, there, "100.00")

    accepted(proposed(left, lines=[left.id, came.id], parts=parts), ana)

    assert open_of(left) == open_of(came) == 0
    with tenant_scope(tenant.id):
        joined = Allocation.objects.of(tenant).standing().order_by("amount")
        assert [str(each) for each in joined.values_list("journal_line", flat=True)] == [
            part["id"] for part in parts
        ]


def test_nothing_is_undone_for_a_return_that_changed_since_it_was_seen(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    make_entry(automatic, "-88.37")
    row = line(automatic, "-88.37")
    work(tenant.id)
    back = line(automatic, "88.37", description="ESTORNO")
    seen = changed_since(row, back, by=ana)
    told = {"kind": Proposal.Kind.RETURN, "lines": [row.id, back.id], "undoes": [row.id]}
    proposal = proposed(back, **told)

    with pytest.raises(Changed), tenant_scope(tenant.id):
        accept(proposal, by=ana, seen=seen)

    assert (open_of(row), open_of(back)) == (0, D("88.37"))


def test_a_return_leaves_what_was_matched_by_itself_before_and_is_over(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    make_entry(automatic, "-88.37")
    row = line(automatic, "-88.37")
    work(tenant.id)
    with tenant_scope(tenant.id):
        first = Match.objects.of(tenant).standing().get()
        undo([first.id], by=ana)
    mine = matched(row, make_entry(automatic, "-88.37", memo="Outra"), by=ana)
    back = line(automatic, "88.37", description="ESTORNO")
    told = {"kind": Proposal.Kind.RETURN, "lines": [row.id, back.id], "undoes": [row.id]}

    accepted(proposed(back, **told), ana)

    assert (reread(mine).ended_at, open_of(row), open_of(back)) == (None, 0, 0)


def test_a_return_of_what_a_person_matched_stands_beside_it(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    mine = matched(row := line(itau, "-88.37"), make_entry(itau, "-88.37"), by=ana)
    back = line(itau, "88.37", description="ESTORNO")
    told = {"kind": Proposal.Kind.RETURN, "lines": [row.id, back.id], "undoes": [row.id]}

    accepted(proposed(back, **told), ana)

    with tenant_scope(tenant.id):
        made = Match.objects.of(tenant).standing().order_by("made_at", "id")
        assert [each.kind for each in made] == [Match.Kind.MATCH, Match.Kind.GIVE_BACK]
        assert mine in made
    assert open_of(row) == open_of(back) == 0


def test_a_return_undoes_what_was_matched_by_itself_and_nothing_else(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    paid = of_payee(bill, automatic, "-731.17")
    posted = make_entry(automatic, "-88.37")
    row = line(automatic, "-88.37", DAY + timedelta(days=1))
    work(tenant.id)
    back = line(automatic, "88.37", DAY + timedelta(days=2), description="ESTORNO")
    told = {"kind": Proposal.Kind.RETURN, "lines": [row.id, back.id], "undoes": [row.id]}

    accepted(proposed(back, **told), ana)

    with tenant_scope(tenant.id):
        parts = Allocation.objects.of(tenant).standing()
        assert not parts.filter(journal_line=posted).exists()
        assert parts.filter(statement_line=paid).exists()
    assert open_of(row) == open_of(back) == 0


def test_money_of_a_charge_that_went_back_stays_a_receipt(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    charge = opened(make_charge(tenant, automatic, "412.55"))
    row = of_payer(charge, automatic, "412.55", DAY - timedelta(days=3))
    work(tenant.id)
    back = line(automatic, "-412.55", DAY, description="DEVOLUCAO PIX")
    told = {"kind": Proposal.Kind.RETURN, "lines": [row.id, back.id], "undoes": [row.id]}
    proposal = proposed(back, **told)

    with tenant_scope(tenant.id):
        accept(proposal, by=ana, debt="owed", why="Pagou em dobro")

    assert reread(charge).status == ChargeStatus.RETURNED
    with tenant_scope(tenant.id):
        assert Settlement.objects.of(tenant).get(charge=charge).undone_at is None
