"""The database folds what is stored as `core.text.fold` folds what is typed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.text import clean, fold
from parties.models import Payee
from tenants.models import Tenant
from tenants.scope import tenant_scope

LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["C"])


def stored(tenant: Tenant, name: str) -> str:
    with tenant_scope(tenant.id):
        payee, _ = Payee.objects.update_or_create(
            tenant=tenant, document="11222333000181", defaults={"name": name}
        )
        return str(Payee.objects.of(tenant).get(id=payee.id).name_folded)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Padaria SÃO JOÃO", "padaria sao joao"),
        ("Müller & Cia. nº 5", "muller & cia. no 5"),
        ("Plain ASCII 100%", "plain ascii 100%"),
        ("Ação e Reação Ltda", "acao e reacao ltda"),
        ("Pen\u0303a", "pena"),
    ],
)
def test_a_name_is_folded(tenant: Tenant, name: str, words: str) -> None:
    assert stored(tenant, name) == fold(name) == words


@pytest.mark.django_db
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(LATIN, max_size=60).map(clean).map(lambda text: " ".join(text.split())))
def test_any_latin_name_is_folded_alike(tenant: Tenant, name: str) -> None:
    assert stored(tenant, name) == fold(name)
