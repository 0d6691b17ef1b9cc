"""«Pagamentos»: what is shown, in which words, to whom."""

from datetime import date, timedelta
from itertools import chain, count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.models import BankAccount
from payments.dispatch.run import dispatch_account, opening
from payments.models import DispatchRun, Payable
from payments.orders.disconnect import undo
from payments.reads.list import PAGE
from payments.states import OrderStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.payments.make import (
    BOLETO,
    PHONE_BILL,
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
    move,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

FRIDAY = date(2026, 11, 20)  # a holiday
TUESDAY = date(2026, 11, 24)

_numbers = count(1)


def read(client: Client, **query: str) -> str:
    response = client.get(reverse("payments:list"), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def shown(client: Client, **query: str) -> list[str]:
    """The names of the payees in the rows, from above."""
    response = client.get(reverse("payments:list"), query)
    return [row.payable.payee.name for row in response.context["rows"]]


def make_named(tenant: Tenant, name: str, **options: Any) -> Payable:
    """A bill to a payee of its own."""
    document = f"{next(_numbers):014d}"
    return make_payable(tenant, payee_name=name, payee_document=document, **options)


def situations(client: Client) -> list[str]:
    """Of the rows of today's list."""
    page = client.get(reverse("payments:list"))
    return [row.situation.code for row in page.context["rows"]]


def run_today(account: BankAccount, **changes: Any) -> DispatchRun:
    with tenant_scope(account.tenant_id):
        run: DispatchRun = DispatchRun.objects.create(
            tenant_id=account.tenant_id, bank_account=account, day=TODAY
        )
        changes = {"started_at": opening(TODAY)} | changes
        DispatchRun.objects.of(account.tenant_id).filter(id=run.id).update(**changes)
    return run


@pytest.mark.parametrize("role", Role)
def test_every_member_sees_the_list(client: Client, tenant: Tenant, role: Role) -> None:
    make_payable(tenant, payee_name="Energia do Sul S.A.")
    sign_in(client, make_member(tenant, role), tenant)

    page = read(client)

    assert "Energia do Sul S.A." in page
    assert (reverse("payments:new") in page) == (role in {Role.ADMIN, Role.FINANCE})


def test_an_outsider_sees_none_of_it(as_outsider: Client, tenant: Tenant) -> None:
    make_payable(tenant, payee_name="Energia do Sul S.A.")

    assert "Energia do Sul" not in read(as_outsider, periodo="todas")


def test_the_day_is_summed_up_in_one_sentence(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, "1250.00")
    make_payable(tenant, "489.90")
    make_payable(tenant, "77.00", due_date=TUESDAY)
    move(make_payable(tenant, "99.90"), Payable.Status.CANCELLED)

    assert "Hoje, segunda, 23 de novembro: 2 contas, R$ 1.739,90" in read(as_operator)


def test_the_day_is_that_of_sao_paulo(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, "1250.00")

    with time_machine.travel("2026-11-24T01:30:00+00:00"):
        assert "Hoje, segunda, 23 de novembro: 1 conta" in read(as_operator)
    with time_machine.travel("2026-11-24T03:30:00+00:00"):
        assert "Hoje, terça, 24 de novembro: nenhuma conta" in read(as_operator)


def test_without_bills_the_page_says_what_to_do_first(as_operator: Client) -> None:
    page = read(as_operator)

    assert "Nenhuma conta a pagar ainda" in page
    assert "<table" not in page


@pytest.mark.parametrize(
    ("period", "names"),
    [
        ("", ["feriado", "hoje"]),
        ("hoje", ["feriado", "hoje"]),
        ("7-dias", ["feriado", "hoje", "amanhã"]),
        ("vencidas", ["vencida"]),
        ("todas", ["longe", "amanhã", "hoje", "feriado", "vencida"]),
        ("outro", ["feriado", "hoje"]),
    ],
)
def test_a_period_shows_what_is_paid_in_it(
    as_operator: Client, tenant: Tenant, period: str, names: list[str]
) -> None:
    make_named(tenant, "vencida", due_date=date(2026, 11, 19))
    make_named(tenant, "feriado", due_date=FRIDAY)
    make_named(tenant, "hoje")
    make_named(tenant, "amanhã", due_date=TUESDAY)
    make_named(tenant, "longe", due_date=TODAY + timedelta(days=7))

    assert set(shown(as_operator, periodo=period)) == set(names)


def test_days_may_be_chosen_by_due_date(as_operator: Client, tenant: Tenant) -> None:
    make_named(tenant, "feriado", due_date=FRIDAY)
    make_named(tenant, "hoje")
    make_named(tenant, "amanhã", due_date=TUESDAY)

    assert shown(as_operator, de="20/11/2026", ate="20/11/2026") == ["feriado"]
    assert shown(as_operator, de="23/11/2026") == ["hoje", "amanhã"]
    assert shown(as_operator, ate="23/11/2026") == ["feriado", "hoje"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"de": "31/02/2026"}, "Esta data não existe"),
        ({"de": "24/11/2026", "ate": "23/11/2026"}, "O último dia vem antes do primeiro"),
        ({"q": "A" * 10_000}, "no máximo 120"),
        ({"q": "\x00"}, "nulo"),
    ],
)
def test_a_filter_that_cannot_be_is_explained(
    as_operator: Client, tenant: Tenant, query: dict[str, str], reason: str
) -> None:
    make_payable(tenant)

    assert reason in read(as_operator, **query)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("energia", ["Energia do Sul"]),
        ("NF 88", ["Fornecedor"]),
        ("1.250,00", ["Fornecedor"]),
        ("11.444.777", ["Energia do Sul"]),
        ("nada disso", []),
        ("100%", []),
    ],
)
def test_bills_are_found_by_text_amount_and_document(
    as_operator: Client, tenant: Tenant, text: str, names: list[str]
) -> None:
    make_payable(
        tenant, "1250.00", payee_name="Fornecedor", description="NF 8841",
        payee_document="11222333000181",
    )  # fmt: skip
    make_payable(
        tenant, "43.21", payee_name="Energia do Sul", destination=PHONE_BILL,
        payee_document="11444777000161",
    )  # fmt: skip

    assert shown(as_operator, q=text) == names


def test_bills_are_filtered_by_situation(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    make_named(tenant, "em aprovação")
    make_named(tenant, "aprovada", approved=True)
    back = make_named(tenant, "voltou", approved=True)
    make_order(back, OrderStatus.REJECTED)
    move(back, Payable.Status.PENDING, hold=Payable.Hold.REFUSED)
    make_order(make_named(tenant, "no banco", approved=True), OrderStatus.AT_BANK)
    make_order(make_named(tenant, "desconhecida", approved=True), OrderStatus.UNKNOWN)
    paid = make_named(tenant, "paga", approved=True)
    make_order(paid, OrderStatus.PAID)
    move(paid, Payable.Status.PAID)
    move(make_named(tenant, "cancelada"), Payable.Status.CANCELLED)

    assert set(shown(as_operator, situacao="em-aprovacao")) == {"em aprovação", "voltou"}
    assert shown(as_operator, situacao="aprovadas") == ["aprovada"]
    assert shown(as_operator, situacao="voltaram") == ["voltou"]
    assert set(shown(as_operator, situacao="no-banco")) == {"no banco", "desconhecida"}
    assert shown(as_operator, situacao="desconhecida") == ["desconhecida"]
    assert shown(as_operator, situacao="pagas") == ["paga"]
    assert shown(as_operator, situacao="canceladas") == ["cancelada"]
    assert "cancelada" not in shown(as_operator)


def test_chips_keep_the_rest_of_the_filter(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, description="100% algodão")

    query = {"q": "100% algodão", "situacao": "em-aprovacao", "de": "23/11/2026"}
    chips = as_operator.get(reverse("payments:list"), query).context["chips"]

    week = parse_qs(urlsplit(next(c["url"] for c in chips if c["label"] == "7 dias")).query)
    assert week == {"q": ["100% algodão"], "situacao": ["em-aprovacao"], "periodo": ["7-dias"]}
    assert not any(chip["current"] for chip in chips)


def test_pages_follow_one_another_without_gap_or_double(
    as_operator: Client, operator: User, tenant: Tenant
) -> None:
    bills = 2 * PAGE + 5
    for number in range(1, bills + 1):
        due = TODAY + timedelta(days=number % 2)
        make_payable(tenant, f"{number}.00", due_date=due, by=operator)

    for period in ("7-dias", "todas"):
        url, pages = f"{reverse('payments:list')}?periodo={period}", []
        while url:
            response = as_operator.get(url, headers={"HX-Request": "true"})
            pages.append([int(row.payable.amount) for row in response.context["rows"]])
            url = response.context["more_url"]
        assert [len(page) for page in pages] == [PAGE, PAGE, 5]
        assert sorted(chain(*pages)) == list(range(1, bills + 1))


@pytest.mark.parametrize("cursor", ["x", "2026-11-23", "2026-11-23.abc", "2026-13-01.", ""])
def test_a_forged_cursor_is_refused(as_operator: Client, cursor: str) -> None:
    assert as_operator.get(reverse("payments:list"), {"apos": cursor}).status_code == 400


def test_the_number_of_queries_does_not_grow_with_the_rows(
    as_operator: Client, operator: User, approver: User, tenant: Tenant
) -> None:
    make_bank_account(tenant)

    def queries(bills: int) -> int:
        for _ in range(bills):
            bill = make_payable(tenant, by=operator, approved_by=approver)
            make_order(bill, OrderStatus.AT_BANK)
            make_payable(tenant, by=operator)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            read(as_operator)
        return len(captured)

    few = queries(2)
    assert queries(8) == few <= 25


def test_a_boleto_and_a_ted_say_where_they_go(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant)
    make_payable(tenant, destination=BOLETO, amount="1234.56")
    make_payable(tenant, destination=PHONE_BILL, amount="43.21")

    page = read(as_operator)

    assert "Itaú 0123 / 45678-9" in page
    assert 'Boleto<small class="second num">Cora' in page
    assert 'Boleto<small class="second num">Telecomunicações' in page


def test_a_due_date_without_banks_says_when_it_is_paid(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, due_date=FRIDAY)
    make_payable(tenant, due_date=date(2026, 11, 22))

    page = read(as_operator)

    assert "20/11, sexta" in page and "feriado: paga hoje" in page
    assert "ontem" in page and "fim de semana: paga hoje" in page


@pytest.mark.parametrize(
    ("status", "changes", "label", "detail"),
    [
        (OrderStatus.QUEUED, {}, "na fila de envio", "sai em instantes"),
        (OrderStatus.QUEUED, {"message": "Fora do ar."}, "na fila de envio", "tentando de novo"),
        (OrderStatus.SENDING, {}, "enviando ao banco", ""),
        (
            OrderStatus.UNKNOWN,
            {},
            "resposta do banco desconhecida",
            "verificando no banco, não será reenviada",
        ),
        (
            OrderStatus.UNKNOWN,
            {"needs_person": True},
            "resposta do banco desconhecida",
            "confira no aplicativo do banco",
        ),
        (
            OrderStatus.AT_BANK,
            {"first_sent_at": "2026-11-23T07:50:00-03:00"},
            "no banco, aguardando aprovação",
            "há 2 h 10 min",
        ),
        (
            OrderStatus.AT_BANK,
            {"left_list_at": "2026-11-23T09:00:00-03:00"},
            "conferindo no extrato",
            "saiu da lista",
        ),
        (OrderStatus.AT_BANK, {"needs_person": True}, "precisa de uma pessoa", "abra a conta"),
        (OrderStatus.SCHEDULED, {}, "agendada no banco", ""),
    ],
)
def test_a_bill_on_its_way_says_where_it_is(
    as_operator: Client,
    tenant: Tenant,
    status: OrderStatus,
    changes: dict[str, Any],
    label: str,
    detail: str,
) -> None:
    make_bank_account(tenant)
    make_order(make_payable(tenant, approved=True), status, **changes)

    page = read(as_operator)

    assert label in page and detail in page
    assert "Enviar agora" not in page and "Cancelar" not in page


@pytest.mark.parametrize(
    ("hold", "label"),
    [
        (Payable.Hold.REFUSED, "recusada no banco"),
        (Payable.Hold.EXPIRED, "expirou sem aprovação no banco"),
        (Payable.Hold.RETURNED, "devolvida pelo banco do favorecido"),
    ],
)
def test_a_bill_that_came_back_says_why(
    as_operator: Client, tenant: Tenant, hold: str, label: str
) -> None:
    make_bank_account(tenant)
    bill = make_payable(tenant, approved=True)
    make_order(bill, OrderStatus.REJECTED, message="Conta de destino encerrada.")
    move(bill, Payable.Status.PENDING, hold=hold)

    page = read(as_operator)

    assert label in page and "Conta de destino encerrada." in page


@pytest.mark.parametrize(
    ("modo_banking_from", "detail"),
    [
        (TODAY, "sai amanhã, às 7h"),
        (TUESDAY, "sai amanhã, às 7h"),
        (date(2026, 11, 25), "Modo Banking desligado"),
        (None, "Modo Banking desligado"),
    ],
)
def test_an_approved_bill_says_when_it_leaves(
    as_operator: Client, tenant: Tenant, modo_banking_from: date | None, detail: str
) -> None:
    make_bank_account(tenant, modo_banking_from=modo_banking_from)
    make_payable(tenant, approved=True, due_date=TUESDAY)

    assert detail in read(as_operator, periodo="7-dias")


def test_without_an_account_an_approved_bill_says_so(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, approved=True)

    assert "nenhuma conta conectada para pagar" in read(as_operator)


def test_the_bills_of_a_preferred_account_that_was_undone_say_so(
    as_operator: Client, tenant: Tenant, admin: User
) -> None:
    account = make_bank_account(tenant, modo_banking_from=TODAY)
    make_payable(tenant, "100.00", approved=True)
    make_payable(tenant, "200.00", approved=True, due_date=date(2026, 11, 19))
    with tenant_scope(tenant.id):
        undo(account, tenant, by=admin, typed=tenant.name)

    page = read(as_operator)

    assert "2 contas não têm por onde sair" in page
    assert f"(R$ 300,00): o vínculo de {account} foi desfeito. Elas esperam até ele" in page
    assert page.count(f"o vínculo de {account} foi desfeito") == 2  # the note, and today's bill
    assert reverse("integrations:list") in page
    assert "Enviar agora" not in page


def test_bills_of_accounts_that_can_pay_are_sent_without_those_of_one_that_cannot(
    as_operator: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant)
    other = make_bank_account(tenant, preferred=False, connected=False)
    overdue = make_payable(tenant, approved=True, due_date=date(2026, 11, 19))
    make_payable(tenant, approved=True, due_date=date(2026, 11, 19), bank_account=other)

    (note,) = as_operator.get(reverse("payments:list")).context["late_notes"]

    assert note.ids == [overdue.id]


def test_the_note_tells_what_todays_run_did(as_operator: Client, tenant: Tenant) -> None:
    account = make_bank_account(tenant, modo_banking_from=TODAY)
    bills = [make_payable(tenant, "100.50", approved=True) for _ in range(2)]
    make_payable(tenant, approved=True, due_date=date(2026, 11, 19))
    with time_machine.travel(opening(TODAY)) as traveller:
        run = dispatch_account(tenant.id, account.id, now=opening(TODAY))
        assert run is not None
        traveller.shift(60)
    with tenant_scope(tenant.id):
        for status in (OrderStatus.SENDING, OrderStatus.AT_BANK):
            run.orders.update(status=status)
    assert len(bills) == 2

    page = read(as_operator)

    assert "O envio das 7h de hoje" in page
    assert f"mandou 2 pagamentos ao banco pela conta {account} (R$ 201,00)." in page
    assert "Eles esperam sua aprovação no aplicativo do banco até as 17h." in page
    assert "1 ficou de fora." in page
    assert reverse("payments:run", args=[run.id]) in page
    with time_machine.travel("2026-11-23T18:00:00-03:00"):
        assert "aprovação no aplicativo do banco." in read(as_operator)


def test_what_missed_the_run_is_sent_with_one_click(as_operator: Client, tenant: Tenant) -> None:
    run_today(make_bank_account(tenant, modo_banking_from=TODAY))
    late = [make_payable(tenant, "240.00", approved=True) for _ in range(2)]
    make_payable(tenant, approved=True, due_date=TUESDAY)
    make_payable(tenant)

    page = read(as_operator)
    (note,) = as_operator.get(reverse("payments:list")).context["late_notes"]

    assert "2 contas perderam o envio das 7h" in page and "R$ 480,00" in page
    assert "Enviar as 2 agora" in page
    assert set(note.ids) == {bill.id for bill in late}


def test_the_row_says_that_it_missed_the_run(as_operator: Client, tenant: Tenant) -> None:
    account = make_bank_account(tenant, modo_banking_from=TODAY)
    make_payable(tenant, approved=True)
    assert situations(as_operator) == ["approved"]

    run_today(account)
    make_payable(tenant, approved=True, due_date=TUESDAY)

    assert situations(as_operator) == ["missed_run"]


def test_before_the_run_nothing_has_missed_it(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant, modo_banking_from=TODAY)
    make_payable(tenant, approved=True)

    assert "perdeu o envio" not in read(as_operator)


def test_overdue_approved_bills_are_sent_with_one_click(
    as_operator: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant, modo_banking_from=TODAY)
    overdue = make_payable(tenant, "615.40", approved=True, due_date=date(2026, 11, 19))
    make_payable(tenant, due_date=date(2026, 11, 19))

    page = read(as_operator)
    (note,) = as_operator.get(reverse("payments:list")).context["late_notes"]

    assert "1 conta aprovada venceu sem ser paga" in page and "R$ 615,40" in page
    assert note.ids == [overdue.id]


def test_the_notes_are_read_again_after_an_act(as_operator: Client, tenant: Tenant) -> None:
    run_today(make_bank_account(tenant, modo_banking_from=TODAY))
    bill = make_payable(tenant, approved=True)
    notes = reverse("payments:notes")
    assert "perdeu o envio das 7h" in as_operator.get(notes).content.decode()

    url = reverse("payments:send", args=[bill.id])
    answer = as_operator.post(url, headers={"HX-Request": "true"})

    assert "bills-changed" in answer.headers["HX-Trigger"]
    assert f'hx-get="{notes}"' in read(as_operator)
    assert "perdeu o envio das 7h" not in as_operator.get(notes).content.decode()


def test_only_those_who_may_send_are_offered_to(
    client: Client, reader: User, tenant: Tenant
) -> None:
    make_bank_account(tenant, modo_banking_from=TODAY)
    make_payable(tenant, approved=True, due_date=date(2026, 11, 19))
    sign_in(client, reader, tenant)

    assert reverse("payments:send_late") not in read(client)
