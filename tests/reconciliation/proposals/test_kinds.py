"""Lines as real banks write them, and what a careful person would say of each."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from reconciliation.proposals.book import Book, Register
from reconciliation.proposals.facts import Party, Sending, Terms
from reconciliation.proposals.propose import propose
from reconciliation.proposals.reading import read
from tests.reconciliation.proposals.told import (
    COMPANY,
    DAY,
    MARIA,
    OMEGA,
    POSTAL,
    TELECOM,
    charge,
    items_of,
    line,
    look,
    payable,
)

BRANCH = replace(TELECOM, id="branch", document="27865757000374")
CIELO = Party("cielo", "Cielo S.A. - Instituição de Pagamento", "01027058000191")


# What a text names


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("INT PAG TIT 109000012345", ""),
        ("PAGAMENTO DE BOLETO OUTROS BANCOS", ""),
        ("BOLETOS RECEBIDOS 09/11", ""),
        ("DEV.TED CPF/CNPJ INVALIDO", ""),
        ("GARE ICMS", ""),
        ("PIX TRANSF TELECOM SUL09/11", "telecom sul"),
        ("TED 237.6047TELECOM SUL LT", "telecom sul lt"),
        ("CIELO VENDAS CREDITO VISA", "cielo"),
        ("PAG CONCESSIONARIA COMGAS", "comgas"),
    ],
)
def test_what_a_bank_writes_around_a_name_is_none(told, name):
    assert read(line("-10.00", told), COMPANY).name == name


def test_a_brand_is_the_one_company_whose_name_begins_with_it():
    book = Book(COMPANY, Register([CIELO, TELECOM]))
    sales = [charge("100.00", CIELO, method="other"), charge("60.40", CIELO, method="other")]

    # 3.21 kept, 2 %
    found = look(book, line("157.19", "CIELO VENDAS CREDITO VISA"), *sales)

    assert sorted(items_of(found[0])) == sorted(sale.id for sale in sales)
    assert (found[0].difference, found[0].degree) == (("fee", Decimal("3.21")), "")


def test_a_word_for_a_trade_is_no_brand():
    clinic = Party("clinic", "Clínica Médica Real Ltda", "60746948000112")
    book = Book(COMPANY, Register([clinic]))

    assert book.parties_of(line_in(book, "-80.00", "PIX ENVIADO CLINICA SAO LUCAS")) == {}


def line_in(book, amount, text):
    told = line(amount, text)
    book.add_line(told)
    return told


def test_our_own_name_cut_by_a_text_is_ours(book):
    into = line("350.10", "PIX TRANSF EMPRESA MO09/11", account="B")

    found = look(book, line("-350.10", name=COMPANY.name), into)

    assert (found[0].kind, found[0].degree) == ("transfer", "evidence")


def test_one_word_of_our_name_may_be_anybodys(book):
    told = line_in(book, "350.10", "PIX RECEBIDO EMPRESA")

    assert not book.readings[told.id].is_own


# Parties


def test_an_owner_is_known_by_the_pix_key_of_the_company():
    owned = replace(TELECOM, keys=("529.982.247-25",))
    book = Book(COMPANY, Register([owned, OMEGA]))
    bill = payable("731.55", owned, method="pix")

    found = look(book, line("-731.55", name="Paulo Dono", document="52998224725"), bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], "evidence")


def test_a_key_of_somebody_who_is_a_party_too_is_not_certain():
    owned = replace(TELECOM, keys=(MARIA.document,))
    book = Book(COMPANY, Register([owned, MARIA]))
    bill = payable("731.55", owned, method="pix")

    found = look(book, line("-731.55", name=MARIA.name, document=MARIA.document), bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], "")


def test_a_masked_key_of_an_owner_is_proposed_and_not_certain_for_a_round_value():
    owned = replace(TELECOM, keys=("52998224725",))
    book = Book(COMPANY, Register([owned, OMEGA]))
    bill = payable("730.00", owned, method="pix")

    found = look(book, line("-730.00", "PIX ENVIADO PAULO DONO ***.982.247-**", kind="pix"), bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], "")


def test_another_branch_of_the_root_is_proposed_when_the_one_that_is_told_owes_nothing():
    book = Book(COMPANY, Register([TELECOM, BRANCH]))
    bill = payable("812.34", BRANCH)

    found = look(book, line("-812.34", name="Telecom Sul", document=TELECOM.document), bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], "evidence")


def test_another_branch_is_not_certain_for_a_round_value():
    book = Book(COMPANY, Register([TELECOM, BRANCH]))
    bill = payable("800.00", BRANCH)

    found = look(book, line("-800.00", name="Telecom Sul", document=TELECOM.document), bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], "")


def test_the_branch_that_is_told_comes_before_another_one():
    book = Book(COMPANY, Register([TELECOM, BRANCH]))
    other, own = payable("812.34", BRANCH), payable("812.34", TELECOM)

    found = look(book, line("-812.34", name="Telecom Sul", document=TELECOM.document), other, own)

    assert (items_of(found[0]), found[0].degree) == ([own.id], "evidence")


@pytest.mark.parametrize(("day", "degree"), [(DAY, "evidence"), (date(2026, 11, 12), "")])
def test_a_cut_name_that_fits_two_parties_is_certain_by_its_value_about_its_day_alone(day, degree):
    other = Party("sul2", "Telecom Sul Engenharia Ltda", "33000167000101")
    book = Book(COMPANY, Register([TELECOM, other]))
    bill = payable("512.34", TELECOM, day=day)

    found = look(book, line("-512.34", "TED ENVIADA TELECOM SUL"), bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], degree)


# Rails


def test_a_pix_before_its_day_is_not_certainly_a_boletos(book):
    bill = payable("409.93", TELECOM, method="boleto", day=date(2026, 11, 16))

    found = look(book, line("-409.93", name=TELECOM.name, kind="pix"), bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], "")


@pytest.mark.parametrize(("day", "text"), [(DAY, ""), (date(2026, 11, 16), "NF 7731")])
def test_a_pix_on_its_day_and_one_that_tells_the_number_are(book, day, text):
    bill = payable("409.93", TELECOM, method="boleto", day=day, number="7731")

    found = look(book, line("-409.93", text, name=TELECOM.name, kind="pix"), bill)

    assert found[0].degree == "evidence"


def test_a_cheque_pays_no_boleto_by_its_value_alone(book):
    bill = payable("3043.87", TELECOM, method="boleto")

    found = look(book, line("-3043.87", "CH COMPENSADO 000881"), bill)

    assert not any(proposal.degree for proposal in found)


# Returns


@pytest.mark.parametrize("amount", ["649.90", "800.00"])
def test_a_ted_that_comes_back_without_a_name_is_that_of_the_day_before(book, amount):
    older = line(f"-{amount}", "TED ENVIADA POSTAL NORTE LTDA", day=date(2026, 10, 26))
    out = line(f"-{amount}", "TRANSF ELETRONICA TELECOM SUL LTDA", day=date(2026, 11, 6))
    pix = line(f"-{amount}", name=MARIA.name, kind="pix", day=date(2026, 11, 6))

    found = look(book, line(amount, "DEV TED CONTA INEXISTENTE"), older, out, pix)

    assert [(each.lines[0], each.degree) for each in found] == [(out.id, "evidence")]


def test_of_two_teds_of_the_day_before_none_is_certainly_the_one_that_came_back(book):
    outs = [line("-649.90", f"TED {p.name}", day=date(2026, 11, 6)) for p in (TELECOM, POSTAL)]

    found = look(book, line("649.90", "DEVOLUCAO DE TED"), *outs)

    assert {each.lines[0] for each in found} == {out.id for out in outs}
    assert not any(each.degree for each in found)


def test_what_went_to_our_own_account_is_not_the_first_guess_of_what_came_back(book):
    out = line("-1000.00", "TED ENVIADA TELECOM SUL LTDA", day=date(2026, 11, 5))
    own = line("-1000.00", "TED ENVIADA AG 0002 CC 222-2")

    found = look(book, line("1000.00", "DEVOLUCAO DE TED"), own, out)

    assert (found[0].lines[0], found[0].degree) == (out.id, "")


def test_of_two_tries_the_first_one_is_proposed_as_what_came_back(book):
    first = line("-990.00", name=TELECOM.name, kind="ted", day=date(2026, 11, 6))
    again = line("-990.00", name=TELECOM.name, kind="ted")

    found = look(book, line("990.00", "DEV.TED TELECOM SUL", kind="ted"), first, again)

    assert (found[0].lines[0], found[0].degree) == (first.id, "")


def test_a_refund_of_the_same_party_and_value_is_proposed_as_a_return(book):
    came = line("1345.65", name=OMEGA.name, day=date(2026, 9, 15))

    found = look(book, line("-1345.65", "PIX ENVIADO CLIENTE OMEGA COMERCIO REEMBOLSO"), came)

    assert (found[0].kind, found[0].lines[0], found[0].degree) == ("return", came.id, "")


def test_a_refund_of_an_expense_is_its_bill(book):
    bill = payable("187.40", MARIA, description="Reembolso de despesas")

    found = look(book, line("-187.40", "PIX ENVIADO MARIA EXEMPLO DA SILVA REEMBOLSO"), bill)

    assert items_of(found[0]) == [bill.id]


# Values


def test_tax_withheld_from_a_supplier_is_proposed_for_the_whole_bill(book):
    bill = payable("10000.00", TELECOM, method="ted")

    # 6.15 %
    found = look(book, line("-9385.00", name=TELECOM.name, kind="ted"), bill)

    assert found[0].parts == ((bill.id, Decimal("10000.00")),)
    assert (found[0].difference, found[0].degree) == (("withholding", Decimal("615.00")), "")


def test_a_price_of_a_ted_that_is_on_no_list_is_a_fee(book):
    bill = payable("1951.33", TELECOM, method="ted")

    found = look(book, line("-1961.78", name=TELECOM.name, kind="ted"), bill)

    assert (found[0].difference, found[0].degree) == (("fee", Decimal("10.45")), "")


def test_what_is_due_in_half_a_year_is_not_paid_with_a_discount_today(book):
    later = charge("1708.49", OMEGA, day=date(2027, 5, 9))

    assert look(book, line("1690.37", name=OMEGA.name), later) == []


# Lots


def test_a_lot_of_salaries_is_those_of_its_day_and_not_the_other_bills(book):
    salaries = [
        payable(amount, party, method="other", description=f"Salário {party.name}")
        for amount, party in (("3120.15", MARIA), ("4210.77", POSTAL))
    ]
    rent = payable("2500.00", TELECOM, method="other", description="Aluguel 11/2026")

    found = look(book, line("-7330.92", "SISPAG SALARIOS"), *salaries, rent)

    assert sorted(items_of(found[0])) == sorted(salary.id for salary in salaries)


def test_boletos_that_were_paid_at_the_weekend_come_in_the_credit_of_the_day_after(book):
    paid = [
        charge("1086.04", OMEGA, account="A", method="boleto", day=date(2026, 11, 7)),
        charge("179.56", MARIA, account="A", method="boleto", day=date(2026, 11, 9)),
    ]

    found = look(book, line("1265.60", "BOLETOS RECEBIDOS 09/11"), *paid)

    assert sorted(items_of(found[0])) == sorted(each.id for each in paid)
    assert not propose(book, book.lines[found[0].lines[0]])[0].degree


# Orders, and terms of a charge


@pytest.mark.parametrize(("ids", "degree"), [(["KM100123"], "id"), ([], "evidence")])
def test_an_order_that_was_sent_for_a_later_day_is_settled_on_that_day(book, ids, degree):
    later = date(2026, 11, 23)
    sent = payable("731.55", TELECOM, day=later, sending=Sending("A", DAY, frozenset(ids)))

    found = look(book, line("-731.55", "Pix KM100123", name=TELECOM.name, day=later), sent)

    assert [proposal.degree for proposal in found] == [degree]


def test_an_order_is_settled_by_no_line_before_it_was_sent(book):
    sent = payable("731.55", TELECOM, day=date(2026, 11, 23), sending=Sending("A", DAY))

    assert look(book, line("-731.55", name=TELECOM.name, day=date(2026, 11, 6)), sent) == []


def test_an_order_that_was_sent_long_before_its_bill_is_due_is_on_its_day(book):
    sent = payable("731.55", TELECOM, day=date(2026, 12, 1), sending=Sending("A", DAY))

    found = look(book, line("-731.55", name=TELECOM.name, kind="ted"), sent)

    assert (items_of(found[0]), found[0].degree) == ([sent.id], "evidence")


def test_a_short_nosso_numero_says_which_of_two_equal_charges(book):
    other, right = (
        charge("250.00", party, account="A", our_ids=frozenset([number]))
        for party, number in ((OMEGA, "12344"), (MARIA, "12345"))
    )

    found = look(book, line("250.00", "LIQ BOLETO 12345"), other, right)

    assert (items_of(found[0]), found[0].degree) == ([right.id], "")


def test_interest_that_a_slip_states_a_day_is_the_charges_own_term(book):
    terms = Terms(Decimal(2), Decimal(1))
    late = charge("787.00", OMEGA, day=date(2026, 10, 9), terms=terms)

    # 31 days of 0.26 are 8.06, where 1 % a month makes 8.13; the fine is 15.74
    found = look(book, line("810.80", name=OMEGA.name), late)

    assert (found[0].difference, found[0].degree) == (("interest", Decimal("23.80")), "evidence")


@pytest.mark.parametrize(
    ("amount", "days", "degree"),
    [("250.00", 5, "evidence"), ("250.00", 6, ""), ("251.37", 6, "evidence")],
)
def test_a_round_value_that_is_paid_late_is_not_certain(amount, days, degree):
    book = Book(COMPANY, Register([TELECOM]))
    bill = payable(amount, TELECOM, day=DAY - timedelta(days=days), method="pix")

    found = look(book, line(f"-{amount}", document=TELECOM.document), bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], degree)
