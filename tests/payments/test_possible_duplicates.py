"""The same debt on two bills is asked about, and shown to whoever approves."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.acts import Act
from payments.bills.edit import edit_payable, version_of
from payments.bills.possible_duplicates import SAID_DIFFERENT, PossibleDuplicate, similar_to
from payments.models import Acknowledgement, Payable, PayableEvent
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.banking.factories import reread
from tests.cast import sign_in
from tests.payments.bill_api import URL, body, post
from tests.payments.bill_form import ted
from tests.payments.factories import (
    BOLETO,
    ITAU,
    PIX_CODE,
    PIX_KEY,
    TODAY,
    make_payable,
    member_of,
    move,
    typed_as,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

OTHER = "11444777000161"
ELSEWHERE = ITAU.__class__("341", "0123", "999999", ITAU.account_type)
LATER = TODAY + timedelta(days=15)


def similar(payable: Payable) -> list[Any]:
    with tenant_scope(payable.tenant_id):
        found = Payable.objects.of(payable.tenant_id).with_cautions().get(id=payable.id)
        return [each.id for each in similar_to(found)]


@pytest.mark.parametrize(
    "second",
    [
        {},
        {"due_date": LATER},
        {"payee_document": OTHER},
        {"destination": ELSEWHERE},
        {"destination": ELSEWHERE, "amount": "1.00", "description": "nota fiscal nº 8.841"},
        {"destination": ELSEWHERE, "amount": "1.00", "description": "NF-e 0008841",
         "due_date": TODAY + timedelta(days=90)},
    ],
    ids=["all", "day", "same account", "same payee", "number", "number later"],
)  # fmt: skip
def test_they_may_be_the_same_debt(tenant: Tenant, second: dict[str, Any]) -> None:
    first = make_payable(tenant, "150.00", description="NF 8841")
    other = make_payable(tenant, **{"amount": "150.00", **second})

    assert similar(other) == [first.id]
    assert similar(first) == [other.id]


@pytest.mark.parametrize(
    "second",
    [
        {"due_date": LATER + timedelta(days=1)},
        {"amount": "150.01"},
        {"amount": "1.00", "description": "NF 8842 de 8841 itens"},
        {"payee_document": OTHER, "destination": ELSEWHERE, "description": "NF 8841"},
    ],
    ids=["day", "amount", "number", "another payee"],
)
def test_they_are_not_the_same_debt(tenant: Tenant, second: dict[str, Any]) -> None:
    make_payable(tenant, "150.00", description="NF 8841")

    assert similar(make_payable(tenant, **{"amount": "150.00", **second})) == []


def test_the_boleto_and_the_pix_code_of_one_charge_are_found(tenant: Tenant) -> None:
    boleto = make_payable(tenant, "1234.56", destination=BOLETO)

    assert similar(make_payable(tenant, "1234.56", destination=PIX_CODE)) == [boleto.id]


def test_a_key_is_found_under_another_name(tenant: Tenant) -> None:
    first = make_payable(tenant, destination=PIX_KEY)

    assert similar(make_payable(tenant, destination=PIX_KEY, payee_document=OTHER)) == [first.id]


def test_what_was_cancelled_is_no_debt(tenant: Tenant) -> None:
    first = make_payable(tenant)
    move(first, Payable.Status.CANCELLED)

    assert similar(make_payable(tenant)) == []


def test_the_author_is_asked_and_the_answer_never_hides_it_from_the_approver(
    client: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    first = make_payable(tenant, "150.00")
    sign_in(client, operator, tenant)
    typed = ted(tenant, amount="150,00")
    address = reverse("payments:new")

    asked = client.post(address, typed)
    assert asked.status_code == 200
    assert f"debt {first.id}" in asked.content.decode()
    assert count(tenant) == 1

    client.post(address, {**typed, "confirmed": [f"debt {first.id}"]})
    assert count(tenant) == 2
    with tenant_scope(tenant.id):
        said = Acknowledgement.objects.of(tenant).get()
    assert (said.other_id, said.person_id) == (first.id, operator.pk)
    sign_in(client, approver, tenant)
    for payable in (said.payable_id, first.id):
        page = client.get(reverse("payments:detail", args=[payable])).content.decode()
        assert 'data-warning="possible_duplicate"' in page
        assert operator.display_name in page


def test_the_api_names_them_and_takes_the_word_of_the_program(
    as_operator: Client, tenant: Tenant
) -> None:
    first = make_payable(tenant, "150.00")
    data = body(tenant, amount="150.00", due_date=TODAY.isoformat())

    refused = post(as_operator, data)
    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["ids"]) == (
        "possible_duplicate", [str(first.id)]
    )  # fmt: skip
    assert count(tenant) == 1

    taken = post(as_operator, {**data, "accept_duplicates_of": [str(first.id)]})
    assert taken.status_code == 201
    assert "possible_duplicate" in [w["code"] for w in taken.json()["warnings"]]


def count(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return Payable.objects.of(tenant).count()


def test_a_list_of_many_costs_as_many_queries_as_one_of_few(
    client: Client, tenant: Tenant, approver: User
) -> None:
    sign_in(client, approver, tenant)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("payments:list"))
        return len(caught)

    make_payable(tenant)
    few = queries()
    for _ in range(6):
        make_payable(tenant)
    assert queries() == few


# --- When a bill is changed -------------------------------------------------------------------


def edit(payable: Payable, by: User, *accepted: Any, **changes: Any) -> Payable:
    """As the page and the API do it."""
    bill = reread(payable)
    with tenant_scope(bill.tenant_id):
        return edit_payable(
            bill, by=member_of(bill.tenant, by), seen=version_of(bill),
            accept_duplicates_of=accepted, **typed_as(bill, **changes),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("second", "changes"),
    [
        ({"amount": "90.00"}, {"amount": Decimal("150.00")}),
        ({"due_date": LATER + timedelta(days=5)}, {"due_date": LATER}),
        ({"amount": "1.00"}, {"description": "nota fiscal nº 8.841"}),
        ({"payee_document": OTHER, "destination": ELSEWHERE}, {"destination": ITAU}),
    ],
    ids=["amount", "day", "number", "account"],
)
def test_a_bill_that_is_changed_into_a_twin_is_asked_about(
    tenant: Tenant, operator: User, second: dict[str, Any], changes: dict[str, Any]
) -> None:
    first = make_payable(tenant, "150.00", description="NF 8841")
    other = make_payable(tenant, **{"amount": "150.00", **second})

    with pytest.raises(PossibleDuplicate) as asked:
        edit(other, operator, **changes)
    assert asked.value.ids == [first.id]
    assert reread(other).amount == other.amount

    edit(other, operator, first.id, **changes)
    assert similar(other) == [first.id]


def accepted_twin(tenant: Tenant, client: Client, first: Payable) -> Payable:
    data = body(tenant, amount="150.00", due_date=TODAY.isoformat())
    made = post(client, {**data, "accept_duplicates_of": [str(first.id)]})
    found: Payable = reread(Payable(id=made.json()["id"], tenant=tenant))
    return found


def test_a_pair_that_was_accepted_and_did_not_change_is_not_asked_again(
    as_operator: Client, tenant: Tenant, operator: User
) -> None:
    first = make_payable(tenant, "150.00")
    second = accepted_twin(tenant, as_operator, first)

    edit(second, operator, description="Serviço de novembro")

    assert reread(second).description == "Serviço de novembro"
    with tenant_scope(tenant.id):
        assert Acknowledgement.objects.of(tenant).count() == 1


def test_a_pair_that_changed_is_asked_again(
    as_operator: Client, tenant: Tenant, operator: User
) -> None:
    first = make_payable(tenant, "150.00")
    second = accepted_twin(tenant, as_operator, first)

    with pytest.raises(PossibleDuplicate):
        edit(second, operator, due_date=TODAY + timedelta(days=1))


def test_the_page_asks_keeps_what_was_typed_and_never_hides_the_pair(
    client: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    first, second = make_payable(tenant, "150.00"), make_payable(tenant, "90.00", by=operator)
    sign_in(client, operator, tenant)
    address = reverse("payments:edit", args=[second.id])
    seen = client.get(address).context["form"]["seen"].value()
    typed = ted(tenant, amount="150,00", description="Frete", seen=seen)

    asked = client.post(address, typed)

    assert asked.status_code == 200
    form = asked.context["form"]
    assert form.errors.as_data()["__all__"][0].code == "possible_duplicate"
    assert (form["amount"].value(), form["description"].value()) == ("150,00", "Frete")
    text = asked.content.decode()
    assert f'data-look-alike="{first.id}"' in text and f'value="debt {first.id}"' in text
    assert reread(second).amount == Decimal("90.00")

    client.post(address, {**typed, "confirmed": [f"debt {first.id}"]})

    assert reread(second).amount == Decimal("150.00")
    with tenant_scope(tenant.id):
        said = Acknowledgement.objects.of(tenant).get()
    assert (said.payable_id, said.other_id, said.person_id) == (second.id, first.id, operator.pk)
    (record,) = audit_of(tenant, Act.BILL_EDITED)
    assert SAID_DIFFERENT in record.after
    sign_in(client, approver, tenant)
    for payable in (first, second):
        page = client.get(reverse("payments:detail", args=[payable.id])).content.decode()
        assert 'data-warning="possible_duplicate"' in page


def put(client: Client, payable: Payable, data: dict[str, Any]) -> Any:
    return client.put(f"{URL}{payable.id}/", data, content_type="application/json")


def version(client: Client, payable: Payable) -> str:
    told: str = client.get(f"{URL}{payable.id}/").json()["version"]
    return told


def test_the_api_changes_a_bill_and_asks_of_a_twin(as_operator: Client, tenant: Tenant) -> None:
    first, second = make_payable(tenant, "150.00"), make_payable(tenant, "90.00")
    seen = version(as_operator, second)
    data = body(tenant, amount="150.00", due_date=TODAY.isoformat(), version=seen)

    refused = put(as_operator, second, data)
    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["ids"]) == (
        "possible_duplicate", [str(first.id)]
    )  # fmt: skip
    assert reread(second).amount == Decimal("90.00")

    taken = put(as_operator, second, {**data, "accept_duplicates_of": [str(first.id)]})
    assert (taken.status_code, taken.json()["amount"]) == (200, "150.00")
    assert "possible_duplicate" in [w["code"] for w in taken.json()["warnings"]]
    assert taken.json()["version"] != seen


def test_the_api_changes_nothing_that_was_read_before_another_changed_it(
    as_operator: Client, tenant: Tenant, operator: User
) -> None:
    bill = make_payable(tenant, "90.00")
    data = body(tenant, amount="91.00", version=version(as_operator, bill))
    edit(bill, operator, amount=Decimal("92.00"))

    answer = put(as_operator, bill, data)

    assert (answer.status_code, answer.json()["code"]) == (409, "changed")
    assert reread(bill).amount == Decimal("92.00")


def test_a_boleto_is_changed_by_the_api_and_is_no_duplicate_of_itself(
    as_operator: Client, tenant: Tenant
) -> None:
    bill = make_payable(tenant, "1234.56", destination=BOLETO)
    seen = version(as_operator, bill)
    data = body(
        tenant, without=("ted", "amount", "due_date"), linha_digitavel=BOLETO,
        description="Aluguel", version=seen,
    )  # fmt: skip

    assert put(as_operator, bill, data).status_code == 200
    assert reread(bill).description == "Aluguel"


def test_the_api_lets_nobody_change_a_bill_who_may_not_or_of_another_company(
    client: Client, tenant: Tenant, approver: User, other_tenant: Tenant, outsider: User
) -> None:
    bill = make_payable(tenant, "90.00")
    data = body(tenant, amount="91.00", version="0" * 64)
    for person, company, status in ((approver, tenant, 403), (outsider, other_tenant, 404)):
        sign_in(client, person, company)
        assert put(client, bill, data).status_code == status
    assert reread(bill).amount == Decimal("90.00")


# --- A series ---------------------------------------------------------------------------------


def instalments(tenant: Tenant, number: int, days: int, **more: Any) -> list[Payable]:
    return [
        make_payable(tenant, "150.00", due_date=TODAY + timedelta(days=days * n), **more)
        for n in range(number)
    ]


def test_the_next_of_equal_instalments_is_asked_about_once(
    as_operator: Client, tenant: Tenant
) -> None:
    three = instalments(tenant, 3, days=5)
    due = TODAY + timedelta(days=15)
    typed = ted(tenant, amount="150,00", due_date=f"{due:%d/%m/%Y}", description="")
    address = reverse("payments:new")

    asked = as_operator.post(address, typed)

    (question,) = asked.context["form"].questions_of_duplicates
    assert question.about == "debt " + " ".join(str(bill.id) for bill in three)
    assert asked.content.decode().count('value="debt ') == 1

    as_operator.post(address, {**typed, "confirmed": [question.about]})

    with tenant_scope(tenant.id):
        said = Acknowledgement.objects.of(tenant)
        assert {each.other_id for each in said} == {bill.id for bill in three}
        events = PayableEvent.objects.of(tenant).filter(title=SAID_DIFFERENT)
        assert events.count() == 1
    record = audit_of(tenant, Act.BILL_ENTERED)[-1]
    assert len(record.after[SAID_DIFFERENT].split("; ")) == 3


def test_the_set_is_asked_about_again_where_another_came_between(
    as_operator: Client, tenant: Tenant
) -> None:
    first, second = instalments(tenant, 2, days=5)
    typed = ted(tenant, amount="150,00", due_date=f"{TODAY:%d/%m/%Y}", description="")

    asked = as_operator.post(reverse("payments:new"), {**typed, "confirmed": [f"debt {first.id}"]})

    about = [question.about for question in asked.context["form"].questions_of_duplicates]
    assert about == [f"debt {second.id}", f"debt {first.id}"]
    assert count(tenant) == 2


def test_all_of_a_long_series_of_one_document_are_named(
    as_operator: Client, tenant: Tenant
) -> None:
    bills = instalments(tenant, 6, days=30, description="NF 8841")
    data = body(tenant, amount="150.00", description="NF 8841", due_date="2027-05-20")

    refused = post(as_operator, data)

    assert set(refused.json()["ids"]) == {str(bill.id) for bill in bills}
