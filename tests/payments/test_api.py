"""/api/v1/payables/: the same services and validation as the pages."""

import warnings
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from banking.banks.contract.payments import PixCode
from payments.models import Payable
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.brazil import codes
from tests.cast import make_member, sign_in
from tests.payments.bill_api import TED, URL, act, body, count_of, post
from tests.payments.factories import (
    BOLETO,
    DYNAMIC_CODE,
    OPEN_CODE,
    PHONE_BILL,
    PIX_CODE,
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
    move,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

SHORT_LINE = "341922334645566778895900112233458000"


def test_a_ted_is_entered(as_operator: Client, operator: User, tenant: Tenant) -> None:
    response = post(as_operator, body(tenant))

    assert response.status_code == 201
    answer = response.json()
    assert answer["status"] == "pending"
    assert answer["amount"] == "1250.00"
    assert answer["payment_date"] == "2026-11-25"
    assert answer["ted"] == {**TED, "account": "456789"}
    with tenant_scope(tenant.id):
        assert Payable.objects.of(tenant).get(id=answer["id"]).created_by_id == operator.id


def test_a_boleto_brings_amount_and_due_date(as_operator: Client, tenant: Tenant) -> None:
    data = body(tenant, without=("ted", "amount", "due_date"), linha_digitavel=BOLETO)

    answer = post(as_operator, data).json()

    assert (answer["amount"], answer["due_date"]) == ("1234.56", f"{TODAY}")
    assert (answer["method"], answer["linha_digitavel"], answer["ted"]) == ("boleto", BOLETO, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "0.00"),
        ("amount", "-1.00"),
        ("amount", "1.001"),
        ("amount", "1000000000.00"),
        ("amount", "NaN"),
        ("amount", "sNaN"),
        ("amount", "Infinity"),
        ("amount", "1E-999999999"),
        ("amount", "1E+999999999"),
        ("amount", "1E-99999999999999999999"),
        ("amount", "0E-999999999"),
        ("amount", "10.0000000000000000000000000000000001"),
        ("amount", "9" * 10_000),
        ("amount", None),
        ("due_date", "2026-02-31"),
        ("due_date", "2199-12-31"),
        ("payee_name", "A" * 10_000),
        ("payee_name", ""),
        ("payee_document", "11222333000182"),
        ("expense_account", "01940000-0000-7000-8000-000000000000"),
        ("expense_account", "outra"),
        ("bank_account", "01940000-0000-7000-8000-000000000000"),
        ("ted", None),
    ],
)
def test_bad_input_is_refused_at_its_field(
    as_operator: Client, tenant: Tenant, field: str, value: Any
) -> None:
    response = post(as_operator, body(tenant, **{field: value}))

    assert response.status_code in {400, 422}
    answer = response.json()
    assert answer.get("field", next(iter(answer))) == field
    assert count_of(tenant) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bank_code", "Banco nenhum"),
        ("bank_code", "99999999"),
        ("branch", "01234"),
        ("account", "4567-X"),
        ("account", "4567-P"),
        ("account", "12345678901234"),
        ("account_type", "gold"),
    ],
)
def test_a_ted_is_refused_at_the_field_that_is_wrong(
    as_operator: Client, tenant: Tenant, name: str, value: str
) -> None:
    response = post(as_operator, body(tenant, ted={**TED, name: value}))

    assert response.status_code == 400
    assert list(response.json()["ted"]) == [name]
    assert count_of(tenant) == 0


@pytest.mark.parametrize("name", ["amount", "due_date"])
def test_a_ted_needs_amount_and_due_date(as_operator: Client, tenant: Tenant, name: str) -> None:
    response = post(as_operator, body(tenant, without=(name,)))

    assert response.status_code == 400
    assert list(response.json()) == [name]


@pytest.mark.parametrize("changes", [{"linha_digitavel": BOLETO}, {"without": ("ted",)}])
def test_a_bill_is_paid_in_one_way(
    as_operator: Client, tenant: Tenant, changes: dict[str, Any]
) -> None:
    response = post(as_operator, body(tenant, **changes))

    assert response.status_code == 400
    assert list(response.json()) == ["non_field_errors"]


@pytest.mark.parametrize(
    ("pix", "shown"),
    [
        (
            {"key_type": "phone", "key": "(51) 99822-4725"},
            {"key_type": "phone", "key": "+5551998224725"},
        ),
        ({"account": TED}, {"account": {**TED, "account": "456789"}}),
        (
            {"account": {**TED, "account": "1" * 19 + "-2"}},
            {"account": {**TED, "account": "1" * 19 + "2"}},
        ),
        ({"code": OPEN_CODE.payload}, {"code": OPEN_CODE.payload}),
    ],
)
def test_a_pix_is_entered(
    as_operator: Client, tenant: Tenant, pix: dict[str, Any], shown: dict[str, Any]
) -> None:
    response = post(as_operator, body(tenant, without=("ted",), pix=pix))

    assert response.status_code == 201
    answer = response.json()
    nothing = dict.fromkeys(("key_type", "key", "code", "account"))
    assert (answer["method"], answer["ted"], answer["pix"]) == ("pix", None, nothing | shown)


def test_a_pix_code_brings_its_amount(as_operator: Client, tenant: Tenant) -> None:
    data = body(tenant, without=("ted", "amount"), pix={"code": PIX_CODE.payload})

    assert post(as_operator, data).json()["amount"] == "1234.56"


@pytest.mark.parametrize("status", ["pending", "paid"])
@pytest.mark.parametrize("code", [PIX_CODE.payload, OPEN_CODE.payload, codes.LOCATION_AFTER])
def test_a_code_that_may_be_paid_again_is_taken_with_a_warning(
    as_operator: Client, tenant: Tenant, code: str, status: str
) -> None:
    bill = make_payable(tenant, "95.00", destination=PixCode(code), approved=status == "paid")
    if status == "paid":
        move(move(bill, Payable.Status.SENT), Payable.Status.PAID)
    changes: dict[str, Any] = {} if code == PIX_CODE.payload else {"amount": "95.00"}
    changes["accept_duplicates_of"] = [str(bill.id)]
    data = body(tenant, without=("ted", "amount"), pix={"code": code}) | changes

    response = post(as_operator, data)

    assert response.status_code == 201
    answer = response.json()
    assert "repeated_code" in [warning["code"] for warning in answer["warnings"]]
    assert as_operator.get(f"{URL}{answer['id']}/").json()["warnings"] == answer["warnings"]


def test_a_code_for_one_payment_is_refused_the_second_time(
    as_operator: Client, tenant: Tenant
) -> None:
    make_payable(tenant, "95.00", destination=DYNAMIC_CODE)
    data = body(tenant, without=("ted",), pix={"code": DYNAMIC_CODE.payload})

    response = post(as_operator, data)

    assert (response.status_code, list(response.json())) == (400, ["pix_code"])


def test_a_dynamic_code_is_taken_with_the_amount_that_its_address_tells(
    as_operator: Client, tenant: Tenant
) -> None:
    data = body(tenant, without=("ted",), pix={"code": codes.WITH_INTEREST}, amount="105.00")

    assert post(as_operator, data).json()["amount"] == "105.00"


@pytest.mark.parametrize(("code", "warnings"), [("341", []), ("542", ["unknown_bank"])])
def test_any_bank_is_taken_and_one_that_we_do_not_know_is_told(
    as_operator: Client, tenant: Tenant, code: str, warnings: list[str]
) -> None:
    for way in (
        {"ted": {**TED, "bank_code": code}, "amount": "1.00"},
        {"pix": {"account": {**TED, "bank_code": code}}, "amount": "2.00"},
    ):
        response = post(as_operator, body(tenant, without=("ted",)) | way)

        assert response.status_code == 201
        told = [warning["code"] for warning in response.json()["warnings"]]
        assert told == [*warnings, "new_destination"]


def test_a_code_that_also_asks_for_pix_automatico_is_told(
    as_operator: Client, tenant: Tenant
) -> None:
    data = body(tenant, without=("ted",), pix={"code": codes.WITH_RECURRENCE})

    answer = post(as_operator, data).json()

    assert [warning["code"] for warning in answer["warnings"]] == [
        "code_of_unknown_receiver",
        "pix_automatico",
    ]


def test_an_amount_with_an_exponent_is_an_amount(as_operator: Client, tenant: Tenant) -> None:
    assert post(as_operator, body(tenant, amount="1.5E+2")).json()["amount"] == "150.00"


def test_what_is_pasted_with_invisible_characters_is_read(
    as_operator: Client, tenant: Tenant
) -> None:
    changes = {
        "payee_document": "\ufeff11.222.333/0001\u201381",
        "ted": {
            **TED,
            "bank_code": "\u200b341",
            "branch": "0123\u20114",
            "account": "45678\u20139",
        },
        "amount": "\u200b1250.00\ufeff",
    }

    answer = post(as_operator, body(tenant, **changes)).json()

    assert answer["ted"] == {**TED, "account": "456789"}
    assert (answer["payee_document"], answer["amount"]) == ("11222333000181", "1250.00")


@pytest.mark.parametrize(
    ("pix", "field"),
    [
        ({"key": "52998224725"}, "pix"),
        ({"key_type": "cpf", "key": "52998224726"}, "pix_key"),
        ({"code": "000201"}, "pix_code"),
        ({"code": codes.SPACED_KEY}, "pix_code"),
        ({"code": codes.WITHDRAWAL}, "pix_code"),
        ({"key_type": "phone", "key": "+5536999990000"}, "pix_key"),
        ({"code": PIX_CODE.payload}, "amount"),
        ({}, "pix"),
        ({"account": TED, "code": OPEN_CODE.payload}, "pix"),
    ],
)
def test_a_pix_is_held_to_the_same_rules(
    as_operator: Client, tenant: Tenant, pix: dict[str, Any], field: str
) -> None:
    response = post(as_operator, body(tenant, without=("ted",), pix=pix))

    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert count_of(tenant) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"linha_digitavel": BOLETO[:-1] + "7"}, "linha_digitavel"),
        ({"linha_digitavel": BOLETO[:-1]}, "linha_digitavel"),
        ({"linha_digitavel": BOLETO, "amount": "9.99"}, "amount"),
        ({"linha_digitavel": BOLETO, "due_date": "2026-11-24"}, "due_date"),
        ({"linha_digitavel": PHONE_BILL}, "due_date"),
        ({"linha_digitavel": SHORT_LINE}, "amount"),
        ({"linha_digitavel": SHORT_LINE, "amount": "150.00"}, "due_date"),
    ],
)
def test_a_line_is_held_to_the_same_rules(
    as_operator: Client, tenant: Tenant, changes: dict[str, Any], field: str
) -> None:
    bare = body(tenant, without=("ted", "amount", "due_date"))

    response = post(as_operator, bare | changes)

    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert count_of(tenant) == 0


def test_a_boleto_is_entered_once(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, "1234.56", destination=BOLETO)
    bare = body(tenant, without=("ted", "amount", "due_date"))

    response = post(as_operator, bare | {"linha_digitavel": BOLETO})

    assert response.status_code == 400
    assert list(response.json()) == ["linha_digitavel"]
    assert count_of(tenant) == 1


def test_what_is_not_json_is_refused(as_operator: Client) -> None:
    response = as_operator.post(URL, "{", content_type="application/json")

    assert response.status_code == 400


def test_the_newest_bills_come_first_and_may_be_filtered(
    as_operator: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    make_payable(other_tenant)
    first = make_payable(tenant)
    approved = make_payable(tenant, approved=True)

    everything = as_operator.get(URL).json()["results"]
    some = as_operator.get(URL, {"status": "approved", "payment_date__lte": f"{TODAY}"}).json()

    assert {bill["id"] for bill in everything} == {str(first.id), str(approved.id)}
    assert [bill["id"] for bill in some["results"]] == [str(approved.id)]


def test_a_page_of_bills_costs_the_same_queries_whatever_their_number(
    as_operator: Client, tenant: Tenant
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_operator.get(URL).status_code == 200
        return len(captured)

    make_payable(tenant)
    few = queries()
    for _ in range(5):
        make_payable(tenant, approved=True)

    assert queries() == few


def test_what_the_bank_told_stands_in_list_and_detail(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant, provider="kamino")
    boleto = make_payable(tenant, "1234.56", destination=BOLETO, approved=True)
    change(boleto, title_name="Outra Ltda", title_document="11444777000161")
    code = make_payable(tenant, "1234.56", destination=PIX_CODE, approved=True)
    change(code, key_holder_name="Maria Silva", key_holder_document="***.982.247-**")

    listed = {bill["id"]: bill for bill in as_operator.get(URL).json()["results"]}

    for bill in (boleto, code):
        assert as_operator.get(f"{URL}{bill.id}/").json() == listed[str(bill.id)]
    told = listed[str(boleto.id)]
    assert (told["title"]["name"], told["title"]["document"]) == ("Outra Ltda", "11444777000161")
    assert "title_differs" in {each["code"] for each in told["warnings"]}
    assert told["key_holder"] is None
    told = listed[str(code.id)]
    assert told["key_holder"]["name"] == "Maria Silva"
    assert "key_of_another" in {each["code"] for each in told["warnings"]}
    assert told["title"] is None


def test_why_the_bank_told_nothing_is_said(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)  # Cora tells neither
    make_payable(tenant, "1234.56", destination=BOLETO)

    (bill,) = as_operator.get(URL).json()["results"]

    assert bill["title"]["read_at"] is None
    assert "Cora" in bill["title"]["note"]


def test_an_approver_approves(as_approver: Client, tenant: Tenant) -> None:
    payable = make_payable(tenant)

    response = act(as_approver, payable, "approve")

    assert response.status_code == 200
    assert response.json()["status"] == "approved"
    assert reread(payable).status == Payable.Status.APPROVED


def test_nobody_approves_what_they_entered(client: Client, admin: User, tenant: Tenant) -> None:
    payable = make_payable(tenant, by=admin)
    sign_in(client, admin, tenant)

    response = act(client, payable, "approve")

    assert response.status_code == 422
    assert response.json()["code"] == "own_bill"
    assert reread(payable).is_pending


def test_a_bill_is_cancelled(as_operator: Client, tenant: Tenant) -> None:
    payable = make_payable(tenant)

    assert act(as_operator, payable, "cancel", why="Engano").json()["status"] == "cancelled"


def test_what_is_at_the_bank_is_not_cancelled(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    make_order(payable)

    response = act(as_operator, payable, "cancel")

    assert response.status_code == 422
    assert response.json()["code"] == "already_sent"


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.ADMIN, {"", "approve", "cancel"}),
        (Role.FINANCE, {"", "cancel"}),
        (Role.APPROVER, {"approve", "cancel"}),
        (Role.READER, set()),
    ],
)
def test_each_act_is_for_its_roles(
    client: Client, tenant: Tenant, role: Role, allowed: set[str]
) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(URL).status_code == 200
    answers = {name: act(client, make_payable(tenant), name) for name in ("approve", "cancel")}
    answers[""] = post(client, body(tenant))
    assert {name for name, answer in answers.items() if answer.status_code < 300} == allowed
    assert {answers[name].status_code for name in {*answers} - allowed} <= {403}


@pytest.mark.parametrize("path", ["", "approve/", "cancel/"])
def test_to_an_outsider_the_bill_does_not_exist(
    as_outsider: Client, tenant: Tenant, path: str
) -> None:
    payable = make_payable(tenant)
    url = f"{URL}{payable.id}/{path}"

    response = post(as_outsider, url=url) if path else as_outsider.get(url)

    assert response.status_code == 404
    assert reread(payable).is_pending


def test_another_companys_classification_is_not_ours(
    as_outsider: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    response = post(as_outsider, body(tenant))

    assert response.status_code == 400
    assert "expense_account" in response.json()


def test_strangers_and_people_without_a_company_are_kept_out(client: Client, db: None) -> None:
    assert client.get(URL).status_code == 403


def test_what_fails_half_way_leaves_nothing(as_operator: Client, tenant: Tenant) -> None:
    post(as_operator, body(tenant, due_date="2199-12-31"))

    with tenant_scope(tenant.id):
        assert not Payable.objects.of(tenant).exists()


def test_a_forged_cursor_is_refused(as_operator: Client) -> None:
    assert as_operator.get(URL, {"cursor": "x"}).status_code == 404


def test_the_schema_is_published_without_warnings(as_operator: Client) -> None:
    GENERATOR_STATS.reset()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        schema = SchemaGenerator().get_schema(request=None, public=True)

    assert not GENERATOR_STATS
    assert {f"{URL}", f"{URL}{{id}}/", f"{URL}{{id}}/approve/", f"{URL}{{id}}/cancel/"} <= {
        *schema["paths"]
    }
    assert as_operator.get("/api/v1/schema/").status_code == 200


def test_ids_are_uuids(as_operator: Client) -> None:
    assert as_operator.get(f"{URL}{UUID(int=1)}/").status_code == 404
    assert as_operator.get(f"{URL}1/").status_code == 404
