"""What the engine would have made of the lines that people matched."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import Allocation, BankAccount, StatementLine
from payments.states import OrderStatus
from reconciliation.engine.books.gathered import Apart
from reconciliation.engine.gather import gather
from reconciliation.engine.rehearsal import Rehearsal, rehearse
from reconciliation.engine.run import work
from reconciliation.matches.undo import undo
from reconciliation.models import Automation, Lesson, Match, MatchLine, OpenedLine, Proposal
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge
from tests.charges.issued import opened
from tests.payments.clock import at
from tests.payments.factories import make_bank_account, make_known, make_order
from tests.reconciliation.matched import DAY, choice, line, make_entry, matched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PAGE = reverse("reconciliation:rehearsal")


def of_payee(bill: Any, account: BankAccount, amount: str, **more: Any) -> StatementLine:
    with tenant_scope(bill.tenant_id):
        payee, day = bill.payee, bill.payment_date
    return line(
        account, amount, day, counterparty_name=payee.name, counterparty_document=payee.document,
        **more,
    )  # fmt: skip


def rehearsed(tenant: Tenant) -> dict[Any, tuple[int, int, int]]:
    with tenant_scope(tenant.id):
        found = rehearse(tenant)
    return {account: (each.same, each.otherwise, each.left) for account, each in found.items()}


def differing(tenant: Tenant, account: BankAccount) -> Rehearsal:
    with tenant_scope(tenant.id):
        return rehearse(tenant)[account.id]


@pytest.fixture
def bill(tenant):
    return make_known(tenant, "731.17", approved=True)


def test_without_matches_of_people_there_is_nothing_to_tell(tenant, itau):
    line(itau, "-731.17")
    assert rehearsed(tenant) == {}


def test_a_bill_that_a_person_paid_would_have_been_paid(tenant, itau, ana, bill):
    matched(of_payee(bill, itau, "-731.17"), bill, by=ana)
    assert rehearsed(tenant) == {itau.id: (1, 0, 0)}


def test_a_charge_that_a_person_settled_would_have_been_settled(tenant, ana):
    charge = opened(make_charge(tenant, make_bank_account(tenant), "412.55"))
    with tenant_scope(tenant.id):
        charge = type(charge).objects.of(tenant).select_related("payer", "bank_account").get(
            id=charge.id
        )  # fmt: skip
    row = line(
        charge.bank_account, "412.55", charge.due_date, counterparty_name=charge.payer.name,
        counterparty_document=charge.payer.document,
    )  # fmt: skip
    matched(row, charge, by=ana)
    assert rehearsed(tenant) == {charge.bank_account.id: (1, 0, 0)}


def test_an_entry_that_a_person_linked_would_have_been_linked(tenant, itau, ana):
    posted = make_entry(itau, "-88.37")
    matched(line(itau, "-88.37", DAY + timedelta(days=1)), posted, by=ana)
    assert rehearsed(tenant) == {itau.id: (1, 0, 0)}


def test_a_payment_that_a_person_proved_by_its_line_would_have_been_proved(tenant, itau, ana, bill):
    make_order(bill, OrderStatus.AT_BANK, first_sent_at=at("23 10:00"))
    made = matched(of_payee(bill, itau, "-731.17", kind="transfer"), bill, by=ana)
    with tenant_scope(tenant.id):
        assert made.effects.get().kind == "order_proved"
    assert rehearsed(tenant) == {itau.id: (1, 0, 0)}


def test_a_part_that_a_person_settled_is_left(tenant, ana):
    charge = opened(make_charge(tenant, make_bank_account(tenant), "412.55"))
    with tenant_scope(tenant.id):
        account = charge.bank_account
    matched(line(account, "100.00", DAY), choice(charge, "100.00"), by=ana)
    assert rehearsed(tenant) == {account.id: (0, 0, 1)}


def test_what_these_matches_taught_is_not_known(tenant, itau, ana, bill):
    row = of_payee(bill, itau, "-731.17")
    made = matched(row, bill, by=ana)
    with tenant_scope(tenant.id):
        assert Lesson.objects.of(tenant).exists()
        apart = Apart([made.id], {str(row.id): row.amount})
        gathered = gather(tenant, [row.id], apart)
    assert [each.id for each in gathered.lines] == [str(row.id)]
    assert not gathered.book.learned


def test_what_no_evidence_joins_is_left(tenant, itau, ana, bill):
    row = line(itau, "-731.17", DAY - timedelta(days=60), counterparty_name="Outra Pessoa")
    matched(row, bill, by=ana)
    assert rehearsed(tenant) == {itau.id: (0, 0, 1)}


def test_another_item_than_the_person_chose_is_told_with_its_line(tenant, itau, ana, bill):
    row = of_payee(bill, itau, "-731.17")
    matched(row, make_known(tenant, "731.17", approved=True), by=ana)
    told = differing(tenant, itau)
    assert (told.same, told.otherwise, told.left, told.differing) == (0, 1, 0, [row.id])


def test_what_was_matched_by_itself_is_none_of_people(tenant, itau, ana, bill):
    with tenant_scope(tenant.id):
        Automation.objects.create(
            tenant=tenant, bank_account=itau, by_evidence=True, changed_by=ana.user
        )
    of_payee(bill, itau, "-731.17")
    work(tenant.id)
    assert rehearsed(tenant) == {}


def test_what_was_undone_is_not_told(tenant, itau, ana, bill):
    made = matched(of_payee(bill, itau, "-731.17"), bill, by=ana)
    with tenant_scope(tenant.id):
        undo([made.id], by=ana)
    assert rehearsed(tenant) == {}


def test_ninety_days_later_it_is_not_told(monday, tenant, itau, ana, bill):
    matched(of_payee(bill, itau, "-731.17"), bill, by=ana)
    monday.shift(timedelta(days=91))
    assert rehearsed(tenant) == {}


def test_accounts_are_told_apart(tenant, itau, ana, bill):
    other = make_bank_account(tenant, preferred=False)
    matched(of_payee(bill, itau, "-731.17"), bill, by=ana)
    posted = make_entry(other, "-88.37")
    matched(line(other, "-88.37", DAY + timedelta(days=1)), posted, by=ana)
    assert rehearsed(tenant) == {itau.id: (1, 0, 0), other.id: (1, 0, 0)}


def test_a_bill_in_parts_is_no_other_item(tenant, itau, ana, bill):
    second = make_known(tenant, "100.03", approved=True)
    row = line(itau, "-831.20", DAY)
    matched(row, [choice(bill), choice(second)], by=ana)
    assert rehearsed(tenant) == {itau.id: (0, 0, 1)}


def test_nothing_is_written(tenant, itau, ana, bill):
    matched(of_payee(bill, itau, "-731.17"), bill, by=ana)

    def rows() -> list[Any]:
        with tenant_scope(tenant.id):
            return [
                list(model.objects.of(tenant).order_by("id").values())
                for model in (Match, MatchLine, Allocation, Proposal, Lesson, OpenedLine)
            ]

    before = rows()
    rehearsed(tenant)
    assert rows() == before


def test_the_lines_of_another_company_are_not_looked_at(tenant, other_tenant, itau, ana, bill):
    matched(of_payee(bill, itau, "-731.17"), bill, by=ana)
    assert rehearsed(other_tenant) == {}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE, Role.READER])
def test_everybody_sees_the_page(client: Client, tenant, itau, ana, bill, role):
    matched(of_payee(bill, itau, "-731.17"), bill, by=ana)
    sign_in(client, make_member(tenant, role), tenant)
    assert client.get(PAGE).status_code == 200


def test_into_the_page_of_automation_comes_its_section_alone(finance: Client, tenant, itau):
    told = finance.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert told.lstrip().startswith("<section")
    assert PAGE in finance.get(reverse("reconciliation:automation")).content.decode()
