"""What «Lançamentos» tells of entries: bills, charges, lines of the bank, files."""

import pytest
from django.urls import reverse

from accounts.journal.enter import enter_entry
from accounts.journal.entries import redate_entry, reverse_by_hand
from accounts.journal.listing import all_rows
from banking.models import LineSource, OpenItem, StatementFile
from banking.statements.allocation import line_on
from core.ids import uuid7
from payments.models import OutsidePayment
from tenants.scope import tenant_scope
from tests.cast import sign_in
from tests.charges.factories import make_charge
from tests.charges.issued import opened
from tests.payments.factories import make_known
from tests.reconciliation.matched import (
    DAY,
    D,
    account_named,
    line,
    make_entry,
    matched,
    open_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

ENTRIES = "/lancamentos/"


def rows(tenant, **values):
    return [row for page in all_rows(tenant, values, 50) for row in page]


def urls(row):
    return [source.url for source in row.sources]


@pytest.fixture
def paid(itau, ana, tenant):
    """A bill that was settled from a bank line: the bill, the line, the entry."""
    bill = make_known(tenant, "150.00", approved=True)
    row = line(itau, "-150.00")
    matched(row, bill, by=ana)
    with tenant_scope(tenant.id):
        outside = OutsidePayment.objects.of(tenant).select_related("entry").get(payable=bill)
    return bill, row, outside.entry


def test_an_entry_leads_to_its_bill_and_its_bank_line(paid, tenant):
    bill, bank_line, entry = paid

    (row,) = rows(tenant)

    assert row.entry == entry
    assert urls(row) == [
        reverse("payments:detail", args=[bill.id]),
        reverse("reconciliation:line", args=[bank_line.id]),
    ]
    assert row.sources[0].document == bill.payee.written_document


def test_an_entry_leads_to_its_charge(itau, ana, tenant):
    charge = opened(make_charge(tenant, itau, "500.00", document_number="NF 123"))
    matched(line(itau, "500.00"), charge, by=ana)

    (row,) = rows(tenant)

    assert urls(row)[0] == reverse("charges:detail", args=[charge.id])
    assert row.sources[0].text == charge.description
    assert row.sources[0].document.startswith("NF 123 · ")


def test_an_entry_leads_to_the_file_that_told_its_line(paid, itau, ana, tenant):
    _, bank_line, _ = paid
    with tenant_scope(tenant.id):
        file = StatementFile.objects.create(
            tenant=tenant, bank_account=itau, name="novembro.ofx", digest="x", status="undone",
            created_by=ana.user,
        )  # fmt: skip
        LineSource.objects.create(
            tenant=tenant, line=bank_line, file=file, bank_account=itau, kind="ofx"
        )

    (row,) = rows(tenant)

    assert urls(row)[-1] == reverse("reconciliation:import", args=[file.id])


def test_what_was_reversed_or_redated_leads_to_the_same_bill(paid, ana, tenant):
    bill, _, entry = paid
    address = reverse("payments:detail", args=[bill.id])
    with tenant_scope(tenant.id):
        redate_entry(entry, date=DAY, why="Outro dia", by=ana.user)

    found = rows(tenant)

    assert len(found) == 3
    assert all(address in urls(row) for row in found)


@pytest.mark.parametrize(
    "text", ["aluguel de novembro", "ALUGUÉL", "52998224725", "529.982.247-25", "Fulano"]
)
def test_a_search_finds_the_bill_behind_an_entry(itau, ana, tenant, text):
    bill = make_known(
        tenant, "150.00", approved=True, description="Aluguel de novembro",
        payee_document="52998224725", payee_name="Fulano de Tal",
    )  # fmt: skip
    matched(line(itau, "-150.00"), bill, by=ana)
    make_entry(itau, "-80.00")

    (row,) = rows(tenant, q=text)

    assert row.entry.total == D("150.00")


def test_a_search_finds_the_charge_and_the_bank_line_behind_an_entry(itau, ana, tenant):
    charge = opened(make_charge(tenant, itau, "500.00", document_number="NF-9876"))
    matched(line(itau, "500.00", description="PIX RECEBIDO XPTO"), charge, by=ana)
    make_entry(itau, "80.00")

    for text in ("nf-9876", "recebido xpto"):
        (row,) = rows(tenant, q=text)
        assert row.entry.total == D("500.00")


def test_entries_are_filtered_by_what_they_are_of(itau, ana, tenant):
    charge = opened(make_charge(tenant, itau, "500.00"))
    matched(line(itau, "500.00"), charge, by=ana)
    bill = make_known(tenant, "150.00", approved=True)
    matched(line(itau, "-150.00"), bill, by=ana)
    make_entry(itau, "-80.00")

    def totals(origin, **values):
        return {row.entry.total for row in rows(tenant, origem=origin, **values)}

    assert totals("cobranca") == {D("500.00")}
    assert totals("pagamento") == {D("150.00")}
    assert totals("extrato") == {D("500.00"), D("150.00")}
    assert totals("abertura") == set()
    assert totals("pagamento", conta=itau.ledger_account) == {D("150.00")}


def test_an_entry_by_hand_on_a_bank_account_waits_for_its_line(itau, ana, tenant):
    rent = account_named(tenant, "5.2.01")
    with tenant_scope(tenant.id):
        enter_entry(
            uuid7(), date=DAY, memo="Aluguel", is_bank_seen=True, by=ana,
            lines=[(rent, D("90.00")), (itau.ledger_account, D("-90.00"))],
        )  # fmt: skip
        (item,) = OpenItem.objects.of(tenant).on(itau.ledger_account_id)

    assert item.rest == D("-90.00")


def test_a_reversal_of_an_entry_by_hand_frees_its_line(itau, ana, tenant):
    rent, bank_line = account_named(tenant, "5.2.01"), line(itau, "-90.00")
    with tenant_scope(tenant.id):
        entry = enter_entry(
            uuid7(), date=DAY, memo="Aluguel", is_bank_seen=True, by=ana,
            lines=[(rent, D("90.00")), (itau.ledger_account, D("-90.00"))],
        )  # fmt: skip
        posted = line_on(itau, entry)
    matched(bank_line, posted, by=ana)
    assert open_of(bank_line) == 0

    with tenant_scope(tenant.id):
        reverse_by_hand(entry, by=ana.user, date=DAY, why="Em dobro")

    assert open_of(bank_line) == D("-90.00")


def test_the_page_shows_where_an_entry_leads(client, paid, ana, tenant):
    bill, bank_line, entry = paid
    sign_in(client, ana.user, tenant)

    for address in (ENTRIES, reverse("accounts:entry", args=[entry.id])):
        text = client.get(address).content.decode()
        assert reverse("payments:detail", args=[bill.id]) in text
        assert reverse("reconciliation:line", args=[bank_line.id]) in text


def test_nothing_of_another_company_is_found(client, paid, other_tenant, outsider):
    bill, _, _ = paid
    sign_in(client, outsider, other_tenant)

    response = client.get(f"{ENTRIES}?q={bill.payee.name}")

    assert response.context["page"].rows == []
