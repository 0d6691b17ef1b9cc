"""Cora's JSON for accounts and orders, both ways."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.banks.contract.errors import BankError, BankOutcomeUnknown, BankRejected
from banking.banks.contract.payments import Creditor, OrderState, Rail, Receipt
from banking.banks.contract.statement import AccountIdentity
from banking.banks.cora.wire import payments, statement
from banking.banks.cora.wire.fields import UnreadableAnswer
from core.text import clean
from tests.banking.banks.conftest import make_boleto, make_ted
from tests.banking.banks.cora_answers import (
    ACCOUNT,
    BALANCE,
    PAYMENT,
    PAYMENTS,
    STATEMENT,
    TRANSFER,
    TRANSFERS,
)
from tests.banking.banks.mangle import mangled

TED = make_ted()
BOLETO = make_boleto()


def test_the_account_is_identified_with_the_holder_of_the_statement() -> None:
    assert statement.identity_from_wire(ACCOUNT, STATEMENT) == AccountIdentity(
        bank_code="403",
        branch="0001",
        number="1234567-8",
        holder_name="OFICINA MODELO LTDA",
        holder_document="11444777000161",
    )


@pytest.mark.parametrize(
    "changes",
    [{"agency": 1}, {"accountNumber": "12-3"}, {"accountDigit": ""}, {"bankCode": "40３"}],
)
def test_an_account_without_readable_numbers_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableAnswer):
        statement.identity_from_wire({**ACCOUNT, **changes}, STATEMENT)


@pytest.mark.parametrize(
    "changes", [{"businessDocument": "11444777000162"}, {"businessName": " "}, {"businessName": 7}]
)
def test_a_holder_without_name_or_valid_document_is_refused(changes: dict[str, Any]) -> None:
    page = {**STATEMENT, "header": {**STATEMENT["header"], **changes}}

    with pytest.raises(UnreadableAnswer):
        statement.identity_from_wire(ACCOUNT, page)


def test_a_balance_is_in_reais() -> None:
    assert statement.balance_from_wire(BALANCE) == Decimal("25431.90")


def test_a_ted_becomes_the_documented_body() -> None:
    assert payments.transfer_to_wire(TED) == {
        "destination": {
            "bank_code": "341",
            "branch_number": "0123",
            "account_number": "456789",
            "account_type": "CHECKING",
            "holder": {
                "name": "Fornecedor Exemplo ME",
                "document": {"identity": "11222333000181", "type": "CNPJ"},
            },
        },
        "amount": 125000,
        "description": "NF 8841",
        "code": "cp-000771",
    }


def test_a_ted_to_a_person_says_cpf_and_leaves_out_an_empty_description() -> None:
    body = payments.transfer_to_wire(replace(TED, holder_document="52998224725", description=""))

    assert body["destination"]["holder"]["document"]["type"] == "CPF"
    assert "description" not in body


@pytest.mark.parametrize(
    "changes",
    [
        {"bank_code": "34"},
        {"bank_code": "34a"},
        {"branch": "01234"},
        {"branch": ""},
        {"branch": "0123-4"},
        {"account": "12345678901234"},
        {"account": "4567-9"},
        {"account": "４５６７８９"},
        {"holder_name": "  "},
        {"holder_document": "1122233300018"},
        {"amount": Decimal(0)},
        {"amount": Decimal("-1")},
        {"amount": Decimal("1.005")},
        {"amount": Decimal("1000000000")},
        {"amount": Decimal("NaN")},
        {"amount": Decimal("Infinity")},
    ],
    ids=str,
)
def test_a_ted_that_cora_cannot_take_is_refused_before_it_is_sent(changes: dict[str, Any]) -> None:
    with pytest.raises(BankRejected):
        payments.transfer_to_wire(replace(TED, **changes))


def test_a_boleto_becomes_the_documented_body() -> None:
    assert payments.boleto_to_wire(BOLETO) == {
        "code": "cp-000772",
        "digitable_line": "40390000077100000001923450000999416560000015075",
    }


@pytest.mark.parametrize("line", ["", "4" * 46, "4" * 49, "4" * 46 + "x"])
def test_a_line_that_is_no_boleto_is_refused_before_it_is_sent(line: str) -> None:
    with pytest.raises(BankRejected):
        payments.boleto_to_wire(replace(BOLETO, linha_digitavel=line))


@given(
    st.integers(1, 99_999_999_999),
    st.text(st.characters(exclude_categories=["C", "Z"]), max_size=120).map(clean).filter(bool),
)
def test_any_amount_and_name_survive_the_trip(cents: int, name: str) -> None:
    body = payments.transfer_to_wire(replace(TED, amount=Decimal(cents) / 100, holder_name=name))

    assert body["amount"] == cents
    assert body["destination"]["holder"]["name"] == name
    assert payments.receipt_from_wire({**TRANSFER, **body}, Rail.TED).amount == Decimal(cents) / 100


@pytest.mark.parametrize(
    ("answer", "rail", "receipt"),
    [
        (
            TRANSFER,
            Rail.TED,
            Receipt("trn_3KdP9sWxYz1AbC2dEfG4hI", OrderState.AWAITING_APPROVAL, Decimal("1250.00")),
        ),
        (
            PAYMENT,
            Rail.BOLETO,
            Receipt(
                "pay_9QwErTyUiOpAsDfGhJkLzX",
                OrderState.AWAITING_APPROVAL,
                Decimal("150.75"),
                creditor=Creditor("Fornecedor Exemplo ME", "11222333000181"),
            ),
        ),
        (
            {"id": "trn_1", "status": "COMPLETED", "new": 1},
            Rail.TED,
            Receipt("trn_1", OrderState.PAID),
        ),
        (
            {"id": "trn_1", "status": "THINKING", "amount": None},
            Rail.TED,
            Receipt("trn_1", OrderState.AWAITING_APPROVAL),
        ),
    ],
)
def test_an_order_taken_gives_a_receipt(answer: Any, rail: Rail, receipt: Receipt) -> None:
    assert payments.receipt_from_wire(answer, rail) == receipt


@pytest.mark.parametrize(
    ("told", "creditor"),
    [
        ({"name": " Loja  Um ", "document": "11.222.333/0001-81"},
         Creditor("Loja Um", "11222333000181")),
        ({"name": "Loja Um", "document": "***.982.247-**"}, Creditor("Loja Um", "")),
        ({"name": None, "document": 11222333000181}, Creditor("", "11222333000181")),
        ({"name": "", "document": ""}, None),
        ({}, None),
        ("Loja Um", None),
        (None, None),
    ],
)  # fmt: skip
def test_a_creditor_that_cannot_be_read_is_not_told(told: Any, creditor: Creditor | None) -> None:
    receipt = payments.receipt_from_wire({**PAYMENT, "creditor": told}, Rail.BOLETO)

    assert receipt.creditor == creditor


@pytest.mark.parametrize(
    "answer",
    [None, [], "ok", {}, {"id": "trn_1"}, {"status": "INITIATED"}, {**TRANSFER, "amount": "1"}],
)
def test_a_receipt_that_cannot_be_read_is_an_unknown_outcome(answer: Any) -> None:
    with pytest.raises(BankOutcomeUnknown):
        payments.receipt_from_wire(answer, Rail.TED)


@pytest.mark.parametrize("answer", [TRANSFERS, [TRANSFER], {"items": [TRANSFER], "total_items": 9}])
def test_a_list_is_read_in_any_envelope(answer: Any) -> None:
    (order,) = payments.orders_from_wire(answer, Rail.TED)

    assert order == payments.ListedOrder(
        reference="trn_3KdP9sWxYz1AbC2dEfG4hI",
        code="cp-000771",
        state=OrderState.AWAITING_APPROVAL,
        amount=Decimal("1250.00"),
    )


def test_a_listed_order_may_hide_our_code_and_have_a_new_status() -> None:
    (order,) = payments.orders_from_wire({"items": [{**PAYMENT, "status": "NEW"}]}, Rail.BOLETO)

    assert (order.code, order.state) == ("", None)


@pytest.mark.parametrize("answer", [None, {}, {"items": None}, {"items": {}}, "x"])
def test_a_list_that_cannot_be_read_is_not_an_empty_one(answer: Any) -> None:
    with pytest.raises(UnreadableAnswer):
        payments.orders_from_wire(answer, Rail.TED)


READERS: list[Callable[[Any], object]] = [
    lambda answer: statement.identity_from_wire(answer, STATEMENT),
    lambda answer: statement.identity_from_wire(ACCOUNT, answer),
    statement.balance_from_wire,
    lambda answer: payments.receipt_from_wire(answer, Rail.TED),
    lambda answer: payments.orders_from_wire(answer, Rail.BOLETO),
]


@pytest.mark.parametrize("reader", READERS)
@given(answer=mangled([ACCOUNT, STATEMENT, BALANCE, TRANSFER, TRANSFERS, PAYMENTS]))
def test_a_mangled_answer_is_a_bank_error_and_nothing_else(
    reader: Callable[[Any], object], answer: Any
) -> None:
    try:
        assert reader(answer) is not None
    except BankError as error:
        assert str(error).endswith(".")
