"""What the engine proposes, on the row of a line: shown, accepted as it was shown, looked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.models import BankAccount, StatementLine
from charges.states import ChargeStatus
from core.clock import database_now
from payments.models import Payable
from payments.states import PayableStatus
from reconciliation.engine.run import work
from reconciliation.models import Automation, OpenedLine
from reconciliation.reads.pairs import Said
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge
from tests.charges.issued import opened
from tests.payments.factories import make_bank_account, make_known
from tests.reconciliation.matched import DAY, D, line, make_entry, matched, open_of
from tests.reconciliation.rows import HTMX, match_of, post, seen, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PAGE = reverse("reconciliation:reconcile")
LOOKED_AT = reverse("reconciliation:looked_at")


@pytest.fixture
def finance(client: Client, tenant: Tenant, ana: Membership) -> Client:
    sign_in(client, ana.user, tenant)
    return client


def of_payee(bill: Payable, account: BankAccount, amount: str, **more: Any) -> StatementLine:
    with tenant_scope(bill.tenant_id):
        payee, day = bill.payee, bill.payment_date
    named = {"counterparty_name": payee.name, "counterparty_document": payee.document}
    return line(account, amount, day, **named, **more)


def proposal(client: Client, row: StatementLine) -> Any:
    return client.get(url("line", row), headers=HTMX).context["pair"].proposal


def shown_in(found: Any) -> dict[str, Any]:
    """The hidden fields of its form."""
    fields: dict[str, Any] = {"item": found.value, "other": [each.name for each in found.beside]}
    return fields | {f"shown-{each.id}": each.shown for each in found.items if each.shown}


@pytest.fixture
def proposed(tenant: Tenant, itau: BankAccount) -> tuple[StatementLine, Payable]:
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, itau, "-731.17")
    work(tenant.id)
    return row, bill


def test_what_is_proposed_is_accepted_in_one_act(finance, proposed) -> None:
    row, bill = proposed
    found = proposal(finance, row)
    assert url("accept", row) in finance.get(PAGE).content.decode()

    answer = post(finance, "accept", row, **shown_in(found))

    assert (answer.status_code, open_of(row)) == (200, 0)
    assert reread(bill).status == PayableStatus.PAID
    made = match_of(row)
    assert (made.degree, made.score, made.reasons[0]) == ("accepted", found.kept.score, "document")
    assert [each.how for each in answer.context["pair"].said] != [""]


def test_a_line_that_changed_since_it_was_shown_is_left_as_it_is(
    finance, tenant, itau, ana, proposed
) -> None:
    row, bill = proposed
    found, before = proposal(finance, row), seen(row)
    matched(row, make_entry(itau, "-731.17"), by=ana)
    answer = finance.post(url("accept", row), {"seen": before, **shown_in(found)}, headers=HTMX)

    assert (answer.status_code, reread(bill).status) == (422, PayableStatus.APPROVED)


def test_another_proposal_than_was_shown_is_not_accepted(finance, proposed) -> None:
    row, _ = proposed

    answer = post(finance, "accept", row, item="settle+bill:x")

    assert (answer.status_code, open_of(row)) == (422, D("-731.17"))


def test_the_others_are_offered_beside_the_first(finance, tenant, itau) -> None:
    one = make_known(tenant, "731.17", approved=True)
    with tenant_scope(tenant.id):
        same = {"payee_document": one.payee.document, "payee_name": one.payee.name}
    other = make_known(tenant, "731.17", approved=True, description="Outra", **same)
    row = of_payee(one, itau, "-731.17")
    work(tenant.id)
    first = proposal(finance, row)
    (second,) = [each for each in first.others if each.items[0].id == other.id]

    post(finance, "accept", row, **shown_in(second))

    assert (reread(one).status, reread(other).status) == (
        PayableStatus.APPROVED,
        PayableStatus.PAID,
    )


def test_a_bill_that_waits_is_approved_as_it_was_shown_or_not_at_all(
    client, tenant, itau, admin
) -> None:
    bill = make_known(tenant, "731.17")
    row = of_payee(bill, itau, "-731.17")
    work(tenant.id)
    sign_in(client, admin, tenant)
    typed = shown_in(proposal(client, row))
    stale = post(client, "accept", row, **typed | {f"shown-{bill.id}": "outro"})
    done = post(client, "accept", row, **shown_in(proposal(client, row)))

    assert stale.status_code == 422
    assert (done.status_code, reread(bill).status) == (200, PayableStatus.PAID)


def test_both_sides_of_a_transfer_are_accepted_together(finance, tenant) -> None:
    here, there = make_bank_account(tenant), make_bank_account(tenant, preferred=False)
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    left = line(here, "-1234.56", DAY, **own)
    came = line(there, "1234.56", DAY, **own)
    work(tenant.id)
    found = proposal(finance, left)

    answer = post(finance, "accept", left, **shown_in(found))

    assert (answer.status_code, open_of(left), open_of(came)) == (200, 0, 0)
    assert f'id="linha-{came.id}"' not in answer.content.decode()  # of another account's page


def test_a_return_undoes_what_was_matched_by_itself(finance, tenant, itau, ana) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    on = switched_on(itau, ana)
    row = of_payee(bill, itau, "-731.17")
    work(tenant.id)
    change(on, by_evidence=False)
    back = of_payee(bill, itau, "731.17", description="DEVOLUCAO TED")
    work(tenant.id)

    answer = post(finance, "accept", back, **shown_in(proposal(finance, back)))

    assert (answer.status_code, open_of(row), open_of(back)) == (200, 0, 0)
    assert reread(bill).status == PayableStatus.PENDING


def switched_on(account: BankAccount, by: Membership) -> Automation:
    with tenant_scope(account.tenant_id):
        return Automation.objects.create(
            tenant=account.tenant, bank_account=account, by_evidence=True, changed_by=by.user
        )


def test_a_return_of_a_charge_asks_whether_it_is_owed_again(finance, tenant, itau, ana) -> None:
    charge = opened(make_charge(tenant, itau, "100.37"))
    with tenant_scope(tenant.id):
        payer = charge.payer
    named = {"counterparty_name": payer.name, "counterparty_document": payer.document}
    came = line(itau, "100.37", DAY - timedelta(days=3), **named)
    matched(came, charge, by=ana)
    back = line(itau, "-100.37", description="DEVOLUCAO PIX", **named)
    work(tenant.id)
    typed = shown_in(proposal(finance, back))

    asked = post(finance, "accept", back, **typed)
    silent = post(finance, "accept", back, **typed, debt="", why="")
    told = post(finance, "accept", back, **typed, debt="owed", why="Pagou em dobro")

    assert (asked.status_code, asked.context["act"]) == (200, "accept")
    assert list(silent.context["form"].errors) == ["debt", "why"]
    assert (told.status_code, open_of(back)) == (200, 0)
    assert reread(charge).status == ChargeStatus.RETURNED


def test_a_match_by_itself_says_how_and_why(finance, tenant, itau, ana) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    switched_on(itau, ana)
    row = of_payee(bill, itau, "-731.17")
    work(tenant.id)

    (said,) = finance.get(url("line", row), headers=HTMX).context["pair"].said

    assert said.is_automatic and said.how.startswith("Automático, por indícios")
    assert "mesmo CPF/CNPJ" in said.reasons


# --- Looked for ---


def test_a_line_says_that_it_is_looked_for_until_it_was(finance, tenant, itau) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, itau, "-731.17")
    page = finance.get(PAGE)
    before = finance.get(LOOKED_AT, {"linha": str(row.id)}, headers=HTMX)
    work(tenant.id)
    after = finance.get(LOOKED_AT, {"linha": [str(row.id), "x"], "vez": "3"}, headers=HTMX)

    assert page.context["is_searching"] and page.context["pairs"][row.id].is_searching
    assert (before.context["ready"], before.context["is_searching"]) == ([], True)
    assert ([each.line.id for each in after.context["ready"]], after.context["is_searching"]) == (
        [row.id], False,
    )  # fmt: skip


def test_a_line_of_which_nothing_was_found_says_so(finance, tenant, itau) -> None:
    row = line(itau, "-731.17")
    work(tenant.id)

    pair = finance.get(url("line", row), headers=HTMX).context["pair"]

    assert (pair.proposal, pair.is_searching) == (None, False)


def test_lines_of_another_company_are_none(client, other_tenant, outsider, itau) -> None:
    row = line(itau, "-731.17")
    sign_in(client, outsider, other_tenant)

    assert client.get(LOOKED_AT, {"linha": str(row.id)}).context["ready"] == []


def test_who_only_reads_accepts_nothing(client, tenant, proposed) -> None:
    row, _ = proposed
    sign_in(client, make_member(tenant, Role.READER), tenant)

    assert post(client, "accept", row, item="x").status_code == 403
    assert url("accept", row) not in client.get(PAGE).content.decode()


def test_who_opens_a_form_is_left_alone_with_the_line(finance, tenant, itau, ana) -> None:
    row = line(itau, "-731.17")
    finance.get(url("match", row), headers=HTMX)
    with tenant_scope(tenant.id):
        first = OpenedLine.objects.of(tenant).get(id=row.id)
    finance.get(url("ignore", row), headers=HTMX)

    with tenant_scope(tenant.id):
        again = OpenedLine.objects.of(tenant).get()
    assert (again.id, again.opened_by) == (row.id, ana.user)
    assert first.opened_at < again.opened_at <= database_now()


def test_more_proposals_take_no_more_queries(finance, tenant, itau) -> None:
    def queries() -> int:
        work(tenant.id)
        with CaptureQueriesContext(database) as caught:
            finance.get(PAGE)
        return len(caught)

    def fill(number: int) -> None:
        of_payee(make_known(tenant, f"{number}.17", approved=True), itau, f"-{number}.17")
        of_payee(make_known(tenant, f"{number}.55"), itau, f"-{number}.55")
        make_entry(itau, f"-{number}.33")
        line(itau, f"-{number}.33")

    fill(301)
    few = queries()
    for number in range(302, 306):
        fill(number)

    assert queries() == few


def test_a_rule_that_stands_among_the_reasons_is_not_named_again_beside_automatic() -> None:
    how = "Automático, por regra «Tarifas»"
    said = Said("", datetime.now(UTC), "", "", is_automatic=True, how=how)
    assert said.how_beside == "por regra «Tarifas»"

    said.reasons = ["regra «Tarifas»"]
    assert said.how_beside == ""
