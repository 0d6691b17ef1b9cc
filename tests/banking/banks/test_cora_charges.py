"""Cora's charges: the documented bodies, and any mangled one."""

import contextlib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pytest_django import Settings

from banking.banks.contract.charges import (
    Address,
    CarneRequest,
    ChargeForm,
    ChargeItem,
    ChargePayer,
    ChargeRequest,
    ChargeState,
    ChargeTerms,
    Discount,
    FinalBeneficiary,
    Fine,
    NotifyWhen,
    UnreadCharge,
)
from banking.banks.contract.errors import (
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.cora import documents
from banking.banks.cora.wire import charge_requests, charges
from banking.banks.cora.wire.fields import UnreadableAnswer
from banking.banks.http.json import read_json, write_json
from tests.banking.banks.conftest import HOME, PAYER, make_carne, make_charge
from tests.banking.banks.cora_answers import EMV, INVOICE, INVOICE_REQUEST
from tests.banking.banks.mangle import mangled

REQUEST = make_charge()
UNTIL = Discount(amount=Decimal("1.00"), until=date(2027, 1, 1))
CARNE = make_carne()


def test_a_charge_is_asked_for_as_the_documentation_shows() -> None:
    body = json.loads(write_json(charge_requests.charge_to_wire(REQUEST)))

    assert body == INVOICE_REQUEST


def test_the_phone_is_not_sent_because_cora_refuses_it_with_an_empty_answer() -> None:
    assert "999990000" not in write_json(charge_requests.charge_to_wire(REQUEST))


def test_the_documented_charge_is_read() -> None:
    charge = charges.charge_from_wire(INVOICE)

    assert charge.reference == "inv_2Zx9CvBnM7aSdFgH5jKlQw"
    assert charge.state is ChargeState.OPEN
    assert charge.amount == Decimal("150.75")
    assert charge.due_date == date(2026, 12, 10)
    assert charge.linha_digitavel == "40390000077100000001923450000999416560000015075"
    assert charge.barcode == "40394165600000150750000071000000012345000099"
    assert charge.pix_code == EMV
    assert charge.paid_on is None
    assert charge.is_registered is True


@pytest.mark.parametrize(("registered", "is_registered"), [(False, False), (None, None), (1, None)])
def test_whether_a_boleto_is_registered_is_what_cora_says(
    registered: Any, is_registered: bool | None
) -> None:
    slip = INVOICE["payment_options"]["bank_slip"] | {"registered": registered}

    charge = charges.charge_from_wire({**INVOICE, "payment_options": {"bank_slip": slip}})

    assert charge.is_registered is is_registered


def test_a_charge_by_pix_alone_has_an_image_and_nothing_to_register() -> None:
    slip = {
        **dict.fromkeys(("barcode", "digitable", "our_number")),
        "registered": False,
        "url": "https://storage.googleapis.com/download/cobranca-qrcode-1.png?alt=media",
    }

    charge = charges.charge_from_wire({**INVOICE, "payment_options": {"bank_slip": slip}})

    assert (charge.linha_digitavel, charge.our_number, charge.pdf_url) == ("", "", "")
    assert charge.is_registered is None


def test_a_paid_charge_tells_when_by_the_payment_that_ended_last() -> None:
    payments = [
        {"finalized_at": "2026-12-08T10:00:00"},
        {"finalized_at": "2026-12-09T23:59:00"},
    ]
    paid = {**INVOICE, "status": "PAID", "total_paid": 15075, "payments": payments}

    charge = charges.charge_from_wire(paid)

    assert (charge.state, charge.paid_amount) == (ChargeState.PAID, Decimal("150.75"))
    assert charge.paid_on == date(2026, 12, 9)


def test_what_occurred_to_a_charge_that_is_not_paid_is_no_payment() -> None:
    cancelled = {**INVOICE, "status": "CANCELLED", "occurrence_date": "2026-12-08T10:00:00"}

    assert charges.charge_from_wire(cancelled).paid_on is None


def test_a_status_that_is_not_documented_is_never_paid() -> None:
    assert charges.charge_from_wire({**INVOICE, "status": "SPLIT"}).state is ChargeState.DRAFT


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (replace(REQUEST, items=[ChargeItem("Café", Decimal("4.99"))]), "R$ 5,00"),
        (replace(REQUEST, forms=frozenset()), "boleto, Pix"),
        (replace(REQUEST, payer=replace(PAYER, email="")), "e-mail"),
        (replace(REQUEST, payer=replace(PAYER, name="x" * 61)), "60 letras"),
        (replace(REQUEST, terms=ChargeTerms(interest_percent=Decimal("100.01"))), "porcentagem"),
        (replace(REQUEST, items=[ChargeItem("x", Decimal("9"), "d" * 101)]), "100 letras"),
        (replace(REQUEST, items=[ChargeItem(" ", Decimal("9"))]), "nome do item"),
        (replace(REQUEST, payer=replace(PAYER, name=" ")), "nome do pagador"),
        (replace(REQUEST, payer=replace(PAYER, address=replace(HOME, city=""))), "incompleto"),
        (replace(REQUEST, payer=replace(PAYER, address=replace(HOME, state="S"))), "incompleto"),
        (replace(REQUEST, payer=replace(PAYER, address=replace(HOME, zip_code="1"))), "CEP"),
        (replace(REQUEST, terms=ChargeTerms(interest_percent=Decimal("0.001"))), "porcentagem"),
        (replace(REQUEST, beneficiary=FinalBeneficiary("x", "1")), "beneficiário final"),
        (replace(REQUEST, pay_until=date(2027, 1, 1)), "até quando"),
        (replace(REQUEST, terms=ChargeTerms(discount=UNTIL)), "véspera"),
    ],
)
def test_what_cora_would_refuse_without_a_word_is_refused_here(
    request_: ChargeRequest, sentence: str
) -> None:
    with pytest.raises(BankRejected, match=sentence.replace("$", r"\$")):
        charge_requests.charge_to_wire(request_)


def test_a_fixed_fine_and_discount_go_in_centavos() -> None:
    terms = ChargeTerms(fine=Fine(Decimal("10.00")), discount=Discount(Decimal("1.23")))

    body = charge_requests.charge_to_wire(replace(REQUEST, terms=terms))

    assert body["payment_terms"]["fine"] == {"amount": 1000}
    assert body["payment_terms"]["discount"] == {"type": "FIXED", "value": 123}


def test_an_amount_beats_a_percentage_as_at_cora() -> None:
    both = {"amount": Decimal("10.00"), "percent": Decimal("2.00")}
    terms = ChargeTerms(fine=Fine(**both), discount=Discount(**both))

    body = charge_requests.charge_to_wire(replace(REQUEST, terms=terms))["payment_terms"]

    assert (body["fine"], body["discount"]["type"]) == ({"amount": 1000}, "FIXED")


def test_a_carne_has_the_whole_amount_and_its_days() -> None:
    body = charge_requests.carne_to_wire(CARNE)

    assert body["service"]["amount"] == 45000
    assert body["installment"] == {
        "number_of": 3,
        "due_date": {"dates": ["2026-12-10", "2027-01-10", "2027-02-10"]},
    }
    assert body["payment_forms"] == ["BANK_SLIP"]


@pytest.mark.parametrize(
    "carne",
    [
        replace(CARNE, due_dates=[date(2026, 12, 10)]),
        replace(CARNE, due_dates=[date(2026, 12, 10)] * 25),
        replace(CARNE, item=ChargeItem("x", Decimal("14.99"))),
        replace(CARNE, payer=replace(PAYER, email="")),
    ],
)
def test_a_carne_that_cora_does_not_take_is_not_sent(carne: CarneRequest) -> None:
    with pytest.raises(BankRejected):
        charge_requests.carne_to_wire(carne)


def money(at_least: int) -> st.SearchStrategy[Decimal]:
    """Reais; `at_least` in centavos."""
    return st.integers(at_least, 10**11 - 1).map(lambda cents: Decimal(cents).scaleb(-2))


PERCENT = st.integers(1, 10_000).map(lambda hundredths: Decimal(hundredths).scaleb(-2))
# Letters, marks, numbers, signs and spaces: what a person types.
TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=60).filter(
    str.strip
)
DAYS = st.dates(date(2026, 1, 1), date(2099, 12, 31))
ADDRESSES = st.builds(
    Address,
    *(TEXT, TEXT, TEXT, TEXT),
    state=st.from_regex("[A-Z]{2}", fullmatch=True),
    zip_code=st.from_regex("[0-9]{8}", fullmatch=True),
    complement=st.just("") | TEXT,
)
TERMS = st.builds(
    ChargeTerms,
    fine=st.none() | st.builds(Fine, amount=money(1)) | st.builds(Fine, percent=PERCENT),
    interest_percent=st.none() | PERCENT,
    discount=st.none()
    | st.builds(Discount, amount=money(1))
    | st.builds(Discount, percent=PERCENT),
)
REQUESTS = st.builds(
    make_charge,
    payer=st.builds(
        ChargePayer,
        name=TEXT,
        document=st.sampled_from(["11222333000181", "52998224725"]),
        email=st.just("financeiro@example.com"),
        address=st.none() | ADDRESSES,
    ),
    items=st.lists(st.builds(ChargeItem, TEXT, money(500), TEXT), min_size=1, max_size=4).filter(
        lambda items: sum(item.amount for item in items) < 10**9
    ),
    due_date=DAYS,
    forms=st.frozensets(st.sampled_from(ChargeForm), min_size=1),
    terms=TERMS,
    notify=st.lists(st.sampled_from(NotifyWhen), unique=True),
)


@given(request_=REQUESTS)
def test_any_amount_name_and_day_survives_the_way_there_and_back(request_: ChargeRequest) -> None:
    body = read_json(write_json(charge_requests.charge_to_wire(request_)))

    total = sum(service["amount"] for service in body["services"])
    charge = charges.charge_from_wire({**INVOICE, **body, "total_amount": total})
    assert (charge.amount, charge.due_date) == (request_.amount, request_.due_date)
    assert (charge.code, charge.payer_document) == (request_.code, request_.payer.document)
    assert body["customer"]["name"] == request_.payer.name
    assert [service["name"] for service in body["services"]] == [i.name for i in request_.items]


@given(request_=REQUESTS)
def test_any_terms_arrive_as_they_were_agreed(request_: ChargeRequest) -> None:
    agreed = request_.terms

    terms = read_json(write_json(charge_requests.charge_to_wire(request_)))["payment_terms"]

    fine, interest, discount = (terms.get(name) for name in ("fine", "interest", "discount"))
    assert (interest and interest["rate"]) == agreed.interest_percent
    if agreed.fine is None:
        assert fine is None
    elif agreed.fine.amount is None:
        assert fine == {"rate": agreed.fine.percent}
    else:
        assert fine == {"amount": int(agreed.fine.amount * 100)}
    if agreed.discount is None:
        assert discount is None
    elif agreed.discount.amount is None:
        assert discount == {"type": "PERCENT", "value": agreed.discount.percent}
    else:
        assert discount == {"type": "FIXED", "value": int(agreed.discount.amount * 100)}


@given(request_=REQUESTS)
def test_any_reminders_are_of_those_that_cora_knows(request_: ChargeRequest) -> None:
    body = read_json(write_json(charge_requests.charge_to_wire(request_)))

    channels = body.get("notification", {}).get("channels", [{"rules": []}])
    schedules = [{"rule": rule, "status": "SCHEDULED"} for rule in channels[0]["rules"]]
    read = charges.notifications_from_wire({"schedules": schedules})
    assert [notification.rule for notification in read] == list(request_.notify)
    assert bool(request_.notify) is ("notification" in body)  # rules may not be empty


@given(total=money(24 * 500), days=st.lists(DAYS, min_size=2, max_size=24, unique=True))
def test_any_carne_keeps_its_total_and_its_days(total: Decimal, days: list[date]) -> None:
    request = replace(CARNE, item=ChargeItem("Curso", total), due_dates=days)

    body = read_json(write_json(charge_requests.carne_to_wire(request)))

    assert Decimal(body["service"]["amount"]).scaleb(-2) == total
    assert [date.fromisoformat(day) for day in body["installment"]["due_date"]["dates"]] == days
    assert body["installment"]["number_of"] == len(days)


PAID = {**INVOICE, "status": "PAID", "payments": [{"finalized_at": "2026-12-08T10:00:00"}]}
SCHEDULES = {"id": "x", "schedules": [{"rule": "NOTIFY_WHEN_PAID", "status": "SCHEDULED"}]}


@given(answer=mangled([INVOICE, PAID]))
def test_a_mangled_charge_is_an_error_of_the_bank_and_nothing_else(answer: Any) -> None:
    with contextlib.suppress(UnreadableAnswer):
        charges.charge_from_wire(answer)
    with contextlib.suppress(BankOutcomeUnknown):
        charges.issued_from_wire(answer)
    with contextlib.suppress(BankError):
        charges.charges_from_wire({"items": [answer]})


CARNE_PART = {
    "id": "inv_1",
    "status": "DRAFT",
    "amount_total": 15000,
    "payment_terms": {"due_date": "2026-12-10"},
    "payments": [],
    "pix": None,
    "buyer": INVOICE["customer"],
    "bank_slip": INVOICE["payment_options"]["bank_slip"],
    "document_url": "https://files.example.com/boleto/inv_1.pdf",
}


def test_a_part_of_a_carne_is_read_by_its_own_names() -> None:
    (part,) = charges.carne_from_wire({"document_url": "x", "result": [CARNE_PART]}).charges

    assert (part.amount, part.state) == (Decimal("150.00"), ChargeState.DRAFT)
    assert part.payer_name == "Cliente Exemplo LTDA"
    assert part.linha_digitavel == "40390000077100000001923450000999416560000015075"


def test_a_part_or_a_reminder_that_cannot_be_read_hides_no_other() -> None:
    carne = charges.carne_from_wire({"result": [{**CARNE_PART, "status": 1}, CARNE_PART]})
    reminders = charges.notifications_from_wire([{"status": []}, *SCHEDULES["schedules"], None])

    assert (len(carne.charges), carne.unread) == (1, [UnreadCharge("inv_1", "status")])
    assert [reminder.rule for reminder in reminders] == [NotifyWhen.WHEN_PAID, None, None]
    with pytest.raises(BankOutcomeUnknown):
        charges.carne_from_wire({"result": [{**CARNE_PART, "status": 1}]})


def test_a_payment_of_a_charge_that_cannot_be_read_leaves_its_day_open() -> None:
    charge = charges.charge_from_wire({**PAID, "payments": [*PAID["payments"], None]})

    assert (charge.state, charge.paid_on, charge.payments) == (ChargeState.PAID, None, None)


@given(answer=mangled([SCHEDULES, {"result": [INVOICE, CARNE_PART], "document_url": "x"}]))
def test_mangled_schedules_and_parts_are_errors_of_the_bank_and_nothing_else(answer: Any) -> None:
    for read in (charges.notifications_from_wire, charges.carne_from_wire):
        with contextlib.suppress(BankError):
            read(answer)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://files.example.com/x.pdf",
        "https://files.example.com/x.pdf",
        "http://api.cora.com.br/x.pdf",
        "https://cora.com.br.example.com/x.pdf",
        "file:///etc/passwd",
        "https://[",
        "https://api.cora.com.br:porta/x.pdf",
        "https://é。.cora.com.br/x.pdf",
        "https://files.example.com\\@api.cora.com.br.example.com/x.pdf",
        "https://api.cora.com.br@files.example.com/x.pdf",
        "http://storage.googleapis.com/x.pdf",
        "https://storage.googleapis.com.example.com/x.pdf",
        "https://storage.googleapis.com:8443/x.pdf",
    ],
)
def test_an_answer_does_not_choose_a_host(settings: Settings, url: str) -> None:
    settings.CORA_FILES_URL = "https://storage.googleapis.com"

    with pytest.raises(BankUnavailable, match="endereço seguro"):
        documents.fetch_pdf(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://files.cora.com.br/boleto/inv_1.pdf",
        "https://FILES.CORA.COM.BR/x.pdf?assinatura=1",
        "https://storage.googleapis.com/download/storage/v1/b/b/o/boleto-1.pdf?alt=media",
        "https://storage.googleapis.com:443/download/storage/v1/b/b/o/boleto-1.pdf?alt=media",
    ],
)
def test_an_address_of_coras_storage_or_of_cora_is_taken(settings: Settings, url: str) -> None:
    settings.CORA_FILES_URL = "https://storage.googleapis.com"

    assert documents.own_address(url) is not None


def test_the_storage_is_the_one_of_the_settings(settings: Settings) -> None:
    settings.CORA_FILES_URL = "http://127.0.0.1:8008/"
    settings.CORA_BASE_URL = "http://127.0.0.1:8001"

    assert documents.own_address("http://127.0.0.1:8008/download/x.pdf?alt=media") is not None
    for other in ("http://127.0.0.1:8001/x.pdf", "https://storage.googleapis.com/x.pdf"):
        assert documents.own_address(other) is None


@given(address=st.text(st.characters()) | st.text("htps:/.@[]%?#\\corambe0", max_size=40))
def test_any_address_is_an_error_of_the_bank_and_nothing_else(address: str) -> None:
    assume(".cora.com.br" not in address and "googleapis.com" not in address)

    with pytest.raises(BankUnavailable, match="endereço seguro"):
        documents.fetch_pdf(address)
