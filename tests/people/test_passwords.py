"""Which passwords are taken."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member

pytestmark = pytest.mark.django_db


def refused(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {str(each.code) for each in error.error_list}
    return set()


@pytest.fixture
def lia(tenant: Tenant) -> User:
    person = make_member(tenant, Role.APPROVER)
    person.first_name, person.last_name = "Lívia", "Mendonça"
    person.save()
    return person


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("nove-nove", "password_too_short"),
        ("password123", "password_too_common"),
        ("8301957264", "password_entirely_numeric"),
        ("Kamino-2026!", "password_of_names"),
        ("oficina-modelo", "password_of_names"),
        ("ModeloOficina26", "password_of_names"),
        ("livia.mendonca1", "password_of_names"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(lia: User, password: str, code: str) -> None:
    assert code in refused(password, lia)


@pytest.mark.parametrize("password", ["cavalo bateria grampo", "o modelo de bicicleta azul"])
def test_a_long_one_of_ones_own_is_taken(lia: User, password: str) -> None:
    assert refused(password, lia) == set()


def test_it_is_checked_inside_a_companys_scope_too(lia: User, tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        assert "password_of_names" in refused("oficina-modelo", lia)


def test_without_a_person_only_the_products_name_counts(db: None) -> None:
    assert "password_of_names" in refused("kamino kamino")
    assert refused("oficina-modelo") == set()
