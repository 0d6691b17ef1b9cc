"""«Conciliar» asks the database as often for a page on which everything occurs as for few lines."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.models import BankAccount, StatementLine
from payments.models import Payable
from reconciliation.engine.run import work
from reconciliation.matches import questions
from reconciliation.matches.ignore import ignore
from reconciliation.matches.transfer import transfer
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge
from tests.charges.issued import opened
from tests.payments.factories import make_bank_account, make_known
from tests.reconciliation.books import member
from tests.reconciliation.matched import DAY, line, make_entry, matched

PAGE = reverse("reconciliation:reconcile")
AROUND = ("BEGIN", "COMMIT")  # of the scopes that queries run in
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]


def fill_proposed(tenant: Tenant, itau: BankAccount, other: BankAccount) -> None:
    """A bill that is approved and one that waits, a charge, an entry, lines that go together, a
    transfer."""
    paid(make_known(tenant, "301.17", approved=True), itau)
    paid(make_known(tenant, "302.55"), itau)
    make_entry(itau, "-303.33")
    line(itau, "-303.33")
    charge = opened(make_charge(tenant, itau, "304.37"))
    with tenant_scope(tenant.id):
        payer = charge.payer
    line(itau, "304.37", counterparty_name=payer.name, counterparty_document=payer.document)
    halves = make_known(tenant, "600.10", approved=True)
    paid(halves, itau, "-300.05")
    paid(halves, itau, "-300.05")
    own: dict[str, Any] = {
        "counterparty_name": tenant.legal_name,
        "counterparty_document": tenant.cnpj,
    }
    line(itau, "-1234.56", **own)
    line(other, "1234.56", **own)


def paid(bill: Payable, account: BankAccount, amount: str = "", **more: Any) -> StatementLine:
    with tenant_scope(bill.tenant_id):
        payee, day = bill.payee, bill.payment_date
    named = {"counterparty_name": payee.name, "counterparty_document": payee.document}
    return line(account, amount or f"-{bill.amount}", day, **named, **more)


def fill_said(tenant: Tenant, itau: BankAccount, other: BankAccount, ana: Membership) -> None:
    """A bill that came back, a charge, an entry; a transfer under way; a line that is set aside; a
    question."""
    bill = make_known(tenant, "731.17", approved=True)
    matched(paid(bill, itau), bill, by=ana)
    paid(bill, itau, "731.17", description="DEVOLUCAO TED")
    charge = opened(make_charge(tenant, itau, "100.37"))
    matched(line(itau, "100.37", DAY - timedelta(days=3)), charge, by=ana)
    matched(line(itau, "-55.00"), make_entry(itau, "-55.00"), by=ana)
    with tenant_scope(tenant.id):
        transfer(line(itau, "-77.00").id, by=ana, other_account=other)
        ignore(line(itau, "-88.00").id, by=ana, why="Teste do banco")
        ignore(line(itau, "-90000.00").id, by=ana, why="Teste do banco")
        questions.ask(
            line(itau, "-99.00"), "Que compra foi esta?", of=member(tenant, Role.READER), by=ana
        )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE])
def test_a_page_on_which_everything_occurs_takes_at_most_15_queries(
    client: Client, tenant: Tenant, itau: BankAccount, ana: Membership, role: Role
) -> None:
    sign_in(client, make_member(tenant, role), tenant)
    other = make_bank_account(tenant, preferred=False)
    fill_said(tenant, itau, other, ana)
    fill_proposed(tenant, itau, other)
    work(tenant.id)

    with CaptureQueriesContext(database) as caught:
        response = client.get(PAGE)

    pairs = response.context["pairs"].values()
    proposals = [pair.proposal for pair in pairs if pair.proposal]
    assert {each.kept.kind for each in proposals} == {"settle", "transfer", "return"}
    assert any(each.is_settling and each.beside for each in proposals)
    assert any(item.shown for each in proposals for item in each.items)
    assert any(pair.asked for pair in pairs)
    asked = [query["sql"] for query in caught if query["sql"] not in AROUND]
    assert len(asked) <= 15, asked
