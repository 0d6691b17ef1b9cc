"""The statement as XLSX, CSV and OFX: what the filter shows, all of it."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import Record
from banking.models import BankAccount
from banking.statements.files.contract import collect
from banking.statements.files.ofx import read_ofx
from reconciliation.matches.ignore import ignore
from reconciliation.reads import export as reading
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.payments.factories import make_known
from tests.reconciliation.books import join
from tests.reconciliation.matched import DAY, line, make_entry, matched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


@pytest.fixture
def reader(client: Client, tenant: Tenant) -> Client:
    sign_in(client, make_member(tenant, Role.READER), tenant)
    return client


def export(client: Client, account: BankAccount, kind: str, **query: str) -> Any:
    address = reverse("reconciliation:export", args=[kind])
    return client.get(address, {"conta": str(account.id), **query})


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def csv_rows(answer: Any) -> list[dict[str, str]]:
    text = content(answer).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def test_who_only_reads_exports_each_line_with_what_was_said_of_it(
    reader: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "100.00", approved=True)
    matched(line(itau, "-100.00", description="um"), bill, by=ana)
    join(itau, line(itau, "-30.00", description="dois"), make_entry(itau, "-10.00").entry)
    gone = line(itau, "-5.00", description="tres")
    with tenant_scope(tenant.id):
        ignore(gone.id, by=ana, why="Estorno de teste")
    line(itau, "7.00", description="quatro")

    found = {row["Histórico"]: row for row in csv_rows(export(reader, itau, "csv"))}

    assert {key: (row["Situação"], row["A conciliar"]) for key, row in found.items()} == {
        "um": ("Conciliado", "0,00"),
        "dois": ("Conciliado em parte", "-20,00"),
        "tres": ("Ignorado", "0,00"),
        "quatro": ("A conciliar", "7,00"),
    }
    assert str(bill.payee) in found["um"]["Conciliado com"]
    assert found["um"]["Por"] == ana.user.display_name
    assert "Estorno de teste" in found["tres"]["Como e por quê"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ofx"])
def test_all_pages_of_the_filter_are_exported_and_nothing_else(
    reader: Client, itau: BankAccount, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 3)
    for number in range(1, 9):
        line(itau, f"-{number}.00", date(2026, 11, number))
    line(itau, "50.00")

    answer = export(reader, itau, kind, tipo="saidas", de="02/11/2026")

    assert sorted(amounts(content(answer), kind)) == [D(-number) for number in range(8, 1, -1)]


def amounts(data: bytes, kind: str) -> list[Decimal]:
    if kind == "ofx":
        (account,) = collect(read_ofx(BytesIO(data), today=DAY))
        return [each.amount for each in account.lines]
    if kind == "csv":
        rows = csv.DictReader(StringIO(data.decode("utf-8-sig")), delimiter=";")
        return [D(row["Valor"].replace(",", ".")) for row in rows]
    head, *rows = load_workbook(BytesIO(data)).active.values
    return [D(str(row[head.index("Valor")])) for row in rows]


def test_no_text_of_a_bank_becomes_a_formula(reader: Client, itau: BankAccount) -> None:
    line(itau, "-1.00", description="=HYPERLINK(1)")

    (row,) = csv_rows(export(reader, itau, "csv"))

    assert row["Histórico"] == "'=HYPERLINK(1)"


def test_the_ofx_names_the_account_and_is_read_again_as_what_it_was(
    reader: Client, itau: BankAccount
) -> None:
    first = line(itau, "-1.50", date(2026, 11, 3), description="Tarifa")
    second = line(itau, "20.00", date(2026, 11, 5), description="Pix")

    (found,) = collect(read_ofx(BytesIO(content(export(reader, itau, "ofx"))), today=DAY))

    assert found.header.number == itau.number
    assert (found.header.since, found.header.until) == (date(2026, 11, 3), date(2026, 11, 5))
    assert [(each.source_id, each.amount, each.text) for each in found.lines] == [
        (first.bank_id, D("-1.50"), "Tarifa"),
        (second.bank_id, D("20.00"), "Pix"),
    ]


def test_an_export_is_on_record_with_its_number_of_lines(
    reader: Client, tenant: Tenant, itau: BankAccount
) -> None:
    line(itau, "-1.00")

    content(export(reader, itau, "csv"))

    with tenant_scope(tenant.id):
        record = Record.objects.of(tenant).get(act="exported")
    assert (record.on_id, record.after["Linhas"]) == (itau.id, "1")


def test_a_filter_that_says_nothing_leads_back_to_the_page(
    reader: Client, itau: BankAccount
) -> None:
    answer = export(reader, itau, "csv", de="31/02/2026")

    assert answer.status_code == 302
    assert "de=31%2F02%2F2026" in answer.url


@pytest.mark.parametrize("kind", ["pdf", "csv"])
def test_another_company_exports_nothing(
    client: Client, other_tenant: Tenant, outsider: User, itau: BankAccount, kind: str
) -> None:
    sign_in(client, outsider, other_tenant)

    assert export(client, itau, kind).status_code == 404


def test_a_document_of_which_a_part_is_hidden_is_in_no_column_of_documents(reader, itau) -> None:
    line(itau, "-9.00", counterparty_name="MARIA", masked_document="***.982.247-**")

    (row,) = csv_rows(export(reader, itau, "csv"))
    assert row["CPF/CNPJ"] == ""
