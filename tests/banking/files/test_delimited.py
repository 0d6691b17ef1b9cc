"""CSV as banks write it."""

from datetime import date
from decimal import Decimal

import pytest

from banking.statements.files.columns import Columns, recognise
from banking.statements.files.contract import Balance, UnreadableFile
from banking.statements.files.delimited import LONGEST_LINE, first_rows, read_delimited
from tests.banking.files.making import account_of, accounts_of


def read(content: str | bytes, columns: Columns | None = None):
    return account_of(read_delimited, content, columns=columns)


def amounts(content: str | bytes, columns: Columns | None = None) -> list[Decimal]:
    return [line.amount for line in read(content, columns).lines]


def of(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


@pytest.mark.parametrize(
    "content",
    [
        'Data,Lançamento,Valor\n03/11/2026,PIX,"1.234,56"\n04/11/2026,"TARIFA, MÊS","-10,00"\n',
        "Data;Histórico;Valor\n03/11/2026;PIX;1.234,56\n04/11/2026;TARIFA;-10,00\n",
        "data\thistorico\tvalor\n2026-11-03\tPIX\t1234.56\n2026-11-04\tTARIFA\t-10.00\n",
        "date|description|amount\n2026-11-03|PIX|1,234.56\n2026-11-04|TARIFA|-10.00\n",
        "Data;Histórico;Crédito (R$);Débito (R$)\n03/11/26;PIX;1.234,56;\n04/11/26;TARIFA;;10,00\n",
        "Data;Histórico;Valor;D/C\n03/11/2026;PIX;1.234,56;C\n04/11/2026;TARIFA;10,00;D\n",
        "Data;Histórico;Valor\n03-11-2026;PIX;1.234,56 C\n04-11-2026;TARIFA;10,00 D\n",
        "Data;Histórico;Valor\n03 nov 2026;PIX;R$ 1.234,56\n04 nov 2026;TARIFA;- R$ 10,00\n",
        "Data;Histórico;Valor\r03/11/2026;PIX;1.234,56\r\n04/11/2026;TARIFA;-10,00\n\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_rows_are_read_however_the_table_is_written(content: str, encoding: str) -> None:
    found = read(content.encode(encoding))

    assert [(line.day, line.amount) for line in found.lines] == [
        (date(2026, 11, 3), Decimal("1234.56")),
        (date(2026, 11, 4), Decimal("-10.00")),
    ]
    assert found.lines[0].text == "PIX"


def test_the_decimal_mark_is_decided_for_the_column() -> None:
    content = (
        "Data;Histórico;Valor;Saldo\n03/11/2026;ALFA;1.111,11;11.111,11\n"
        "04/11/2026;BETA;1.000;12.111,11\n05/11/2026;TARIFA;-250,00;11.861,11\n"
        "06/11/2026;TED;-3.500;8.361,11\n"
    )

    assert amounts(content) == of("1111.11", "1000", "-250", "-3500")


def test_where_no_row_tells_the_decimal_mark_a_number_that_could_be_two_is_unread() -> None:
    found = read("Data;Histórico;Valor\n03/11/2026;ALFA;1.000\n04/11/2026;BETA;20\n")

    assert ([line.row for line in found.lines], [row.row for row in found.unread]) == ([3], [2])


def test_two_columns_of_value_may_hold_zeros_and_signs() -> None:
    content = (
        "Data;Lançamento;Crédito (R$);Débito (R$);Saldo (R$)\n"
        "03/11/2026;PIX RECEBIDO ALFA;1.200,00;0,00;2.200,00\n"
        "04/11/2026;TARIFA;0,00;-39,90;2.160,10\n05/11/2026;PAGTO BOLETO;;-160,10;2.000,00\n"
        "06/11/2026;ESTORNO TARIFA;39,90;0,00;2.039,90\n"
    )
    found = read(content)

    assert [line.amount for line in found.lines] == of("1200", "-39.90", "-160.10", "39.90")
    assert found.footer.opening == Balance(Decimal("1000.00"), None)
    assert found.footer.closing == Balance(Decimal("2039.90"), date(2026, 11, 6))


def test_the_closing_of_a_table_with_the_newest_row_first_is_its_first() -> None:
    found = read(
        "Data;Histórico;Valor;Saldo\n06/11/2026;C;1,00;103,00\n05/11/2026;B;1,00;102,00\n"
        "05/11/2026;A;1,00;101,00\n"
    )

    assert found.footer.closing == Balance(Decimal(103), date(2026, 11, 6))
    assert found.footer.opening == Balance(Decimal(100), None)


def test_the_order_of_one_day_is_told_by_its_balances() -> None:
    found = read("Data;Histórico;Valor;Saldo\n06/11/2026;B;5,00;15,00\n06/11/2026;A;10,00;10,00\n")

    assert found.footer.closing == Balance(Decimal(15), date(2026, 11, 6))


def test_no_opening_is_derived_from_balances_that_do_not_run_on() -> None:
    found = read(
        "Data;Histórico;Valor;Saldo do dia\n06/11/2026;A;10,00;15,00\n06/11/2026;B;5,00;15,00\n"
    )

    assert found.footer.opening is None


def test_what_stands_above_the_headings_tells_of_the_account() -> None:
    found = read(
        '﻿"Empresa Modelo Ltda";"CNPJ 12.345.678/0001-95"\n"Agência: 0001 Conta: 12345-6"\n'
        '"Período: 01/11/2026 a 30/11/2026"\n"Saldo em 30/11/2026";"R$ 950,00"\n""\n'
        '"Data";"Descrição";"Valor (R$)"\n"27/11/2026";"PIX RECEBIDO";"150,00"\n'
    )

    assert (found.header.branch, found.header.number) == ("0001", "12345-6")
    assert (found.header.since, found.header.until) == (date(2026, 11, 1), date(2026, 11, 30))
    assert found.footer.closing == Balance(Decimal("950.00"), date(2026, 11, 30))


def test_rows_of_balance_and_totals_are_no_lines() -> None:
    found = read(
        "Data;Histórico;Valor\n01/11/2026;SALDO ANTERIOR;1.000,00\n03/11/2026;PIX;5,00\n"
        "Total;;1.005,00\n;Saldo final;1.005,00\nFim do extrato\n"
    )

    assert [line.amount for line in found.lines] == of("5.00")
    assert [row.is_opening for row in found.balances] == [True, False]
    assert found.footer.opening == Balance(Decimal(1000), date(2026, 11, 1))
    assert found.unread == []


def test_a_second_section_has_headings_of_its_own() -> None:
    content = (
        "Data;Histórico;Valor\n03/11/2026;A;1,00\n\nÚltimos lançamentos\n"
        "Data;Valor;Histórico\n04/11/2026;2,00;B\n"
    )

    assert [(line.text, line.amount) for line in read(content).lines] == [("A", 1), ("B", 2)]


def test_a_row_that_cannot_be_read_is_told_and_hides_no_other() -> None:
    found = read(
        "Data;Histórico;Valor\n03/13/2026;A;1,00\n04/11/2026;B;x\n05/11/2026;C;\n;D;2,00\n"
        "06/11/2026;E;3,00\n"
    )

    assert [line.row for line in found.lines] == [6]
    assert [row.row for row in found.unread] == [2, 3, 4, 5]


def test_a_quotation_mark_that_is_never_closed_takes_no_other_row() -> None:
    content = 'Data;Histórico;Valor\n03/11/2026;"PAGTO "X;-1,00\n' + "04/11/2026;B;2,00\n" * 9
    content += '05/11/2026;CANO 2" PVC;3,00\n06/11/2026;"ABERTO;4,00\n07/11/2026;C;5,00\n'

    assert amounts(content) == of("-1", *["2"] * 9, "3", "4", "5")


def test_a_field_in_quotation_marks_may_go_over_lines() -> None:
    found = read('Data;Histórico;Valor\n03/11/2026;"PIX\nALFA ""X""";1,00\n04/11/2026;B;2,00\n')

    assert [(line.row, line.text) for line in found.lines] == [(2, 'PIX ALFA "X"'), (4, "B")]


def test_days_that_only_fit_month_first_are_read_so() -> None:
    found = read("date;description;amount\n11/03/2026;A;1.00\n11/27/2026;B;2.00\n")

    assert [line.day for line in found.lines] == [date(2026, 11, 3), date(2026, 11, 27)]


def test_the_year_of_a_day_without_one_follows_from_the_bill_and_is_never_guessed() -> None:
    content = "Data;Descrição;Valor\n15/12;A;19,90\n04/01;B;150,00\n"
    columns = recognise(["Data", "Descrição", "Valor"])
    assert columns is not None

    unread = read(content)
    dated = read(content, Columns(**{**of_columns(columns), "year_by": date(2027, 1, 10)}))

    assert (unread.lines, len(unread.unread)) == ([], 2)
    assert [line.day for line in dated.lines] == [date(2026, 12, 15), date(2027, 1, 4)]


def of_columns(columns: Columns) -> dict:
    return {name: getattr(columns, name) for name in Columns.__dataclass_fields__}


def test_columns_that_are_remembered_are_found_by_their_headings_and_others_are_told() -> None:
    columns = recognise(["Data", "Histórico", "Valor", "Saldo"])

    october = read("X\nData;Histórico;Valor;Saldo\n05/10/2026;PIX;300,00;1.300,00\n", columns)
    with pytest.raises(UnreadableFile) as told:
        read("Data;Histórico;Saldo;Valor\n05/11/2026;PIX;1.350,00;50,00\n", columns)

    assert [line.amount for line in october.lines] == of("300")
    assert told.value.code == "other_headings"
    assert amounts("Data;Histórico;Saldo;Valor\n05/11/2026;PIX;1.350,00;50,00\n") == of("50")


def test_a_person_may_say_the_columns_of_a_file_without_headings() -> None:
    content = "PIX;03/11/2026;5,00\nTARIFA;04/11/2026;-1,00\n"

    assert first_rows_of(content) == [
        ["PIX", "03/11/2026", "5,00"],
        ["TARIFA", "04/11/2026", "-1,00"],
    ]
    assert amounts(content, Columns((), date=1, amount=2, texts=(0,))) == of("5", "-1")


def first_rows_of(content: str) -> list[list[str]]:
    from io import BytesIO

    return first_rows(BytesIO(content.encode()))


def test_ids_names_and_documents_have_their_columns() -> None:
    (line,) = read(
        "Data;Identificador;Nº documento;Favorecido;CPF/CNPJ;Descrição;Valor\n"
        "03/11/2026;abc-1;0042;ALFA LTDA;12.345.678/0001-95;PIX;5,00\n"
    ).lines

    assert (line.source_id, line.check_number) == ("abc-1", "0042")
    assert (line.name, line.document) == ("ALFA LTDA", "12345678000195")


def test_a_purchase_in_a_nubank_bill_is_money_out() -> None:
    found = read('date,title,amount\n2026-11-03,Padaria,"9,75"\n2026-11-04,Estorno,"- 2,50"\n')

    assert found.header.is_card
    assert [line.amount for line in found.lines] == of("-9.75", "2.50")


def test_equal_rows_are_all_given() -> None:
    assert len(amounts("Data;Histórico;Valor\n" + "10/11/2026;TARIFA;-1,20\n" * 3)) == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a;b;c\n1;2;3\n", "columns_unknown"),
        ("", "columns_unknown"),
        ("Data;Histórico\n03/11/2026;PIX\n", "columns_unknown"),
        ("Data;Histórico;Valor\n", "no_rows"),
        ("x" * (LONGEST_LINE + 1), "broken"),
    ],
)
def test_a_file_that_yields_nothing_is_refused(content: str, code: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        accounts_of(read_delimited, content)

    assert refused.value.code == code
