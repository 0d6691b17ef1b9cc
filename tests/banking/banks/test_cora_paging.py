"""Lists and statements of a Cora that shifts, repeats and cuts its pages; tokens it refuses."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from banking.banks.contract.charges import Charge, ChargeState, UnreadCharge
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
    ConsentLost,
)
from banking.banks.contract.payments import OpenOrder, OrderState, Rail, Search, Whereabouts
from banking.banks.contract.statement import UnreadReason
from banking.banks.cora import Cora
from banking.banks.cora.adapter import CoraAdapter
from banking.banks.cora.webhooks import WEBHOOKS
from tests.banking.banks.conftest import (
    LOST,
    Answer,
    TinyBank,
    make_boleto,
    make_carne,
    make_charge,
    make_darf,
    make_ted,
)
from tests.banking.banks.cora_answers import (
    ACCOUNT,
    BALANCE,
    CREDIT_ENTRY,
    ENDPOINT,
    INVOICE,
    PAYMENT,
    PAYMENTS,
    STATEMENT,
    TRANSFER,
    TRANSFERS,
)
from tests.banking.banks.mangle import mangled

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
SENT_AT = datetime(2026, 12, 1, 10, tzinfo=UTC)
LATER = SENT_AT + timedelta(hours=1)
KEY = UUID("01936a4e-6f1c-7000-8000-000000000001")
PAYMENT_PATH = "/payments/initiate/{}"


class Tokens:
    """`renewal` is the token that a renewal gives, or the error that it ends in."""

    def __init__(self, renewal: str | BankError = "fresh") -> None:
        self.renewal = renewal

    def access_token(self) -> str:
        return "first"

    def renew(self, rejected: str) -> str:
        assert rejected == "first"
        if isinstance(self.renewal, BankError):
            raise self.renewal
        return self.renewal


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def tiny_cora(tiny_bank: TinyBank, tokens: Tokens, settings: Settings) -> Iterator[CoraAdapter]:
    settings.CORA_BASE_URL = tiny_bank.base_url
    with Cora().open_client() as http:
        yield Cora().adapter(http, tokens)


def answer_of(value: Any, status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(value).encode())


def entry(number: int) -> dict[str, Any]:
    return {**CREDIT_ENTRY, "id": f"ent_{number}", "amount": 100}


def page(numbers: range, closing: int) -> Answer:
    """Entries of one real each, out of a statement that opens with nothing."""
    entries = [entry(number) for number in numbers]
    return answer_of({"start": {"balance": 0}, "entries": entries, "end": {"balance": closing}})


def read_ids(bank: CoraAdapter) -> list[str]:
    return [m.bank_id for page in bank.fetch_statement(FIRST, LAST) for m in page.movements]


# --- The statement ----------------------------------------------------------------------


def test_the_statement_is_asked_for_by_its_days(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(answer_of(STATEMENT))

    (page,) = tiny_cora.fetch_statement(FIRST, LAST)

    assert (page.opening, page.closing) == (Decimal("10000.00"), Decimal("10148.75"))
    (request,) = tiny_bank.received
    assert request.path == (
        "/bank-statement/statement?start=2026-11-01&end=2026-11-30&page=1&perPage=200"
    )
    assert request.headers["authorization"] == "Bearer first"


def test_an_empty_statement_is_one_page(tiny_cora: CoraAdapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(page(range(0), 0))

    (only,) = tiny_cora.fetch_statement(FIRST, LAST)

    assert (only.movements, only.closing, len(tiny_bank.received)) == ([], Decimal(0), 1)


def test_a_movement_that_a_shift_repeats_comes_once(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(page(range(200), 25000), page(range(198, 250), 25000))

    assert read_ids(tiny_cora) == [f"ent_{number}" for number in range(250)]
    assert len(tiny_bank.received) == 2


def test_a_bank_that_gives_smaller_pages_than_asked_for_is_read_to_the_end(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(
        page(range(50), 12000), page(range(50, 100), 12000), page(range(100, 120), 12000)
    )

    assert len(read_ids(tiny_cora)) == 120
    assert len(tiny_bank.received) == 3


def test_a_statement_whose_sums_never_agree_ends_with_its_last_page(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(page(range(50), 999), page(range(0), 999))

    assert len(read_ids(tiny_cora)) == 50
    assert len(tiny_bank.received) == 2


def test_a_full_page_that_repeats_is_an_error_and_not_an_end(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(page(range(200), 90000))

    with pytest.raises(BankUnavailable):
        read_ids(tiny_cora)
    assert len(tiny_bank.received) == 2


def test_an_entry_that_cannot_be_read_hides_no_other_on_any_page(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    odd = [{**entry(0), "type": "BLOCK"}, *map(entry, range(1, 200))]
    balances = {"start": {"balance": 0}, "end": {"balance": 25000}}
    tiny_bank.will_answer(
        answer_of({**balances, "entries": odd}),
        page(range(200, 250), 25000),
        page(range(0), 25000),
    )

    pages = list(tiny_cora.fetch_statement(FIRST, LAST))

    assert sum(len(page.movements) for page in pages) == 249
    assert [unread.field for page in pages for unread in page.unread] == ["type"]


@pytest.mark.parametrize("changes", [{"amount": 101}, {"createdAt": "2026-11-04T13:02:11Z"}])
def test_one_id_with_two_contents_is_told(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank, changes: dict[str, Any]
) -> None:
    first, other = entry(1), {**entry(1), **changes}
    entries = [first, other, first, other]  # a shift repeats both
    answer = {"start": {"balance": 0}, "end": {"balance": 0}, "entries": entries}
    tiny_bank.will_answer(answer_of(answer), page(range(0), 0))

    (only,) = tiny_cora.fetch_statement(FIRST, LAST)

    assert [line.amount for line in only.movements] == [Decimal("1.00")]
    (unread,) = only.unread
    assert (json.loads(unread.raw), unread.reason) == (other, UnreadReason.SAME_ID)


# --- Lists ------------------------------------------------------------------------------


def transfers(*numbers: int, **changes: Any) -> Answer:
    return answer_of({"items": [{**TRANSFER, "id": f"trn_{n}", **changes} for n in numbers]})


EMPTY = answer_of({"items": []})


def test_a_list_is_read_until_a_page_has_nothing_new(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(transfers(1, 2), transfers(2, 3), EMPTY)
    orders = [OpenOrder(f"trn_{n}", Rail.TED, FIRST) for n in (1, 3, 4)]

    assert tiny_cora.order_statuses(orders) == {
        "trn_1": Whereabouts(OrderState.AWAITING_APPROVAL),
        "trn_3": Whereabouts(OrderState.AWAITING_APPROVAL),
    }
    pages = [path[-15:] for path in (r.path for r in tiny_bank.received) if "status" not in path]
    assert pages == ["page=0&size=100", "page=1&size=100", "page=2&size=100"]


def test_an_order_that_cannot_be_read_hides_no_other(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    odd = {**TRANSFER, "id": "trn_1", "status": None}
    items = [odd, {**TRANSFER, "id": "trn_2"}, None]
    tiny_bank.will_answer(answer_of({"items": items}), EMPTY)
    orders = [OpenOrder(f"trn_{n}", Rail.TED, FIRST) for n in (1, 2)]

    assert tiny_cora.order_statuses(orders) == {"trn_2": Whereabouts(OrderState.AWAITING_APPROVAL)}


@pytest.mark.parametrize(
    ("odd", "left"),
    [
        ({**PAYMENT, "id": "pay_9", "status": None}, {"pay_1", "pay_2"}),
        ({**PAYMENT, "id": "pay_1", "status": None}, {"pay_2"}),
        ({**PAYMENT, "id": None}, set()),
        ("pay_1", set()),
    ],
    ids=["another", "one of them", "no id", "no object"],
)
def test_a_payment_that_cannot_be_read_may_be_one_that_is_not_seen(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank, odd: Any, left: set[str]
) -> None:
    tiny_bank.will_answer(answer_of({"items": [odd]}), EMPTY, EMPTY)
    orders = [OpenOrder(f"pay_{n}", Rail.BOLETO, FIRST) for n in (1, 2)]

    assert tiny_cora.order_statuses(orders) == dict.fromkeys(
        left, Whereabouts(OrderState.LEFT_THE_LIST)
    )


@pytest.mark.parametrize(
    ("odd", "search"),
    [
        ({**TRANSFER, "id": "trn_9", "code": "cp-999999", "status": None}, Search.ABSENT),
        ({**TRANSFER, "status": None}, Search.CANNOT_TELL),
        ({**TRANSFER, "code": None, "status": None}, Search.CANNOT_TELL),
        (None, Search.CANNOT_TELL),
    ],
    ids=str,
)
def test_an_order_that_cannot_be_read_proves_no_absence(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank, odd: Any, search: Search
) -> None:
    tiny_bank.will_answer(answer_of({"items": [odd]}), EMPTY, EMPTY, EMPTY, EMPTY, banks("341"))

    assert find(tiny_cora) is search


def test_a_list_that_repeats_a_full_page_is_an_error_and_not_an_end(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(transfers(*range(100)))

    with pytest.raises(BankUnavailable):
        tiny_cora.order_statuses([OpenOrder("trn_900", Rail.TED, FIRST)])
    assert len(tiny_bank.received) == 2


def test_a_status_that_is_not_documented_is_left_out(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(transfers(1, status="THINKING"))

    assert tiny_cora.order_statuses([OpenOrder("trn_1", Rail.TED, FIRST)]) == {}


def test_a_payment_has_left_the_list_only_when_neither_way_of_asking_shows_it(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(EMPTY, answer_of({"items": [{**PAYMENT, "id": "pay_1"}]}), EMPTY)
    orders = [OpenOrder(f"pay_{n}", Rail.BOLETO, FIRST) for n in (1, 2)]

    assert tiny_cora.order_statuses(orders) == {
        "pay_1": Whereabouts(OrderState.AWAITING_APPROVAL),
        "pay_2": Whereabouts(OrderState.LEFT_THE_LIST),
    }
    paths = [request.path.partition("&page")[0] for request in tiny_bank.received]
    assert paths[0] == "/payments/?status=INITIATED"
    assert paths[1].startswith("/payments/?start=2026-10-31&end=")


def test_nothing_is_asked_about_no_orders(tiny_cora: CoraAdapter, tiny_bank: TinyBank) -> None:
    assert tiny_cora.order_statuses([]) == {}
    assert tiny_bank.received == []


def find(bank: CoraAdapter, now: datetime = LATER) -> Search:
    return bank.find_order(make_ted(), sent_at=SENT_AT, now=now).search


def test_an_order_is_found_by_its_code(tiny_cora: CoraAdapter, tiny_bank: TinyBank) -> None:
    other = {**TRANSFER, "id": "trn_0", "code": "cp-000770"}
    tiny_bank.will_answer(answer_of({"items": [other, TRANSFER]}))

    finding = tiny_cora.find_order(make_ted(), sent_at=SENT_AT, now=LATER)

    assert finding.search is Search.FOUND
    assert finding.receipt is not None
    assert finding.receipt.reference == "trn_3KdP9sWxYz1AbC2dEfG4hI"
    assert tiny_bank.received[0].path == (
        "/transfer/third-party/transfers/?start=2026-11-30&end=2026-12-02&page=0&size=100"
    )


def test_a_transfer_that_no_list_has_is_absent_once_it_had_time_to_appear(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(EMPTY)

    assert find(tiny_cora, SENT_AT + timedelta(minutes=2)) is Search.CANNOT_TELL
    assert find(tiny_cora, SENT_AT + timedelta(minutes=3)) is Search.ABSENT


@pytest.mark.parametrize(
    ("changes", "search"),
    [
        ({"code": None}, Search.CANNOT_TELL),
        ({"code": None, "amount": None}, Search.CANNOT_TELL),
        ({"code": None, "amount": 999}, Search.ABSENT),
        ({"code": "cp-000770"}, Search.ABSENT),
    ],
)
def test_a_list_that_hides_our_code_proves_nothing_about_the_same_amount(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank, changes: dict[str, Any], search: Search
) -> None:
    tiny_bank.will_answer(transfers(1, **changes))

    assert find(tiny_cora) is search


def test_a_boleto_that_no_list_has_may_have_been_decided(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(EMPTY)

    finding = tiny_cora.find_order(make_boleto(), sent_at=SENT_AT, now=LATER)

    assert finding.search is Search.CANNOT_TELL


def banks(*codes: Any) -> Answer:
    return answer_of([{"name": "Banco", "ispb": "00000000", "code": code} for code in codes])


@pytest.mark.parametrize(
    ("listed", "search"),
    [
        (banks("001", "341", None), Search.ABSENT),
        (banks("001", None), Search.FOUND),
        (banks(), Search.ABSENT),
        (banks("ITAU"), Search.ABSENT),
        (Answer(status=404), Search.ABSENT),
    ],
)
def test_an_absent_ted_is_refused_only_when_cora_surely_does_not_know_its_bank(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank, listed: Answer, search: Search
) -> None:
    tiny_bank.will_answer(*[answer_of([])] * 3, listed)

    assert find(tiny_cora) is search
    assert tiny_bank.received[-1].path == "/banks"


def invoices(*numbers: int) -> Answer:
    return answer_of({"totalItems": 9, "items": [{**INVOICE, "id": f"inv_{n}"} for n in numbers]})


def test_charges_of_a_bank_that_gives_smaller_pages_than_asked_for_are_all_listed(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(invoices(*range(20)), invoices(*range(19, 30)), invoices())

    assert len(list(tiny_cora.list_charges(FIRST, LAST))) == 30
    assert tiny_bank.received[0].path == (
        "/v2/invoices/?start=2026-11-01&end=2026-11-30&perPage=100&page=1"
    )


def test_a_charge_that_cannot_be_read_hides_no_other_and_is_told(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    odd = {**INVOICE, "id": "inv_1", "status": None}
    items = [odd, {**INVOICE, "id": "inv_2"}]
    tiny_bank.will_answer(answer_of({"items": items}), invoices())

    listed = list(tiny_cora.list_charges(FIRST, LAST))

    assert [type(charge) for charge in listed] == [Charge, UnreadCharge]
    assert listed[1] == UnreadCharge("inv_1", "status")


def test_an_endpoint_that_cannot_be_read_hides_no_other(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    url = "https://erp.example.com/hooks/4f1c9a"
    ours = [
        {**ENDPOINT, "url": url, "resource": resource, "trigger": trigger}
        for resource, trigger in WEBHOOKS
    ]
    former = {**ENDPOINT, "id": "end_9", "url": "https://erp.example.com/hooks/old"}
    tiny_bank.will_answer(answer_of([None, {"id": 7, "url": 1}, *ours, former]), Answer(204))

    tiny_cora.register_webhooks(url)

    asked = [(request.method, request.path) for request in tiny_bank.received]
    assert asked == [("GET", "/endpoints/"), ("DELETE", "/endpoints/end_9")]


def test_charges_that_repeat_a_full_page_are_an_error_and_not_an_end(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(invoices(*range(100)))

    with pytest.raises(BankUnavailable):
        list(tiny_cora.list_charges(FIRST, LAST))


def test_there_are_no_failed_charges(tiny_cora: CoraAdapter, tiny_bank: TinyBank) -> None:
    assert list(tiny_cora.list_charges(FIRST, LAST, state=ChargeState.FAILED)) == []
    assert tiny_bank.received == []


def test_a_refused_search_is_not_the_refusal_of_the_order(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(answer_of({"code": "invalid_request", "message": "status"}, 400))

    assert find(tiny_cora) is Search.CANNOT_TELL


# --- Tokens -----------------------------------------------------------------------------


def test_a_refused_token_is_renewed_and_the_request_repeated_once(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Answer(status=401), answer_of(TRANSFER))

    tiny_cora.send_ted(make_ted())

    first, second = tiny_bank.received
    assert first.headers["authorization"] == "Bearer first"
    assert second.headers["authorization"] == "Bearer fresh"
    assert (first.body, first.headers["idempotency-key"]) == (
        second.body,
        second.headers["idempotency-key"],
    )


def test_a_fresh_token_that_is_refused_too_ends_it(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Answer(status=401))

    with pytest.raises(BankAccessDenied):
        tiny_cora.send_ted(make_ted())
    assert len(tiny_bank.received) == 2


def test_a_forbidden_request_renews_nothing(tiny_cora: CoraAdapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(Answer(status=403))

    with pytest.raises(BankAccessDenied):
        tiny_cora.fetch_balance()
    assert len(tiny_bank.received) == 1


def test_a_renewal_of_unknown_outcome_says_that_the_payment_was_not_made(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank, tokens: Tokens
) -> None:
    tokens.renewal = BankOutcomeUnknown("Sem resposta.")
    tiny_bank.will_answer(Answer(status=401))

    with pytest.raises(BankUnavailable):
        tiny_cora.send_ted(make_ted())


def test_a_lost_consent_comes_through(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank, tokens: Tokens
) -> None:
    tokens.renewal = ConsentLost("Conecte de novo.")
    tiny_bank.will_answer(Answer(status=401))

    with pytest.raises(ConsentLost):
        tiny_cora.fetch_balance()


# --- Orders -----------------------------------------------------------------------------


def test_an_order_carries_its_key_and_code(tiny_cora: CoraAdapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(answer_of(PAYMENT, 201))

    tiny_cora.pay_boleto(make_boleto())

    (request,) = tiny_bank.received
    assert (request.method, request.path) == ("POST", "/payments/initiate")
    assert request.headers["idempotency-key"] == "01936a4e-6f1c-7000-8000-000000000772"
    assert json.loads(request.body) == {
        "code": "cp-000772",
        "digitable_line": "40390000077100000001923450000999416560000015075",
    }


def test_a_known_refusal_is_told_in_portuguese(tiny_cora: CoraAdapter, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(answer_of({"code": "REC-0001", "message": "Not registered"}, 422))

    with pytest.raises(BankRejected) as caught:
        tiny_cora.pay_boleto(make_boleto())
    assert str(caught.value) == "Este boleto ainda não está registrado na câmara de compensação."
    assert (caught.value.code, caught.value.reason) == ("REC-0001", "Not registered")


def test_what_cora_cannot_take_is_not_sent(tiny_cora: CoraAdapter, tiny_bank: TinyBank) -> None:
    with pytest.raises(BankRejected):
        tiny_cora.send_ted(make_ted(branch="12345"))
    assert tiny_bank.received == []


@pytest.mark.parametrize("answer", [LOST, Answer(status=500), answer_of({"id": "trn_1"})])
def test_an_order_without_a_readable_answer_has_an_unknown_outcome(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank, answer: Answer
) -> None:
    tiny_bank.will_answer(answer)

    with pytest.raises(BankOutcomeUnknown):
        tiny_cora.send_ted(make_ted())
    assert len(tiny_bank.received) == 1


@pytest.mark.parametrize(
    ("act", "path"),
    [
        (
            lambda bank, id_: bank.cancel_order(OpenOrder(id_, Rail.BOLETO, FIRST), key=KEY),
            PAYMENT_PATH,
        ),
        (lambda bank, id_: bank.cancel_charge(id_, key=KEY), "/v2/invoices/{}"),
        (
            lambda bank, id_: bank.cancel_charge_notifications(id_, key=KEY),
            "/v2/invoices/{}/notifications",
        ),
    ],
)
def test_a_reference_never_leads_to_another_address(
    tiny_cora: CoraAdapter,
    tiny_bank: TinyBank,
    act: Callable[[CoraAdapter, str], object],
    path: str,
) -> None:
    act(tiny_cora, "pay_1/../x?y#z")

    assert tiny_bank.received[0].path.endswith(path.format("pay_1%2F..%2Fx%3Fy%23z"))


# --- Any answer at all ------------------------------------------------------------------


def registered(bank: CoraAdapter) -> str:
    bank.register_webhooks("https://erp.example.com/hooks")
    return "done"


READS: list[Callable[[CoraAdapter], object]] = [
    lambda bank: bank.fetch_identity(),
    lambda bank: bank.fetch_balance(),
    lambda bank: list(bank.fetch_statement(FIRST, LAST)),
    lambda bank: bank.find_order(make_ted(), sent_at=SENT_AT, now=LATER),
    lambda bank: bank.order_statuses([OpenOrder("trn_1", Rail.TED, FIRST)]),
    lambda bank: bank.fetch_charge("inv_1"),
    lambda bank: list(bank.list_charges(FIRST, LAST)),
    lambda bank: bank.charge_notifications("inv_1"),
    lambda bank: bank.issue_charge(make_charge()),
    lambda bank: bank.issue_carne(make_carne()),
    lambda bank: bank.pay_tax(make_darf()),
    registered,
]
ANSWERS: list[Any] = [
    *(ACCOUNT, BALANCE, STATEMENT, TRANSFERS, PAYMENTS, PAYMENT, [ENDPOINT], INVOICE),
    {"totalItems": 1, "items": [INVOICE]},
    {"result": [INVOICE], "document_url": "https://files.example.com/x.pdf"},
    {"schedules": [{"rule": "NOTIFY_WHEN_PAID", "status": "SCHEDULED", "scheduled_to": None}]},
]


@pytest.mark.parametrize("read", READS)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(answer=mangled(ANSWERS))
def test_a_mangled_answer_is_a_bank_error_and_nothing_else(
    tiny_cora: CoraAdapter,
    tiny_bank: TinyBank,
    read: Callable[[CoraAdapter], object],
    answer: Any,
) -> None:
    tiny_bank.will_answer(answer_of(answer))
    try:
        assert read(tiny_cora) is not None
    except BankError as error:
        assert str(error).endswith(".")


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(answer=mangled([TRANSFER, PAYMENT]))
def test_a_mangled_answer_to_an_order_is_a_receipt_or_an_unknown_outcome(
    tiny_cora: CoraAdapter, tiny_bank: TinyBank, answer: Any
) -> None:
    tiny_bank.will_answer(answer_of(answer))
    try:
        receipt = tiny_cora.send_ted(make_ted())
    except BankOutcomeUnknown:
        return
    assert receipt.reference == answer["id"]
