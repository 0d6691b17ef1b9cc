"""«Importar planilha»: sent, looked at, mended, imported, undone; and lists as files."""

import csv
import re
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.acts import Act
from audit.models import Record
from banking.models import BankAccount
from charges.models import Charge, ImportFile
from charges.reads import export, imports
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.xlsx import book
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.sheets import CNPJ, TITLES, checked, line, read_back, rows, states, work
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def by(tenant: Tenant, operator: User) -> Membership:
    return membership(tenant, operator)


@pytest.fixture
def finance(client: Client, operator: User, tenant: Tenant, account: BankAccount) -> Client:
    sign_in(client, operator, tenant)
    return client


def upload(client: Client, content: bytes, **more: Any) -> Any:
    sent = {"kind": "charges", "file": SimpleUploadedFile("vendas.xlsx", content), **more}
    return client.post(reverse("charges:import_new"), sent)


def the_file(tenant: Tenant) -> ImportFile:
    with tenant_scope(tenant.id):
        file: ImportFile = ImportFile.objects.of(tenant).latest("created_at")
    return file


def page(client: Client, file: ImportFile, query: str = "", **more: Any) -> Any:
    return client.get(reverse("charges:import", args=[file.id]) + query, **more)


def test_how_much_a_file_may_hold_stands_beside_its_field(finance: Client) -> None:
    assert "até 5.000 linhas e 5 MB" in finance.get(reverse("charges:import_new")).text


def test_from_the_file_to_the_drafts_and_back(finance: Client, tenant: Tenant) -> None:
    lines = [line(), line(number="2", amount="abc")]
    answer = upload(finance, book(*lines, titles=TITLES))
    file = the_file(tenant)
    assert answer.headers["Location"] == reverse("charges:import", args=[file.id])
    assert file.status == "reading"  # the request stored it
    assert "import-progress" in page(finance, file).text

    work(file)
    assert page(finance, file, headers=HTMX).headers["HX-Refresh"] == "true"
    assert page(finance, file).text.count('data-state="wrong"') == 2  # without a classification
    wrong = rows(file)[1]
    mend = reverse("charges:import_mend", args=[file.id, wrong.id])
    answer = finance.post(mend, {"amount": "", "revenue_account": "4.1.01"}, headers=HTMX)
    assert answer.text.count('aria-invalid="true"') == 1
    assert 'id="import-bar"' in answer.text


def test_what_is_mended_answered_and_imported_is_seen(
    finance: Client, tenant: Tenant, by: Membership
) -> None:
    lines = [line(), line(number="2", amount="abc"), line(number="3"), line(number="3")]
    file = checked(tenant, *lines, by=by)
    shown = page(finance, file).text
    assert shown.count('data-state="wrong"') == 1
    assert shown.count('aria-invalid="true"') == 1

    _, wrong, _, twin = rows(file)
    mend = reverse("charges:import_mend", args=[file.id, wrong.id])
    assert 'data-state="good"' in finance.post(mend, {"amount": "10,00"}, headers=HTMX).text
    answer = reverse("charges:import_answer", args=[file.id])
    said = finance.post(answer, {"row": twin.id, "answer": "same"}, headers=HTMX).text
    assert 'data-state="skipped"' in said
    finance.post(reverse("charges:import_apply", args=[file.id]))
    work(file)
    assert states(file) == ["imported", "imported", "imported", "skipped"]
    assert page(finance, file).text.count('data-state="imported"') == 3
    finance.post(reverse("charges:import_undo", args=[file.id]))
    assert work(file).status == "undone"
    assert page(finance, file).text.count('data-state="undone"') == 3


def test_the_page_reads_no_more_queries_for_more_rows(
    finance: Client, tenant: Tenant, by: Membership, monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    monkeypatch.setattr(imports, "PAGE", 3)
    file = checked(tenant, *[line(number=str(n), amount="x") for n in range(8)], by=by)
    with django_assert_max_num_queries(32):
        first = page(finance, file).text
    numbers = re.findall(r"Linha (\d+)<", first)
    more = re.search(r'hx-get="([^"]+apos[^"]+)"', first)
    assert more is not None
    second = finance.get(more[1].replace("&amp;", "&"), headers=HTMX).text

    assert (numbers, re.findall(r"Linha (\d+)<", second)) == (["2", "3", "4"], ["5", "6", "7"])


def test_a_file_that_is_none_is_told_at_its_field(finance: Client, tenant: Tenant) -> None:
    answer = upload(finance, b"\x89PNG\r\n")

    assert answer.status_code == 422
    assert answer.context["form"].errors.as_data()["file"][0].code == "another_kind"
    assert upload(finance, b"").status_code == 422
    with tenant_scope(tenant.id):
        assert not ImportFile.objects.of(tenant).exists()


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER])
def test_who_does_not_enter_charges_is_not_let_in(
    client: Client, tenant: Tenant, by: Membership, account: BankAccount, role: Role
) -> None:
    file = checked(tenant, line(), by=by)
    sign_in(client, make_member(tenant, role), tenant)

    assert page(client, file).status_code == 403
    assert upload(client, b"x").status_code == 403
    assert client.post(reverse("charges:import_apply", args=[file.id])).status_code == 403
    listed = client.get(reverse("charges:list")).text
    assert reverse("charges:import_new") not in listed
    assert reverse("charges:export", args=["xlsx"]) in listed


def test_templates_and_the_file_of_errors_are_files(
    finance: Client, tenant: Tenant, by: Membership
) -> None:
    file = checked(tenant, line(amount="x"), by=by)
    errors = finance.get(reverse("charges:import_errors", args=[file.id]))

    assert read_back(errors.content)[1][3] == "x"
    for kind in ("cobrancas", "pagadores"):
        made = finance.get(reverse("charges:import_template", args=[kind]))
        assert read_back(made.content)[0][0] == "CPF/CNPJ"
    assert finance.get(reverse("charges:import_template", args=["outro"])).status_code == 404


# --- Lists as files ---------------------------------------------------------------------------


def csv_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


def test_the_export_is_what_the_list_shows(
    finance: Client, tenant: Tenant, account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PAGE", 2)  # so that pages are turned
    payer = make_payer(tenant, name="=HYPERLINK(1)", document=CNPJ)
    for day in (10, 11, 12, 13, 14):
        make_charge(
            tenant, account, "1250.50", payer=payer, due_date=date(2026, 12, day),
            description="-2+3", document_number="@x",
        )  # fmt: skip
    make_charge(tenant, account, due_date=date(2027, 1, 10))
    query = "?situacao=rascunhos&ate=2026-12-31&ordem=recentes"

    titles, *lines = csv_of(finance.get(reverse("charges:export", args=["csv"]) + query))
    due, amount = titles.index("Vencimento"), titles.index("Valor")
    assert [cells[due] for cells in lines] == [f"{day}/12/2026" for day in (14, 13, 12, 11, 10)]
    assert {cells[amount] for cells in lines} == {"1250,50"}
    assert (lines[0][0], lines[0][2], lines[0][3]) == ("'=HYPERLINK(1)", "'-2+3", "'@x")

    made = finance.get(reverse("charges:export", args=["xlsx"]) + query)
    head, *cells = read_back(made.content)
    assert (head, len(cells)) == (titles, 5)
    assert (cells[0][0], cells[0][amount]) == ("=HYPERLINK(1)", 1250.5)
    assert cells[0][due].date() == date(2026, 12, 14)
    with tenant_scope(tenant.id):
        assert Record.objects.of(tenant).filter(act=Act.EXPORTED).count() == 2


def test_more_than_a_spreadsheet_takes_is_only_a_csv(
    finance: Client, tenant: Tenant, account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charges.views.export.MOST_IN_XLSX", 1)
    make_charge(tenant, account)
    make_charge(tenant, account)
    query = "?situacao=rascunhos"

    refused = finance.get(reverse("charges:export", args=["xlsx"]) + query)
    assert refused.headers["Location"].startswith(reverse("charges:list"))
    assert len(csv_of(finance.get(reverse("charges:export", args=["csv"]) + query))) == 3


def test_an_export_comes_back_as_an_import(
    finance: Client, tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    """Its headings are known, and what is here already is asked about."""
    make_charge(tenant, account, payer=make_payer(tenant, document=CNPJ))
    made = finance.get(reverse("charges:export", args=["xlsx"]) + "?situacao=rascunhos").content
    assert states(checked(tenant, by=by, content=made)) == ["doubtful"]

    payers = finance.get(reverse("registers:payers_export", args=["xlsx"])).content
    file = checked(tenant, by=by, content=payers, kind="payers")
    assert (states(file), file.ignored) == (["known"], ["Em aberto", "Vencido", "Pago"])
    assert len(csv_of(finance.get(reverse("registers:payers_export", args=["csv"])))) == 2


def test_an_import_makes_what_the_list_shows(
    finance: Client, tenant: Tenant, by: Membership
) -> None:
    file = checked(tenant, line(), by=by)
    finance.post(reverse("charges:import_apply", args=[file.id]))
    work(file)
    with tenant_scope(tenant.id):
        charge = Charge.objects.of(tenant).get()

    assert str(charge.id) in finance.get(reverse("charges:list") + "?situacao=rascunhos").text
    assert reread(file).imported_at is not None
