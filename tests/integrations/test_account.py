"""The page of one account: its choices with what they change, and its next run."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking.models import BankAccount, Connection
from integrations.preview import dry_run
from payments.dispatch.run import dispatch_account, dispatch_by_hand
from payments.models import PaymentOrder
from payments.rails.pix_policy import OUTSIDE
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.clock import travel
from tests.payments.factories import (
    PIX_ACCOUNT,
    PIX_KEY,
    TODAY,
    file_account,
    make_bank_account,
    make_payable,
    sender,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

TOMORROW = date(2026, 11, 24)
AS_SEEN = "keep:off"


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def as_admin(client: Client, tenant: Tenant, admin: User) -> Client:
    sign_in(client, admin, tenant)
    return client


def words(content: bytes) -> str:
    """What a person reads."""
    text = re.sub(r"<[^>]*>", " ", content.decode().replace("\u00a0", " "))
    return " ".join(text.split())


def page(client: Client, account: BankAccount) -> str:
    return words(client.get(reverse("integrations:account", args=[account.id])).content)


def save(client: Client, account: BankAccount, **data: str):
    return client.post(reverse("integrations:save_account", args=[account.id]), data)


def test_the_list_leads_to_the_page(as_admin: Client, account: BankAccount) -> None:
    page = as_admin.get(reverse("integrations:list")).content.decode()

    assert reverse("integrations:account", args=[account.id]) in page


def test_an_admin_chooses_ted_and_modo_banking(as_admin: Client, account: BankAccount) -> None:
    answer = save(as_admin, account, pix_policy="ted", modo_banking="on", seen=AS_SEEN)

    assert answer.headers["Location"] == reverse("integrations:account", args=[account.id])
    saved = reread(account)
    assert (saved.pix_policy, saved.modo_banking_from) == ("ted", TOMORROW)


@pytest.mark.parametrize("person", ["operator", "approver", "reader"])
def test_others_read_and_do_not_decide(
    client: Client,
    tenant: Tenant,
    account: BankAccount,
    person: str,
    request: pytest.FixtureRequest,
) -> None:
    sign_in(client, request.getfixturevalue(person), tenant)

    assert account.get_pix_policy_display() in page(client, account)
    assert "Gravar" not in page(client, account)
    assert save(client, account, pix_policy="ted", seen=AS_SEEN).status_code == 403
    assert reread(account).pix_policy == "keep"


def test_another_companys_account_is_not_found(
    client: Client, other_tenant: Tenant, outsider: User, account: BankAccount
) -> None:
    sign_in(client, outsider, other_tenant)

    assert client.get(reverse("integrations:account", args=[account.id])).status_code == 404
    assert save(client, account, pix_policy="ted", seen=AS_SEEN).status_code == 404


@pytest.mark.parametrize(
    ("chosen", "code"),
    [("doc", "invalid_choice"), ("", "required")],
)
def test_a_choice_that_is_none_is_told_at_its_place(
    as_admin: Client, account: BankAccount, chosen: str, code: str
) -> None:
    answer = save(as_admin, account, pix_policy=chosen, modo_banking="on", seen=AS_SEEN)

    assert answer.status_code == 422
    (error,) = answer.context["form"].errors.as_data()["pix_policy"]
    assert error.code == code
    assert 'id="erro-pix"' in answer.content.decode()
    assert reread(account).modo_banking_from is None


def test_each_choice_says_what_it_does_to_the_open_bills(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    make_payable(tenant, "100.00", approved=True, destination=PIX_ACCOUNT)
    make_payable(tenant, "30.00", destination=PIX_KEY, payee_document="11444777000161")
    make_payable(tenant, "7.00", destination=PIX_KEY, bank_account=other_account(tenant))

    answer = as_admin.get(reverse("integrations:account", args=[account.id]))

    assert "R$ 130,00" in words(answer.content)
    effects = {
        choice.value: [
            [f"{payable.amount}" for payable in payables]
            for payables in (choice.as_ted, choice.kept, choice.held)
        ]
        for choice in answer.context["choices"]
    }
    assert {name: [sorted(each) for each in told] for name, told in effects.items()} == {
        "keep": [[], ["100.00", "30.00"], []],
        "ted": [["100.00"], [], ["30.00"]],
    }


def other_account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, preferred=False)


def test_the_conta_kamino_needs_no_choice(as_admin: Client, tenant: Tenant) -> None:
    kamino = make_bank_account(tenant, provider="kamino")

    shown = as_admin.get(reverse("integrations:account", args=[kamino.id])).content.decode()
    assert 'name="modo_banking"' in shown and 'name="pix_policy"' not in shown
    save(as_admin, kamino, pix_policy="ted", modo_banking="on", seen=AS_SEEN)
    assert reread(kamino).pix_policy == "keep"
    assert reread(kamino).modo_banking_from == TOMORROW


@pytest.mark.parametrize(
    ("meanwhile", "seen"),
    [({"pix_policy": "ted"}, "ted:off"), ({"modo_banking_from": TODAY}, "keep:on")],
)
def test_the_second_of_two_admins_is_told_what_changed(
    as_admin: Client, account: BankAccount, meanwhile: dict[str, object], seen: str
) -> None:
    change(account, **meanwhile)
    before = reread(account)

    answer = save(as_admin, account, pix_policy="keep", seen=AS_SEEN)

    assert answer.status_code == 409
    assert len(answer.context["changed"]) == 1
    assert str(answer.context["seen"]) == seen
    after = reread(account)
    assert after.pix_policy == before.pix_policy
    assert after.modo_banking_from == before.modo_banking_from


def test_the_second_is_told_who_was_first_and_when(
    as_admin: Client, admin: User, tenant: Tenant, account: BankAccount
) -> None:
    other = make_member(tenant, Role.ADMIN)
    first = Client()
    sign_in(first, other, tenant)
    save(first, account, pix_policy="ted", seen=AS_SEEN)

    answer = save(as_admin, account, pix_policy="keep", modo_banking="on", seen=AS_SEEN)

    (note,) = re.findall(r'<div class="note note--warn"(?s:.*?)</p>', answer.content.decode())
    assert other.display_name in note
    assert "23/11 às 09:00" in words(note.encode())
    assert reread(account).pix_policy == "ted"


def test_admins_see_what_was_changed_on_the_account_and_by_whom(
    as_admin: Client, admin: User, account: BankAccount
) -> None:
    save(as_admin, account, pix_policy="ted", seen=AS_SEEN)

    shown = page(as_admin, account)

    assert re.search(rf"23/11/2026 09:00:\d\d · {admin.display_name} · 127.0.0.1", shown)


def test_others_do_not_see_the_audit_of_the_account(
    as_operator: Client, account: BankAccount
) -> None:
    assert "Histórico" not in page(as_operator, account)


def test_having_been_told_the_same_choice_is_saved(as_admin: Client, account: BankAccount) -> None:
    change(account, pix_policy="ted")
    told = save(as_admin, account, pix_policy="keep", seen=AS_SEEN).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', told)
    assert seen

    save(as_admin, account, pix_policy="keep", seen=seen[1])

    assert reread(account).pix_policy == "keep"


def test_a_garbled_form_saves_nothing(as_admin: Client, account: BankAccount) -> None:
    assert save(as_admin, account, pix_policy="ted", seen="\u0394").status_code == 409
    assert reread(account).pix_policy == "keep"


def test_the_next_run_is_shown_and_nothing_is_made(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    make_payable(tenant, "100.00", approved=True, due_date=TOMORROW, payee_name="Vai")
    make_payable(tenant, "30.00", approved=True, due_date=TOMORROW, destination=PIX_KEY)
    make_payable(tenant, "5.00", due_date=TOMORROW)

    answer = as_admin.get(reverse("integrations:account", args=[account.id]))

    shown = words(answer.content)
    assert "24/11/2026, às 7h" in shown and "R$ 100,00" in shown
    plan = answer.context["next"]
    assert [payable.payee.name for payable in plan.plan.send] == ["Vai"]
    assert [item.reason.split(":")[0] for item in plan.left_out] == [OUTSIDE]
    assert OUTSIDE in shown
    with tenant_scope(tenant.id):
        assert not PaymentOrder.objects.of(tenant).exists()


def test_an_account_that_cannot_pay_promises_nothing(as_admin: Client, tenant: Tenant) -> None:
    lost = make_bank_account(tenant, connected=False)
    make_payable(tenant, approved=True, due_date=TOMORROW)

    answer = as_admin.get(reverse("integrations:account", args=[lost.id]))

    assert not answer.context["pays"]
    assert "R$ 150,00" not in words(answer.content)


def test_the_last_runs_are_told(as_admin: Client, tenant: Tenant, account: BankAccount) -> None:
    run = dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))

    content = as_admin.get(reverse("integrations:account", args=[account.id])).content.decode()

    assert reverse("payments:run", args=[run.id]) in content


def test_the_preferred_account_that_would_lose_the_mark_is_named(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    shown = page(as_admin, other_account(tenant))
    assert shown.count(str(account)) == 2  # among the facts, and beside the button


def test_the_clock_then_sends_what_the_page_showed(tenant: Tenant, account: BankAccount) -> None:
    change(account, pix_policy="ted", modo_banking_from=TODAY)
    account = reread(account)
    make_payable(tenant, approved=True, due_date=TOMORROW, destination=PIX_ACCOUNT)
    file_account(tenant, due_date=date(2026, 11, 19))
    make_payable(tenant, approved=True, due_date=TOMORROW, destination=PIX_KEY)
    make_payable(
        tenant,
        approved=True,
        due_date=TOMORROW,
        destination=PIX_KEY,
        payee_document="11444777000161",
    )
    with tenant_scope(tenant.id):
        shown = dry_run(account, timezone.now())
    seven = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

    with travel(seven):
        run = dispatch_account(tenant.id, account.id, now=seven)

    assert run is not None and run.day == shown.day
    with tenant_scope(tenant.id):
        sent = {order.payable_id for order in run.orders.all()}
    assert sent == {payable.id for payable in shown.plan.send} and len(sent) == 2
    assert run.left_out == [
        {"payable": str(item.payable.id), "reason": item.reason} for item in shown.left_out
    ]


def test_before_a_weekend_the_next_run_is_on_monday_and_with_pix_on_saturday(
    tenant: Tenant, account: BankAccount
) -> None:
    kamino = make_bank_account(tenant, preferred=False, provider="kamino")
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)

    with tenant_scope(tenant.id):
        assert dry_run(account, friday).day == date(2026, 11, 30)
        assert dry_run(kamino, friday).day == date(2026, 11, 28)


def test_an_undone_account_is_not_offered_as_the_preferred_one(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    other = other_account(tenant)
    with tenant_scope(tenant.id):
        connection = other.connection
    offered = "Tornar preferencial" in page(as_admin, other)
    change(connection, status=Connection.Status.UNDONE)

    assert offered
    assert "Tornar preferencial" not in page(as_admin, other)
