"""«Cobranças»: what is shown, to whom, and issuing many of them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.models import BankAccount
from charges.models import Charge, IssueBatch, Slip
from charges.reads import list as reads
from charges.settlement.received import register_received
from charges.states import ChargeStatus, SlipStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import queue
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

LIST = "/cobrancas/"
TODAY = date(2026, 11, 23)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def finance(client: Client, operator: User, tenant: Tenant) -> Client:
    sign_in(client, operator, tenant)
    return client


def opened(charge: Charge, **changes: Any) -> Charge:
    """As if its bank had registered it."""
    slip = queue(charge)
    with tenant_scope(charge.tenant_id):
        Slip.objects.of(charge.tenant_id).filter(id=slip.id).update(status=SlipStatus.ISSUING)
        Slip.objects.of(charge.tenant_id).filter(id=slip.id).update(status=SlipStatus.OPEN)
        Charge.objects.of(charge.tenant_id).filter(id=charge.id).update(
            status=ChargeStatus.OPEN, **changes
        )
    return reread(charge)


def late(tenant: Tenant, account: BankAccount, amount: str = "150.00", **changes: Any) -> Charge:
    """Open, and due a week ago."""
    charge = make_charge(tenant, account, amount, due_date=date(2026, 11, 16), **changes)
    with tenant_scope(tenant.id):
        for status in (ChargeStatus.ISSUING, ChargeStatus.OPEN):
            Charge.objects.of(tenant).filter(id=charge.id).update(status=status)
    return reread(charge)


def shown(client: Client, **query: str) -> list[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return [row.charge.description for row in response.context["rows"]]


@pytest.mark.parametrize("role", Role)
def test_every_member_sees_the_list_and_who_enters_a_charge(
    client: Client, tenant: Tenant, account: BankAccount, role: Role
) -> None:
    charge = make_charge(tenant, account)
    sign_in(client, make_member(tenant, role), tenant)

    page = client.get(LIST, {"situacao": "rascunhos"}).content.decode()

    assert reverse("charges:detail", args=[charge.id]) in page
    may = role in {Role.ADMIN, Role.FINANCE}
    assert (reverse("charges:new") in page) is may
    assert ('id="issue-many"' in page) is may


def test_the_filter_lives_in_the_address(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    make_charge(tenant, account, description="rascunho")
    opened(make_charge(tenant, account, description="em aberto"))
    late(tenant, account, description="vencida")
    opened(make_charge(tenant, account, description="a conferir"), needs_person=True, question="?")

    assert shown(finance) == ["vencida", "em aberto", "a conferir"]
    assert shown(finance, situacao="vencidas") == ["vencida"]
    assert shown(finance, situacao="rascunhos") == ["rascunho"]
    assert shown(finance, situacao="conferir") == ["a conferir"]
    assert len(shown(finance, situacao="todas")) == 4
    assert shown(finance, situacao="pagas") == []


def test_it_is_searched_by_payer_number_and_amount(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    padaria = make_payer(tenant, "Padaria São João")
    opened(make_charge(tenant, account, "99.90", description="pão", payer=padaria))
    opened(make_charge(tenant, account, description="outra", document_number="NF 77"))

    assert shown(finance, q="sao joao") == ["pão"]
    assert shown(finance, q="nf 77") == ["outra"]
    assert shown(finance, q="99,90") == ["pão"]
    assert shown(finance, q=padaria.written_document) == ["pão"]
    assert shown(finance, pagador=str(padaria.id)) == ["pão"]
    assert shown(finance, de="11/12/2026") == []
    assert shown(finance, conta=str(account.id), ate="10/12/2026") == ["pão", "outra"]


@pytest.mark.parametrize("order", ["", *reads.Sort.values])
def test_pages_follow_each_other_in_every_order(
    finance: Client, tenant: Tenant, account: BankAccount, monkeypatch: Any, order: str
) -> None:
    monkeypatch.setattr(reads, "PAGE", 2)
    for n in range(5):
        payer = make_payer(tenant, f"Cliente {n % 2}.A")
        make_charge(tenant, account, f"{10 + n % 3}.00", description=str(n), payer=payer)
    query = {"situacao": "rascunhos", "ordem": order}
    response = finance.get(LIST, query)
    found = [row.charge.id for row in response.context["rows"]]
    while response.context["more_url"]:
        response = finance.get(response.context["more_url"], headers=HTMX)
        found += [row.charge.id for row in response.context["rows"]]

    assert len(found) == len(set(found)) == 5


def test_a_position_that_is_none_is_a_bad_request(finance: Client) -> None:
    assert finance.get(LIST, {"apos": "x"}).status_code == 400
    assert finance.get(LIST, {"ordem": "valor", "apos": "x.y"}).status_code == 400


def test_bad_filters_are_said_at_their_fields(finance: Client, account: BankAccount) -> None:
    make_charge(account.tenant, account)
    form = finance.get(LIST, {"de": "31/02/2026", "pagador": "x"}).context["filter"]

    assert set(form.errors) == {"de", "pagador"}


def test_the_number_of_queries_does_not_grow(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            finance.get(LIST, {"situacao": "todas"})
        return len(captured)

    opened(make_charge(tenant, account))
    few = queries()
    for _ in range(4):
        opened(make_charge(tenant, account))
        make_charge(tenant, account)

    assert queries() == few


def test_the_tiles_are_sums_of_what_is_listed(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    opened(make_charge(tenant, account, "100.00"))
    late(tenant, account, "50.00")
    paid = make_charge(tenant, account, "30.00")
    by = membership(tenant)
    with tenant_scope(tenant.id):
        register_received(paid, by=by, amount=paid.amount, day=TODAY, way="cash")

    tiles = finance.get(LIST).context["numbers"].tiles

    assert [str(tile.amount) for tile in tiles] == ["150.00", "50.00", "30.00"]


# --- Issuing many ---


def test_issuing_many_is_asked_about_with_count_and_sum(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    good = [make_charge(tenant, account, "100.00") for _ in range(2)]
    bad = make_charge(tenant, account, due_date=TODAY - timedelta(days=3))
    chosen = {"charge": [str(charge.id) for charge in (*good, bad)]}

    review = finance.post(reverse("charges:review_issuing"), chosen, headers=HTMX).context["review"]

    assert (str(review.amount), len(review.leaving)) == ("200.00", 2)
    assert [charge.id for charge, _ in review.left_out] == [bad.id]

    finance.post(reverse("charges:issue_many"), chosen)

    assert {reread(charge).status for charge in good} == {ChargeStatus.ISSUING}
    assert reread(bad).status == ChargeStatus.DRAFT


@pytest.mark.parametrize("chosen", [[], ["x"]])
def test_a_selection_that_is_none_changes_nothing(finance: Client, chosen: list[str]) -> None:
    for name in ("charges:review_issuing", "charges:issue_many"):
        answer = finance.post(reverse(name), {"charge": chosen}, headers=HTMX)
        assert answer.status_code == 422


def test_one_of_another_company_is_not_found(
    finance: Client, other_tenant: Tenant, tenant: Tenant, account: BankAccount
) -> None:
    theirs = make_charge(other_tenant, make_bank_account(other_tenant))
    mine = make_charge(tenant, account)
    chosen = {"charge": [str(theirs.id), str(mine.id)]}

    for name in ("charges:review_issuing", "charges:issue_many"):
        assert finance.post(reverse(name), chosen).status_code == 404
    assert reread(mine).status == ChargeStatus.DRAFT


def test_a_bulk_issue_is_followed_paused_and_goes_on(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    charges = [make_charge(tenant, account) for _ in range(3)]
    finance.post(reverse("charges:issue_many"), {"charge": [str(charge.id) for charge in charges]})
    with tenant_scope(tenant.id):
        batch = IssueBatch.objects.of(tenant).get()

    (told,) = finance.get(LIST).context["batches"]
    assert (told.batch.id, told.progress.waiting, told.is_paused) == (batch.id, 3, False)

    page = finance.post(reverse("charges:pause_batch", args=[batch.id]), headers=HTMX)
    assert page.context["told"].is_paused
    assert "hx-trigger" not in page.content.decode()

    page = finance.post(reverse("charges:resume_batch", args=[batch.id]), headers=HTMX)
    assert not page.context["told"].is_paused
    assert "hx-trigger" in page.content.decode()


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_only_sees_does_not_issue(
    client: Client, tenant: Tenant, account: BankAccount, role: Role
) -> None:
    charge = make_charge(tenant, account)
    sign_in(client, make_member(tenant, role), tenant)

    for name, args in (("charges:issue_many", []), ("charges:issue", [charge.id])):
        answer = client.post(reverse(name, args=args), {"charge": [str(charge.id)]})
        assert answer.status_code == 403
    assert reread(charge).status == ChargeStatus.DRAFT


def test_the_menu_counts_what_requires_a_look(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    opened(make_charge(tenant, account), needs_person=True, question="?")

    nav = finance.get(LIST).context["nav"]
    (item,) = [item for group in nav for item in group.items if item.url_name == "charges:list"]

    assert (item.count, item.current) == (1, True)
