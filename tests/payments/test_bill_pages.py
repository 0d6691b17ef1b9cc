"""The page of one bill, and the pages of the runs."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.banks.contract.payments import OrderState
from banking.connections.disconnect import disconnect_account
from banking.models import BankAccount
from payments.bills.enter import cancel_payable
from payments.dispatch.run import dispatch_by_hand
from payments.dispatch.send_now import send_now
from payments.models import DispatchRun, Payable
from payments.orders.transitions import apply_state
from payments.states import OrderStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.cast import make_member, sign_in
from tests.clock import travel
from tests.payments.factories import (
    BOLETO,
    PIX_KEY,
    TODAY,
    approve,
    file_account,
    make_bank_account,
    make_order,
    make_payable,
    sender,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

OVERDUE = date(2026, 11, 19)


def read(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"payments:{name}", args=args))
    assert response.status_code == 200
    return words(response)


def words(response: Any) -> str:
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def make_run(tenant: Tenant, *, bills: int = 1) -> DispatchRun:
    """Sends some bills of today and leaves an overdue one out."""
    account = make_bank_account(tenant, modo_banking_from=TODAY)
    operator, approver = make_member(tenant, Role.FINANCE), make_member(tenant, Role.APPROVER)
    for _ in range(bills):
        make_payable(tenant, "77.00", by=operator, approved_by=approver)
    make_payable(tenant, "615.40", by=operator, approved_by=approver, due_date=OVERDUE)
    return dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))


@pytest.mark.parametrize("role", Role)
def test_every_member_sees_the_bill(client: Client, tenant: Tenant, role: Role) -> None:
    payable = make_payable(tenant, "1250.00", description="NF 8841")
    sign_in(client, make_member(tenant, role), tenant)

    page = read(client, "detail", payable.id)

    for words in ("Fornecedor Exemplo ME", "11.222.333/0001-81", "R$ 1.250,00", "NF 8841",
                  "Itaú 0123 / 45678-9", "Conta corrente", "5.3.02 Manutenção"):  # fmt: skip
        assert words in page
    assert (reverse("payments:cancel", args=[payable.id]) in page) == (role != Role.READER)


def test_the_line_is_shown_as_it_is_printed(as_operator: Client, tenant: Tenant) -> None:
    payable = make_payable(tenant, "1234.56", destination=BOLETO)

    page = read(as_operator, "detail", payable.id)

    assert "40390.00106 00000.000018 23456.789017 8 16390000123456" in page


def test_the_timeline_says_what_happened_and_who_did_it(
    as_operator: Client, operator: User, approver: User, tenant: Tenant
) -> None:
    operator.first_name, operator.last_name = "Marina", "Alves"
    operator.save()
    payable = make_payable(tenant, by=operator, approved_by=approver)
    with tenant_scope(tenant.id):
        cancel_payable(payable, by=operator, why="Nota errada")

    page = as_operator.get(reverse("payments:detail", args=[payable.id]))

    told = [(event["title"], event["by"]) for event in page.context["events"]]
    assert told == [
        ("Cancelada", "Marina Alves"),
        ("Aprovada", approver.email),
        ("Lançada", "Marina Alves"),
    ]
    assert "Nota errada" in page.content.decode()


def test_a_paid_bill_leads_to_its_entry_in_the_books(as_operator: Client, tenant: Tenant) -> None:
    account = make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    order = make_order(payable, OrderStatus.AT_BANK)
    with tenant_scope(tenant.id):
        apply_state(order, OrderState.PAID, source="Cora informou.")
        order.refresh_from_db()

    page = read(as_operator, "detail", payable.id)

    assert reverse("accounts:entry", args=[order.entry_id]) in page
    assert str(account) in page and order.code in page
    assert "paga" in page


def test_each_attempt_is_told(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    refused = make_order(payable, OrderStatus.AT_BANK)
    with tenant_scope(tenant.id):
        apply_state(refused, OrderState.REJECTED, source="Cora informou.")
    again = make_order(approve(payable))

    response = as_operator.get(reverse("payments:detail", args=[payable.id]))

    page = words(response)
    assert refused.code in page and again.code in page
    assert page.index(again.code) < page.index(refused.code)
    assert response.context["row"].situation.code == "queued"


def test_what_the_bank_charges_more_is_told(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    make_order(payable, OrderStatus.AT_BANK, bank_amount="153.00")

    assert "R$ 153,00" in read(as_operator, "detail", payable.id)


def test_a_pix_that_left_as_a_ted_says_so(as_operator: Client, tenant: Tenant) -> None:
    change(make_bank_account(tenant), pix_policy=BankAccount.PixPolicy.TED)
    file_account(tenant)
    payable = make_payable(tenant, approved=True, destination=PIX_KEY)
    assert "Pix para a chave" in read(as_operator, "detail", payable.id)

    with tenant_scope(tenant.id):
        send_now([payable], by=payable.created_by)

    page = read(as_operator, "detail", payable.id)
    assert "Pix para a chave" not in page and "Se for por TED" not in page
    assert "por TED, vence" in page and "Itaú 0123 / 45678-9" in page
    (row,) = as_operator.get(reverse("payments:list")).context["rows"][:1]
    assert (row.method, row.destination) == ("TED", "Itaú 0123 / 45678-9")


def test_names_of_strangers_are_escaped(as_operator: Client, tenant: Tenant) -> None:
    payable = make_payable(tenant, payee_name="<script>alert(1)</script>")

    for name, args in (("detail", [payable.id]), ("list", [])):
        page = read(as_operator, name, *args)
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page


@pytest.mark.parametrize("role", Role)
def test_every_member_sees_what_a_run_did(client: Client, tenant: Tenant, role: Role) -> None:
    run = make_run(tenant)
    sign_in(client, make_member(tenant, role), tenant)

    page = read(client, "run", run.id)

    assert "Envio de 23/11/2026" in page
    assert page.index('id="sent-title"') < page.index("77,00")
    assert page.index('id="left-title"') < page.index("615,40")
    assert "19/11/2026" in page[page.index('id="left-title"') :]
    assert ("Enviar agora</button>" in page) == (role in {Role.ADMIN, Role.FINANCE})


def test_a_run_tells_what_came_back_from_its_queue_and_why(
    as_operator: Client, tenant: Tenant, admin: User
) -> None:
    run = make_run(tenant, bills=2)
    with tenant_scope(tenant.id):
        disconnect_account(run.bank_account, tenant, by=admin, typed=tenant.name)

    response = as_operator.get(reverse("payments:run", args=[run.id]))

    tally = response.context["note"].tally
    assert (tally.sent, tally.given_back, tally.tone) == (0, 2, "warn")
    assert response.context["sent"]["rows"] == []
    back = response.context["given_back"]["rows"]
    page = words(response)
    assert len(back) == 2 and back[0].reason
    assert page.count(back[0].reason) == 2
    places = [page.index(text) for text in ('id="back-title"', "77,00", 'id="left-title"')]
    assert places == sorted(places)


def test_what_was_left_out_is_sent_from_there(as_operator: Client, tenant: Tenant) -> None:
    run = make_run(tenant)
    with tenant_scope(tenant.id):
        left = Payable.objects.of(tenant).get(payment_date=OVERDUE)

    as_operator.post(reverse("payments:send", args=[left.id]))

    page = read(as_operator, "run", run.id)
    assert "Enviar agora</button>" not in page
    assert page.count('data-situation="queued"') == 2


def test_a_run_is_read_in_as_many_queries_whatever_it_sent(
    as_operator: Client, tenant: Tenant
) -> None:
    def queries(run: DispatchRun) -> int:
        with CaptureQueriesContext(connection) as captured:
            read(as_operator, "run", run.id)
        return len(captured)

    run = make_run(tenant)
    few = queries(run)
    for _ in range(6):
        make_payable(tenant, approved=True)
    dispatch_by_hand(tenant.id, run.bank_account_id, TODAY, by=sender(tenant))

    assert queries(run) == few


def test_the_runs_are_listed_newest_first(as_operator: Client, tenant: Tenant) -> None:
    run = make_run(tenant)
    with tenant_scope(tenant.id):
        earlier = DispatchRun.objects.create(
            tenant=tenant, bank_account=run.bank_account, day=date(2026, 11, 19)
        )

    response = as_operator.get(reverse("payments:runs"))

    page = words(response)
    links = [page.index(reverse("payments:run", args=[r.id])) for r in (run, earlier)]
    assert links == sorted(links)
    told = [(note.tally.queued, note.tally.sent) for note in response.context["notes"]]
    assert told == [(1, 0), (0, 0)]


def test_older_runs_follow_on_the_next_page(as_operator: Client, tenant: Tenant) -> None:
    account = make_bank_account(tenant)
    with tenant_scope(tenant.id):
        for number in range(31):
            day = date(2026, 10, 1 + number % 31)
            DispatchRun.objects.create(tenant=tenant, bank_account=account, day=day)

    first = as_operator.get(reverse("payments:runs"))
    rest = as_operator.get(reverse("payments:runs"), {"apos": str(first.context["following"])})

    days = [n.tally.run.day for n in first.context["notes"] + rest.context["notes"]]
    assert days == [date(2026, 10, 31 - number) for number in range(31)]
    assert rest.context["following"] is None


def test_without_runs_the_page_says_what_to_do(as_operator: Client) -> None:
    page = read(as_operator, "runs")

    assert "Nenhum envio ainda" in page and reverse("integrations:list") in page


def test_to_an_outsider_they_do_not_exist(as_outsider: Client, tenant: Tenant) -> None:
    run = make_run(tenant)
    payable = make_payable(tenant)

    assert as_outsider.get(reverse("payments:run", args=[run.id])).status_code == 404
    assert as_outsider.get(reverse("payments:detail", args=[payable.id])).status_code == 404
    assert "Nenhum envio ainda" in read(as_outsider, "runs")


@pytest.mark.parametrize("name", ["list", "new", "runs", "send_late", "read_line"])
def test_strangers_are_asked_to_sign_in(client: Client, tenant: Tenant, name: str) -> None:
    response = client.post(reverse(f"payments:{name}"))
    if response.status_code == 405:
        response = client.get(reverse(f"payments:{name}"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_the_note_of_a_run_that_ended_well(
    as_operator: Client, operator: User, tenant: Tenant
) -> None:
    run = make_run(tenant, bills=2)
    with tenant_scope(tenant.id):
        for status in (OrderStatus.SENDING, OrderStatus.AT_BANK, OrderStatus.PAID):
            run.orders.update(status=status)

    with travel("2026-11-24T10:00:00-03:00"):
        sign_in(as_operator, operator, tenant)
        response = as_operator.get(reverse("payments:runs"))

    (note,) = response.context["notes"]
    assert note.tally.is_all_paid and note.tally.tone == "info"  # one was left out
    assert note.title.endswith("10h de ontem")
    assert note.text.replace("\xa0", " ") in words(response)


def test_the_note_of_a_run_made_in_advance(as_operator: Client, tenant: Tenant) -> None:
    with travel("2026-11-20T16:05:00-03:00"):
        make_run(tenant)

    assert "20/11 às 16:05" in read(as_operator, "runs")


def test_the_note_of_a_run_with_a_lost_answer(as_operator: Client, tenant: Tenant) -> None:
    run = make_run(tenant, bills=2)
    with tenant_scope(tenant.id):
        for status in (OrderStatus.SENDING, OrderStatus.UNKNOWN):
            run.orders.update(status=status)

    (note,) = as_operator.get(reverse("payments:runs")).context["notes"]

    assert (note.tally.unknown, note.tally.tone) == (2, "bad")
