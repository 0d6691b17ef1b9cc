"""Names of companies and of people have something to see in them."""

import pytest

from core.errors import InvalidInput
from tenants.models import Plan, User
from tenants.services import create_company

CNPJ = "11444777000161"


@pytest.mark.django_db
def test_a_company_is_called_by_what_people_see() -> None:
    company = create_company(
        name="Ofi\u200bcina", legal_name="Oficina\nModelo Ltda", cnpj=CNPJ, plan=Plan.NORTH
    )

    assert (company.name, company.legal_name) == ("Oficina", "Oficina Modelo Ltda")


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "legal_name"])
def test_a_company_without_a_letter_in_a_name_is_refused(field: str) -> None:
    names = {"name": "Oficina", "legal_name": "Oficina Ltda", field: "\u3164"}

    with pytest.raises(InvalidInput) as refused:
        create_company(**names, cnpj=CNPJ, plan=Plan.NORTH)
    assert (refused.value.field, refused.value.code) == (field, "no_letter")


@pytest.mark.django_db
def test_a_person_whose_name_nobody_sees_is_their_address() -> None:
    person = User.objects.create_user("ana@example.com", first_name="\u2800", last_name="\u202e")

    assert person.display_name == "ana@example.com"
