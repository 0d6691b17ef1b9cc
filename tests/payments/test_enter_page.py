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
from tests.payments.make import (
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
    (BOLETO[:-1] + "7", "dígito verificador geral"),  # the amount, one centavo more
    ("40390001070000000001823456789017816390000123456", "1º campo"),
    (BOLETO[:-1], "46 dígitos"),
    (BOLETO + "00", "49 dígitos"),
    (BOLETO[:-1] + "A", "só pode ter números"),
    ("9" * 10_000, "no máximo 120"),
    ("", "obrigatório"),
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
    ("field", "typed", "reason"),
    [
        ("amount", "0,00", "maior que zero"),
        ("amount", "-10,00", "negativo"),
        ("amount", "10,123", "centavos demais"),
        ("amount", "1.000.000.000,00", "maior valor"),
        ("amount", "muito", "Não entendemos"),
        ("amount", "9" * 10_000, "no máximo 60"),
        ("amount", "", "obrigatório"),
        ("due_date", "31/02/2026", "não existe"),
        ("due_date", "amanhã", "não existe"),
        ("due_date", "0" * 10_000, "não existe"),
        ("due_date", "", "obrigatório"),
        ("payee_name", "A" * 10_000, "no máximo 120"),
        ("payee_name", "", "obrigatório"),
        ("payee_document", "11.222.333/0001-82", "dígito"),
        ("payee_document", "529.982.247-26", "dígito"),
        ("payee_document", "1" * 10_000, "no máximo 40"),
        ("bank_code", "Banco nenhum", "Não encontramos este banco"),
        ("bank_code", "", "obrigatório"),
        ("branch", "12345", "até 4"),
        ("branch", "", "obrigatório"),
        ("account", "45678-X", "digite 0"),
        ("account", "9" * 10_000, "no máximo 40"),
        ("account_type", "gold", "válida"),
        ("description", "A" * 10_000, "no máximo 140"),
        ("expense_account", "", "obrigatório"),
        ("expense_account", "01940000-0000-7000-8000-000000000000", "válida"),
        ("expense_account", "outra", "válid"),
        ("bank_account", "01940000-0000-7000-8000-000000000000", "válida"),
        ("method", "cheque", "válida"),
        ("method", "", "Escolha TED, boleto ou Pix"),
    ],
)
def test_bad_input_of_a_ted_is_refused_at_its_field(
    as_operator: Client, tenant: Tenant, field: str, typed: str, reason: str
) -> None:
    response = enter(as_operator, ted(tenant, **{field: typed}))

    errors = errors_of(response)
    assert list(errors) == [field]
    assert reason in str(errors[field])
    with tenant_scope(tenant.id):
        assert not Payable.objects.of(tenant).exists()


def test_a_date_beyond_the_calendar_of_banks_is_refused(
    as_operator: Client, tenant: Tenant
) -> None:
    errors = errors_of(enter(as_operator, ted(tenant, due_date="31/12/2199")))

    assert "calendário bancário" in str(errors["due_date"])


@pytest.mark.parametrize(("line", "reason"), WRONG_LINES)
def test_a_wrong_line_is_refused_with_its_reason(
    as_operator: Client, tenant: Tenant, line: str, reason: str
) -> None:
    errors = errors_of(enter(as_operator, boleto(tenant, line)))

    assert list(errors) == ["linha_digitavel"]
    assert reason in str(errors["linha_digitavel"])


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("amount", "1.234,57", "A linha digitável diz R$ 1.234,56"),
        ("due_date", "24/11/2026", "vence em 23/11/2026"),
        ("amount", "1,234", "centavos demais"),
        ("due_date", "31/11/2026", "não existe"),
    ],
)
def test_a_boleto_is_not_entered_against_its_line(
    as_operator: Client, tenant: Tenant, field: str, typed: str, reason: str
) -> None:
    errors = errors_of(enter(as_operator, boleto(tenant, **{field: typed})))

    assert list(errors) == [field]
    assert reason in str(errors[field]).replace("\xa0", " ")


def test_what_a_line_does_not_say_has_to_be_typed(as_operator: Client, tenant: Tenant) -> None:
    errors = errors_of(enter(as_operator, boleto(tenant, PHONE_BILL)))

    assert list(errors) == ["due_date"]
    assert "Digite o vencimento" in str(errors["due_date"])


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

    assert "já foi lançado" in str(errors_of(response)["linha_digitavel"])
    link = reverse("payments:detail", args=[the_only_payable(tenant).id])
    assert f'<a href="{link}">Ver essa conta</a>' in response.content.decode()


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

    assert "já estava cadastrado como «Fornecedor Exemplo ME»" in response.content.decode()


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


@pytest.mark.parametrize(("line", "reason"), WRONG_LINES)
def test_a_wrong_line_is_explained_before_it_is_sent(
    as_operator: Client, line: str, reason: str
) -> None:
    response = as_operator.post(reverse("payments:read_line"), {"linha_digitavel": line})

    assert response.status_code == 200
    assert reason in response.content.decode()


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
