"""The pages «Favorecidos», by each role."""

import pytest
from django.test import Client
from django.urls import reverse

from banking.banks.contract.payments import AccountType
from parties.models import Payee, PayeeAccount, PayeeKey, PayeeMerge
from parties.rest import rest_of
from payments.models import Payable
from payments.rails.destinations import TedDetails
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.payments.factories import PIX_KEY, approve, file_account, make_payable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

STRANGER = "11444777000161"
KEY = {"way": "key", "pix_key_type": "email", "pix_key": "A@b.com"}
ITAU_OTHER = TedDetails("341", "0123", "999999", AccountType.CHECKING)
ACCOUNT = {
    "way": "account", "bank_code": "341 · Itaú", "branch": "0123", "account": "99999-9",
    "account_type": "checking",
}  # fmt: skip


def account_of(payable: Payable) -> PayeeAccount:
    assert payable.payee_account is not None
    return payable.payee_account


def listed(client: Client, **chosen: str) -> list[str]:
    page = client.get(reverse("registers:list"), chosen)
    assert page.status_code == 200
    return [line.payee.name for line in page.context["lines"]]


@pytest.mark.parametrize(
    "text", ["aço", "ACO NOR", "11.222.333", "45678-9", "financeiro@exemplo", "Açaí do Zé"]
)
def test_a_payee_is_found_by_name_document_account_and_key(
    as_operator: Client, tenant: Tenant, text: str
) -> None:
    bill = make_payable(tenant, payee_name="Aço Norte")
    make_payable(tenant, payee_name="Aço Norte", destination=PIX_KEY)
    make_payable(tenant, payee_name="Posto", payee_document=STRANGER, destination=ITAU_OTHER)
    with tenant_scope(tenant.id):
        Payee.objects.of(tenant).filter(id=bill.payee_id).update(trade_name="Açaí do Zé")

    assert listed(as_operator, q=text) == ["Aço Norte"]


def test_the_list_tells_what_waits_and_what_is_archived(
    as_operator: Client, tenant: Tenant
) -> None:
    file_account(tenant, payee_name="Confirmado")
    waiting = make_payable(tenant, payee_name="Espera", payee_document=STRANGER)

    assert listed(as_operator) == ["Confirmado", "Espera"]
    assert listed(as_operator, situacao="por-confirmar") == ["Espera"]
    as_operator.post(reverse("registers:archive", args=[waiting.payee_id]))
    assert listed(as_operator) == ["Confirmado"]
    assert listed(as_operator, situacao="arquivados") == ["Espera"]
    as_operator.post(reverse("registers:restore", args=[waiting.payee_id]))
    assert listed(as_operator) == ["Confirmado", "Espera"]


def test_the_list_goes_on_after_its_last_payee(as_operator: Client, tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        Payee.objects.bulk_create(
            Payee(tenant=tenant, name=f"P{number:02}", document=str(number)) for number in range(52)
        )

    page = as_operator.get(reverse("registers:list"))
    rest = as_operator.get(page.context["more_url"], headers={"HX-Request": "true"})

    assert [line.payee.name for line in rest.context["lines"]] == ["P50", "P51"]
    assert rest.context["more_url"] is None


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("page", ["payee", "confirm"])
def test_everybody_reads(client: Client, tenant: Tenant, role: Role, page: str) -> None:
    file_account(tenant)
    bill = make_payable(tenant, destination=PIX_KEY)
    with tenant_scope(tenant.id):
        key = PayeeKey.objects.of(tenant).get()
    sign_in(client, make_member(tenant, role), tenant)
    address = reverse(f"registers:{page}", args=[key.id if page == "confirm" else bill.payee_id])

    answer = client.get(address)

    may_confirm = role in {Role.ADMIN, Role.APPROVER}
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert 'data-state="waiting"' in shown
    assert (('name="shown"' if page == "confirm" else "/dados/") in shown) is (
        may_confirm or (page == "payee" and role == Role.FINANCE)
    )


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_does_not_enter_bills_changes_no_payee(
    client: Client, tenant: Tenant, role: Role
) -> None:
    payee = make_payable(tenant).payee
    sign_in(client, make_member(tenant, role), tenant)

    for name in ("correct", "archive", "enter", "merge"):
        assert client.post(reverse(f"registers:{name}", args=[payee.id])).status_code == 403
    assert client.get(reverse("registers:new")).status_code == 403


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_the_rest_is_an_admin_s(client: Client, tenant: Tenant, role: Role) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.post(reverse("registers:rest"), {"rest_hours": "1"}).status_code == 403


def test_an_admin_sets_the_rest(client: Client, tenant: Tenant, admin: User) -> None:
    sign_in(client, admin, tenant)
    address = reverse("registers:rest")

    client.post(address, {"rest_hours": "24"})
    assert client.post(address, {"rest_hours": "721"}).context["form"].errors

    with tenant_scope(tenant.id):
        assert rest_of(tenant.id) == 24


def test_an_account_and_a_key_are_entered_by_hand_and_confirmed_by_another(
    as_operator: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    payee = make_payable(tenant, destination=PIX_KEY).payee
    address = reverse("registers:enter", args=[payee.id])
    for typed in (KEY, ACCOUNT):
        assert as_operator.post(address, typed).status_code == 302
        assert as_operator.post(address, typed).context["form"].errors  # it is there already
    with tenant_scope(tenant.id):
        account = PayeeAccount.objects.of(tenant).get()
        key = PayeeKey.objects.of(tenant).get(key="a@b.com")
    client = Client()
    sign_in(client, approver, tenant)

    for row in (account, key):
        page = client.get(reverse("registers:confirm", args=[row.id]))
        told = {"shown": page.context["digest"]}
        assert client.post(reverse("registers:confirm", args=[row.id]), told).status_code == 302

    for row in (reread(account), reread(key)):
        assert (row.entered_by, row.confirmed_by) == (operator, approver)


def test_old_and_new_stand_side_by_side(
    client: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    old = account_of(file_account(tenant))
    make_payable(tenant, by=operator, destination=ITAU_OTHER)
    with tenant_scope(tenant.id):
        new = PayeeAccount.objects.of(tenant).exclude(id=old.id).get()
    sign_in(client, approver, tenant)

    page = client.get(reverse("registers:confirm", args=[new.id])).content.decode()

    assert old.written in page and new.written in page
    assert operator.display_name in page


def test_one_is_refused_with_a_reason(as_approver: Client, tenant: Tenant) -> None:
    row = account_of(make_payable(tenant))
    address = reverse("registers:refuse", args=[row.id])

    assert as_approver.post(address, {"why": ""}).context["form"].errors
    as_approver.post(address, {"why": "titular não confere"})

    assert reread(row).archived_why == "titular não confere"


def test_a_merge_is_proposed_and_confirmed(
    as_operator: Client, tenant: Tenant, approver: User
) -> None:
    source = make_payable(tenant, payee_name="Um", payee_document=STRANGER).payee
    target = make_payable(tenant, payee_name="Dois", destination=PIX_KEY).payee
    wanted = reverse("registers:merge", args=[source.id])
    assert as_operator.post(wanted, {"target": "529.982.247-25"}).context["form"].errors
    as_operator.post(wanted, {"target": target.document})
    with tenant_scope(tenant.id):
        merge = PayeeMerge.objects.of(tenant).get()
    address = reverse("registers:decide", args=[merge.id])
    client = Client()
    sign_in(client, approver, tenant)

    client.post(address, {"shown": client.get(address).context["shown"]})

    assert reread(source).merged_into_id == target.id
    page = client.get(reverse("registers:payee", args=[target.id]))
    assert {bill.payee_id for bill in page.context["bills"]} == {source.id, target.id}


def test_a_known_document_fills_in_what_was_last_approved(
    as_operator: Client, tenant: Tenant
) -> None:
    bill = make_payable(tenant, payee_name="Aço Norte", classification="5.3.02")
    make_payable(tenant, payee_name="Aço Norte", destination=ITAU_OTHER)  # nobody approved it
    approve(bill)
    typed = {"method": "ted", "payee_document": "11.222.333/0001-81", "branch": "7777"}

    answer = as_operator.post(reverse("payments:read_payee"), typed)

    filled = {field.name: field.value() for field in answer.context["filled"]}
    assert filled == {
        "payee_name": "Aço Norte", "expense_account": str(bill.expense_account_id),
        "bank_code": "341", "account": "456789",
    }  # fmt: skip


def test_a_known_name_fills_in_the_document_and_another_company_s_nothing(
    as_operator: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    make_payable(tenant, payee_name="Aço Norte", destination=PIX_KEY, approved=True)
    make_payable(other_tenant, payee_name="Posto Central", approved=True)
    of_key = {"method": "pix", "pix_by": "key"}

    ours = as_operator.post(reverse("payments:read_payee"), of_key | {"payee_name": "aco norte"})
    theirs = as_operator.post(
        reverse("payments:read_payee"), of_key | {"payee_name": "Posto Central"}
    )

    filled = {field.name: field.value() for field in ours.context["filled"]}
    assert filled["payee_document"] == "11.222.333/0001-81"
    assert filled["pix_key"] == PIX_KEY.value
    assert theirs.context["filled"] == []
