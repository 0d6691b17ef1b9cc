"""«Nova conta a pagar»: what is accepted, and what is refused with a clear message."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import Payable
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.payments.bill_form import boleto, classification, enter, errors_of, ted, the_only_payable
from tests.payments.factories import (
    BOLETO,
    CITY_TAX,
    PHONE_BILL,
    SUPPLIER,
    TODAY,
    make_bank_account,
    make_payable,
    move,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

WRONG_LINES = [
    BOLETO[:-1] + "7",  # the amount, one centavo more
    "40390001070000000001823456789017816390000123456",
    BOLETO[:-1],
    BOLETO + "00",
    BOLETO[:-1] + "A",
    "9" * 10_000,
    "",
]


def test_a_ted_is_entered_and_waits_for_approval(
    as_operator: Client, operator: User, tenant: Tenant
) -> None:
    response = enter(as_operator, ted(tenant))

    payable = the_only_payable(tenant)
    assert response.url == reverse("payments:detail", args=[payable.id])
    assert payable.is_pending and payable.created_by == operator
    assert payable.amount == Decimal("1250.00")
    assert payable.payee.document == SUPPLIER
    account = payable.payee_account
    assert (account.bank_code, account.branch, account.account) == ("341", "0123", "456789")


def test_a_boleto_brings_its_amount_and_due_date(as_operator: Client, tenant: Tenant) -> None:
    enter(as_operator, boleto(tenant, "40390.00106 00000.000018 23456.789017 8 16390000123456"))

    payable = the_only_payable(tenant)
    assert payable.method == Payable.Method.BOLETO
    assert payable.linha_digitavel == BOLETO
    assert (payable.amount, payable.due_date) == (Decimal("1234.56"), TODAY)


def test_a_tax_due_on_a_holiday_is_paid_before_it(as_operator: Client, tenant: Tenant) -> None:
    enter(as_operator, boleto(tenant, CITY_TAX, due_date="20/11/2026"))

    payable = the_only_payable(tenant)
    assert f"{payable.due_date} {payable.payment_date}" == "2026-11-20 2026-11-19"


def test_another_bill_due_on_a_holiday_is_paid_after_it(
    as_operator: Client, tenant: Tenant
) -> None:
    enter(as_operator, boleto(tenant, PHONE_BILL, due_date="20/11/2026"))

    payable = the_only_payable(tenant)
    assert f"{payable.due_date} {payable.payment_date}" == "2026-11-20 2026-11-23"


def test_the_date_may_come_as_browsers_send_it(as_operator: Client, tenant: Tenant) -> None:
    enter(as_operator, ted(tenant, due_date="2026-11-25"))

    assert f"{the_only_payable(tenant).due_date}" == "2026-11-25"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount", "0,00"),
        ("amount", "-10,00"),
        ("amount", "10,123"),
        ("amount", "1.000.000.000,00"),
        ("amount", "muito"),
        ("amount", "9" * 10_000),
        ("amount", ""),
        ("due_date", "31/02/2026"),
        ("due_date", "amanhã"),
        ("due_date", "0" * 10_000),
        ("due_date", ""),
        ("payee_name", "A" * 10_000),
        ("payee_name", ""),
        ("payee_document", "11.222.333/0001-82"),
        ("payee_document", "529.982.247-26"),
        ("payee_document", "1" * 10_000),
        ("bank_code", "Banco nenhum"),
        ("bank_code", ""),
        ("bank_code", "99999999"),
        ("branch", "12345"),
        ("branch", ""),
        ("account", "45678-X"),
        ("account", "45678-P"),
        ("account", "12345678901234"),
        ("account", "9" * 10_000),
        ("account_type", "gold"),
        ("description", "A" * 10_000),
        ("expense_account", ""),
        ("expense_account", "01940000-0000-7000-8000-000000000000"),
        ("expense_account", "outra"),
        ("bank_account", "01940000-0000-7000-8000-000000000000"),
        ("method", "cheque"),
        ("method", ""),
    ],
)
def test_bad_input_of_a_ted_is_refused_at_its_field(
    as_operator: Client, tenant: Tenant, field: str, typed: str
) -> None:
    response = enter(as_operator, ted(tenant, **{field: typed}))

    errors = errors_of(response)
    assert list(errors) == [field]
    with tenant_scope(tenant.id):
        assert not Payable.objects.of(tenant).exists()


def test_a_date_beyond_the_calendar_of_banks_is_refused(
    as_operator: Client, tenant: Tenant
) -> None:
    errors = errors_of(enter(as_operator, ted(tenant, due_date="31/12/2199")))

    assert list(errors) == ["due_date"]


@pytest.mark.parametrize("line", WRONG_LINES)
def test_a_wrong_line_is_refused_at_its_field(
    as_operator: Client, tenant: Tenant, line: str
) -> None:
    errors = errors_of(enter(as_operator, boleto(tenant, line)))

    assert list(errors) == ["linha_digitavel"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount", "1.234,57"),
        ("due_date", "24/11/2026"),
        ("amount", "1,234"),
        ("due_date", "31/11/2026"),
    ],
)
def test_a_boleto_is_not_entered_against_its_line(
    as_operator: Client, tenant: Tenant, field: str, typed: str
) -> None:
    errors = errors_of(enter(as_operator, boleto(tenant, **{field: typed})))

    assert list(errors) == [field]


def test_what_a_line_does_not_say_has_to_be_typed(as_operator: Client, tenant: Tenant) -> None:
    errors = errors_of(enter(as_operator, boleto(tenant, PHONE_BILL)))

    assert errors == {"due_date": "missing"}


def test_everything_typed_survives_an_error(as_operator: Client, tenant: Tenant) -> None:
    page = enter(as_operator, ted(tenant, amount="12,345")).content.decode()

    for typed in ("Fornecedor Exemplo ME", "11.222.333/0001-81", "341 · Itaú", "45678-9",
                  "12,345", "25/11/2026", "NF 8841"):  # fmt: skip
        assert f'value="{typed}"' in page
    assert f'<option value="{classification(tenant)}" selected>' in page


def test_a_boleto_is_entered_once_and_the_page_shows_where(
    as_operator: Client, tenant: Tenant
) -> None:
    enter(as_operator, boleto(tenant))

    response = enter(as_operator, boleto(tenant))

    assert errors_of(response) == {"linha_digitavel": "already_entered"}
    link = reverse("payments:detail", args=[the_only_payable(tenant).id])
    assert f'href="{link}"' in response.content.decode()


def test_a_cancelled_boleto_may_be_entered_again(as_operator: Client, tenant: Tenant) -> None:
    move(make_payable(tenant, destination=BOLETO, amount="1234.56"), Payable.Status.CANCELLED)

    enter(as_operator, boleto(tenant))

    with tenant_scope(tenant.id):
        assert Payable.objects.of(tenant).filter(linha_digitavel=BOLETO).count() == 2


def test_another_company_may_have_the_same_boleto(
    as_operator: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    make_payable(other_tenant, destination=BOLETO, amount="1234.56")

    enter(as_operator, boleto(tenant))

    assert the_only_payable(tenant).linha_digitavel == BOLETO


def test_a_known_payee_keeps_its_name_and_the_page_says_so(
    as_operator: Client, tenant: Tenant
) -> None:
    make_payable(tenant, payee_name="Fornecedor Exemplo ME", payee_document=SUPPLIER)

    response = as_operator.post(
        reverse("payments:new"), ted(tenant, payee_name="Outro nome"), follow=True
    )

    assert "«Fornecedor Exemplo ME»" in response.content.decode()


def test_the_account_to_pay_from_may_be_chosen(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    other = make_bank_account(tenant, preferred=False)

    enter(as_operator, ted(tenant, bank_account=str(other.id)))

    assert the_only_payable(tenant).bank_account == other


def test_a_lost_connection_is_no_account_to_pay_from(as_operator: Client, tenant: Tenant) -> None:
    lost = make_bank_account(tenant, connected=False)

    errors = errors_of(enter(as_operator, ted(tenant, bank_account=str(lost.id))))

    assert list(errors) == ["bank_account"]


def test_the_line_fills_in_amount_and_due_date(as_operator: Client) -> None:
    response = as_operator.post(
        reverse("payments:read_line"), {"linha_digitavel": BOLETO}, headers={"HX-Request": "true"}
    )

    page = response.content.decode().replace("\xa0", " ")
    assert "Cora" in page and "R$ 1.234,56" in page and "vence hoje" in page
    assert 'value="1.234,56"' in page and 'value="23/11/2026"' in page


def test_the_line_leaves_alone_what_it_does_not_say(as_operator: Client) -> None:
    response = as_operator.post(reverse("payments:read_line"), {"linha_digitavel": PHONE_BILL})

    page = response.content.decode()
    assert "Telecomunicações" in page and 'value="43,21"' in page
    assert 'id="field-due_date"' not in page


@pytest.mark.parametrize("line", WRONG_LINES)
def test_a_wrong_line_is_explained_before_it_is_sent(as_operator: Client, line: str) -> None:
    response = as_operator.post(reverse("payments:read_line"), {"linha_digitavel": line})

    assert response.status_code == 200
    errors = response.context["errors"]
    assert errors and str(errors) in response.content.decode()


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
@pytest.mark.parametrize("page", ["new", "read_line"])
def test_only_admin_and_finance_enter_bills(
    client: Client, tenant: Tenant, role: Role, page: str
) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.post(reverse(f"payments:{page}"), ted(tenant)).status_code == 403
    with tenant_scope(tenant.id):
        assert not Payable.objects.of(tenant).exists()


def test_the_page_offers_known_payees_and_classifications(
    as_operator: Client, tenant: Tenant
) -> None:
    make_payable(tenant, payee_name="Energia do Sul S.A.")

    page = as_operator.get(reverse("payments:new")).content.decode()

    assert '<option value="Energia do Sul S.A.">11.222.333/0001-81</option>' in page
    assert '<optgroup label="Ocupação">' in page
    assert "Aluguel (5.2.01)" in page
    assert "Contas Correntes" not in page


@pytest.mark.parametrize("method", ["ted", "pix"])
def test_a_bank_that_we_do_not_know_is_asked_about_and_shown_to_who_approves(
    as_operator: Client, tenant: Tenant, method: str
) -> None:
    data = ted(tenant, bank_code="999", method=method, pix_by="account")

    asked = enter(as_operator, data)

    assert errors_of(asked) == {"bank_code": "unknown_bank"}
    about = asked.context["form"].questions["bank_code"].about
    page = asked.content.decode()
    assert f'value="{about}"' in page and 'value="999"' in page

    other = enter(as_operator, data | {"bank_code": "997", "confirmed": about})
    assert errors_of(other) == {"bank_code": "unknown_bank"}

    enter(as_operator, data | {"confirmed": about})
    bill = the_only_payable(tenant)
    assert bill.payee_account.bank_code == "999"
    for shown in (
        as_operator.get(reverse("payments:detail", args=[bill.id])),
        as_operator.get(reverse("payments:list"), {"periodo": "todas"}),
    ):
        assert 'data-warning="unknown_bank"' in shown.content.decode()


def test_a_known_bank_is_no_question(as_operator: Client, tenant: Tenant) -> None:
    response = enter(as_operator, ted(tenant))

    bill = the_only_payable(tenant)
    assert response.status_code == 302
    page = as_operator.get(reverse("payments:detail", args=[bill.id])).content.decode()
    assert 'data-warning="unknown_bank"' not in page


def test_what_is_pasted_with_invisible_characters_is_read(
    as_operator: Client, tenant: Tenant
) -> None:
    enter(
        as_operator,
        ted(
            tenant,
            payee_document="\ufeff11.222.333/0001\u201381",
            bank_code="\u200b341",
            branch="0123\u20114",
            account="45678\u20139\u00a0",
            amount="R$\u00a01.250,00\u200b",
            due_date="\u200e25/11/2026",
        ),
    )

    bill = the_only_payable(tenant)
    account = bill.payee_account
    assert (account.bank_code, account.branch, account.account) == ("341", "0123", "456789")
    assert (bill.payee.document, bill.amount) == (SUPPLIER, Decimal("1250.00"))


PASTED_LINES = [
    "\u200b40390.00106 00000.000018 23456.789017 8 16390000123456",
    "40390.00106\u202f00000.000018\u202f23456.789017\u202f8\u202f16390000123456",
    "40390.00106–00000.000018–23456.789017–8–16390000123456",
]


@pytest.mark.parametrize("line", PASTED_LINES)
def test_a_pasted_line_is_read_on_the_page_and_before(
    as_operator: Client, tenant: Tenant, line: str
) -> None:
    read = as_operator.post(reverse("payments:read_line"), {"linha_digitavel": line})
    enter(as_operator, boleto(tenant, line))

    assert not read.context["errors"] and 'value="1.234,56"' in read.content.decode()
    assert the_only_payable(tenant).linha_digitavel == BOLETO


def test_a_line_without_its_zeros_asks_for_amount_and_due_date(
    as_operator: Client, tenant: Tenant
) -> None:
    short = "341922334645566778895900112233458000"

    assert errors_of(enter(as_operator, boleto(tenant, short))) == {
        "amount": "missing", "due_date": "missing"
    }  # fmt: skip

    enter(as_operator, boleto(tenant, short, amount="150,00", due_date="30/11/2026"))
    bill = the_only_payable(tenant)
    assert bill.linha_digitavel == f"{short[:33]}{'0' * 14}"
    assert bill.amount == Decimal("150.00")
