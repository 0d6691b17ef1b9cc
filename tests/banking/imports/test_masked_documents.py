"""Documents of which a bank hides a part: kept with the line as it wrote them, and no document."""

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from banking.models import StatementLine
from tenants.scope import tenant_scope
from tests.banking.factories import make_account
from tests.banking.imports.making import applied, movement, store_told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
MASK = "***.982.247-**"


def documents(account):
    with tenant_scope(account.tenant_id):
        lines = StatementLine.objects.of(account.tenant_id).filter(bank_account=account)
        return list(
            lines.order_by("occurred_at").values_list("counterparty_document", "masked_document")
        )


def table(*parties):
    lines = ["Data;Histórico;CPF/CNPJ;Valor"]
    lines += [f"12/11/2026;PIX {place};{told};1,00" for place, told in enumerate(parties)]
    return "\n".join(lines).encode()


def test_what_the_bank_hides_in_part_is_stored_beside_the_whole_ones(tenant, admin):
    account = make_account(tenant, admin)
    told = movement("2026-11-12", "1.00", "pix")
    store_told(account, told._replace(masked_document=MASK))

    assert documents(account) == [("", MASK)]


@pytest.mark.parametrize("masked", [MASK, "XXX98224725", "•••.982.247-••"])
def test_of_a_file_it_is_no_document_either(other, by, masked):
    applied(other, table("529.982.247-25", masked), by)

    assert documents(other) == [("52998224725", ""), ("", masked)]


def test_a_line_that_is_here_keeps_what_it_has(tenant, admin):
    account = make_account(tenant, admin)
    told = movement("2026-11-12", "1.00", "pix")
    store_told(account, told)
    store_told(account, told._replace(masked_document=MASK))

    assert documents(account) == [("", "")]
    lines = StatementLine.objects.of(tenant)
    with tenant_scope(tenant.id), pytest.raises(DatabaseError), transaction.atomic():
        lines.update(masked_document=MASK)
