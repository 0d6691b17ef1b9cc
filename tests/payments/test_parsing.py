"""What people give for a bill, made canonical or refused with its reason."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from brazil.banking_days import DebtKind
from core.errors import InvalidInput
from payments.bills import parsing
from tests.payments.factories import BOLETO, CITY_TAX, PHONE_BILL, TODAY

WITHOUT_AMOUNT = "859100000054555512345677890123456785901234567894"


@pytest.mark.parametrize("typed", ["341", "341 · Itaú", "Itaú", "itau", " ITAÚ "])
def test_a_bank_is_found_by_code_and_by_name(typed: str) -> None:
    assert parsing.read_bank(typed) == "341"


def test_the_zeros_of_a_banks_code_may_be_missing() -> None:
    assert parsing.read_bank("1") == "001"


@pytest.mark.parametrize(("typed", "branch"), [("123", "0123"), ("0123", "0123"), (" 1 ", "0001")])
def test_a_branch_has_four_digits(typed: str, branch: str) -> None:
    assert parsing.read_branch(typed) == branch


@pytest.mark.parametrize(
    ("typed", "number"), [("45678-9", "456789"), ("456789", "456789"), ("1.234.567-8", "12345678")]
)
def test_an_account_keeps_its_check_digit_and_no_punctuation(typed: str, number: str) -> None:
    assert parsing.read_account_number(typed) == number


@pytest.mark.parametrize(
    ("read", "typed", "field", "code"),
    [
        (parsing.read_bank, "Banco que não existe", "bank_code", "unknown_bank"),
        (parsing.read_bank, "999", "bank_code", "unknown_bank"),
        (parsing.read_branch, "0123-4", "branch", "not_digits"),
        (parsing.read_branch, "12345", "branch", "too_long"),
        (parsing.read_branch, "0000", "branch", "zero"),
        (parsing.read_account_number, "45678-X", "account", "letter"),
        (parsing.read_account_number, "conta", "account", "not_digits"),
        (parsing.read_account_number, "12345678901234", "account", "too_long"),
        (parsing.read_account_number, "9", "account", "incomplete"),
        (parsing.read_account_number, "000000", "account", "incomplete"),
        (parsing.read_document, "11222333000182", "payee_document", ""),
        (parsing.read_document, "123.456.789-00", "payee_document", ""),
        (parsing.read_document, "1234", "payee_document", ""),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(
    read: Callable[[str], str], typed: str, field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        read(typed)

    assert (error.value.field, error.value.code) == (field, code)


def test_a_boleto_states_bank_amount_and_due_date() -> None:
    slip = parsing.read_slip(BOLETO, today=TODAY)

    assert (slip.issuer, slip.amount, slip.due_date) == ("Cora", Decimal("1234.56"), TODAY)


def test_its_bar_code_says_the_same() -> None:
    barcode = "40398163900001234560001000000000012345678901"

    assert parsing.read_slip(barcode, today=TODAY) == parsing.read_slip(BOLETO, today=TODAY)


@pytest.mark.parametrize(
    ("line", "kind"), [(PHONE_BILL, DebtKind.ORDINARY), (CITY_TAX, DebtKind.TAX)]
)
def test_only_governments_collect_taxes(line: str, kind: DebtKind) -> None:
    assert parsing.read_slip(line, today=TODAY).kind is kind


def test_the_lines_amount_and_date_need_no_repeating_and_may_be_repeated() -> None:
    slip = parsing.read_slip(BOLETO, today=TODAY)

    assert parsing.agreed_amount(slip, None) == slip.amount
    assert parsing.agreed_amount(slip, Decimal("1234.56")) == slip.amount
    assert parsing.agreed_due_date(slip, None) == TODAY
    assert parsing.agreed_due_date(slip, TODAY) == TODAY


def test_what_contradicts_the_line_is_refused() -> None:
    slip = parsing.read_slip(BOLETO, today=TODAY)

    with pytest.raises(InvalidInput, match=r"R\$ 1\.234,56") as amount:
        parsing.agreed_amount(slip, Decimal("1234.57"))
    with pytest.raises(InvalidInput, match="23/11/2026") as due_date:
        parsing.agreed_due_date(slip, date(2026, 11, 24))

    assert (amount.value.field, amount.value.code) == ("amount", "differs")
    assert (due_date.value.field, due_date.value.code) == ("due_date", "differs")


def test_what_the_line_does_not_say_is_asked_for() -> None:
    slip = parsing.read_slip(WITHOUT_AMOUNT, today=TODAY)

    with pytest.raises(InvalidInput) as amount:
        parsing.agreed_amount(slip, None)
    with pytest.raises(InvalidInput) as due_date:
        parsing.agreed_due_date(slip, None)

    assert (amount.value.field, amount.value.code) == ("amount", "missing")
    assert (due_date.value.field, due_date.value.code) == ("due_date", "missing")
    assert parsing.agreed_amount(slip, Decimal("10.00")) == Decimal("10.00")
    assert parsing.agreed_due_date(slip, TODAY) == TODAY
