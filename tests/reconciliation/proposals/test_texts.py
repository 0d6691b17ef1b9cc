"""What banks' own texts say: names that they cut, words of theirs around them, figures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reconciliation.proposals.book import Book, Register
from reconciliation.proposals.facts import Party, Sending
from reconciliation.proposals.propose import propose
from reconciliation.proposals.reading import read
from tests.reconciliation.proposals.told import (
    COMPANY,
    DAY,
    MARIA,
    OMEGA,
    TELECOM,
    charge,
    items_of,
    line,
    look,
    payable,
)


@pytest.mark.parametrize(
    "text",
    [
        "TED-TRANSF ELET DISPON DEST. TELECOM SUL LT",
        "TED-TRANSF ELET DISPON REMET.TELECOM SUL LT",
        "PIX EMIT.OUTRA IF TELECOM SUL LTDA",
        "DEB.TIT.COMPE TELECOM SUL LTDA",
        "DEB.TED-STR TELECOM SUL LTDA",
        "DEVOL TED TELECOM SUL LTDA",
    ],
)
def test_the_words_of_banks_are_no_part_of_a_name(book, text):
    told = line("-859.13", text)
    book.add_line(told)

    assert book.parties_of(told) == {TELECOM.id: "name"}


@pytest.mark.parametrize(
    "text",
    [
        "CONTA DE ENERGIA ELETRICA",
        "DEB.CONV.DEMAIS EMPRESAS AGUA E ESGOTO",
        "DA TELEFONE",
        "PARCELA EMPRESTIMO/FINANCIAMENTO 003/036",
        "MOV TIT COB DISP 12/03",
    ],
)
def test_what_is_paid_for_names_nobody(text):
    assert not read(line("-859.13", text), COMPANY).names_somebody


def test_what_says_what_it_is_for_is_no_lot(book):
    items = [payable("400.00", party, account="A") for party in (OMEGA, TELECOM)]

    assert look(book, line("-800.00", "CONTA DE ENERGIA ELETRICA"), *items) == []


@pytest.mark.parametrize(
    "text", ["CRED.JUROS", "DEB.PACOTE SERVICOS", "BB Rende Fácil Resgate", "RES APLIC AUT MAIS"]
)
def test_yields_and_prices_of_a_bank_settle_nothing(text):
    assert read(line("12.34", text), COMPANY).is_own_nature


def test_seven_letters_of_a_name_are_proposed_but_make_a_list_price_not_certain():
    other = Party("other", "Mariana Outra", "11144477735")
    book = Book(COMPANY, Register([MARIA, other]))
    right, rival = charge("690.00", MARIA), charge("690.00", other)

    found = look(book, line("690.00", "PIX TRANSF MARIA E09/11"), rival, right)

    assert items_of(found[0]) == [right.id]
    assert not found[0].degree


def test_a_name_that_is_one_person_and_begins_another_goes_by_the_mask():
    father = Party("father", "Felipe Exemplo Queiroz", "52998224725")
    son = Party("son", "Felipe Exemplo Queiroz Filho", "11144477735")
    book = Book(COMPANY, Register([father, son]))
    told = line("-100.37", name="FELIPE EXEMPLO QUEIROZ", document="***444777**")
    book.add_line(told)

    assert book.parties_of(told) == {son.id: "masked name"}


@pytest.mark.parametrize("text", ["PIX TRANSF EMPRESA09/11", "INT TED D EMPRESA"])
def test_a_word_of_our_own_name_may_be_the_other_side_of_a_transfer(book, text):
    out = line("-1234.56", text)
    into = line("1234.56", "TED RECEBIDA", account="B", name=COMPANY.name)

    found = look(book, out, into)

    assert [(proposal.kind, proposal.degree) for proposal in found] == [("transfer", "")]


def test_of_a_pix_on_a_sunday_one_bank_tells_monday(book):
    sunday = date(2026, 11, 8)
    out = line("-1234.56", "PIX ENVIADO", name=COMPANY.name, day=date(2026, 11, 9))
    into = line("1234.56", "PIX RECEBIDO", name=COMPANY.name, account="B", day=sunday)

    assert [proposal.kind for proposal in look(book, out, into)] == ["transfer"]


def test_no_transfer_arrives_on_the_banking_day_before_it_left(book):
    out = line("-1234.56", "PIX ENVIADO", name=COMPANY.name, day=date(2026, 11, 10))
    into = line("1234.56", "PIX RECEBIDO", name=COMPANY.name, account="B", day=DAY)

    assert look(book, out, into) == []


@pytest.mark.parametrize(
    "text", ["PIX RECEBIDO 09/11 14:27", "PIX RECEBIDO ***.917.223-**", "PIX AG 1417 CONTA 223-1"]
)
@pytest.mark.parametrize("number", ["09", "11", "27", "917", "223", "1417"])
def test_days_hours_documents_and_accounts_are_no_numbers_of_documents(text, number):
    told = read(line("640.00", text), COMPANY)

    assert number.lstrip("0") not in told.numbers


def test_an_instalment_is_a_number_though_it_looks_like_a_day():
    assert "312" in read(line("640.00", "PIX RECEBIDO PARCELA 03/12"), COMPANY).numbers


@pytest.mark.parametrize(("paid", "owed"), [("637.00", "636.35"), ("557.90", "558.00")])
def test_whole_reais_and_a_few_centavos_are_a_rounding(book, paid, owed):
    bill = payable(owed, TELECOM)

    found = look(book, line(f"-{paid}", "PIX ENVIADO TELECOM SUL LTDA"), bill)

    assert [(p.difference[0], p.parts) for p in found] == [
        ("rounding", ((bill.id, Decimal(owed)),))
    ]


def test_who_pays_less_pays_no_charge_that_is_due_next_month(book):
    far = charge("990.00", OMEGA, day=date(2026, 12, 9))

    assert look(book, line("963.12", "PIX RECEBIDO CLIENTE OMEGA COMERCIO LTDA"), far) == []


def test_what_was_sent_that_day_comes_before_an_older_bill_that_waits(book):
    older = payable("500.00", TELECOM, day=date(2026, 10, 9))
    sent = payable("500.00", TELECOM, account="A", sending=Sending("A", DAY))

    found = look(book, line("-500.00", "TED ENVIADA", name=TELECOM.name), older, sent)

    assert [items_of(proposal) for proposal in found] == [[sent.id], [older.id]]


def test_a_rest_is_not_certain_where_another_equal_bill_waits_for_its_half(book):
    begun, other = payable("1999.90", TELECOM), payable("1999.90", TELECOM, number="8")
    first, second = (line("-999.95", "PIX", name=TELECOM.name, day=DAY) for _ in range(2))
    look(book, first, begun)
    book.match(replace(propose(book, first)[0], parts=((begun.id, Decimal("999.95")),)))

    assert propose_alone(book, second) == "evidence"
    book.add_item(other)
    assert propose(book, second)[0].degree == ""


def propose_alone(book, told):
    book.add_line(told)
    return propose(book, told)[0].degree


def test_a_sum_is_not_certain_where_one_bill_with_a_discount_is_as_likely(book):
    two = [payable(amount, TELECOM) for amount in ("370.00", "2423.17")]
    told = line("-2793.17", "TED ENVIADA", name=TELECOM.name)

    assert look(book, told, *two)[0].degree == "evidence"
    book.add_item(payable("2850.17", TELECOM))
    assert "evidence" not in [proposal.degree for proposal in propose(book, told)]


def test_a_slip_paid_a_week_early_is_certain_for_a_list_price_too(book):
    due = date(2026, 11, 16)
    slips = [charge("690.00", party, account="A", method="boleto", day=due)
             for party in (OMEGA, TELECOM)]  # fmt: skip

    found = look(book, line("690.00", "BOLETO RECEBIDO", kind="boleto", name=OMEGA.name), *slips)

    assert (items_of(found[0]), found[0].degree) == ([slips[0].id], "evidence")


def test_an_acquirers_credit_is_all_sales_of_a_day_less_its_fee_whoever_bought(book):
    sales = [charge(amount, party, account="A", method="other", description=f"Venda {amount}")
             for amount, party in (("250.00", OMEGA), ("150.00", MARIA))]  # fmt: skip
    other = charge("90.00", OMEGA, account="A", method="other", description="Consulta")

    found = look(book, line("388.08", "CIELO VENDAS CREDITO 35038278"), other, *sales)

    assert (items_of(found[0]), found[0].difference) == (
        [sale.id for sale in sales],
        ("fee", Decimal("11.92")),
    )
    assert not found[0].degree


def test_the_buyer_of_one_sale_is_not_remembered_as_who_sends_the_next_credit(book):
    first = charge("100.00", OMEGA, account="A", method="other", day=date(2026, 11, 6))
    told = line("97.02", "CIELO VENDAS CREDITO 35038278", day=date(2026, 11, 6))
    accepted = look(book, told, first)[0]
    book.match(accepted)
    book.learn(accepted)
    later = charge("70.00", OMEGA, account="A", method="other", day=date(2026, 12, 4))
    sales = [charge(amount, party, account="A", method="other")
             for amount, party in (("250.00", OMEGA), ("150.00", MARIA))]  # fmt: skip

    found = look(book, line("388.08", "CIELO VENDAS CREDITO 35038278"), later, *sales)

    assert items_of(found[0]) == [sale.id for sale in sales]


def test_what_anybody_else_sends_is_no_acquirers_credit(book):
    sales = [charge(amount, MARIA, account="A", method="other") for amount in ("250.00", "150.00")]

    assert look(book, line("388.08", "TED RECEBIDA OUTRA LOJA LTDA"), *sales) == []


def test_the_day_in_a_text_says_of_no_charge_that_it_is_meant(book):
    older = charge("640.00", OMEGA, number="10", day=date(2026, 11, 6))
    newer = charge("640.00", OMEGA, number="11")

    found = look(book, line("640.00", "PIX RECEBIDO CLIENTE OMEGA 09/11"), newer, older)

    assert [(items_of(p), p.degree) for p in found] == [([older.id], ""), ([newer.id], "")]
