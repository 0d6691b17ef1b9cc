"""«Pagamentos»: what is shown, in which words, to whom."""

from datetime import date, timedelta
from itertools import chain, count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.connections.disconnect import disconnect_account
from banking.models import BankAccount
from payments.dispatch.run import dispatch_account
from payments.dispatch.schedule import opening_instant
from payments.models import DispatchRun, Payable
from payments.reads.list import PAGE, ListFilter, Period
from payments.states import OrderStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.cast import make_member, sign_in
from tests.clock import travel
from tests.payments.factories import (
    BOLETO,
    PHONE_BILL,
    PIX_KEY,
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
    move,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

NINE = "2026-11-23T09:00:00-03:00"
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


def seen(client: Client, name: str) -> Any:
    """What the list puts above its table, or in it, under that name."""
    return client.get(reverse("payments:list")).context[name]


def day_of(client: Client) -> tuple[str, int]:
    """Today, and how many bills are paid on it."""
    return seen(client, "day"), seen(client, "numbers").today


def make_named(tenant: Tenant, name: str, **options: Any) -> Payable:
    """A bill to a payee of its own."""
    document = f"{next(_numbers):014d}"
    return make_payable(tenant, payee_name=name, payee_document=document, **options)


def situations(client: Client) -> list[str]:
    """Of the rows of today's list."""
    return [row.situation.code for row in seen(client, "rows")]


def run_today(account: BankAccount, **changes: Any) -> DispatchRun:
    with tenant_scope(account.tenant_id):
        run: DispatchRun = DispatchRun.objects.create(
            tenant_id=account.tenant_id, bank_account=account, day=TODAY
        )
        changes = {"started_at": opening_instant(TODAY)} | changes
        DispatchRun.objects.of(account.tenant_id).filter(id=run.id).update(**changes)
    return run


@pytest.mark.parametrize("role", Role)
def test_every_member_sees_the_list(client: Client, tenant: Tenant, role: Role) -> None:
    make_payable(tenant, payee_name="Energia do Sul")
    sign_in(client, make_member(tenant, role), tenant)

    page = read(client)

    assert "Energia do Sul" in page
    assert (reverse("payments:new") in page) == (role in {Role.ADMIN, Role.FINANCE})


def test_an_outsider_sees_none_of_it(as_outsider: Client, tenant: Tenant) -> None:
    make_payable(tenant, payee_name="Energia do Sul")

    assert "Energia do Sul" not in read(as_outsider, periodo="todas")


def test_the_day_is_summed_up_in_one_sentence(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, "1250.00")
    make_payable(tenant, "489.90")
    make_payable(tenant, "77.00", due_date=TUESDAY)
    move(make_payable(tenant, "99.90"), Payable.Status.CANCELLED)

    assert "R$ 1.739,90" in read(as_operator)
    assert day_of(as_operator) == ("segunda, 23 de novembro", 2)


def test_the_day_is_that_of_sao_paulo(as_operator: Client, operator: User, tenant: Tenant) -> None:
    make_payable(tenant, "1250.00")

    with travel("2026-11-24T01:30:00+00:00"):
        sign_in(as_operator, operator, tenant)
        assert day_of(as_operator) == ("segunda, 23 de novembro", 1)
    with travel("2026-11-24T03:30:00+00:00"):
        sign_in(as_operator, operator, tenant)
        assert day_of(as_operator) == ("terça, 24 de novembro", 0)


def test_without_bills_the_page_says_what_to_do_first(as_operator: Client) -> None:
    page = read(as_operator)

    assert page.count(reverse("payments:new")) == 2  # above, and where the table would be
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
    ("query", "field", "code"),
    [
        ({"de": "31/02/2026"}, "de", "invalid"),
        ({"de": "24/11/2026", "ate": "23/11/2026"}, "ate", "backwards"),
        ({"q": "A" * 10_000}, "q", "max_length"),
        ({"q": "\x00"}, "q", "null_characters_not_allowed"),
    ],
)
def test_a_filter_that_cannot_be_is_explained(
    as_operator: Client, tenant: Tenant, query: dict[str, str], field: str, code: str
) -> None:
    make_payable(tenant)

    page = as_operator.get(reverse("payments:list"), query)

    ((name, (error,)),) = page.context["filter"].errors.as_data().items()
    assert (name, error.code) == (field, code)
    assert error.messages[0] in page.content.decode()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("energia", ["Energia do Sul"]),
        ("ENÉRGIA", ["Energia do Sul"]),
        ("manutencao", ["Fornecedor"]),
        ("MANUTENÇÃO do  jardim", ["Fornecedor"]),
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
        tenant, "1250.00", payee_name="Fornecedor", description="NF 8841, Manutenção do Jardim",
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
    change(make_named(tenant, "reprovada"), hold=Payable.Hold.REJECTED)
    make_order(make_named(tenant, "no banco", approved=True), OrderStatus.AT_BANK)
    make_order(make_named(tenant, "desconhecida", approved=True), OrderStatus.UNKNOWN)
    paid = make_named(tenant, "paga", approved=True)
    make_order(paid, OrderStatus.PAID)
    move(paid, Payable.Status.PAID)
    move(make_named(tenant, "cancelada"), Payable.Status.CANCELLED)

    waiting = {"em aprovação", "voltou", "reprovada"}
    assert set(shown(as_operator, situacao="em-aprovacao")) == waiting
    assert shown(as_operator, situacao="aprovadas") == ["aprovada"]
    assert shown(as_operator, situacao="voltaram") == ["voltou"]
    assert shown(as_operator, situacao="reprovadas") == ["reprovada"]
    assert set(shown(as_operator, situacao="no-banco")) == {"no banco", "desconhecida"}
    assert shown(as_operator, situacao="desconhecida") == ["desconhecida"]
    assert shown(as_operator, situacao="pagas") == ["paga"]
    assert shown(as_operator, situacao="canceladas") == ["cancelada"]
    assert "cancelada" not in shown(as_operator)
    assert {"cancelada", "paga", "aprovada"} <= set(shown(as_operator, situacao="todas"))


def test_nothing_is_called_all_that_hides_the_cancelled() -> None:
    situation = ListFilter().fields["situacao"]

    assert [value for value, label in situation.choices if label.startswith("Todas")] == ["todas"]
    assert Period.ALL.label != "Todas"


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
    assert queries(8) == few <= 31


def test_a_boleto_and_a_ted_say_where_they_go(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant)
    make_payable(tenant, destination=BOLETO, amount="1234.56")
    make_payable(tenant, destination=PHONE_BILL, amount="43.21")

    assert "Itaú 0123 / 45678-9" in read(as_operator)
    told = {
        (row.payable.get_method_display(), row.destination) for row in seen(as_operator, "rows")
    }
    assert told == {
        ("TED", "Itaú 0123 / 45678-9"),
        ("Boleto", "Cora"),
        ("Boleto", "Telecomunicações"),
    }


def test_a_due_date_without_banks_says_when_it_is_paid(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, due_date=FRIDAY)
    make_payable(tenant, due_date=date(2026, 11, 22))

    told = {row.due: row.due_detail for row in seen(as_operator, "rows")}
    assert {due: detail.split(":")[0] for due, detail in told.items()} == {
        "20/11, sexta": "feriado",
        "ontem": "fim de semana",
    }
    assert all(detail.endswith("hoje") for detail in told.values())


@pytest.mark.parametrize(
    ("status", "changes", "code", "tone"),
    [
        (OrderStatus.QUEUED, {}, "queued", "info"),
        (OrderStatus.QUEUED, {"message": "Fora do ar."}, "retrying", "warn"),
        (OrderStatus.SENDING, {}, "sending", "info"),
        (OrderStatus.UNKNOWN, {}, "unknown", "bad"),
        (OrderStatus.UNKNOWN, {"needs_person": True}, "unknown_for_a_person", "bad"),
        (OrderStatus.AT_BANK, {}, "at_bank", "info"),
        (OrderStatus.AT_BANK, {"left_list_at": NINE}, "left_bank_list", "info"),
        (OrderStatus.AT_BANK, {"needs_person": True}, "needs_a_person", "bad"),
        (OrderStatus.SCHEDULED, {}, "scheduled", "info"),
    ],
)
def test_a_bill_on_its_way_says_where_it_is(
    as_operator: Client,
    tenant: Tenant,
    status: OrderStatus,
    changes: dict[str, Any],
    code: str,
    tone: str,
) -> None:
    make_bank_account(tenant)
    make_order(make_payable(tenant, approved=True), status, **changes)

    page = read(as_operator)

    assert f'data-situation="{code}"' in page and f"tag--{tone}" in page
    assert "Enviar agora" not in page and "Cancelar" not in page


def test_a_bill_at_the_bank_says_since_when(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    bill = make_payable(tenant, approved=True)
    make_order(bill, OrderStatus.AT_BANK, first_sent_at="2026-11-23T07:50:00-03:00")

    assert "há 2 h 10 min" in read(as_operator)


@pytest.mark.parametrize(
    ("hold", "tone"),
    [
        (Payable.Hold.REFUSED, "bad"),
        (Payable.Hold.EXPIRED, "warn"),
        (Payable.Hold.RETURNED, "bad"),
    ],
)
def test_a_bill_that_came_back_says_why(
    as_operator: Client, tenant: Tenant, hold: Payable.Hold, tone: str
) -> None:
    make_bank_account(tenant)
    bill = make_payable(tenant, approved=True)
    make_order(bill, OrderStatus.REJECTED, message="Conta de destino encerrada.")
    move(bill, Payable.Status.PENDING, hold=hold)

    page = read(as_operator)

    assert hold.label.lower() in page and "Conta de destino encerrada." in page
    assert f"tag--{tone}" in page


@pytest.mark.parametrize(
    ("modo_banking_from", "code", "detail"),
    [
        (TODAY, "approved", "amanhã, às 7h"),
        (TUESDAY, "approved", "amanhã, às 7h"),
        (date(2026, 11, 25), "approved_by_hand", "Modo Banking desligado"),
        (None, "approved_by_hand", "Modo Banking desligado"),
    ],
)
def test_an_approved_bill_says_when_it_leaves(
    as_operator: Client, tenant: Tenant, modo_banking_from: date | None, code: str, detail: str
) -> None:
    make_bank_account(tenant, modo_banking_from=modo_banking_from)
    make_payable(tenant, approved=True, due_date=TUESDAY)

    page = read(as_operator, periodo="7-dias")
    assert f'data-situation="{code}"' in page and detail in page


def test_without_an_account_an_approved_bill_says_so(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, approved=True)

    assert situations(as_operator) == ["no_account"]


def test_the_bills_of_a_preferred_account_that_was_undone_say_so(
    as_operator: Client, tenant: Tenant, admin: User
) -> None:
    account = make_bank_account(tenant, modo_banking_from=TODAY)
    make_payable(tenant, "100.00", approved=True)
    make_payable(tenant, "200.00", approved=True, due_date=date(2026, 11, 19))
    with tenant_scope(tenant.id):
        disconnect_account(account, tenant, by=admin, typed=tenant.name)

    page = read(as_operator)

    (note,) = seen(as_operator, "stranded_notes")
    assert note.title.startswith("2 contas") and note.title in page
    assert "R$ 300,00" in page and str(account) in note.text
    assert situations(as_operator) == ["no_account"]  # today's bill
    assert reverse("integrations:list") in page
    assert "Enviar agora" not in page


def test_bills_of_accounts_that_can_pay_are_sent_without_those_of_one_that_cannot(
    as_operator: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant)
    other = make_bank_account(tenant, preferred=False, connected=False)
    overdue = make_payable(tenant, approved=True, due_date=date(2026, 11, 19))
    make_payable(tenant, approved=True, due_date=date(2026, 11, 19), bank_account=other)

    (note,) = seen(as_operator, "late_notes")

    assert note.ids == [overdue.id]


def test_what_no_click_sends_is_in_no_button_that_sends(
    as_operator: Client, tenant: Tenant
) -> None:
    run_today(make_bank_account(tenant, provider="bs2", modo_banking_from=TODAY))
    gone = date(2026, 11, 19)
    pix = make_payable(tenant, approved=True, due_date=gone, destination=PIX_KEY)
    change(make_payable(tenant, "1234.56", approved=True, destination=BOLETO), title_read_at=None)

    assert seen(as_operator, "late_notes") == []
    assert situations(as_operator) == ["unread"]
    page = as_operator.get(reverse("payments:list"), {"periodo": "vencidas"})
    (row,) = page.context["rows"]
    assert (row.payable, row.situation.code) == (pix, "outside")


def test_the_note_tells_what_todays_run_did(
    as_operator: Client, operator: User, tenant: Tenant
) -> None:
    account = make_bank_account(tenant, modo_banking_from=TODAY)
    bills = [make_payable(tenant, "100.50", approved=True) for _ in range(2)]
    make_payable(tenant, approved=True, due_date=date(2026, 11, 19))
    with travel(opening_instant(TODAY)) as traveller:
        run = dispatch_account(tenant.id, account.id, now=opening_instant(TODAY))
        assert run is not None
        traveller.shift(60)
    with tenant_scope(tenant.id):
        for status in (OrderStatus.SENDING, OrderStatus.AT_BANK):
            run.orders.update(status=status)
    assert len(bills) == 2

    page = read(as_operator)

    (note,) = seen(as_operator, "run_notes")
    assert (note.tally.sent, note.tally.waiting, note.tally.tone) == (2, 2, "info")
    assert note.title in page and str(account) in page and "R$ 201,00" in page
    assert note.tally.stayed == 1
    assert "até as 17h" in page
    assert reverse("payments:run", args=[run.id]) in page
    with travel("2026-11-23T18:00:00-03:00"):
        sign_in(as_operator, operator, tenant)
        assert "até as 17h" not in read(as_operator)


def test_what_missed_the_run_is_sent_with_one_click(as_operator: Client, tenant: Tenant) -> None:
    run_today(make_bank_account(tenant, modo_banking_from=TODAY))
    late = [make_payable(tenant, "240.00", approved=True) for _ in range(2)]
    make_payable(tenant, approved=True, due_date=TUESDAY)
    make_payable(tenant)

    page = read(as_operator)
    (note,) = seen(as_operator, "late_notes")

    assert note.title in page and "R$ 480,00" in page
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

    assert situations(as_operator) == ["approved"]
    assert seen(as_operator, "late_notes") == []


def test_overdue_approved_bills_are_sent_with_one_click(
    as_operator: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant, modo_banking_from=TODAY)
    overdue = make_payable(tenant, "615.40", approved=True, due_date=date(2026, 11, 19))
    make_payable(tenant, due_date=date(2026, 11, 19))

    page = read(as_operator)
    (note,) = seen(as_operator, "late_notes")

    assert note.title in page and "R$ 615,40" in page
    assert note.ids == [overdue.id]


def test_the_notes_are_read_again_after_an_act(as_operator: Client, tenant: Tenant) -> None:
    run_today(make_bank_account(tenant, modo_banking_from=TODAY))
    bill = make_payable(tenant, approved=True)
    notes = reverse("payments:notes")
    assert [note.ids for note in as_operator.get(notes).context["late_notes"]] == [[bill.id]]

    url = reverse("payments:send", args=[bill.id])
    answer = as_operator.post(url, headers={"HX-Request": "true"})

    assert "bills-changed" in answer.headers["HX-Trigger"]
    assert f'hx-get="{notes}"' in read(as_operator)
    assert as_operator.get(notes).context["late_notes"] == []


def test_only_those_who_may_send_are_offered_to(
    client: Client, reader: User, tenant: Tenant
) -> None:
    make_bank_account(tenant, modo_banking_from=TODAY)
    make_payable(tenant, approved=True, due_date=date(2026, 11, 19))
    sign_in(client, reader, tenant)

    assert reverse("payments:send_late") not in read(client)
