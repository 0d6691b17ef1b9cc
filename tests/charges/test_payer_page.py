"""The page of a charge for its payer: who finds it, what it shows, what it costs."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from banking.models import BankAccount
from charges.models import Charge, PayerPage, Settlement
from charges.payer_page.address import digest_of, find_charge
from charges.payer_page.opened import OPENED
from charges.payer_page.page import PageState, PayerView
from charges.refunds.register import register_refund
from charges.states import ChargeStatus, SlipStatus
from tenants.models import Tenant, User
from tenants.scope import across_tenants, tenant_scope
from tests.cast import sign_in
from tests.charges.factories import make_charge, membership
from tests.charges.issued import queue, titles
from tests.charges.payer_side import (
    MONDAY,
    PIX,
    SATURDAY,
    address_of,
    path_of,
    registered,
    settle,
    view,
)
from tests.clock import Traveller
from tests.payments.factories import make_bank_account
from tests.security.log_lines import written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "clear_cache")]

D = Decimal
NOBODYS = "A" * 22


@pytest.fixture
def clear_cache() -> Iterator[None]:
    caches["default"].clear()
    yield


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def payable(tenant: Tenant, account: BankAccount) -> Charge:
    return registered(make_charge(tenant, account, fine_percent=D("2.00")))


def state_of(client: Client, charge: Charge) -> str:
    return str(client.get(path_of(charge)).context["view"].state)


# --- The address ------------------------------------------------------------------------------


def test_an_address_is_the_same_at_every_call_and_the_database_does_not_have_it(
    payable: Charge,
) -> None:
    first, second = address_of(payable), address_of(payable)
    token = first.rstrip("/").rsplit("/", 1)[1]
    with across_tenants():
        (row,) = PayerPage.objects.values_list("digest", "key_name")

    assert first == second
    assert len(token) == 22
    assert bytes(row[0]) == digest_of(token)
    assert find_charge(token).charge_id == payable.id


def test_addresses_stay_when_keys_change_and_are_told_while_their_key_is_there(
    client: Client, payable: Charge, settings: Settings
) -> None:
    former = address_of(payable)

    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *settings.CREDENTIAL_KEYS]
    assert address_of(payable) == former

    settings.CREDENTIAL_KEYS = settings.CREDENTIAL_KEYS[:1]
    newest = address_of(payable)
    assert newest != former
    for address in (former, newest):
        assert client.get("/pagar/" + address.split("/pagar/")[1]).status_code == 200


# --- Who finds it -----------------------------------------------------------------------------


def test_unknown_dead_and_draft_are_answered_alike(
    client: Client, tenant: Tenant, account: BankAccount, payable: Charge, monday: Traveller
) -> None:
    settle(payable)
    draft = make_charge(tenant, account)
    assert state_of(client, payable) == PageState.PAID
    monday.shift(timedelta(days=91))

    unknown, *others = [
        client.get(path) for path in (f"/pagar/{NOBODYS}/", path_of(payable), path_of(draft))
    ]

    assert unknown.status_code == 404
    for other in others:
        assert (other.status_code, other.content) == (404, unknown.content)
        assert other.headers == unknown.headers


@pytest.mark.django_db(transaction=True)
def test_no_page_asks_more_of_the_database_than_five_queries_and_a_guess_not_more(
    client: Client, payable: Charge
) -> None:
    path = path_of(payable)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len([q for q in captured if q["sql"] not in {"BEGIN", "COMMIT"}])

    open_page, guess = queries(path), queries(f"/pagar/{NOBODYS}/")
    settle(payable)
    paid_page = queries(path)

    assert (open_page, guess, paid_page) == (5, 5, 5)


def test_a_page_sets_no_cookie_is_kept_by_nobody_and_its_address_is_told_to_nobody(
    payable: Charge,
) -> None:
    for path in (path_of(payable), f"/pagar/{NOBODYS}/"):
        answer = Client(enforce_csrf_checks=True).get(path)

        assert not answer.cookies
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"].startswith("noindex")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert b"http://" not in answer.content.replace(b"http://www.w3.org", b"")


def test_who_asks_too_often_waits_and_shuts_out_nobody_else(
    client: Client, payable: Charge, settings: Settings
) -> None:
    settings.PAYER_PAGE_RATES = {"place": "3/h", "all": "5/h"}
    path, guess = path_of(payable), f"/pagar/{NOBODYS}/"

    guesses = [client.get(guess, REMOTE_ADDR="203.0.113.7").status_code for _ in range(50)]
    with CaptureQueriesContext(connection) as captured:
        refused = client.get(guess, REMOTE_ADDR="203.0.113.7")

    assert guesses == [404] * 3 + [429] * 47
    assert len(captured) == 0
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get(path, REMOTE_ADDR="203.0.113.8").status_code == 200
    # All networks together, and all addresses of one customer's network.
    assert client.get(path, REMOTE_ADDR="2001:db8::1").status_code == 200
    assert client.get(path, REMOTE_ADDR="203.0.113.9").status_code == 429


def test_the_addresses_of_one_ipv6_network_are_one_place(
    client: Client, settings: Settings
) -> None:
    settings.PAYER_PAGE_RATES = {"place": "1/h", "all": "50/h"}
    guess = f"/pagar/{NOBODYS}/"

    assert client.get(guess, REMOTE_ADDR="2001:db8::1").status_code == 404
    assert client.get(guess, REMOTE_ADDR="2001:db8::2").status_code == 429
    assert client.get(guess, REMOTE_ADDR="2001:db8:0:1::2").status_code == 404


def test_addresses_of_ipv4_that_are_written_as_ipv6_are_places_of_their_own(
    client: Client, settings: Settings
) -> None:
    settings.PAYER_PAGE_RATES = {"place": "1/h", "all": "50/h"}
    guess = f"/pagar/{NOBODYS}/"

    assert client.get(guess, REMOTE_ADDR="::ffff:203.0.113.7").status_code == 404
    assert client.get(guess, REMOTE_ADDR="::ffff:203.0.113.8").status_code == 404
    assert client.get(guess, REMOTE_ADDR="203.0.113.7").status_code == 429


def test_no_line_of_the_log_has_what_ends_mails(client: Client) -> None:
    with written() as lines:
        client.get("/sem-lembretes/abcDEF123456789.xyz/")

    assert "/sem-lembretes/***" in lines.getvalue()
    assert "abcDEF" not in lines.getvalue()


def test_no_line_of_the_log_has_an_address(client: Client, payable: Charge) -> None:
    path = path_of(payable)
    token = path.split("/")[2]

    with written() as lines:
        for each in (path, f"{path}x/", f"{path}estado/", f"/pagar/{token[:-1]}/", path[:-1]):
            client.get(each)
        client.post(path)

    assert "/pagar/***" in lines.getvalue()
    assert token[:12] not in lines.getvalue()


# --- What it shows ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (view(), PageState.OPEN),
        (view(ChargeStatus.ISSUING, SlipStatus.QUEUED), PageState.WAITING),
        (view(ChargeStatus.REGISTERING, SlipStatus.REGISTERING), PageState.WAITING),
        (view(ChargeStatus.UNKNOWN, SlipStatus.UNKNOWN), PageState.WAITING),
        (view(slip_changes={"fault": "Outro valor."}), PageState.WAITING),
        (view(slip_changes={"cancel_asked_at": MONDAY}), PageState.VOID),
        (view(slip_changes={"cancel_asked_at": MONDAY}, next_due_date=MONDAY), PageState.WAITING),
        (view(ChargeStatus.WRITTEN_OFF, None, next_due_date=MONDAY), PageState.WAITING),
        (view(ChargeStatus.IN_PAYMENT, SlipStatus.IN_PAYMENT), PageState.IN_PAYMENT),
        (view(ChargeStatus.PARTLY_PAID, None, settled=D("40.00")), PageState.PARTLY_PAID),
        # The slip is over the whole: who pays it pays a part twice.
        (
            view(ChargeStatus.PARTLY_PAID, SlipStatus.OPEN, settled=D("40.00")),
            PageState.PARTLY_PAID,
        ),
        (
            view(ChargeStatus.PARTLY_PAID, settled=D("40.00"), slip_changes={"amount": D("60.00")}),
            PageState.OPEN,
        ),
        (view(ChargeStatus.WRITTEN_OFF, None), PageState.VOID),
        (view(ChargeStatus.CANCELLED, None), PageState.VOID),
        (view(ChargeStatus.RETURNED, None), PageState.VOID),
        (view(ChargeStatus.REFUSED, None), PageState.VOID),
        # BS2 takes money until the 60th day after the due date, a Tuesday.
        (view(today=date(2027, 1, 26)), PageState.OPEN),
        (view(today=date(2027, 1, 27)), PageState.EXPIRED),
        (
            view(today=MONDAY, slip_changes={"content": {"pay_until": "2026-11-28"}}),
            PageState.EXPIRED,
        ),
    ],
)
def test_codes_are_there_in_one_state_alone(seen: PayerView, state: PageState) -> None:
    assert seen.state == state
    has_codes = state is PageState.OPEN
    assert bool(seen.pix_code) is bool(seen.linha) is bool(seen.barcode) is has_codes


def test_a_bar_code_of_a_saturday_asks_for_what_monday_costs() -> None:
    seen = view(today=SATURDAY)

    assert (seen.by_pix.total, seen.by_boleto.total) == (D("101.00"), D("103.00"))
    assert seen.has_two_amounts
    assert seen.owed.total == D("101.00")
    assert view(today=MONDAY).has_two_amounts is False


def test_a_bar_code_alone_stands_on_top_with_its_own_amount() -> None:
    seen = view(today=SATURDAY, form="boleto", slip_changes={"pix_code": ""})

    assert seen.owed.total == D("103.00")
    assert [part.amount for part in seen.parts] == [D("100.00"), D("3.00")]
    assert seen.tomorrow is None  # Sunday's is Monday's too


def test_late_in_the_evening_today_is_still_today(
    client: Client, payable: Charge, monday: Traveller
) -> None:
    monday.move_to("2026-12-10T22:30:00-03:00")
    assert client.get(path_of(payable)).context["view"].is_late is False

    monday.move_to("2026-12-11T00:01:00-03:00")
    assert client.get(path_of(payable)).context["view"].is_late is True


def test_what_is_not_registered_shows_no_code_and_no_button(
    client: Client, tenant: Tenant, account: BankAccount
) -> None:
    charge = make_charge(tenant, account)
    queue(charge)

    answer = client.get(path_of(charge))

    assert answer.context["view"].state == PageState.WAITING
    assert b"data-copy=" not in answer.content
    assert b"qr__code" not in answer.content


def test_what_is_paid_shows_when_and_no_document(client: Client, payable: Charge) -> None:
    line = client.get(path_of(payable)).context["view"].linha
    settle(payable)

    answer = client.get(path_of(payable))

    assert answer.context["view"].state == PageState.PAID
    assert answer.context["view"].paid == D("150.00")
    for hidden in (line, PIX, "data-copy=", "qr__code", "cobranca.pdf"):
        assert hidden not in answer.content.decode()


def test_what_was_too_much_is_not_told_as_its_price(client: Client, payable: Charge) -> None:
    settle(payable, "170.00")

    assert client.get(path_of(payable)).context["view"].paid == D("150.00")


def test_what_went_back_and_was_paid_again_is_told_once(client: Client, payable: Charge) -> None:
    settle(payable)
    with tenant_scope(payable.tenant_id):
        (payment,) = Settlement.objects.of(payable.tenant_id)
        register_refund(
            payment, by=membership(payable.tenant), why="Desistiu", amount=D("150.00"),
            day=payment.posted_on, debt="owed",
        )  # fmt: skip
    settle(payable)

    assert client.get(path_of(payable)).context["view"].paid == D("150.00")


def test_a_page_learns_that_something_changed(client: Client, payable: Charge) -> None:
    path = path_of(payable)
    seen = client.get(path).context["view"].mark

    assert client.get(f"{path}estado/", {"visto": seen}).status_code == 204
    settle(payable)
    assert client.get(f"{path}estado/", {"visto": seen}).status_code == 205
    assert client.get(f"/pagar/{NOBODYS}/estado/").status_code == 404


# --- That it was opened -----------------------------------------------------------------------


def test_that_it_was_opened_is_noted_once_a_day_and_not_by_reading(
    client: Client, payable: Charge, monday: Traveller
) -> None:
    path = path_of(payable)
    client.get(path)
    assert OPENED not in titles(payable)

    for _ in range(2):
        assert client.post(f"{path}aberta/").status_code == 204
    assert titles(payable).count(OPENED) == 1

    monday.shift(timedelta(days=1))
    client.post(f"{path}aberta/")
    assert titles(payable).count(OPENED) == 2


def test_neither_our_people_nor_another_site_opened_it(
    client: Client, payable: Charge, operator: User, tenant: Tenant
) -> None:
    path = f"{path_of(payable)}aberta/"
    client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
    sign_in(client, operator, tenant)
    client.post(path)

    assert OPENED not in titles(payable)


def test_a_payment_that_came_in_cash_is_on_the_page(payable: Charge, client: Client) -> None:
    settle(payable, "50.00")

    seen = client.get(path_of(payable)).context["view"]

    assert (seen.state, seen.charge.rest) == (PageState.PARTLY_PAID, D("100.00"))
    with tenant_scope(payable.tenant_id):
        assert Settlement.objects.of(payable.tenant_id).count() == 1
