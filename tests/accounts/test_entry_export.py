"""The journal as a file."""

import csv
import datetime as dt
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from accounts.journal import export
from audit.acts import Act
from tests.accounts.books import DAY, account_of, make_entry
from tests.audit.reading import audit_of
from tests.cast import sign_in

CSV, XLSX = "/lancamentos/exportar/csv/", "/lancamentos/exportar/xlsx/"


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def test_the_file_has_a_row_for_each_line_that_the_filter_finds(client, tenant, reader):
    make_entry(tenant, "10.00", memo="De ontem", date=DAY - dt.timedelta(days=1))
    make_entry(tenant, "1234.50", memo="De hoje")
    sign_in(client, reader, tenant)

    rows = rows_of(client.get(f"{CSV}?de={DAY:%d/%m/%Y}"))

    assert [
        (row["Data"], row["Conta contábil"], row["Débito"], row["Crédito"]) for row in rows
    ] == [
        ("23/11/2026", "5.2.01", "1234,50", "0,00"),
        ("23/11/2026", "1.1.1.01", "0,00", "1234,50"),
    ]
    (record,) = audit_of(tenant)
    assert record.act == Act.EXPORTED


def test_the_file_of_an_account_has_its_lines_and_balance(client, tenant, reader):
    for amount in ("10.00", "5.00"):
        make_entry(tenant, amount)
    sign_in(client, reader, tenant)

    rows = rows_of(client.get(f"{CSV}?conta={account_of(tenant, '5.2.01').id}&ordem=antigos"))

    assert [(row["Débito"], row["Saldo"]) for row in rows] == [
        ("10,00", "10,00"),
        ("5,00", "15,00"),
    ]


def test_what_a_text_begins_with_is_no_formula(client, tenant, reader):
    make_entry(tenant, memo="=HYPERLINK(1)")
    sign_in(client, reader, tenant)

    rows = rows_of(client.get(CSV))
    sheet = load_workbook(BytesIO(client.get(XLSX).content)).active

    assert rows[0]["Histórico"] == "'=HYPERLINK(1)"
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=HYPERLINK(1)", "s")


def test_a_file_of_several_pages_has_every_entry_once(client, tenant, reader, monkeypatch):
    monkeypatch.setattr(export, "PAGE", 4)
    for number in range(9):
        make_entry(tenant, memo=f"Número {number}")
    sign_in(client, reader, tenant)

    rows = rows_of(client.get(CSV))

    assert [row["Histórico"] for row in rows[::2]] == [f"Número {8 - n}" for n in range(9)]


def test_more_than_a_spreadsheet_takes_is_told(client, tenant, reader, monkeypatch):
    monkeypatch.setattr("accounts.views.journal_export.MOST_IN_XLSX", 1)
    for _ in range(2):
        make_entry(tenant)
    sign_in(client, reader, tenant)

    response = client.get(f"{XLSX}?ordem=antigos")

    assert response.url == "/lancamentos/?ordem=antigos"


@pytest.mark.parametrize("kind", ["pdf", "CSV"])
def test_other_kinds_do_not_exist(client, tenant, reader, kind):
    sign_in(client, reader, tenant)

    assert client.get(f"/lancamentos/exportar/{kind}/").status_code == 404
