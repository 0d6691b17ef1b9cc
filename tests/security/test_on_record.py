"""Who tries to leave no trace, to bury one, or to read those of another company."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from audit.acts import Act
from audit.models import SignIn
from audit.services import record
from audit.sign_ins import Outcome, note
from audit.verification import verify
from core.errors import NotAllowed
from payments.dispatch.run import dispatch_by_hand
from payments.models import PaymentOrder
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import add_member
from tests.audit.reading import audit_of
from tests.cast import make_member, make_user, sign_in
from tests.clock import travel
from tests.payments.clock import at
from tests.payments.factories import (
    TODAY,
    make_bank_account,
    make_payable,
    member_of,
    sender,
    shown,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing_clock() -> Iterator[None]:
    """No hour ends while a test counts."""
    with travel("2026-11-23T12:10:00-03:00"):
        yield


# --- Raw SQL under the application's role ---------------------------------------------------

REWRITTEN = {
    "audit changed": "UPDATE audit_record SET by_label = 'Outra pessoa'",
    "audit deleted": "DELETE FROM audit_record",
    "audit emptied": "TRUNCATE audit_record CASCADE",
    "sign-in deleted": "DELETE FROM audit_signin",
    "sign-in emptied": "TRUNCATE audit_signin",
    "sign-in of another": "UPDATE audit_signin SET user_id = NULL, count = count + 1",
    "another hour": "UPDATE audit_signin SET hour = hour - interval '1 h', count = count + 1",
    "sign-in that was none": "UPDATE audit_signin SET outcome = 'in', count = count + 1",
    "fewer": "UPDATE audit_signin SET count = count - 1",
    "as many": "UPDATE audit_signin SET origin = '192.0.2.99'",
    "older": "UPDATE audit_signin SET count = count + 1, last_at = last_at - interval '1 h'",
}


@pytest.mark.parametrize("statement", REWRITTEN.values(), ids=REWRITTEN)
def test_nobody_rewrites_what_was_noted(tenant: Tenant, operator: User, statement: str) -> None:
    note(operator, Outcome.REFUSED, None)
    record(Act.EXPORTED, on=tenant, by=operator)

    with (
        tenant_scope(tenant.id),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert SignIn.objects.get(user=operator).count == 1
    assert verify(tenant.id).broken == ""


# --- A stranger who tries to bury a trace, or to fill the disk ------------------------------


@pytest.mark.usefixtures("standing_clock")
def test_a_stranger_grows_the_table_by_two_rows_an_hour_however_much_is_tried(
    operator: User,
) -> None:
    before = SignIn.objects.count()
    for number in range(20):
        for login in (operator.email, f"ninguem{number}@example.com"):
            Client().post(
                "/conta/login/",
                {"login": login, "password": f"errada {number}"},
                REMOTE_ADDR=f"198.51.100.{number}",
                headers={"user-agent": f"Mozilla/5.0 ({number}) Firefox/{number}"},
            )

    rows = SignIn.objects.exclude(outcome=Outcome.IN)
    assert SignIn.objects.count() - before == 2
    assert rows.get(user=None).count == 20
    assert rows.get(user=operator).count >= 4  # until too many stop at the door, which notes none


@pytest.mark.usefixtures("standing_clock")
def test_an_address_that_nobody_has_is_not_kept(operator: User) -> None:
    Client().post("/conta/login/", {"login": "minhasenha123@example.com", "password": "x"})

    assert "minhasenha" not in str(list(SignIn.objects.values()))


# --- Another company's ----------------------------------------------------------------------


def test_an_export_holds_no_record_of_another_company(
    client: Client, tenant: Tenant, other_tenant: Tenant, outsider: User
) -> None:
    told = record(Act.PLAN_CHANGED, on=tenant, by=None, why="segredo da oficina")
    sign_in(client, outsider, other_tenant)

    for query in ("", f"?on={tenant.id}", "?text=oficina"):
        answer = client.get(reverse("audit:export") + query)
        assert told.hash not in b"".join(answer.streaming_content).decode()
    assert client.get(reverse("audit:records"), {"by": make_user().pk}).status_code == 404


def test_an_export_is_on_record_with_who_and_what_it_was_filtered_by(
    client: Client, tenant: Tenant, admin: User
) -> None:
    sign_in(client, admin, tenant)

    client.get(reverse("audit:export"), {"text": "Cofre"})
    client.get(reverse("accounts:export"))

    audit, chart = audit_of(tenant, Act.EXPORTED)
    assert (audit.by, "Cofre" in audit.after.values()) == (admin, True)
    assert (chart.by, chart.after["Arquivo"] != audit.after["Arquivo"]) == (admin, True)


# --- The command line -----------------------------------------------------------------------


def sent(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return PaymentOrder.objects.of(tenant).count()


@pytest.mark.django_db(transaction=True)
def test_a_command_that_sends_names_a_member_who_may(
    tenant: Tenant, reader: User, approver: User, outsider: User
) -> None:
    account = make_bank_account(tenant, modo_banking_from=TODAY)
    make_payable(tenant, approved=True)
    dismissed = sender(tenant).user
    type(dismissed).objects.filter(pk=dismissed.pk).update(is_active=False)

    with travel(at("23 10:00")):
        with pytest.raises(CommandError):
            call_command("dispatch")
        for person in (reader, approver, outsider, dismissed, make_user()):
            for more in ({}, {"account": account.id}):
                with pytest.raises(CommandError):
                    call_command("dispatch", by=person.email, stdout=StringIO(), **more)

    assert sent(tenant) == 0


@pytest.mark.django_db(transaction=True)
def test_a_command_sends_only_for_the_companies_in_which_its_person_may(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    for company in (tenant, other_tenant):
        make_bank_account(company, modo_banking_from=TODAY)
        make_payable(company, approved=True)
    who = sender(tenant).user
    add_member(other_tenant, who, Role.READER)

    with travel(at("23 10:00")):
        call_command("dispatch", by=who.email, stdout=StringIO())

    assert (sent(tenant), sent(other_tenant)) == (1, 0)
    (told,) = audit_of(tenant, Act.RUN_BY_HAND)
    assert told.by == who
    assert "Fornecedor" in told.after["Na fila"]


def test_a_run_by_hand_itself_is_refused_to_who_may_not_send(
    tenant: Tenant, other_tenant: Tenant, reader: User, approver: User
) -> None:
    """Whatever the command asked before."""
    account = make_bank_account(tenant, modo_banking_from=TODAY)
    make_payable(tenant, approved=True)

    with travel(at("23 10:00")):
        for by in (*(member_of(tenant, who) for who in (reader, approver)), sender(other_tenant)):
            with pytest.raises(NotAllowed):
                dispatch_by_hand(tenant.id, account.id, TODAY, by=by)

    assert sent(tenant) == 0


# --- Acts with money ------------------------------------------------------------------------


def test_each_act_with_a_bill_is_one_record_with_where_the_money_goes(
    client: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant)
    author, approver = sender(tenant).user, make_member(tenant, Role.APPROVER)
    bill = make_payable(tenant, by=author)
    other = make_payable(tenant, "99.00", by=author)
    sign_in(client, approver, tenant)
    client.post(reverse("payments:approve", args=[bill.id]), {"shown": shown(bill)})
    sign_in(client, author, tenant)
    client.post(reverse("payments:cancel", args=[other.id]), {"why": "em duplicidade"})
    client.post(reverse("payments:send", args=[bill.id]))

    told = [r for r in audit_of(tenant) if r.act != Act.DESTINATION_ENTERED]

    assert [(r.act, r.by, r.on_id) for r in told] == [
        (Act.BILL_ENTERED, author, bill.id),
        (Act.BILL_ENTERED, author, other.id),
        (Act.BILL_APPROVED, approver, bill.id),
        (Act.BILL_CANCELLED, author, other.id),
        (Act.BILLS_SENT, author, bill.id),
    ]
    entered, _, approved, cancelled, left = told
    where = entered.after["Destino"]
    (brought,) = audit_of(tenant, Act.DESTINATION_ENTERED)
    assert (brought.by, brought.on_id) == (author, bill.payee_id)
    assert approved.after["Destino"] == cancelled.before["Destino"] == where
    assert where in left.after["Na fila"] and left.after["Conta de débito"]
    assert cancelled.why == "em duplicidade"
