"""The register of payers."""

import pytest

from audit.models import Record
from charges.models import Charge
from core.errors import InvalidInput, NotAllowed
from parties.models import Payer
from parties.payers import PayerData, archive_payer, correct_payer, emails_of, enter_payer
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import ADDRESS, make_payer, membership, new_cnpj

pytestmark = pytest.mark.django_db


def data(**changes):
    values = {"name": "Cliente Exemplo", "document": new_cnpj(), **ADDRESS}
    return PayerData(**{**values, **changes})


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"document": "11222333000180"}, "document", "verificador"),
        ({"street": ""}, "street", "rua"),
        ({"state": "RJ"}, "zip_code", "é de SP"),
        ({"zip_code": "99999-999"}, "zip_code", "nenhum estado"),
        ({"emails": ["quase@"]}, "emails", "não é um e-mail"),
        ({"name": "…"}, "name", "letra"),
    ],
)
def test_what_is_not_as_it_should_be_names_its_field(tenant, typed, field, says):
    with tenant_scope(tenant.id), pytest.raises(InvalidInput, match=says) as refused:
        enter_payer(tenant, data(**typed), by=membership(tenant))

    assert refused.value.field == field


def test_a_payer_is_on_the_register_once(tenant):
    payer = make_payer(tenant)

    with tenant_scope(tenant.id), pytest.raises(InvalidInput) as refused:
        enter_payer(tenant, data(document=payer.document), by=membership(tenant))

    assert refused.value.code == "payer_known"


def test_a_payer_without_an_address_is_a_payer(tenant):
    payer = make_payer(tenant, **dict.fromkeys(ADDRESS, ""))

    assert not payer.has_address


def test_a_correction_is_on_record_with_what_was(tenant):
    payer = make_payer(tenant, "Nome antigo")

    with tenant_scope(tenant.id):
        by = membership(tenant)
        typed = data(name="Nome novo", document=payer.document, emails=["B@x.example"])
        correct_payer(payer, typed, by=by)
        act = Record.objects.of(tenant).get(act="payer_corrected")

    assert (act.before["Nome"], act.after["Nome"]) == ("Nome antigo", "Nome novo")
    with tenant_scope(tenant.id):
        assert emails_of(payer) == ["b@x.example"]


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_does_not_work_on_charges_enters_no_payers(tenant, role):
    with tenant_scope(tenant.id), pytest.raises(NotAllowed):
        enter_payer(tenant, data(), by=membership(tenant, role=role))

    with tenant_scope(tenant.id):
        assert not Payer.objects.of(tenant).exists()


def test_an_archived_payer_is_not_charged(tenant):
    payer = make_payer(tenant)
    with tenant_scope(tenant.id):
        archive_payer(payer, by=membership(tenant))

    assert reread(payer).archived_at is not None
    with tenant_scope(tenant.id):
        assert not Charge.objects.of(tenant).exists()
