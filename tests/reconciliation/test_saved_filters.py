"""Filters under a name: a person's own, and the company's."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from core.errors import InvalidInput, InvalidState, NotAllowed
from reconciliation import saved_filters
from reconciliation.models import SavedFilter
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.cast import sign_in
from tests.reconciliation.books import member
from tests.reconciliation.matched import line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

FILTERS = reverse("reconciliation:filters")
PAGE = reverse("reconciliation:reconcile")
QUERY = "situacao=esperam&tipo=saidas"


@pytest.fixture
def finance(client: Client, tenant: Tenant, ana: Membership) -> Client:
    sign_in(client, ana.user, tenant)
    return client


def save(by: Membership, name: str = "Saídas", *, is_shared: bool = False) -> SavedFilter:
    with tenant_scope(by.tenant_id):
        return saved_filters.save_filter(name, QUERY, is_shared=is_shared, by=by)


def seen_by(by: Membership) -> list[str]:
    with tenant_scope(by.tenant_id):
        return [each.name for each in saved_filters.filters_of(by)]


def url(name: str, kept: SavedFilter | UUID) -> str:
    row = kept.id if isinstance(kept, SavedFilter) else kept
    return reverse(f"reconciliation:{name}", args=[row])


def typed(client: Client, **values: Any) -> Any:
    return client.post(FILTERS, {"name": "Saídas", "query": QUERY, **values})


def test_a_saved_filter_shows_what_it_showed(finance: Client, itau: BankAccount) -> None:
    wanted = line(itau, "-10.00")
    line(itau, "20.00")
    query = f"conta={itau.id}&tipo=saidas&depois=xx&q=&outra=1"

    answer = typed(finance, query=query)
    page = finance.get(answer.url)

    assert answer.url == f"{PAGE}?conta={itau.id}&tipo=saidas"
    assert [each.id for day in page.context["page"].days for each in day.lines] == [wanted.id]
    menu = finance.get(reverse("reconciliation:filters_menu"))
    assert [each.url for each in menu.context["shown"]] == [answer.url]


@pytest.mark.parametrize("query", ["", "conta=x", "de=31/02/2026", "outra=1"])
def test_what_filters_nothing_is_not_saved(finance: Client, query: str) -> None:
    page = typed(finance, query=query)

    assert page.status_code == 422
    assert page.context["form"].errors.as_data()["query"][0].code == "no_filter"
    assert page.context["form"].data["name"] == "Saídas"


def test_own_ones_are_seen_by_their_person_and_shared_ones_by_all(
    tenant: Tenant, ana: Membership
) -> None:
    beto = member(tenant, Role.READER)
    save(ana, "De Ana")
    save(beto, "De Beto")
    save(ana, "De todos", is_shared=True)

    assert seen_by(ana) == ["De Ana", "De todos"]
    assert seen_by(beto) == ["De Beto", "De todos"]


def test_who_only_reads_saves_for_themselves_only(client: Client, tenant: Tenant) -> None:
    beto = member(tenant, Role.READER)
    sign_in(client, beto.user, tenant)

    typed(client, is_shared="on")

    with tenant_scope(tenant.id):
        assert [each.is_shared for each in saved_filters.filters_of(beto)] == [False]
    with pytest.raises(NotAllowed):
        save(beto, "Outro", is_shared=True)


def test_a_name_is_taken_once(finance: Client, ana: Membership) -> None:
    save(ana)
    save(ana, is_shared=True)

    page = typed(finance)

    assert page.status_code == 422
    assert page.context["form"].errors.as_data()["name"][0].code == "taken"


def test_another_one_is_renamed_and_what_is_refused_is_said_at_its_name(
    finance: Client, ana: Membership
) -> None:
    save(ana)
    other = save(ana, "Entradas")

    page = finance.post(url("rename_filter", other), {"name": "Saídas"})
    assert page.status_code == 422
    (marked,) = [each.form for each in page.context["own"] if each.form and each.form.errors]
    assert marked.errors.as_data()["name"][0].code == "taken"

    finance.post(url("rename_filter", other), {"name": "Só entradas"})
    assert seen_by(ana) == ["Saídas", "Só entradas"]


@pytest.mark.parametrize("name", ["rename_filter", "delete_filter"])
def test_the_own_one_of_somebody_else_does_not_exist(
    finance: Client, tenant: Tenant, name: str
) -> None:
    kept = save(member(tenant, Role.FINANCE))

    assert finance.post(url(name, kept), {"name": "Meu"}).status_code == 404


@pytest.mark.parametrize(("role", "left"), [(Role.FINANCE, ["Saídas"]), (Role.ADMIN, [])])
def test_a_shared_one_is_deleted_by_who_saved_it_or_an_admin(
    client: Client, tenant: Tenant, ana: Membership, role: Role, left: list[str]
) -> None:
    kept = save(ana, is_shared=True)
    other = member(tenant, role)
    sign_in(client, other.user, tenant)

    client.post(url("delete_filter", kept))

    assert seen_by(ana) == left


def test_there_is_a_bounded_number_of_them(ana: Membership) -> None:
    for number in range(saved_filters.MOST_OWN):
        save(ana, f"Filtro {number}")

    with pytest.raises(InvalidState) as refused:
        save(ana)

    assert refused.value.code == "too_many"
    assert save(ana, is_shared=True).is_shared


@pytest.mark.parametrize("name", ["", "\u200b", "…", "x" * 61])
def test_a_filter_has_a_name_of_bounded_length(ana: Membership, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(ana, name)

    assert refused.value.field == "name"
