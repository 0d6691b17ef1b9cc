"""Tables as single banks export them, with the traits of files seen in public code."""

from datetime import date
from decimal import Decimal

import pytest

from banking.statements.files.columns import Columns
from banking.statements.files.contract import Balance, ReadAccount, UnreadableFile
from banking.statements.files.delimited import read_delimited
from tests.banking.files.making import account_of


def read(content: str, columns: Columns | None = None) -> ReadAccount:
    return account_of(read_delimited, content, columns=columns)


def amounts(content: str) -> list[str]:
    return [str(line.amount) for line in read(content).lines]


@pytest.mark.parametrize(
    "content",
    [
        '"Conta";"Data_Mov";"Nr_Doc";"Historico";"Valor";"Deb_Cred"\n'
        '"9";"20261103";"000001";"CRED PIX";"150.00";"C"\n'
        '"9";"20261104";"061234";"PAG BOLETO";"100.00";"D"\n',
        "Data,Tipo,Descrição,Valor\n03/11/2026,Receita,A,150.00\n04/11/2026,Despesa,B,100.00\n",
        "Data movimento;Descrição;Tipo da operação;Valor (R$)\n"
        "03/11/2026;A;Crédito;150,00\n04/11/2026;B;Débito;100,00\n",
        "Movimentação;Tipo;Valor;Data\nCrédito;Pix;150,00;03/11/2026\nDébito;Pix;100,00;04/11/2026\n",
        "Data Mov.;Nr. Doc.;Histórico;Valor;Deb/Cred\n03/11/2026;1;A;150,00;C\n"
        "04/11/2026;2;B;100,00;D\n",
        "Data;Descrição;Valor;Tipo\n03/11/2026;A;150,00;CREDIT\n04/11/2026;B;100,00;DEBIT\n",
    ],
)
def test_the_column_that_says_in_or_out_is_known_by_its_cells(content: str) -> None:
    assert amounts(content) == ["150.00", "-100.00"]


def test_where_no_amount_has_a_sign_a_row_that_does_not_say_in_or_out_is_unread() -> None:
    found = read(
        "Data;Descrição;Valor;D/C\n03/11/2026;A;1,00;C\n04/11/2026;B;2,00;D\n05/11/2026;C;3,00;\n"
    )

    assert [line.row for line in found.lines] == [2, 3]
    assert [row.row for row in found.unread] == [4]


def test_a_balance_needs_no_word_of_in_or_out() -> None:
    found = read(
        "Data;Lançamento;Valor;Tipo Lançamento\n31/10/2026;Saldo Anterior;10,00;\n"
        "03/11/2026;PIX;5,00;Entrada\n00/00/0000;Saldo do dia;15,00;\n"
    )

    assert (len(found.lines), found.unread) == (1, [])
    assert found.footer.closing == Balance(Decimal("15.00"), date(2026, 11, 3))


def test_a_sign_says_in_or_out_before_any_column_does() -> None:
    content = "Data;Descrição;Valor;Tipo Lançamento\n03/11/2026;A;5,00 C;Entrada\n"

    assert amounts(content + "04/11/2026;B;3,00 D;Entrada\n") == ["5.00", "-3.00"]


def test_a_kind_is_text_and_a_kind_that_states_a_balance_is_no_line() -> None:
    found = read(
        '"Tipo";"Protocolo";"Data";"Valor"\n"Saldo inicial";"";"01/11/2026";"100,00"\n'
        '"Recebimento • ALFA";"777";"02/11/2026";"74,40"\n"Tarifa";"778";"02/11/2026";"-3,40"\n'
        '"Saldo do dia";"";"02/11/2026";"171,00"\n'
    )

    assert [(line.text, line.check_number) for line in found.lines] == [
        ("Recebimento • ALFA", "777"),
        ("Tarifa", "778"),
    ]
    assert found.footer.opening == Balance(Decimal("100.00"), date(2026, 11, 1))
    assert found.footer.closing == Balance(Decimal("171.00"), date(2026, 11, 2))


def test_the_other_side_is_the_payee_of_money_out_and_the_payer_of_money_in() -> None:
    found = read(
        "Movimentação,Tipo,Valor,Saldo antes,Saldo depois,Data,Destino,Destino Documento,Origem,"
        "Origem Documento,Descrição\n"
        'Crédito,Recebível de Cartão,"1,00","R$ 9,00","R$ 10,00",03/11/2026 08:24,NOS,'
        "11.222.333/0001-81,Desconhecido,Desconhecido,\n"
        'Crédito,Pix,"2,00","R$ 7,00","R$ 9,00",03/11/2026 08:20,NOS,11.222.333/0001-81,ALFA,'
        "12.345.678/0001-95,Venda\n"
        'Débito,Pix,"-3,00","R$ 10,00","R$ 7,00",02/11/2026 17:35,BETA,98.765.432/0001-98,NOS,'
        "11.222.333/0001-81,\n"
    )

    assert [(line.text, line.name, line.document) for line in found.lines] == [
        ("Recebível de Cartão", "", ""),
        ("Pix Venda", "ALFA", "12345678000195"),
        ("Pix", "BETA", "98765432000198"),
    ]
    assert found.footer.closing == Balance(Decimal("10.00"), date(2026, 11, 3))


@pytest.mark.parametrize(
    "content",
    [
        "Data;Estabelecimento;Portador;Valor;Parcela\n"
        "03/11/2026;LOJA;FULANO;R$ 9,75;1 de 3\n04/11/2026;Pagamento;FULANO;R$ -2,50;-\n",
        "Data de Compra;Nome no Cartão;Final do Cartão;Categoria;Descrição;Parcela;Valor (em US$);"
        "Cotação (em R$);Valor (em R$)\n03/11/2026;ACME;1234;-;LOJA;1/3;1.75;5.57;9.75\n"
        "04/11/2026;ACME;1234;-;Pagamento;Única;0;0;-2.50\n",
        "date,category,title,amount\n2026-11-03,casa,LOJA,9.75\n2026-11-04,,Pagamento,-2.50\n",
        '"Data","Lançamento","Categoria","Tipo","Valor"\n'
        '"03/11/2026","LOJA","CASA","Compra à vista","R$ 9,75"\n'
        '"04/11/2026","PAGAMENTO","OUTROS","Pagamento","-R$ 2,50"\n',
    ],
)
def test_a_purchase_in_a_bill_of_a_card_is_money_out(content: str) -> None:
    found = read(content)

    assert found.header.is_card
    assert [line.amount for line in found.lines] == [Decimal("-9.75"), Decimal("2.50")]


def test_a_table_in_another_currency_is_refused() -> None:
    found = read("Date,Amount,Currency,Description\n03-11-2026,-4.99,EUR,A\n04-11-2026,5,EUR,B\n")

    assert (found.header.currency, bool(found.header.refused), found.lines) == ("EUR", True, [])


def test_a_row_in_another_currency_is_unread_among_reais() -> None:
    found = read("Date,Amount,Currency,Description\n03-11-2026,-4.99,BRL,A\n04-11-2026,5,USD,B\n")

    assert [line.row for line in found.lines] == [2]
    assert [row.row for row in found.unread] == [3]


def test_an_amount_in_dollars_is_no_amount() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read("Date,Description,Amount (USD)\n2026-11-03,A,-10.00\n")

    assert refused.value.code == "columns_unknown"


def test_a_text_goes_on_in_a_row_that_holds_nothing_else() -> None:
    found = read(
        "DATA;DOCUMENTO;HISTÓRICO;VALOR\n01/11/2026;Pix;PIX RECEB.OUTRA IF;500,00C\n"
        ";;Recebimento Pix;\n;;ALFA COMERCIO LTDA;\n;;12.345.678 0001-95;\n"
        "02/11/2026;123;DÉB.TIT.COMPE;200,00D\n;;SALDO BLOQ.ANTERIOR;0,00*\n;;;\nFim\n"
    )

    assert [(line.text, line.document, line.check_number) for line in found.lines] == [
        (
            "PIX RECEB.OUTRA IF Recebimento Pix ALFA COMERCIO LTDA 12.345.678 0001-95",
            "12345678000195",
            "",
        ),
        ("DÉB.TIT.COMPE", "", "123"),
    ]


@pytest.mark.parametrize(
    ("printed", "branch", "number"),
    [
        ("EXTRATO DE CONTA CORRENTE C6 BANK\n\nAgência: 1 / Conta: 123456", "1", "123456"),
        ("Agência/Conta: 0001/12345-6", "0001", "12345-6"),
        ("Conta Corrente: 1234 / 12345-6", "1234", "12345-6"),
        ("Conta: 1234 000123456-7", "1234", "000123456-7"),
        ("Ag: 1234 | CC: 12345-6 | Entre 01/11/2026 e 30/11/2026", "1234", "12345-6"),
        ("Agencia: 4334;Conta: 01-300536-75", "4334", "01-300536-75"),
        ("Extrato de Conta Corrente 01/11/2026 a 30/11/2026", "", ""),
        ("Saldo em conta em 30/11/2026;R$ 950,00", "", ""),
    ],
)
def test_the_account_is_read_however_it_is_printed(printed: str, branch: str, number: str) -> None:
    found = read(f"{printed}\n\nData;Título;Valor\n03/11/2026;A;1,00\n")

    assert (found.header.branch, found.header.number) == (branch, number)


def test_what_is_blocked_or_lent_is_no_closing_balance() -> None:
    found = read(
        "Saldo bloqueado: R$ 7,00\nSaldo com limite: R$ 900,00\nSaldo: R$ 50,00\n"
        "Data;Título;Valor\n03/11/2026;A;1,00\n"
    )

    assert found.footer.closing == Balance(Decimal("50.00"), None)


def test_a_file_without_headings_is_read_where_nothing_is_left_to_guess() -> None:
    found = read("03/11/2026;TED ALFA;1500,00\n04/11/2026;BOLETO;-250,00\n")

    assert [(line.row, line.day, line.amount, line.text) for line in found.lines] == [
        (1, date(2026, 11, 3), Decimal("1500.00"), "TED ALFA"),
        (2, date(2026, 11, 4), Decimal("-250.00"), "BOLETO"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "03/11/2026;TED ALFA;1500,00\n04/11/2026;BOLETO;250,00\n",  # in, or out
        "03/11/2026;TED ALFA;1500,00;1500,00\n04/11/2026;BOLETO;-250,00;1250,00\n",  # which one
        "03/11/2026;05/11/2026;TED;1500,00\n04/11/2026;05/11/2026;BOLETO;-250,00\n",  # which day
        "03/11/2026;TED ALFA;1500,00\nx;BOLETO;-250,00\n",
    ],
)
def test_a_file_without_headings_that_could_be_read_in_two_ways_is_asked_about(
    content: str,
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(content)

    assert refused.value.code == "columns_unknown"


def test_a_balance_in_a_row_of_its_own_is_the_closing_where_the_movements_lead_to_it() -> None:
    content = (
        "Data;Lançamento;Valor\n31/10/2026;SALDO ANTERIOR;100,00\n03/11/2026;PIX;5,00\n"
        "03/11/2026;SALDO DO DIA;{balance}\n"
    )

    assert read(content.format(balance="105,00")).footer.closing == Balance(
        Decimal("105.00"), date(2026, 11, 3)
    )
    assert read(content.format(balance="990,00")).footer.closing is None


def test_a_balance_that_is_stated_before_a_movement_of_its_day_closes_no_day() -> None:
    found = read(
        "Data;Lançamento;Valor\n31/10/2026;SALDO ANTERIOR;100,00\n03/11/2026;PIX;5,00\n"
        "03/11/2026;SALDO DO DIA;105,00\n03/11/2026;TARIFA;-1,00\n"
    )

    assert found.footer.closing is None


def test_what_is_blocked_is_no_opening_balance() -> None:
    found = read(
        "Data;Histórico;Valor\n31/10/2026;SALDO BLOQUEADO ANTERIOR;7,00\n"
        "31/10/2026;SALDO ANTERIOR;100,00\n03/11/2026;PIX;5,00\n"
    )

    assert found.footer.opening == Balance(Decimal("100.00"), date(2026, 10, 31))


def test_a_text_has_no_ids_and_says_nothing_twice() -> None:
    found = read(
        "Data;Transação;Tipo de transação;Descrição;Valor;Tipo lançamento\n"
        "03/11/2026;12345;Taxa;Taxa de boleto nr. 1;-1,99;Débito\n"
        "04/11/2026;12346;Pix;Pix;5,00;Crédito\n"
    )

    assert [line.text for line in found.lines] == ["Taxa de boleto nr. 1", "Pix"]


def test_a_kind_is_all_the_text_where_no_column_is_called_one() -> None:
    found = read(
        'data,hora,tipo,"origem / destino",valor,"forma de pagamento"\n'
        '03/11/2026,10:00,Pix enviado,ALFA,"−R$ 1.050,00",Saldo\n'
    )

    assert [(line.text, line.name, line.amount) for line in found.lines] == [
        ("Pix enviado", "ALFA", Decimal("-1050.00"))
    ]


def test_a_kind_in_the_column_of_numbers_is_no_number() -> None:
    found = read(
        "Data,Descrição,Documento,Valor (R$),Saldo (R$)\n"
        "03/11/2026,PIX ALFA,PIX_CRED,150.00,1150.00\n04/11/2026,TED,90017,1.00,1151.00\n"
    )

    assert [line.check_number for line in found.lines] == ["", "90017"]


def test_what_stands_below_the_movements_is_no_line_and_no_day_that_is_spoilt() -> None:
    found = read(
        "data;lançamento;valor\n03/11/2026;PIX;1,00\nPosição Consolidada;;\n"
        "Limite da conta;;10.000,00\nHoje;TARIFA;-1,00\n"
    )

    assert [line.row for line in found.lines] == [2]
    assert [row.row for row in found.unread] == [5]


def test_a_day_without_a_year_is_of_the_period_that_the_file_prints() -> None:
    found = read(
        "Período: 20/12/2025 - 10/01/2026\nDATA;HISTÓRICO;VALOR\n30/12;PIX;5,00C\n02/01;TED;1,00D\n"
    )

    assert [line.day for line in found.lines] == [date(2025, 12, 30), date(2026, 1, 2)]
