"""The pages «Pagadores», by each role."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from charges.models import Charge
from charges.settlement.received import register_received
from parties.models import Payer
from parties.payers import emails_of
from registers.payer_reads import Sums
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.charges.factories import ADDRESS, make_charge, make_payer, membership, new_cnpj
from tests.payments.factories import TODAY, make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

TYPED = {
    "name": "Hotel Serra Azul Ltda", "document": "11.444.777/0001-61", "trade_name": "Serra Azul",
    "phone": "(11) 3456-7890", "emails": "Fin@serra.example\ncobranca@serra.example", **ADDRESS,
}  # fmt: skip


def listed(client: Client, **chosen: str) -> list[str]:
    page = client.get(reverse("registers:payers"), chosen)
    assert page.status_code == 200
    return [line.payer.name for line in page.context["lines"]]


def open_up(charge: Charge) -> None:
    """As the bank's answers would have left it: how it came there is no matter of these pages."""
    with tenant_scope(charge.tenant_id):
        for status in ("issuing", "open"):
            Charge.objects.of(charge.tenant_id).filter(id=charge.id).update(status=status)


def receive(charge: Charge, amount: str) -> None:
    by = membership(charge.tenant)
    with tenant_scope(charge.tenant_id):
        register_received(charge, by=by, amount=Decimal(amount), day=TODAY, way="cash")


def test_a_payer_is_entered_and_corrected(as_operator: Client, tenant: Tenant) -> None:
    answer = as_operator.post(reverse("registers:payer_new"), TYPED)
    with tenant_scope(tenant.id):
        payer = Payer.objects.of(tenant).get()
        assert emails_of(payer) == ["fin@serra.example", "cobranca@serra.example"]
    assert answer["Location"] == reverse("registers:payer", args=[payer.id])
    assert (payer.phone, payer.zip_code) == ("+551134567890", "01310100")

    address = reverse("registers:payer_edit", args=[payer.id])
    page = as_operator.get(address)
    first = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    assert first["zip_code"] == ADDRESS["zip_code"]
    as_operator.post(address, first | {"name": "Hotel Serra Azul"})

    after = reread(payer)
    assert (after.name, after.document) == ("Hotel Serra Azul", payer.document)
    assert (after.phone, after.street) == (payer.phone, payer.street)
    assert as_operator.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"document": "11.444.777/0001-62"}, {"document"}),
        ({"name": "…"}, {"name"}),
        ({"phone": "9876"}, {"phone"}),
        ({"zip_code": "99999-999"}, {"zip_code"}),
        ({"state": "RJ"}, {"zip_code"}),
        ({"street": "", "city": ""}, {"street", "city"}),
        ({"emails": "quase@"}, {"emails"}),
        ({"emails": " ".join(f"a{n}@b.example" for n in range(6))}, {"emails"}),
        ({"street": "x" * 121}, {"street"}),
        ({"document": "1", "emails": "a@b.example, quase@"}, {"document", "emails"}),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(
    as_operator: Client, tenant: Tenant, typed: dict[str, str], fields: set[str]
) -> None:
    page = as_operator.post(reverse("registers:payer_new"), TYPED | typed)

    form = page.context["form"]
    assert set(form.errors) == fields
    assert {name: form[name].value() for name in typed} == typed
    with tenant_scope(tenant.id):
        assert not Payer.objects.of(tenant).exists()


def test_each_email_that_is_none_is_named(as_operator: Client) -> None:
    page = as_operator.post(
        reverse("registers:payer_new"), TYPED | {"emails": "quase@, a@b.example, a@@b.example"}
    )

    told = str(page.context["form"].errors["emails"])
    assert "quase@" in told
    assert "a@@b.example" in told
    assert "a@b.example" not in told


def test_a_document_is_on_the_register_once(as_operator: Client, tenant: Tenant) -> None:
    known = make_payer(tenant)

    page = as_operator.post(
        reverse("registers:payer_new"), TYPED | {"document": known.written_document}
    )

    assert page.context["form"].has_error("document", "payer_known")


@pytest.mark.parametrize("text", ["serra", "SÉRRA AZ", "cantina do zé", "11.444.777"])
def test_a_payer_is_found_by_its_names_and_document(
    as_operator: Client, tenant: Tenant, text: str
) -> None:
    make_payer(tenant, "Hotel Serra Azul", trade_name="Cantina do Zé", document="11444777000161")
    make_payer(tenant, "Mercado")

    assert listed(as_operator, q=text) == ["Hotel Serra Azul"]


def test_archived_ones_are_apart_and_come_back(as_operator: Client, tenant: Tenant) -> None:
    payer = make_payer(tenant, "Mercado")

    as_operator.post(reverse("registers:payer_archive", args=[payer.id]))
    assert listed(as_operator) == []
    assert listed(as_operator, situacao="arquivados") == ["Mercado"]
    assert as_operator.get(reverse("registers:payer", args=[payer.id])).status_code == 200
    as_operator.post(reverse("registers:payer_restore", args=[payer.id]))
    assert listed(as_operator) == ["Mercado"]


def test_the_list_goes_on_after_its_last_payer(as_operator: Client, tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        Payer.objects.bulk_create(
            Payer(tenant=tenant, name=f"P{number:02}", document=str(number)) for number in range(52)
        )

    page = as_operator.get(reverse("registers:payers"))
    rest = as_operator.get(page.context["more_url"], headers={"HX-Request": "true"})

    assert [line.payer.name for line in rest.context["lines"]] == ["P50", "P51"]
    assert rest.context["more_url"] is None


def test_what_is_open_overdue_and_paid(as_operator: Client, tenant: Tenant) -> None:
    account, payer = make_bank_account(tenant), make_payer(tenant, "Mercado")
    make_payer(tenant, "Sem cobranças")
    late = TODAY - timedelta(days=10)
    make_charge(tenant, account, "5.00", payer=payer)  # a draft is owed by nobody
    open_up(make_charge(tenant, account, "100.00", payer=payer))
    open_up(make_charge(tenant, account, "30.00", payer=payer, due_date=late))
    receive(make_charge(tenant, account, "50.00", payer=payer), "20.00")
    receive(make_charge(tenant, account, "40.00", payer=payer), "40.00")

    lines = as_operator.get(reverse("registers:payers")).context["lines"]
    page = as_operator.get(reverse("registers:payer", args=[payer.id]))

    sums = Sums(Decimal("160.00"), Decimal("30.00"), Decimal("60.00"))
    assert [line.sums for line in lines] == [sums, Sums()]
    assert page.context["sums"] == sums
    assert {shown.state for shown in page.context["charges"]} == {
        "draft", "open", "overdue", "partly_paid", "paid",
    }  # fmt: skip
    assert listed(as_operator, situacao="vencidas") == ["Mercado"]


def test_more_payers_ask_no_more_of_the_database(as_operator: Client, tenant: Tenant) -> None:
    account, address = make_bank_account(tenant), reverse("registers:payers")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            as_operator.get(address)
        return len(asked)

    make_charge(tenant, account)
    queries()  # what is kept for the requests that follow
    few = queries()
    for _ in range(4):
        make_charge(tenant, account)

    assert queries() == few


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_and_who_works_on_charges_writes(
    client: Client, tenant: Tenant, role: Role
) -> None:
    payer = make_payer(tenant)
    sign_in(client, make_member(tenant, role), tenant)
    may = role in {Role.ADMIN, Role.FINANCE}

    page = client.get(reverse("registers:payer", args=[payer.id]))
    new = client.post(reverse("registers:payer_new"), TYPED | {"document": new_cnpj()})
    edit = client.get(reverse("registers:payer_edit", args=[payer.id]))
    archived = client.post(reverse("registers:payer_archive", args=[payer.id]))
    restored = client.post(reverse("registers:payer_restore", args=[payer.id]))

    assert page.status_code == 200
    assert (reverse("registers:payer_edit", args=[payer.id]) in page.content.decode()) is may
    written = [new.status_code, edit.status_code, archived.status_code, restored.status_code]
    assert written == ([302, 200, 302, 302] if may else [403] * 4)
