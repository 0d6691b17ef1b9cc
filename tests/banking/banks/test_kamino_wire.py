"""The Conta Kamino's JSON, both ways: what we send is as its API file says, what comes is read."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.banks.contract.charges import (
    Address,
    Charge,
    ChargeForm,
    ChargeItem,
    ChargePayer,
    ChargePayment,
    ChargeRequest,
    ChargeState,
    ChargeTerms,
    Discount,
    FinalBeneficiary,
    Fine,
    NotifyWhen,
    UnreadCharge,
)
from banking.banks.contract.errors import BankError, BankOutcomeUnknown, BankRejected
from banking.banks.contract.payments import (
    AccountType,
    KeyHolder,
    OrderState,
    Payment,
    PixAccount,
    PixCode,
    PixKey,
    PixKeyType,
    Title,
)
from banking.banks.contract.statement import AccountIdentity, Unread, UnreadReason
from banking.banks.http.json import read_json
from banking.banks.kamino.auth import opened_from_wire, token_from_wire
from banking.banks.kamino.wire import (
    charge_requests,
    charges,
    order_states,
    payments,
    refusals,
    statement,
)
from banking.banks.kamino.wire.fields import UnreadableAnswer
from core.money import MAX_AMOUNT
from tests.banking.banks.conftest import make_boleto, make_ted
from tests.banking.banks.kamino_answers import (
    ACCOUNT,
    BALANCE,
    CHARGE,
    CHARGES,
    CONTRACT,
    ENTRIES,
    ENTRY,
    KEY,
    KEY_HOLDER,
    OPENED,
    PAYMENT,
    PAYMENTS,
    SCHEMAS,
    TITLE,
    TOKEN,
)
from tests.banking.banks.kamino_requests import make_charge, make_pix
from tests.banking.banks.mangle import mangled

AMOUNTS = st.decimals(Decimal("0.01"), MAX_AMOUNT, places=2)
NAMES = st.text(min_size=1).filter(lambda text: text.strip() and text.isprintable())
DOCUMENTS = st.sampled_from(["11222333000181", "52998224725", "12ABC34501DE35"])
DIGITS = st.text("0123456789", min_size=2, max_size=20)


def wrong(schema: str, body: Any) -> list[str]:
    return CONTRACT.errors(f"/components/schemas/{schema}", body)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_answers_of_these_tests_are_as_the_file_says(name: str) -> None:
    assert wrong(name, SCHEMAS[name]) == []


# --- The account ------------------------------------------------------------------------


def test_the_account_and_its_holder_are_read() -> None:
    assert statement.identity_from_wire(ACCOUNT) == AccountIdentity(
        bank_code="998",
        branch="0001",
        number="1000002-9",
        holder_name="OFICINA MODELO LTDA",
        holder_document="11444777000161",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"branch": "1"},
        {"number": "10000029"},
        {"number": "1000002-X"},
        {"bank": {"compe": "99８"}},
        {"holder": {"document": "11444777000162", "legal_name": "X"}},
        {"holder": {"document": "11444777000161", "legal_name": " "}},
    ],
)
def test_an_account_without_readable_numbers_is_not_taken(changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableAnswer):
        statement.identity_from_wire({**ACCOUNT, **changes})


def test_a_balance_may_be_negative() -> None:
    assert statement.balance_from_wire(BALANCE) == Decimal("-10.50")


# --- The statement ----------------------------------------------------------------------


def test_a_partly_hidden_document_is_kept_as_it_came_and_is_no_document() -> None:
    party = {"name": "MARIA", "document": "XXX.982.247-XX"}
    line = statement.movement_from_wire({**ENTRY, "counterparty": party})

    assert (line.counterparty_document, line.masked_document) == ("", "XXX.982.247-XX")


def test_an_entry_becomes_a_movement_of_its_sao_paulo_day() -> None:
    movement = statement.movement_from_wire(ENTRY)

    assert movement.bank_id == "ent_AAAAAAAAAAAA0000000001"
    assert movement.occurred_at == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert movement.booked_on == date(2026, 11, 22)
    assert (movement.amount, movement.kind) == (Decimal("-80.00"), "pix")
    assert movement.counterparty_document == "52998224725"
    assert movement.end_to_end_id == ENTRY["end_to_end_id"]
    assert movement.operation_on is None


def test_the_day_of_the_operation_is_told_apart_from_that_of_the_booking() -> None:
    movement = statement.movement_from_wire({**ENTRY, "booked_on": "2026-11-23"})

    assert (movement.booked_on, movement.operation_on) == (date(2026, 11, 23), date(2026, 11, 22))


@pytest.mark.parametrize("told", [None, 7, "E1", "X99980001202611230230aB3dE5fG7hJ"])
def test_what_is_no_end_to_end_id_is_left_out(told: object) -> None:
    assert statement.movement_from_wire({**ENTRY, "end_to_end_id": told}).end_to_end_id == ""


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("ted", "transfer"),
        ("boleto", "payment"),
        ("fee", "fee"),
        ("other", "other"),
        ("new", "other"),
    ],
)
def test_kinds_are_those_of_the_contract(kind: str, ours: str) -> None:
    assert statement.movement_from_wire({**ENTRY, "kind": kind}).kind == ours


@given(amount=AMOUNTS, day=st.dates(date(2000, 1, 1), date(2099, 12, 31)), name=NAMES)
def test_any_movement_survives_the_way(amount: Decimal, day: date, name: str) -> None:
    party = {"name": name, "document": None}
    entry = {**ENTRY, "amount": str(amount), "booked_on": str(day), "counterparty": party}

    movement = statement.movement_from_wire({**entry, "direction": "credit"})

    assert (movement.amount, movement.booked_on) == (amount, day)
    assert movement.counterparty_name == name.strip()[:140]


@given(text=st.text(st.characters()))
def test_any_text_of_the_bank_can_be_stored(text: str) -> None:
    raw = statement.movement_from_wire({**ENTRY, "new": {text: [text]}}).raw

    assert "\\u0000" not in raw.replace("\\\\", "")  # an escaped backslash begins no escape
    raw.encode()


@pytest.mark.parametrize(
    ("changes", "field", "day"),
    [
        ({"direction": "sideways"}, "direction", date(2026, 11, 22)),
        ({"amount": "-1.00"}, "amount", date(2026, 11, 22)),
        ({"id": None}, "id", date(2026, 11, 22)),
        ({"booked_on": "2026-13-01"}, "booked_on", None),
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_read_hides_no_other(
    changes: dict[str, Any], field: str, day: date | None
) -> None:
    odd = {**ENTRY, **changes}

    part = statement.page_from_wire({**ENTRIES, "entries": [odd, ENTRY, 7]}).part

    assert list(part.movements) == [statement.movement_from_wire(ENTRY)]
    assert [element[1:] for element in part.unread] == [
        (day, UnreadReason.FIELD, field),
        (None, UnreadReason.FIELD, "entries"),
    ]
    assert json.loads(part.unread[0].raw) == odd


def test_an_entry_is_read_again_from_what_was_kept_of_it() -> None:
    movement = statement.movement_from_wire(ENTRY)

    assert statement.read_again(movement.raw) == movement
    assert isinstance(statement.read_again("null"), Unread)


def test_what_is_kept_of_an_entry_is_what_the_bank_wrote() -> None:
    """A number stays one: kept as text it would be read as an amount the next time."""
    odd = {**ENTRY, "amount": Decimal("150.75")}
    (unread,) = statement.page_from_wire({**ENTRIES, "entries": [odd]}).part.unread

    assert read_json(unread.raw) == odd
    assert statement.read_again(unread.raw) == unread


def test_an_entry_of_nothing_is_a_movement() -> None:
    assert statement.movement_from_wire({**ENTRY, "amount": "0.00"}).amount == 0


# --- Money out --------------------------------------------------------------------------


def test_a_ted_becomes_the_body_of_the_file() -> None:
    body = payments.payment_to_wire(make_ted())

    assert body == {
        "type": "ted",
        "amount": "1250.00",
        "code": "cp-000771",
        "description": "NF 8841",
        "ted": {
            "bank_compe": "341",
            "branch": "0123",
            "account": "456789",
            "account_type": "checking",
            "holder": {"name": "Fornecedor Exemplo ME", "document": "11222333000181"},
        },
    }
    assert wrong("PaymentRequest", body) == []


def test_a_pix_tells_the_bank_whose_the_key_has_to_be() -> None:
    body = payments.payment_to_wire(make_pix())

    assert body["pix"] == {
        "key": {"type": "email", "value": "maria@exemplo.com.br"},
        "payee_document": "52998224725",
    }
    assert wrong("PaymentRequest", body) == []


PAYMENTS_OUT = st.one_of(
    st.builds(
        make_ted,
        amount=AMOUNTS,
        holder_name=NAMES,
        holder_document=DOCUMENTS,
        account=DIGITS,
        description=st.text(),
        account_type=st.sampled_from(AccountType),
    ),
    st.builds(make_boleto, amount=AMOUNTS),
    st.builds(
        make_pix,
        amount=AMOUNTS,
        holder_name=NAMES,
        holder_document=DOCUMENTS | st.just(""),
        destination=st.one_of(
            st.builds(PixKey, st.sampled_from(PixKeyType), st.text(min_size=1, max_size=77)),
            st.builds(
                PixCode, st.text("0123ABC. ", min_size=8, max_size=99).map("000201{}".format)
            ),
        ),
    ),
    st.builds(
        make_pix,
        amount=AMOUNTS,
        holder_name=NAMES,
        holder_document=DOCUMENTS,
        destination=st.builds(
            PixAccount, st.just("341"), st.just("0123"), DIGITS, st.sampled_from(AccountType)
        ),
    ),
)


@given(payment=PAYMENTS_OUT)
def test_any_payment_is_written_as_the_file_says_and_keeps_its_amount(payment: Payment) -> None:
    body = payments.payment_to_wire(payment)

    assert wrong("PaymentRequest", body) == []
    assert Decimal(body["amount"]) == payment.amount
    assert payments.payment_to_wire(payment) == body


@pytest.mark.parametrize(
    "payment",
    [
        make_ted(amount=Decimal("0.001")),
        make_ted(amount=Decimal(0)),
        make_ted(amount=Decimal("NaN")),
        make_ted(amount=MAX_AMOUNT + 1),
        make_ted(branch="12a"),
        make_ted(branch=""),
        make_ted(account="1"),
        make_ted(bank_code="34"),
        make_ted(holder_name="\n"),
        make_ted(holder_document="11222333000182"),
        make_ted(code="x" * 65),
        make_boleto(linha_digitavel="123"),
        make_pix(destination=PixCode("000201")),
        make_pix(destination=PixKey(PixKeyType.EMAIL, "")),
        make_pix(destination=PixAccount("341", "1", "22", AccountType.SAVINGS), holder_document=""),
    ],
    ids=repr,
)
def test_what_the_bank_would_not_take_is_refused_before_it_is_sent(payment: Payment) -> None:
    with pytest.raises(BankRejected, match=r"\.$"):
        payments.payment_to_wire(payment)


def test_a_payment_s_state_and_the_bank_s_reason_are_read() -> None:
    found = payments.payment_from_wire(PAYMENT)

    assert found.key == UUID(KEY)
    assert found.receipt.state is OrderState.REJECTED
    assert found.receipt.reason == "Saldo insuficiente."
    assert found.receipt.amount == Decimal("1250.00")


def test_every_state_of_the_file_is_known() -> None:
    documented = CONTRACT.document["components"]["schemas"]["PaymentStatus"]["enum"]

    assert set(order_states.STATES) == set(documented)


def test_a_new_state_is_a_payment_that_is_at_the_bank_and_not_decided() -> None:
    found = payments.payment_from_wire({**PAYMENT, "status": "in_analysis"})

    assert found.receipt.state is OrderState.AWAITING_APPROVAL
    assert found.whereabouts is None


def test_a_title_costs_what_it_costs_today() -> None:
    assert payments.title_from_wire(TITLE) == Title(
        linha_digitavel=TITLE["line"],
        due_date=date(2026, 11, 28),
        bank_code="341",
        beneficiary_name="Fornecedor Exemplo ME",
        beneficiary_document="60316817000103",
        amount=Decimal("153.00"),
        is_paid=False,
    )


@pytest.mark.parametrize(
    ("document", "read_as"),
    [
        ("60.316.817/0001-03", "60316817000103"),
        ("12abc34501de35", "12ABC34501DE35"),
        ("360305000104", "00360305000104"),
        ("***.224.725-**", ""),
    ],
)
def test_documents_of_every_shape_are_read(document: str, read_as: str) -> None:
    party = {"name": "X", "document": document}

    title = payments.title_from_wire({**TITLE, "beneficiary": party})
    movement = statement.movement_from_wire({**ENTRY, "counterparty": party})

    assert (title.beneficiary_document, movement.counterparty_document) == (read_as, read_as)


def test_a_collection_document_has_neither_bank_nor_due_date() -> None:
    title = payments.title_from_wire({**TITLE, "bank": None, "due_date": None})

    assert (title.bank_code, title.due_date) == ("", None)


def test_whose_a_key_is_comes_with_the_document_as_the_bank_hides_it() -> None:
    assert payments.key_holder_from_wire(KEY_HOLDER) == KeyHolder(
        name="Maria Silva", document="***.982.247-**", bank_name="Nu Pagamentos S.A."
    )


def test_what_the_bank_does_not_say_of_a_key_is_empty() -> None:
    silent = {"holder": {"name": None}, "bank": None}

    assert payments.key_holder_from_wire(silent) == KeyHolder("", "")


# --- Charges ----------------------------------------------------------------------------


def test_a_charge_becomes_the_body_of_the_file() -> None:
    request = make_charge(
        message="Obrigado",
        payer=ChargePayer(
            "Mercado Boa Vista LTDA",
            "30112457000159",
            email="m@exemplo.com.br",
            phone="+5511987654321",
            address=Address("Rua A", "1", "Centro", "São Paulo", "SP", "01001000"),
        ),
        terms=ChargeTerms(Fine(percent=Decimal(2)), Decimal(1), Discount(amount=Decimal("10.5"))),
        beneficiary=FinalBeneficiary("Escola Primavera LTDA", "30112457000159"),
    )

    body = charge_requests.charge_to_wire(request)

    assert wrong("ChargeRequest", body) == []
    assert body["forms"] == ["boleto", "pix"]
    assert body["fine"] == {"percent": "2.00"}
    assert body["discount"] == {"amount": "10.50"}


@given(
    amounts=st.lists(AMOUNTS, min_size=1, max_size=5),
    due=st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    name=NAMES,
    text=st.text(),
)
def test_any_charge_is_written_as_the_file_says(
    amounts: list[Decimal], due: date, name: str, text: str
) -> None:
    items = [ChargeItem(name, amount, text) for amount in amounts]
    body = charge_requests.charge_to_wire(
        make_charge(items=items, due_date=due, payer=ChargePayer(name, "52998224725"), message=text)
    )

    assert wrong("ChargeRequest", body) == []
    assert sum(Decimal(item["amount"]) for item in body["items"]) == sum(amounts)


@pytest.mark.parametrize(
    "request_",
    [
        make_charge(notify=[NotifyWhen.ON_DUE_DATE]),
        make_charge(items=[]),
        make_charge(pay_until=date(2027, 1, 1)),
        make_charge(
            terms=ChargeTerms(discount=Discount(amount=Decimal("1.00"), until=date(2027, 1, 1)))
        ),
        make_charge(items=[ChargeItem("x", Decimal("1.001"))]),
        make_charge(terms=ChargeTerms(interest_percent=Decimal("1.005"))),
        make_charge(terms=ChargeTerms(interest_percent=Decimal("Infinity"))),
        make_charge(terms=ChargeTerms(fine=Fine(percent=Decimal("-1")))),
    ],
)
def test_a_charge_that_the_bank_does_not_do_is_refused_before_it_is_sent(
    request_: ChargeRequest,
) -> None:
    with pytest.raises(BankRejected, match=r"\.$"):
        charge_requests.charge_to_wire(request_)


def test_a_charge_is_read_with_its_boleto_and_its_pix() -> None:
    assert charges.charge_from_wire(CHARGE) == Charge(
        reference="chg_Pzlz6Ld1bRgtiJgHaSIREQ",
        state=ChargeState.PAID,
        amount=Decimal("300.00"),
        due_date=date(2026, 12, 10),
        code="cob-1",
        paid_amount=Decimal("300.00"),
        paid_on=date(2026, 11, 23),
        payer_name="Mercado Boa Vista LTDA",
        payer_document="30112457000159",
        linha_digitavel=CHARGE["boleto"]["line"],
        barcode=CHARGE["boleto"]["barcode"],
        our_number="00000000001",
        pix_code=CHARGE["pix"]["br_code"],
        payments=[ChargePayment("", Decimal("300.00"), date(2026, 11, 23), form=ChargeForm.PIX)],
    )


def test_a_charge_in_a_state_that_is_not_known_is_not_paid_and_hides_no_other() -> None:
    page = {"charges": [{**CHARGE, "status": "disputed"}, CHARGE], "next_cursor": None}

    states = [charge.state for charge in charges.charges_from_wire(page).charges]

    assert states == [ChargeState.DRAFT, ChargeState.PAID]


def test_a_charge_or_a_payment_that_cannot_be_read_hides_no_other() -> None:
    listed = charges.charges_from_wire(
        {"charges": [{**CHARGE, "amount": 7}, CHARGE, None], "next_cursor": None}
    )
    paid = payments.payments_from_wire({**PAYMENTS, "payments": [PAYMENT, {**PAYMENT, "id": 1}]})

    assert [charge.reference for charge in listed.charges] == [CHARGE["id"]]
    assert listed.unread == [UnreadCharge(CHARGE["id"], "amount"), UnreadCharge("", "charge")]
    assert (len(paid.payments), paid.unread) == (1, 1)


def test_a_charge_by_pix_alone_has_no_boleto() -> None:
    charge = charges.charge_from_wire({**CHARGE, "boleto": None})

    assert (charge.linha_digitavel, charge.pix_code) == ("", CHARGE["pix"]["br_code"])


# --- Mangled ----------------------------------------------------------------------------

READERS: list[Callable[[Any], object]] = [
    statement.identity_from_wire,
    statement.balance_from_wire,
    statement.page_from_wire,
    payments.payment_from_wire,
    payments.payments_from_wire,
    payments.title_from_wire,
    payments.key_holder_from_wire,
    charges.charge_from_wire,
    charges.charges_from_wire,
    token_from_wire,
    opened_from_wire,
]
ANSWERS = [
    ACCOUNT, BALANCE, ENTRIES, PAYMENT, PAYMENTS, TITLE, KEY_HOLDER, CHARGE, CHARGES, TOKEN, OPENED
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(READERS)))
@given(data=st.data())
def test_a_mangled_answer_is_a_bank_error_and_nothing_else(at: int, data: st.DataObject) -> None:
    answer = data.draw(mangled([ANSWERS[at]]) | mangled(ANSWERS))
    try:
        body = read_json(json.dumps(answer))
    except ValueError:
        return  # `exchange` takes it for an unreadable answer
    try:
        assert READERS[at](body) is not None
    except BankError as error:
        assert str(error).endswith(".")


def test_an_unreadable_opening_may_have_been_done() -> None:
    with pytest.raises(BankOutcomeUnknown):
        opened_from_wire({**OPENED, "credentials": None})


@given(body=st.binary() | st.just(b'{"code": [], "detail": 1}') | st.just(b"[1]"))
def test_any_error_body_has_words_or_none(body: bytes) -> None:
    code, reason = refusals.words_from_wire(body)

    assert code.isprintable()
    assert reason.isprintable()


def test_the_bank_s_detail_is_the_reason() -> None:
    body = b'{"code": "title_already_paid", "detail": "Este boleto j\\u00e1 foi pago."}'

    assert refusals.words_from_wire(body) == ("title_already_paid", "Este boleto já foi pago.")
