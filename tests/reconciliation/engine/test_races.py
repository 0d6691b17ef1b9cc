"""People act on the lines of a company while the engine is at work on them."""

import pytest

from audit.acts import Act
from audit.services import record
from audit.verification import verify
from banking.models import BankAccount, StatementLine
from charges.transitions import lock_charges
from core.errors import Changed
from payments.bills.approval import hold
from payments.models import Payable, PaymentOrder
from payments.states import OrderStatus, PayableStatus
from people.exceptional_acts import lock_person
from reconciliation.engine.accept import accept
from reconciliation.engine.opened import leave_alone
from reconciliation.engine.run import work
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.hold import hold_accounts, versions_of
from reconciliation.matches.undo import undo
from reconciliation.models import Automation, LineReading, Match, Proposal
from reconciliation.rules.edit import save_rule
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, membership
from tests.charges.issued import opened
from tests.payments.at_most_once.database import restore_to_before_the_order
from tests.payments.clock import at
from tests.payments.factories import (
    SUPPLIER,
    make_bank_account,
    make_known,
    make_order,
    make_payable,
)
from tests.reconciliation.engine.lines import announce, of_payee, of_payer, switch_on
from tests.reconciliation.matched import DAY, account_named, line, make_entry, matched, open_of
from tests.reconciliation.meeting import stuck
from tests.reconciliation.ruled import ignoring, make_rule, when

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

ACCOUNTS, ORDERS = "banking_bankaccount", "payments_paymentorder"


@pytest.fixture
def automatic(ana: Membership, itau: BankAccount) -> BankAccount:
    switch_on(itau, ana)
    return itau


def made(tenant: Tenant) -> list[Match]:
    with tenant_scope(tenant.id):
        return list(Match.objects.of(tenant).standing())


def certain(tenant: Tenant, account: BankAccount, amount: str) -> StatementLine:
    """A line that is matched by itself."""
    return of_payee(make_known(tenant, amount, approved=True), account, f"-{amount}")


def test_an_act_that_holds_what_the_engine_wants_next_may_go_on_record(
    tenant: Tenant, automatic: BankAccount
) -> None:
    row = certain(tenant, automatic, "731.17")
    bill = make_known(tenant, "912.44", approved=True)
    order = make_order(bill, OrderStatus.AT_BANK, first_sent_at=at("23 10:00"))
    sent = of_payee(bill, automatic, "-912.44", kind="transfer")

    def hold_order() -> None:
        PaymentOrder.objects.of(tenant).select_for_update(no_key=True).get(id=order.id)

    with stuck(tenant, ORDERS, hold_order):
        record(Act.SENDING_LOCKED, on=tenant, by=None)

    assert open_of(row) == open_of(sent) == 0
    assert verify(tenant.id).broken == ""


def test_the_engine_holds_bills_before_charges_as_all_do(
    tenant: Tenant, automatic: BankAccount
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    charge = opened(make_charge(tenant, automatic, "912.44"))
    rows = [
        of_payee(bill, automatic, "-731.17"),
        of_payer(charge, automatic, "912.44", charge.due_date),
    ]

    def hold_bill() -> None:
        assert hold(Payable.objects.of(tenant).filter(id=bill.id)).count() == 1

    with stuck(tenant, "payments_payable", hold_bill):
        lock_charges(tenant.id, [charge.id])

    assert [open_of(row) for row in rows] == [0, 0]


def test_an_act_that_holds_a_line_that_a_rule_is_for_next_may_go_on_record(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    make_rule(ana, when("TAR"))
    first, then = (line(itau, f"-1{n}.00", description="TAR PACOTE") for n in range(2))

    def hold_line() -> None:
        StatementLine.objects.of(tenant).select_for_update(no_key=True).get(id=then.id)

    with stuck(tenant, "banking_statementline", hold_line):
        record(Act.SENDING_LOCKED, on=tenant, by=None)

    assert open_of(first) == open_of(then) == 0
    assert verify(tenant.id).broken == ""


def test_a_rule_that_ignores_lets_another_act_of_its_author_go_first(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    """Who said last what it does."""
    rule = make_rule(membership(tenant), ignoring(when("SALDO")))
    with tenant_scope(tenant.id):
        save_rule(ignoring(when("SALDO")), by=ana, rule_id=rule.id, version=rule.version)
    row = line(itau, "-5.00", description="SALDO DO DIA")

    with stuck(tenant, "pg_advisory_xact_lock", lambda: lock_person(tenant.id, ana.user_id)):
        hold_accounts(tenant.id, [itau.id])

    assert open_of(row) == 0


def test_a_bill_that_comes_while_the_engine_works_holds_its_line_from_rules(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    make_rule(ana, when("POSTO ESTRELA"))
    told = {"description": "POSTO ESTRELA", "counterparty_document": SUPPLIER}
    row = line(itau, "-88.37", **told)

    with stuck(tenant, ACCOUNTS, lambda: hold_accounts(tenant.id, [itau.id])):
        make_payable(tenant, "731.17", payee_document=SUPPLIER)

    assert open_of(row) == row.amount


def test_a_person_matches_a_line_that_the_engine_looks_at(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    mine = of_payee(make_known(tenant, "88.37"), automatic, "-88.37")
    work(tenant.id)
    make_known(tenant, "88.37")  # it is looked at again
    row = certain(tenant, automatic, "731.17")
    expense = account_named(tenant, "5.4.03")

    with stuck(tenant, ACCOUNTS, lambda: hold_accounts(tenant.id, [automatic.id])):
        create_entry(mine.id, [Slice(expense.id)], by=ana)

    assert open_of(row) == open_of(mine) == 0
    with tenant_scope(tenant.id):
        assert not Proposal.objects.of(tenant).exists()
        assert not LineReading.objects.of(tenant).exists()


def test_a_line_that_a_person_takes_while_the_engine_decides_is_the_persons(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    other = certain(tenant, automatic, "912.44")
    expense = account_named(tenant, "5.4.03")

    with stuck(tenant, ACCOUNTS, lambda: hold_accounts(tenant.id, [automatic.id])):
        mine = create_entry(row.id, [Slice(expense.id)], by=ana)

    assert open_of(row) == open_of(other) == 0
    with tenant_scope(tenant.id):
        assert list(Match.objects.of(tenant).filter(lines__statement_line=row)) == [mine]
    assert reread(bill).status == PayableStatus.APPROVED


def test_a_line_that_is_opened_while_the_engine_decides_is_left_alone(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    row = certain(tenant, automatic, "731.17")

    with stuck(tenant, ACCOUNTS, lambda: hold_accounts(tenant.id, [automatic.id])):
        leave_alone(row, by=ana)

    assert made(tenant) == []


def test_what_is_taken_apart_while_the_engine_decides_stays_apart(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    posted = make_entry(automatic, "-88.37")
    row = line(automatic, "-88.37", DAY)

    with stuck(tenant, ACCOUNTS, lambda: hold_accounts(tenant.id, [automatic.id])):
        undo([matched(row, posted, by=ana).id], by=ana)

    assert made(tenant) == []


def test_an_account_that_is_switched_off_while_the_engine_decides_is_left_to_people(
    tenant: Tenant, automatic: BankAccount
) -> None:
    certain(tenant, automatic, "731.17")

    with stuck(tenant, ACCOUNTS, lambda: hold_accounts(tenant.id, [automatic.id])):
        Automation.objects.of(tenant).update(by_evidence=False)

    assert made(tenant) == []


def test_a_person_who_comes_after_the_engine_is_told_who_was_faster(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    row = certain(tenant, itau, "731.17")
    work(tenant.id)
    with tenant_scope(tenant.id):
        seen = versions_of(tenant.id, [row.id])
        proposal = Proposal.objects.of(tenant).get(line_id=row.id, rank=1)
    switch_on(itau, ana)
    make_known(tenant, "731.17")
    with tenant_scope(tenant.id):
        LineReading.objects.of(tenant).update(is_due=True)
    work(tenant.id)
    assert open_of(row) == 0
    with pytest.raises(Changed), tenant_scope(tenant.id):
        accept(proposal, by=ana, seen=seen)


def test_a_bill_that_was_sent_after_the_backup_was_made_is_paid_by_its_line(
    tenant: Tenant, automatic: BankAccount
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    make_order(bill, OrderStatus.AT_BANK, first_sent_at=at("23 10:00"))
    restore_to_before_the_order(bill)
    row = of_payee(bill, automatic, "-731.17", kind="transfer")

    work(tenant.id)

    assert open_of(row) == 0
    assert reread(bill).status == PayableStatus.PAID
    with tenant_scope(tenant.id):
        assert not PaymentOrder.objects.of(tenant).exists()


def accepted(proposal: Proposal, ana: Membership) -> None:
    with tenant_scope(ana.tenant_id):
        accept(proposal, by=ana)


def proposal_of(row: StatementLine) -> Proposal:
    with tenant_scope(row.tenant_id):
        return Proposal.objects.of(row.tenant_id).get(line_id=row.id, rank=1)


def test_who_accepts_a_transfer_holds_its_accounts_in_the_order_of_all(
    tenant: Tenant, ana: Membership
) -> None:
    accounts = [make_bank_account(tenant, preferred=not n) for n in range(2)]
    first, second = sorted(accounts, key=lambda account: account.id)
    announce(second, first, "777.31")
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    left, came = line(second, "-777.31", DAY, **own), line(first, "777.31", DAY, **own)
    work(tenant.id)
    proposal = proposal_of(left)

    with stuck(
        tenant,
        ACCOUNTS,
        lambda: hold_accounts(tenant.id, [first.id]),
        lambda: accepted(proposal, ana),
    ):
        hold_accounts(tenant.id, [second.id])

    assert len(proposal.parts) == 2
    assert open_of(left) == open_of(came) == 0


def test_who_accepts_a_transfer_lets_another_act_of_theirs_go_first(
    tenant: Tenant, ana: Membership
) -> None:
    here, there = (make_bank_account(tenant, preferred=not n) for n in range(2))
    announce(here, there, "777.31")
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    left, came = line(here, "-777.31", DAY, **own), line(there, "777.31", DAY, **own)
    work(tenant.id)
    proposal = proposal_of(left)

    with stuck(
        tenant,
        "pg_advisory_xact_lock",
        lambda: lock_person(tenant.id, ana.user_id),
        lambda: accepted(proposal, ana),
    ):
        hold_accounts(tenant.id, [here.id, there.id])

    assert len(proposal.parts) == 2
    assert open_of(left) == open_of(came) == 0


def test_who_accepts_a_return_lets_another_act_of_theirs_go_first(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    row = certain(tenant, automatic, "731.17")
    work(tenant.id)
    with tenant_scope(tenant.id):
        Automation.objects.of(tenant).update(by_evidence=False)
    told = {name: getattr(row, name) for name in ("counterparty_name", "counterparty_document")}
    back = line(automatic, "731.17", row.booked_on, description="DEVOLUCAO TED", **told)
    work(tenant.id)
    proposal = proposal_of(back)

    with stuck(
        tenant,
        "pg_advisory_xact_lock",
        lambda: lock_person(tenant.id, ana.user_id),
        lambda: accepted(proposal, ana),
    ):
        hold_accounts(tenant.id, [automatic.id])

    assert proposal.kind == Proposal.Kind.RETURN
    assert open_of(row) == open_of(back) == 0
