"""The adapter against the simulated Conta Kamino, over HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from banking.banks.contract.charges import CancellationState, Charge, ChargeForm, ChargeState
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.contract.payments import (
    AccountType,
    OpenOrder,
    OrderState,
    Payment,
    PixAccount,
    PixCode,
    PixKey,
    PixKeyType,
    Rail,
    Receipt,
    Search,
    Whereabouts,
)
from banking.banks.kamino import ContaKamino
from banking.banks.kamino.adapter import KaminoAdapter
from banking.banks.kamino.find_order import FEW
from brazil.banking_days import sao_paulo_day
from tests.banking.banks.conftest import make_boleto, make_ted
from tests.banking.banks.kamino_requests import make_charge, make_pix
from tests.banking.banks.kamino_tokens import KaminoTokens, accepted
from tests.cora_simulator import OFICINA
from tests.kamino_simulator import KaminoSimulator

SECRET = bytes(range(32))
HOOK = "http://127.0.0.1:9/hooks/kamino"


@pytest.fixture
def tokens(kamino: KaminoSimulator) -> KaminoTokens:
    """Of OFICINA's account, just opened, with R$ 10.000,00."""
    tokens = KaminoTokens(accepted())
    tokens.access_token()
    kamino.set_account(balance=1_000_000)
    return tokens


@pytest.fixture
def bank(tokens: KaminoTokens) -> Iterator[KaminoAdapter]:
    with ContaKamino().open_client() as http:
        yield ContaKamino().adapter(http, tokens)


def today() -> date:
    return sao_paulo_day(datetime.now(UTC))


def payable_boleto(kamino: KaminoSimulator) -> Any:
    line = kamino.title(15_075, today() + timedelta(days=5))["line"]
    return make_boleto(linha_digitavel=line, key=uuid4())


def send(bank: KaminoAdapter, payment: Any, rail: Rail = Rail.TED) -> Receipt:
    methods = {Rail.TED: bank.send_ted, Rail.BOLETO: bank.pay_boleto, Rail.PIX: bank.send_pix}
    return methods[rail](payment)  # type: ignore[operator]


def where(bank: KaminoAdapter, receipt: Receipt) -> Whereabouts | None:
    order = OpenOrder(receipt.reference, Rail.TED, today())
    return bank.order_statuses([order]).get(receipt.reference)


def search(bank: KaminoAdapter, payment: Payment, *, after: timedelta) -> Search:
    sent_at = datetime.now(UTC)
    return bank.find_order(payment, sent_at=sent_at, now=sent_at + after).search


# --- Reading ----------------------------------------------------------------------------


def test_the_account_and_its_holder_are_read(bank: KaminoAdapter, kamino: KaminoSimulator) -> None:
    account = kamino.account()

    identity = bank.fetch_identity()

    assert (identity.bank_code, identity.branch) == ("998", "0001")
    assert identity.number == f"{account['number']}-{account['digit']}"
    assert (identity.holder_name, identity.holder_document) == ("OFICINA MODELO LTDA", OFICINA)


def test_the_first_reading_of_an_accepted_opening_opens_the_account(
    kamino: KaminoSimulator,
) -> None:
    with ContaKamino().open_client() as http:
        bank = ContaKamino().adapter(http, KaminoTokens(accepted()))
        assert bank.fetch_identity().holder_document == OFICINA
        assert bank.fetch_balance() == Decimal("0.00")


def test_the_balance_is_in_reais(bank: KaminoAdapter, kamino: KaminoSimulator) -> None:
    kamino.credit(1234)

    assert bank.fetch_balance() == Decimal("10012.34")


def test_many_pages_are_read_whole_and_their_sums_agree(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    since = today() - timedelta(days=30)
    kamino.generate_entries(1_234, since, today())

    pages = list(bank.fetch_statement(since, today()))

    movements = [movement for page in pages for movement in page.movements]
    assert len(pages) == 3
    assert len({movement.bank_id for movement in movements}) == 1_234
    assert pages[0].opening + sum(m.amount for m in movements) == pages[0].closing


def test_a_statement_without_movements_is_one_page_of_balances(bank: KaminoAdapter) -> None:
    pages = list(bank.fetch_statement(date(2026, 10, 1), date(2026, 10, 2)))

    assert [(list(p.movements), p.opening, p.closing) for p in pages] == [
        ([], Decimal("10000.00"), Decimal("10000.00"))
    ]


def test_a_token_that_ended_meanwhile_is_renewed_once(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    kamino.fault("expire_tokens", "/v1/accounts/*")

    assert bank.fetch_balance() == Decimal("10000.00")
    assert len(kamino.requests("/oauth/token")) == 3  # the partner's, the account's, and a new one


def test_access_that_the_company_ended_is_denied(
    bank: KaminoAdapter, kamino: KaminoSimulator, tokens: KaminoTokens
) -> None:
    kamino.end_client(tokens.grant.secrets["client_id"])

    with pytest.raises(BankAccessDenied):
        bank.fetch_balance()


def test_a_blocked_account_is_denied_with_the_bank_s_reason(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    kamino.set_account(status="blocked")

    with pytest.raises(BankAccessDenied) as denied:
        bank.fetch_balance()

    assert "bloqueada" in denied.value.with_reason()


# --- Money out --------------------------------------------------------------------------


def test_a_ted_waits_for_the_app_and_is_then_paid(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    receipt = bank.send_ted(make_ted())
    assert receipt.state is OrderState.AWAITING_APPROVAL

    kamino.approve(receipt.reference)

    assert where(bank, receipt) == Whereabouts(OrderState.PAID, day=today())
    assert bank.fetch_balance() == Decimal("8750.00")


def test_a_boleto_costs_what_the_register_says(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    boleto = replace(payable_boleto(kamino), amount=Decimal("1.00"))

    receipt = bank.pay_boleto(boleto)
    kamino.approve(receipt.reference)

    assert receipt.amount == Decimal("150.75")
    assert where(bank, receipt) == Whereabouts(OrderState.PAID, day=today())
    assert bank.look_up_title(boleto.linha_digitavel).is_paid is True


@pytest.mark.parametrize(
    "destination",
    [
        PixKey(PixKeyType.EMAIL, "maria@exemplo.com.br"),
        PixKey(PixKeyType.PHONE, "+5511987654321"),
        PixKey(PixKeyType.CPF, "52998224725"),
        PixKey(PixKeyType.RANDOM, "123e4567-e89b-42d3-a456-426614174000"),
        PixAccount("341", "0123", "456789", AccountType.CHECKING),
    ],
)
def test_a_pix_goes_by_any_key_and_by_account(
    bank: KaminoAdapter, kamino: KaminoSimulator, destination: PixKey | PixAccount
) -> None:
    receipt = bank.send_pix(make_pix(destination=destination))

    kamino.approve(receipt.reference)

    page = next(iter(bank.fetch_statement(today(), today())))
    assert where(bank, receipt) == Whereabouts(OrderState.PAID, day=today())
    assert (page.movements[-1].kind, page.movements[-1].amount) == ("pix", Decimal("-80.00"))
    assert page.movements[-1].counterparty_document == "52998224725"


def test_a_pix_goes_by_copia_e_cola(bank: KaminoAdapter, kamino: KaminoSimulator) -> None:
    with ContaKamino().open_client() as http:
        other = ContaKamino().adapter(http, KaminoTokens(accepted("45987321000160")))
        charge = other.issue_charge(make_charge(forms=frozenset({ChargeForm.PIX})))
    pix = make_pix(
        amount=charge.amount,
        destination=PixCode(f" {charge.pix_code}\n"),
        holder_document="45987321000160",
    )

    receipt = bank.send_pix(pix)
    kamino.approve(receipt.reference)

    assert where(bank, receipt) == Whereabouts(OrderState.PAID, day=today())
    assert kamino.charges()[0]["wire"]["status"] == "paid"


def test_a_key_of_somebody_else_is_refused_with_the_bank_s_reason(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    kamino.pix_key("maria@exemplo.com.br", "Outra Pessoa", "11144477735")

    with pytest.raises(BankRejected, match="outra pessoa") as refused:
        bank.send_pix(make_pix())

    assert refused.value.code == "payee_mismatch"


def test_one_key_is_one_payment_however_often_it_is_sent(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    with ThreadPoolExecutor() as pool:
        receipts = list(pool.map(lambda _: bank.send_ted(make_ted()), range(8)))

    assert len({receipt.reference for receipt in receipts}) == 1
    assert len(kamino.payments()) == 1


def test_a_request_still_being_done_is_an_unknown_outcome(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    kamino.settings(processing_ms=1500)

    def outcome(_: int) -> str:
        try:
            return bank.send_ted(make_ted()).state
        except BankOutcomeUnknown as error:
            return error.code

    with ThreadPoolExecutor() as pool:
        outcomes = sorted(pool.map(outcome, range(2)))

    assert outcomes == ["awaiting_approval", "request_in_progress"]


@pytest.mark.parametrize("act", ["refuse", "expire"])
def test_what_was_not_approved_says_why(
    bank: KaminoAdapter, kamino: KaminoSimulator, act: str
) -> None:
    receipt = bank.send_ted(make_ted())

    getattr(kamino, act)(receipt.reference)

    state = {"refuse": OrderState.REJECTED, "expire": OrderState.CANCELLED}[act]
    place = where(bank, receipt)
    assert place is not None
    assert place.state is state
    assert place.reason


def test_a_ted_that_came_back_is_returned(bank: KaminoAdapter, kamino: KaminoSimulator) -> None:
    receipt = bank.send_ted(make_ted())
    kamino.approve(receipt.reference)

    kamino.refund(receipt.reference)

    place = where(bank, receipt)
    assert place == Whereabouts(OrderState.RETURNED, "Devolvido pelo banco de destino.")


def test_a_ted_on_a_saturday_is_scheduled(bank: KaminoAdapter, kamino: KaminoSimulator) -> None:
    receipt = bank.send_ted(make_ted())
    kamino.settings(access_token_seconds=10**7)
    kamino.process.set_clock("2026-11-28T10:00:00")

    kamino.approve(receipt.reference)

    assert where(bank, receipt) == Whereabouts(OrderState.SCHEDULED)


def test_a_waiting_order_is_taken_back_and_a_decided_one_is_not(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    waiting, decided = bank.send_ted(make_ted()), bank.send_ted(make_ted(key=uuid4()))
    kamino.approve(decided.reference)

    bank.cancel_order(OpenOrder(waiting.reference, Rail.TED, today()), key=uuid4())

    place = where(bank, waiting)
    assert place is not None
    assert place.state is OrderState.CANCELLED
    with pytest.raises(BankRejected, match="já foi decidido"):
        bank.cancel_order(OpenOrder(decided.reference, Rail.TED, today()), key=uuid4())


@pytest.mark.parametrize("count", [3, FEW + 5])
def test_many_orders_and_few_are_told_alike(
    bank: KaminoAdapter, kamino: KaminoSimulator, count: int
) -> None:
    sent = [bank.send_ted(make_ted(key=uuid4(), amount=Decimal("1.00"))) for _ in range(count)]
    kamino.approve(sent[0].reference)
    orders = [OpenOrder(receipt.reference, Rail.TED, today()) for receipt in sent]
    strange = OpenOrder("pay_AAAAAAAAAAAAAAAAAAAAAA", Rail.TED, today())

    there = bank.order_statuses([*orders, strange])

    assert set(there) == {receipt.reference for receipt in sent}
    assert [there[r.reference].state for r in sent] == [
        OrderState.PAID,
        *[OrderState.AWAITING_APPROVAL] * (count - 1),
    ]


# --- Looking for what was sent ----------------------------------------------------------


@pytest.mark.parametrize("rail", list(Rail))
def test_an_order_whose_answer_was_lost_is_found_by_its_key(
    bank: KaminoAdapter, kamino: KaminoSimulator, rail: Rail
) -> None:
    payment = {Rail.TED: make_ted(), Rail.PIX: make_pix(), Rail.BOLETO: payable_boleto(kamino)}[
        rail
    ]
    kamino.fault("lose_answer", "/v1/payments")
    with pytest.raises(BankOutcomeUnknown):
        send(bank, payment, rail)

    now = datetime.now(UTC)
    finding = bank.find_order(payment, sent_at=now, now=now)

    assert finding.search is Search.FOUND
    assert finding.receipt is not None
    assert finding.receipt.reference == kamino.payments()[0]["id"]


def test_a_payment_that_cannot_be_read_proves_no_absence(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    payment = make_ted()
    kamino.fault("lose_answer", "/v1/payments")
    with pytest.raises(BankOutcomeUnknown):
        send(bank, payment, Rail.TED)
    kamino.fault("missing_field", "/v1/payments", method="GET", field="amount")

    assert search(bank, payment, after=timedelta(minutes=4)) is Search.CANNOT_TELL


@pytest.mark.parametrize(
    ("after", "expected"),
    [(timedelta(seconds=30), Search.CANNOT_TELL), (timedelta(minutes=4), Search.ABSENT)],
)
def test_an_order_that_never_arrived_is_absent_once_it_cannot_be_on_its_way(
    bank: KaminoAdapter, kamino: KaminoSimulator, after: timedelta, expected: Search
) -> None:
    kamino.fault("drop", "/v1/payments")
    with pytest.raises(BankOutcomeUnknown):
        bank.send_ted(make_ted())

    assert search(bank, make_ted(), after=after) is expected


def test_an_order_still_being_done_is_never_said_to_be_absent(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    kamino.settings(processing_ms=2000)

    with ThreadPoolExecutor() as pool:
        sent = pool.submit(bank.send_ted, make_ted())
        found = []
        while not sent.done():
            if kamino.requests("/v1/payments", method="POST"):
                found.append(search(bank, make_ted(), after=timedelta(hours=1)))

    assert Search.CANNOT_TELL in found
    assert Search.ABSENT not in found


def test_a_twin_under_another_key_is_not_taken_for_it(bank: KaminoAdapter) -> None:
    bank.send_ted(make_ted(key=uuid4()))

    assert search(bank, make_ted(), after=timedelta(minutes=4)) is Search.ABSENT


def test_a_search_that_the_bank_does_not_answer_says_so(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    kamino.fault("status", "/v1/payments", status=503)

    with pytest.raises(BankUnavailable):
        search(bank, make_ted(), after=timedelta(minutes=4))


def test_a_search_that_the_bank_refuses_tells_nothing(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    kamino.fault("status", "/v1/payments", status=400)

    assert search(bank, make_ted(), after=timedelta(minutes=4)) is Search.CANNOT_TELL


# --- Failing ----------------------------------------------------------------------------

WRITE_FAULTS: list[tuple[dict[str, Any], type[BankError], int]] = [
    ({"kind": "drop"}, BankOutcomeUnknown, 0),
    ({"kind": "reset"}, BankOutcomeUnknown, 0),
    ({"kind": "reset_answer"}, BankOutcomeUnknown, 1),
    ({"kind": "lose_answer"}, BankOutcomeUnknown, 1),
    ({"kind": "status", "status": 500}, BankOutcomeUnknown, 0),
    ({"kind": "status", "status": 502, "body": "html"}, BankOutcomeUnknown, 0),
    ({"kind": "status", "status": 429, "retry_after": 7}, BankUnavailable, 0),
    ({"kind": "status", "status": 429}, BankUnavailable, 0),
    ({"kind": "replace_answer", "status": 201, "body": "empty"}, BankOutcomeUnknown, 1),
    ({"kind": "replace_answer", "status": 201, "body": "truncated"}, BankOutcomeUnknown, 1),
    ({"kind": "missing_field", "field": "id"}, BankOutcomeUnknown, 1),
    ({"kind": "missing_field"}, BankOutcomeUnknown, 1),
]


@pytest.mark.parametrize(("fault", "error", "made"), WRITE_FAULTS)
def test_each_fault_of_a_payment_means_what_it_means_and_a_repeat_pays_once(
    bank: KaminoAdapter,
    kamino: KaminoSimulator,
    fault: dict[str, Any],
    error: type[BankError],
    made: int,
) -> None:
    kamino.fault(path="/v1/payments", **fault)
    with pytest.raises(error):
        bank.send_ted(make_ted())
    assert len(kamino.payments()) == made

    bank.send_ted(make_ted())

    assert len(kamino.payments()) == 1


@pytest.mark.parametrize(
    "fault", [{"kind": "unknown_field"}, {"kind": "unknown_enum"}, {"kind": "delay", "ms": 50}]
)
def test_what_the_bank_may_add_or_take_its_time_for_is_taken(
    bank: KaminoAdapter, kamino: KaminoSimulator, fault: dict[str, Any]
) -> None:
    kamino.fault(path="/v1/payments", **fault)

    assert bank.send_ted(make_ted()).state is OrderState.AWAITING_APPROVAL


def test_how_long_to_wait_is_told(bank: KaminoAdapter, kamino: KaminoSimulator) -> None:
    kamino.fault("status", "/v1/payments", status=429, retry_after=7)

    with pytest.raises(BankUnavailable) as told:
        bank.send_ted(make_ted())

    assert told.value.retry_after == 7


# --- Charges and events -----------------------------------------------------------------


def test_a_charge_is_issued_once_and_paid_in_reais(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    charge = bank.issue_charge(make_charge())
    assert bank.issue_charge(make_charge()) == charge

    kamino.pay_charge(charge.reference, "boleto")

    paid = bank.fetch_charge(charge.reference)
    assert (charge.state, paid.state) == (ChargeState.OPEN, ChargeState.PAID)
    assert (paid.paid_amount, paid.paid_on) == (Decimal("300.00"), today())
    assert len(charge.linha_digitavel) == 47
    assert charge.pix_code.startswith("000201")


def test_charges_are_listed_by_due_date_and_by_the_day_they_were_paid(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    paid, open_ = (bank.issue_charge(make_charge(key=uuid4(), code=code)) for code in ("a", "b"))
    kamino.pay_charge(paid.reference)

    def codes(since: date, until: date, state: ChargeState | None = None) -> set[str]:
        listed = bank.list_charges(since, until, state=state)
        return {charge.code for charge in listed if isinstance(charge, Charge)}

    due = date(2026, 12, 10)
    assert codes(due, due) == {"a", "b"}
    assert codes(due, due, ChargeState.OPEN) == {"b"}
    assert codes(today(), today(), ChargeState.PAID) == {"a"}
    assert codes(due, due, ChargeState.PAID) == set()
    assert codes(due, due, ChargeState.DRAFT) == set()
    assert open_.code == "b"


def test_a_charge_is_cancelled_at_once_and_a_paid_one_is_not(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    charge, paid = (bank.issue_charge(make_charge(key=uuid4())) for _ in range(2))
    kamino.pay_charge(paid.reference)

    done = bank.cancel_charge(charge.reference, key=uuid4(), reason="Emitida por engano")

    assert done.state is CancellationState.DONE
    assert bank.fetch_charge(charge.reference).state is ChargeState.CANCELLED
    with pytest.raises(BankRejected):
        bank.cancel_charge(paid.reference, key=uuid4())


def test_the_pdf_of_a_charge_is_one(bank: KaminoAdapter) -> None:
    assert bank.charge_pdf(bank.issue_charge(make_charge())).startswith(b"%PDF-")


def test_registering_again_leaves_one_endpoint(
    bank: KaminoAdapter, kamino: KaminoSimulator
) -> None:
    bank.register_webhooks(HOOK, secret=b"x" * 32)
    bank.register_webhooks(HOOK, secret=SECRET)

    kamino.refuse(bank.send_ted(make_ted()).reference)

    assert [d["url"] for d in kamino.process.deliver_webhooks()] == [HOOK]


def test_an_address_without_a_secret_is_not_registered(bank: KaminoAdapter) -> None:
    with pytest.raises(BankRejected):
        bank.register_webhooks(HOOK)
