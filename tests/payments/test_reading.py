"""What people give for a bill, made canonical or refused with its reason."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from brazil.banking_days import DebtKind
from core.errors import InvalidInput
from payments.bills import parsing
from tests.payments.make import BOLETO, CITY_TAX, PHONE_BILL, TODAY

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
    ("read", "typed", "reason"),
    [
        (parsing.read_bank, "Banco que não existe", "Não encontramos este banco"),
        (parsing.read_bank, "999", "Não encontramos este banco"),
        (parsing.read_branch, "0123-4", "sem o dígito"),
        (parsing.read_branch, "12345", "até 4 números"),
        (parsing.read_branch, "0000", "não existe"),
        (parsing.read_account_number, "45678-X", "digite 0 no lugar"),
        (parsing.read_account_number, "conta", "só com números"),
        (parsing.read_account_number, "12345678901234", "até 13 números"),
        (parsing.read_account_number, "9", "inteira"),
        (parsing.read_account_number, "000000", "inteira"),
        (parsing.read_document, "11222333000182", "dígito"),
        (parsing.read_document, "123.456.789-00", "dígito"),
        (parsing.read_document, "1234", "CPF tem 11"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(
    read: Callable[[str], str], typed: str, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read(typed)


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

    with pytest.raises(InvalidInput, match=r"diz R\$ 1\.234,56"):
        parsing.agreed_amount(slip, Decimal("1234.57"))
    with pytest.raises(InvalidInput, match="vence em 23/11/2026"):
        parsing.agreed_due_date(slip, date(2026, 11, 24))


def test_what_the_line_does_not_say_is_asked_for() -> None:
    slip = parsing.read_slip(WITHOUT_AMOUNT, today=TODAY)

    with pytest.raises(InvalidInput, match="Digite o valor"):
        parsing.agreed_amount(slip, None)
    with pytest.raises(InvalidInput, match="Digite o vencimento"):
        parsing.agreed_due_date(slip, None)
    assert parsing.agreed_amount(slip, Decimal("10.00")) == Decimal("10.00")
    assert parsing.agreed_due_date(slip, TODAY) == TODAY
