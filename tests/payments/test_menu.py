"""The side menu: where one is, and how much waits for the person who looks."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments.states import OrderStatus
from tenants.models import Role, Tenant, User
from tests.cast import make_member, sign_in
from tests.payments.factories import make_bank_account, make_order, make_payable

pytestmark = pytest.mark.django_db


def items(client: Client, url_name: str = "payments:list") -> dict[str, tuple[int, bool]]:
    """Label → how much waits there, and whether it is the current page."""
    nav = client.get(reverse(url_name)).context["nav"]
    return {item.label: (item.count, item.current) for group in nav for item in group.items}


@pytest.mark.parametrize(
    ("role", "to_approve"),
    [(Role.ADMIN, 2), (Role.APPROVER, 2), (Role.FINANCE, None), (Role.READER, None)],
)
def test_what_waits_for_a_person_is_counted(
    client: Client, tenant: Tenant, role: Role, to_approve: int | None
) -> None:
    make_bank_account(tenant)
    make_order(make_payable(tenant, approved=True), OrderStatus.UNKNOWN)
    make_order(make_payable(tenant, approved=True), OrderStatus.AT_BANK)
    make_payable(tenant)
    make_payable(tenant)
    sign_in(client, make_member(tenant, role), tenant)

    found = items(client)
    assert found["Pagamentos"][0] == 1
    assert found.get("Para aprovar", (None, False))[0] == to_approve


def test_ones_own_bills_wait_for_somebody_else(client: Client, admin: User, tenant: Tenant) -> None:
    make_payable(tenant, by=admin)
    sign_in(client, admin, tenant)

    assert items(client)["Para aprovar"][0] == 0


def test_what_was_given_back_waits_for_its_author(
    as_approver: Client, approver: User, tenant: Tenant
) -> None:
    bill = make_payable(tenant)
    reject = reverse("payments:reject", args=[bill.id])
    assert items(as_approver)["Para aprovar"][0] == 1

    as_approver.post(reject, {"why": "Valor errado"})

    assert items(as_approver)["Para aprovar"][0] == 0


def test_another_companys_bills_do_not_count(as_outsider: Client, tenant: Tenant) -> None:
    make_payable(tenant)

    assert items(as_outsider)["Para aprovar"][0] == 0


@pytest.mark.parametrize(
    ("url_name", "label"),
    [
        ("payments:list", "Pagamentos"),
        ("payments:new", "Pagamentos"),
        ("payments:runs", "Pagamentos"),
        ("reconciliation:reconcile", "Conciliar"),
        ("banking:choose", "Conciliar"),
        ("integrations:list", "Integrações bancárias"),
        ("accounts:chart", "Plano de contas"),
        ("accounts:cost_centers", "Centros de custo"),
        ("accounts:entries", "Lançamentos"),
    ],
)
def test_the_menu_marks_where_one_is(as_operator: Client, url_name: str, label: str) -> None:
    marked = [name for name, (_, current) in items(as_operator, url_name).items() if current]

    assert marked == [label]


def test_approving_is_an_item_of_its_own(as_approver: Client) -> None:
    found = items(as_approver, "payments:approvals")

    assert [name for name, (_, current) in found.items() if current] == ["Para aprovar"]


def test_a_fragment_has_no_menu_and_counts_nothing_for_it(
    as_operator: Client, tenant: Tenant
) -> None:
    def counts(url_name: str, **headers: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = as_operator.get(reverse(url_name), headers=headers)
        assert answer.status_code == 200
        # What waits for a person is the only thing that is counted by order and status alone.
        return sum("COUNT(*)" in query["sql"] for query in captured)

    assert counts("payments:list") - counts("payments:notes", **{"HX-Request": "true"}) >= 1
    assert counts("payments:notes", **{"HX-Request": "true"}) == 0
