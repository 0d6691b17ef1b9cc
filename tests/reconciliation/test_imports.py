"""«Outro banco» and its statement files, by their pages."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from banking.models import BankAccount, StatementFile
from charges.terms.accounts import issuing_accounts
from payments.rails.debit_account import usable_accounts
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.factories import change, make_account, make_daily_balance, make_line, reread
from tests.banking.files.making import cnab240, cnab240_file, detail, lot, workbook
from tests.banking.imports.making import csv, lines, make_other, ofx, work
from tests.cast import make_member, sign_in
from tests.people.factories import membership_of
from tests.reading import codes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
OTHER = reverse("banking:other")
TYPED = {
    "bank_code": "341",
    "bank_label": "",
    "branch": "1234",
    "number": "12345-6",
    "holder_name": "Oficina Modelo Ltda",
    "holder_document": "11.444.777/0001-61",
}
FEE = ("2026-11-10", "-1.20", "TARIFA PIX")
SALE = ("2026-11-11", "500.00", "PIX RECEBIDO ALFA")


@pytest.fixture
def operator_in(client, tenant, operator):
    sign_in(client, operator, tenant)
    return client


@pytest.fixture
def other(tenant, operator):
    return make_other(tenant, membership_of(tenant, operator))


def accounts(tenant):
    with tenant_scope(tenant.id):
        return list(BankAccount.objects.of(tenant).select_related("ledger_account"))


def upload(client, account, *contents, name="extrato.ofx"):
    files = [SimpleUploadedFile(name, content) for content in contents]
    return client.post(reverse("reconciliation:imports", args=[account.id]), {"file": files})


def newest(tenant):
    with tenant_scope(tenant.id):
        return StatementFile.objects.of(tenant).latest("created_at")


def post(client, name, file, **data):
    return client.post(reverse(f"reconciliation:{name}", args=[file.id]), data)


def page(client, file, query=""):
    return client.get(reverse("reconciliation:import", args=[file.id]) + query)


def test_lines_of_an_account_by_file_are_not_said_to_come_by_themselves(
    client, tenant, operator, reader, other
):
    send = reverse("reconciliation:imports", args=[other.id])
    for person, may_send in ((operator, True), (reader, False)):
        sign_in(client, person, tenant)
        told = client.get(reverse("reconciliation:reconcile")).content.decode()
        assert "automaticamente" not in told
        assert (f'href="{send}">Enviar extrato' in told) == may_send


def test_another_bank_is_added_with_its_account_in_the_books(operator_in, tenant):
    response = operator_in.post(OTHER, TYPED)

    (account,) = accounts(tenant)
    assert response.status_code == 302
    assert (account.bank_name, account.number) == ("Itaú", "12345-6")
    assert account.ledger_account.is_bank_leaf
    assert not account.is_preferred


def test_the_same_account_is_not_added_twice(operator_in, tenant):
    operator_in.post(OTHER, TYPED)

    response = operator_in.post(OTHER, TYPED)
    assert response.status_code == 422
    assert codes(response.context["form"]) == {"number": ["known_account"]}
    assert len(accounts(tenant)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bank_code", "3x"),
        ("branch", ""),
        ("number", "conta"),
        ("holder_document", "123"),
        ("holder_name", ""),
    ],
)
def test_what_cannot_be_read_is_marked_where_it_was_typed(operator_in, tenant, field, value):
    response = operator_in.post(OTHER, {**TYPED, field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert accounts(tenant) == []


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_only_admins_and_finance_add_accounts_and_send_files(client, tenant, other, role):
    sign_in(client, make_member(tenant, role), tenant)

    assert client.post(OTHER, TYPED).status_code == 403
    assert client.get(reverse("reconciliation:imports", args=[other.id])).status_code == 403


def test_every_page_and_list_opens_with_such_an_account(client, tenant, admin, other):
    sign_in(client, admin, tenant)
    make_line(other, "-10.00", is_from_file=True)
    names = [
        "reconciliation:reconcile", "integrations:list", "integrations:plans", "banking:choose",
        "payments:list", "payments:runs", "payments:new", "payments:rules", "charges:list",
        "charges:new", "charges:import_new", "accounts:entries", "home",
    ]  # fmt: skip
    opened = {name: client.get(reverse(name)).status_code for name in names}
    of_account = [
        f"{reverse('reconciliation:reconcile')}?conta={other.id}",
        reverse("integrations:account", args=[other.id]),
        reverse("integrations:diagnosis", args=[other.id]),
        reverse("integrations:ledger_account", args=[other.id]),
        reverse("integrations:disconnect", args=[other.id]),
        reverse("reconciliation:sync_status", args=[other.id]),
        reverse("reconciliation:imports", args=[other.id]),
    ]
    opened |= {address: client.get(address).status_code for address in of_account}

    assert len(opened) > 12
    assert {name: status for name, status in opened.items() if status not in {200, 302}} == {}


def test_it_is_never_offered_to_pay_or_to_collect(client, tenant, admin, other):
    with tenant_scope(tenant.id):
        assert other.id not in usable_accounts(tenant.id)
        assert other.id not in issuing_accounts(tenant)
        assert BankAccount.objects.of(tenant).in_plan().filter(id=other.id).exists()
    sign_in(client, admin, tenant)
    for name in ("prefer", "modo_banking"):
        client.post(reverse(f"integrations:{name}", args=[other.id]), {"on": "on"})
    assert not reread(other).is_preferred
    assert reread(other).modo_banking_from is None


def test_a_file_is_sent_compared_applied_and_undone(operator_in, tenant, other):
    response = upload(operator_in, other, ofx(FEE, SALE))
    file = newest(tenant)
    assert response.url == reverse("reconciliation:import", args=[file.id])
    assert page(operator_in, file).status_code == 200  # at work

    file = work(file)
    shown = page(operator_in, file)
    assert shown.context["totals"].new == 2
    assert b"Aplicar 2 novas" in shown.content

    post(operator_in, "import_apply", file)
    file = work(file)
    assert lines(other) == [("11-10", "-1.20"), ("11-11", "500.00")]
    shown = page(operator_in, file)
    assert shown.context["effect"].withdrawn == 2

    post(operator_in, "import_undo", file)
    file = work(file)
    assert lines(other) == []
    assert page(operator_in, file).status_code == 200


def test_several_files_are_sent_at_once(operator_in, tenant, other):
    upload(operator_in, other, ofx(FEE), csv(SALE))

    with tenant_scope(tenant.id):
        assert StatementFile.objects.of(tenant).count() == 2


def test_columns_are_said_once(operator_in, tenant, other):
    content = b"Quando;Que foi;Quanto\n10/11/2026;TARIFA;-1,20\n"
    upload(operator_in, other, content)
    file = work(newest(tenant))
    assert page(operator_in, file).status_code == 200

    bad = post(operator_in, "import_columns", file, headings="1", date="", text="1")
    assert bad.status_code == 422
    post(operator_in, "import_columns", file, headings="1", date="0", amount="2", text="1")
    file = work(file)
    assert page(operator_in, file).context["totals"].new == 1

    upload(operator_in, other, content.replace(b"10/11", b"12/11"))
    again = work(newest(tenant))
    assert (again.id != file.id, again.status) == (True, StatementFile.Status.READY)


def test_columns_of_a_file_without_headings_are_said_of_it_alone(operator_in, tenant, other):
    upload(operator_in, other, b"10/11/2026;TARIFA;1,20\n")
    file = work(newest(tenant))
    post(operator_in, "import_columns", file, headings="0", date="0", amount="2", text="1")
    assert page(operator_in, work(file)).context["totals"].new == 1

    upload(operator_in, other, b"Extrato\n\nData;Valor;Historico\n12/11/2026;-2,00;PIX\n")

    assert page(operator_in, work(newest(tenant))).context["totals"].new == 1


def test_a_doubt_is_asked_and_answered_on_the_page(operator_in, tenant, other):
    upload(operator_in, other, ofx(FEE, SALE))
    file = work(newest(tenant))
    post(operator_in, "import_apply", file)
    work(file)
    upload(operator_in, other, csv(FEE, ("2026-11-12", "500.00", "PIX REC")), name="x.csv")
    file = work(newest(tenant))
    shown = page(operator_in, file)
    (day,) = shown.context["page"].days
    (pair,) = day.pairs

    post(operator_in, "import_answer", file, row=str(pair.row.id), answer="same")
    post(operator_in, "import_apply", file)
    work(file)
    assert lines(other) == [("11-10", "-1.20"), ("11-11", "500.00")]


def test_rows_that_the_bank_does_not_tell_are_left_out_at_once_and_never_called_the_same(
    operator_in, tenant, admin
):
    account = make_account(tenant, admin)
    day = make_line(account, "500.00").booked_on
    make_daily_balance(account, day, "500.00")
    change(account, synced_at=NOW)
    upload(operator_in, account, csv((f"{day}", "-77.00", "A"), (f"{day}", "-78.00", "B")))
    file = work(newest(tenant))

    asked = page(operator_in, file).content.decode()
    assert 'name="question" value="enter"' in asked
    assert 'name="question" value="same"' not in asked
    post(operator_in, "import_answer", file, question="enter", answer="same")
    assert page(operator_in, file).context["totals"].unanswered == 0
    post(operator_in, "import_apply", file)
    assert len(lines(account)) == 1


def test_an_answer_names_its_rows_or_a_question(operator_in, tenant, other):
    upload(operator_in, other, ofx(FEE, SALE))
    post(operator_in, "import_apply", work(newest(tenant)))
    work(newest(tenant))
    upload(operator_in, other, csv(FEE, ("2026-11-12", "500.00", "PIX REC")), name="x.csv")
    file = work(newest(tenant))

    post(operator_in, "import_answer", file, answer="same")

    assert page(operator_in, file).context["totals"].unanswered == 1


@pytest.mark.parametrize("show", ["novas", "duvidas", "faltam", "aqui", "fora", "repetidas"])
def test_every_kind_of_row_has_its_list(operator_in, tenant, other, show):
    make_line(other, "-9.00", day=date(2026, 11, 10))
    upload(operator_in, other, ofx(FEE, SALE, ("2026-12-24", "1.00", "FUTURO")))
    file = work(newest(tenant))

    assert page(operator_in, file, f"?mostrar={show}").status_code == 200


def day_balances(client, file, query=""):
    return [
        (str(day.balance.told), day.balance.difference)
        for day in page(client, file, query).context["page"].days
    ]


def test_the_balance_that_the_file_tells_of_a_day_is_held_against_what_is_here(
    operator_in, tenant, other
):
    upload(operator_in, other, ofx(FEE, SALE, closing="1498.80", on="20261111"))
    file = work(newest(tenant))
    assert day_balances(operator_in, file) == [("998.80", None), ("1498.80", None)]
    post(operator_in, "import_apply", file)
    file = work(file)
    assert day_balances(operator_in, file) == [("998.80", 0), ("1498.80", 0)]

    late = ("2026-11-11", "-7.00", "TARIFA")
    upload(operator_in, other, ofx(SALE, late, closing="1500.00", on="20261111"))
    file = work(newest(tenant))
    # 1.498,80 are here, and 7,00 would leave.
    assert day_balances(operator_in, file, "?mostrar=novas") == [("1500.00", Decimal("8.20"))]
    assert "não fecha por" in page(operator_in, file, "?mostrar=novas").content.decode()


PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256))
OF_CHARGES = cnab240_file(lot(detail()).replace("E0440032", "T0100060")).encode()


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("extrato.ofx", PICTURE, "imagem"),
        ("retorno.ret", OF_CHARGES, "retorno de cobrança"),
        ("retorno.txt", b"02RETORNO01COBRANCA       ".ljust(400), "retorno de cobrança"),
    ],
)
def test_what_holds_no_statement_is_told_in_words_and_stores_nothing(
    operator_in, tenant, other, name, content, word
):
    upload(operator_in, other, content, name=name)
    file = work(newest(tenant))

    assert file.status == StatementFile.Status.REFUSED
    assert word in page(operator_in, file).content.decode()
    assert lines(other) == []


SHEET = workbook(["Data", "Histórico", "Valor"], [date(2026, 11, 3), "PIX", 20])


@pytest.mark.parametrize(
    ("name", "content"), [("e.ret", cnab240().encode()), ("e.xlsx", SHEET)], ids=["cnab", "xlsx"]
)
def test_a_cnab_statement_and_a_sheet_are_sent_as_an_ofx_is(
    operator_in, tenant, other, name, content
):
    upload(operator_in, other, content, name=name)
    file = work(newest(tenant))
    assert page(operator_in, file).context["totals"].new == 1

    post(operator_in, "import_apply", file, is_of_account="on")
    work(file)
    assert lines(other) == [("11-03", "20.00")]


def test_what_is_no_statement_is_told_on_the_page(operator_in, tenant, other):
    upload(operator_in, other, b"%PDF-1.4 nada")

    assert b"PDF" in page(operator_in, work(newest(tenant))).content
    empty = upload(operator_in, other)
    assert codes(empty.context["form"]) == {"file": ["required"]}


def test_another_company_sees_no_file(client, tenant, other_tenant, outsider, operator, other):
    sign_in(client, operator, tenant)
    upload(client, other, ofx(FEE))
    file = work(newest(tenant))
    sign_in(client, outsider, other_tenant)

    assert page(client, file).status_code == 404
    assert post(client, "import_apply", file).status_code == 404


def test_an_account_with_an_integration_takes_files_too(operator_in, tenant, admin):
    account = make_account(tenant, admin)
    upload(operator_in, account, ofx(FEE))

    assert page(operator_in, work(newest(tenant))).context["totals"].new == 1
