"""What people give for a bill, made canonical or refused with its reason."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from brazil.banking_days import DebtKind
from brazil.boleto import barcode_to_line, build_barcode
from core.errors import InvalidInput
from payments.bills import parsing
from tests.brazil import codes
from tests.payments.factories import BOLETO, CITY_TAX, OPEN_CODE, PHONE_BILL, TODAY

WITHOUT_AMOUNT = "859100000054555512345677890123456785901234567894"


@pytest.mark.parametrize(
    "typed",
    [
        "341",
        "341 · Itaú",
        "341 - Itaú",
        "341\u2013Itaú",
        "Itaú",
        "itau",
        " ITAÚ ",
        "\u200b341\u00a0",
        "60701190",
    ],
)
def test_a_bank_is_found_by_code_and_by_name(typed: str) -> None:
    assert parsing.read_bank(typed) == "341"


def test_the_zeros_of_a_banks_code_may_be_missing() -> None:
    assert parsing.read_bank("1") == "001"


@pytest.mark.parametrize("code", ["542", "536", "999", "998"])
def test_a_bank_that_our_list_lacks_is_taken_by_its_code(code: str) -> None:
    assert parsing.read_bank(code) == code


@pytest.mark.parametrize(
    ("typed", "branch"),
    [
        ("123", "0123"),
        ("0123", "0123"),
        (" 1 ", "0001"),
        ("1234-X", "1234"),
        ("1234x", "1234"),
        ("0123-4", "0123"),
        ("1234/5", "1234"),
        ("1.234", "1234"),
        ("\ufeff1234\u20135", "1234"),
    ],
)
def test_a_branch_has_four_digits(typed: str, branch: str) -> None:
    assert parsing.read_branch(typed) == branch


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("45678-9", "456789"),
        ("456789", "456789"),
        ("1.234.567-8", "12345678"),
        ("\u200b45678\u20139\r\n", "456789"),
    ],
)
def test_an_account_keeps_its_check_digit_and_no_punctuation(typed: str, number: str) -> None:
    assert parsing.read_account_number(typed) == number


@pytest.mark.parametrize(
    ("read", "typed", "field", "code"),
    [
        (parsing.read_bank, "Banco que não existe", "bank_code", "unknown_bank"),
        (parsing.read_bank, "000", "bank_code", "unknown_bank"),
        (parsing.read_bank, "1234", "bank_code", "unknown_bank"),
        (parsing.read_bank, "99999999", "bank_code", "unknown_ispb"),
        (parsing.read_branch, "0123-45", "branch", "not_digits"),
        (parsing.read_branch, "1234Y", "branch", "not_digits"),
        (parsing.read_branch, "123456", "branch", "too_long"),
        (parsing.read_branch, "12345", "branch", "too_long"),
        (parsing.read_branch, "0000", "branch", "zero"),
        (parsing.read_account_number, "45678-X", "account", "letter"),
        (parsing.read_account_number, "12345-P", "account", "letter"),
        (parsing.read_account_number, "12345p", "account", "letter"),
        (parsing.read_pix_account_number, "1" * 21, "account", "too_long"),
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


def test_a_pix_account_has_up_to_20_digits() -> None:
    assert parsing.read_pix_account_number("1" * 19 + "-2") == "1" * 19 + "2"


def test_the_amount_of_a_line_without_zeros_is_typed_and_has_to_agree() -> None:
    barcode = build_barcode(
        bank_code="341", amount=Decimal("88.10"), due_date=None, free_field="2" * 25
    )
    whole = barcode_to_line(barcode)
    slip = parsing.read_slip(whole[:33] + whole[33:].lstrip("0"), today=TODAY)

    assert (slip.linha_digitavel, slip.amount) == (whole, Decimal("88.10"))
    for typed, code in ((None, "missing"), (Decimal("88.11"), "differs")):
        with pytest.raises(InvalidInput) as refused:
            parsing.agreed_amount(slip, typed)
        assert (refused.value.field, refused.value.code) == ("amount", code)
    assert parsing.agreed_amount(slip, Decimal("88.10")) == Decimal("88.10")


def test_a_dynamic_codes_amount_is_a_hint_and_a_static_ones_a_bound() -> None:
    dynamic = parsing.read_pix_code(codes.WITH_INTEREST)
    static = parsing.read_pix_code(codes.RENT)

    assert parsing.agreed_amount(dynamic, Decimal("105.00")) == Decimal("105.00")
    assert parsing.agreed_amount(dynamic, None) == Decimal("100.00")
    with pytest.raises(InvalidInput) as refused:
        parsing.agreed_amount(static, Decimal("105.00"))
    assert refused.value.code == "differs"


@pytest.mark.parametrize("code", [codes.SPACED_KEY, codes.WITHDRAWAL])
def test_a_code_that_pays_no_bill_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parsing.read_pix_code(code)

    assert (refused.value.field, refused.value.code) == ("pix_code", "not_a_bill")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (codes.RENT, f"\ufeff{codes.RENT}", True),
        (codes.LOCATION_BEFORE, codes.LOCATION_AFTER, True),
        (OPEN_CODE.payload, OPEN_CODE.payload, True),
        (codes.TEN_REAIS, codes.BARE_POINT, False),
        (codes.RENT, codes.TEN_REAIS, False),
        (codes.LOWER_CRC, codes.LOWER_CRC[:-4] + "45C8", True),
    ],
)
def test_two_codes_ask_for_the_same_or_not(one: str, other: str, is_same: bool) -> None:
    charges = {parsing.read_pix_code(code).charge for code in (one, other)}

    assert (len(charges) == 1) is is_same and all(charges)
