"""The adapter against the simulator of Cora, from the consent's tokens to the webhooks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from banking.banks.contract.errors import (
    BankAccessDenied,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.contract.payments import OpenOrder, OrderState, Rail, Receipt, Search
from banking.banks.cora import Cora
from banking.banks.cora.adapter import CoraAdapter
from brazil.banking_days import sao_paulo_day
from tests.banking.banks.conftest import HeldTokens, make_boleto, make_ted
from tests.cora_simulator import CoraSimulator

HOOK = "http://127.0.0.1:9/hooks/cora/4f1c9a"


def statuses(bank: CoraAdapter, *receipts: Receipt) -> Sequence[OrderState | None]:
    today = sao_paulo_day(datetime.now(UTC))
    rails = {"trn": Rail.TED, "pay": Rail.BOLETO}
    orders = [OpenOrder(r.reference, rails[r.reference[:3]], today) for r in receipts]
    found = bank.order_statuses(orders)
    states = {reference: there.state for reference, there in found.items()}
    return [states.get(receipt.reference) for receipt in receipts]


def payable_boleto(cora: CoraSimulator, **changes: Any) -> Any:
    title = cora.title(15075, sao_paulo_day(cora.now()) + timedelta(days=5))
    return make_boleto(linha_digitavel=title["digitable"], **changes)


def search(bank: CoraAdapter, payment: Any, *, after: timedelta) -> Search:
    sent_at = datetime.now(UTC)
    return bank.find_order(payment, sent_at=sent_at, now=sent_at + after).search


# --- Reading ----------------------------------------------------------------------------


def test_the_account_and_its_holder_are_read(adapter: CoraAdapter) -> None:
    identity = adapter.fetch_identity()

    assert (identity.bank_code, identity.branch, identity.number) == ("403", "0001", "1234567-8")
    assert identity.holder_name == "OFICINA MODELO LTDA"
    assert identity.holder_document == "11444777000161"


def test_the_balance_is_in_reais(adapter: CoraAdapter, cora: CoraSimulator) -> None:
    before = adapter.fetch_balance()

    cora.credit(1234)

    assert adapter.fetch_balance() == before + Decimal("12.34")


@pytest.mark.parametrize("offset", ["+00", "-03"])
def test_ninety_days_are_read_whole_and_their_sums_agree(
    adapter: CoraAdapter, cora: CoraSimulator, offset: str
) -> None:
    today = sao_paulo_day(cora.now())
    since = today - timedelta(days=90)
    cora.generate_entries(450, since, today)
    cora.settings(statement_offset=offset)

    pages = list(adapter.fetch_statement(since, today))

    movements = [movement for page in pages for movement in page.movements]
    assert len(pages) > 2
    assert len({movement.bank_id for movement in movements}) == len(movements) > 450
    assert pages[0].opening + sum(m.amount for m in movements) == pages[-1].closing
    assert pages[-1].closing == adapter.fetch_balance()
    assert all(since <= movement.booked_on <= today for movement in movements)


def test_a_statement_page_that_fails_is_an_error_and_not_the_end(
    adapter: CoraAdapter, cora: CoraSimulator
) -> None:
    today = sao_paulo_day(cora.now())
    cora.fault("status", "/bank-statement/statement", status=503, body="html")

    with pytest.raises(BankUnavailable):
        list(adapter.fetch_statement(today, today))


def test_fields_and_types_that_are_new_are_read_over(
    adapter: CoraAdapter, cora: CoraSimulator
) -> None:
    today = sao_paulo_day(cora.now())
    cora.credit(1234)
    cora.fault("unknown_field", "/bank-statement/statement")

    (page,) = adapter.fetch_statement(today, today)

    assert "somethingNew" in page.movements[0].raw


def test_a_missing_balance_is_an_error_and_not_a_default(
    adapter: CoraAdapter, cora: CoraSimulator
) -> None:
    today = sao_paulo_day(cora.now())
    cora.fault("missing_field", "/bank-statement/statement", field="balance")

    with pytest.raises(BankUnavailable):
        list(adapter.fetch_statement(today, today))


@pytest.mark.parametrize("field", ["amount", "createdAt", "type", "id"])
def test_a_movement_without_a_field_has_no_default_for_it(
    adapter: CoraAdapter, cora: CoraSimulator, field: str
) -> None:
    today = sao_paulo_day(cora.now())
    cora.credit(1234)
    cora.fault("missing_field", "/bank-statement/statement", field=field)

    page = next(iter(adapter.fetch_statement(today, today)))

    assert list(page.movements) == []
    assert {element.field for element in page.unread} == {field}


# --- Paying -----------------------------------------------------------------------------


def test_a_ted_waits_at_the_bank_as_it_was_ordered(
    adapter: CoraAdapter, cora: CoraSimulator
) -> None:
    receipt = adapter.send_ted(make_ted())

    (order,) = cora.transfers()
    assert receipt == Receipt(order["id"], OrderState.AWAITING_APPROVAL, Decimal("1250.00"))
    assert (order["code"], order["amount"]) == ("cp-000771", 125000)
    assert order["wire"]["destination"]["account_number_digit"] == "9"


def test_a_boleto_waits_at_the_bank_with_the_amount_of_its_title(
    adapter: CoraAdapter, cora: CoraSimulator
) -> None:
    receipt = adapter.pay_boleto(payable_boleto(cora, amount=Decimal("1.00")))

    (order,) = cora.payments()
    told = Receipt(order["id"], OrderState.AWAITING_APPROVAL, Decimal("150.75"))
    assert replace(receipt, creditor=None) == told
    assert receipt.creditor is not None and len(receipt.creditor.document) == 14


def test_the_same_order_twice_is_one(adapter: CoraAdapter, cora: CoraSimulator) -> None:
    boleto = payable_boleto(cora)

    assert adapter.send_ted(make_ted()) == adapter.send_ted(make_ted())
    assert adapter.pay_boleto(boleto) == adapter.pay_boleto(boleto)

    assert (len(cora.transfers()), len(cora.payments())) == (1, 1)


def test_a_key_never_pays_two_different_things(adapter: CoraAdapter, cora: CoraSimulator) -> None:
    adapter.send_ted(make_ted())

    with pytest.raises(BankRejected):
        adapter.send_ted(make_ted(amount=Decimal("1.00")))
    assert len(cora.transfers()) == 1


def test_a_boleto_that_is_not_registered_is_refused_with_the_banks_reason(
    adapter: CoraAdapter, cora: CoraSimulator
) -> None:
    cora.settings(require_registered_boletos=True)

    with pytest.raises(BankRejected) as caught:
        adapter.pay_boleto(make_boleto())
    assert caught.value.code == "REC-0001"


def test_a_consent_without_the_scope_is_denied(
    cora: CoraSimulator, held_tokens: HeldTokens
) -> None:
    answer = cora.grant(scopes="account")
    held_tokens.grant = replace(held_tokens.grant, access_token=answer["access_token"])

    with Cora().open_client() as http, pytest.raises(BankAccessDenied):
        Cora().adapter(http, held_tokens).send_ted(make_ted())
    assert held_tokens.renewals == []


def test_an_expired_token_is_renewed_on_the_way(
    adapter: CoraAdapter, cora: CoraSimulator, held_tokens: HeldTokens
) -> None:
    first = held_tokens.access_token()
    cora.advance(86_401)

    adapter.send_ted(make_ted())

    assert held_tokens.renewals == [first]
    assert len(cora.transfers()) == 1


# --- What became of it ------------------------------------------------------------------


def test_an_order_whose_answer_was_lost_is_found(adapter: CoraAdapter, cora: CoraSimulator) -> None:
    boleto = payable_boleto(cora)
    cora.lose_next_answer("/transfers/initiate")
    cora.lose_next_answer("/payments/initiate")
    with pytest.raises(BankOutcomeUnknown):
        adapter.send_ted(make_ted())
    with pytest.raises(BankOutcomeUnknown):
        adapter.pay_boleto(boleto)

    assert search(adapter, make_ted(), after=timedelta(seconds=1)) is Search.FOUND
    assert search(adapter, boleto, after=timedelta(seconds=1)) is Search.FOUND


def test_a_transfer_is_found_after_it_was_decided(
    adapter: CoraAdapter, cora: CoraSimulator
) -> None:
    paid, refused = make_ted(), make_ted(code="cp-2", key=uuid4())
    cora.approve(adapter.send_ted(paid).reference)
    cora.refuse(adapter.send_ted(refused).reference)

    states = []
    for ted in (paid, refused):
        now = datetime.now(UTC)
        receipt = adapter.find_order(ted, sent_at=now, now=now).receipt
        states.append(receipt and receipt.state)
    assert states == [OrderState.PAID, OrderState.CANCELLED]


def test_a_request_that_was_dropped_before_the_work_is_absent(
    adapter: CoraAdapter, cora: CoraSimulator
) -> None:
    for number in range(150):
        adapter.send_ted(make_ted(code=f"other-{number}", key=uuid4()))
    cora.fault("drop", "/transfers/initiate")
    with pytest.raises(BankOutcomeUnknown):
        adapter.send_ted(make_ted())

    assert search(adapter, make_ted(), after=timedelta(minutes=1)) is Search.CANNOT_TELL
    assert search(adapter, make_ted(), after=timedelta(minutes=10)) is Search.ABSENT


def test_a_boleto_that_was_approved_meanwhile_is_not_called_absent(
    adapter: CoraAdapter, cora: CoraSimulator
) -> None:
    boleto = payable_boleto(cora)
    cora.approve(adapter.pay_boleto(boleto).reference)

    assert search(adapter, boleto, after=timedelta(hours=1)) is Search.CANNOT_TELL


def test_looking_makes_nothing(adapter: CoraAdapter, cora: CoraSimulator) -> None:
    search(adapter, make_ted(), after=timedelta(hours=1))
    search(adapter, make_boleto(), after=timedelta(hours=1))

    assert cora.orders() == []
    assert cora.count_requests(method="POST") == 0


def test_each_order_is_followed_to_its_end(adapter: CoraAdapter, cora: CoraSimulator) -> None:
    teds = [adapter.send_ted(make_ted(code=f"cp-{n}", key=uuid4())) for n in range(4)]
    boletos = [adapter.pay_boleto(payable_boleto(cora, code=f"b-{n}", key=uuid4())) for n in (1, 2)]
    for ted in (teds[1], teds[3]):
        cora.approve(ted.reference)
    cora.refund(teds[3].reference)
    cora.refuse(teds[2].reference)
    cora.approve(boletos[1].reference)

    assert statuses(adapter, *teds, *boletos) == [
        OrderState.AWAITING_APPROVAL,
        OrderState.PAID,
        OrderState.CANCELLED,
        OrderState.RETURNED,
        OrderState.AWAITING_APPROVAL,
        OrderState.LEFT_THE_LIST,
    ]


# --- Webhooks ---------------------------------------------------------------------------


def test_registering_twice_leaves_one_of_each(adapter: CoraAdapter, cora: CoraSimulator) -> None:
    adapter.register_webhooks(HOOK)
    adapter.register_webhooks(HOOK)

    assert cora.count_requests("/endpoints", method="POST") == 3


def test_what_the_bank_delivers_is_understood(adapter: CoraAdapter, cora: CoraSimulator) -> None:
    adapter.register_webhooks(HOOK)
    ted = adapter.send_ted(make_ted())
    boleto = adapter.pay_boleto(payable_boleto(cora))
    cora.approve_all()

    notices = [Cora().parse_event(sent["headers"], b"") for sent in cora.webhooks()]

    assert {(notice.reference, notice.state) for notice in notices} >= {
        (ted.reference, OrderState.PAID),
        (boleto.reference, OrderState.AWAITING_APPROVAL),
        (boleto.reference, OrderState.SCHEDULED),
        (boleto.reference, OrderState.PAID),
    }
    assert len({notice.event_id for notice in notices}) == len(notices)
