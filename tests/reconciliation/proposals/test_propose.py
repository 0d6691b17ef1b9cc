"""What is proposed for a bank line, in which order, and what is certain."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from brazil.cnpj import cnpj_check_digits
from reconciliation.proposals.book import Book, Register
from reconciliation.proposals.facts import Party, Sending, Terms
from reconciliation.proposals.propose import propose
from tests.reconciliation.proposals.told import (
    COMPANY,
    DAY,
    MARIA,
    OMEGA,
    POSTAL,
    TELECOM,
    charge,
    item,
    items_of,
    line,
    look,
    payable,
)

# Numbers and ids


def test_a_number_is_a_whole_word(book):
    short = payable("859.00", TELECOM, number="14", day=date(2026, 11, 6))
    right = payable("859.00", TELECOM, number="1814")

    found = look(book, line("-859.00", "PAGTO TELECOM SUL (1814)"), short, right)

    assert [items_of(proposal) for proposal in found] == [[right.id], [short.id]]
    assert [("number" in proposal.marks) for proposal in found] == [True, False]


def test_leading_zeros_of_a_number_say_nothing(book):
    other = charge("640.00", OMEGA, number="000000418")
    right = charge("640.00", OMEGA, number="000000417")

    found = look(book, line("640.00", "PIX RECEBIDO CLIENTE OMEGA NF 417"), other, right)

    assert [items_of(proposal) for proposal in found] == [[right.id], [other.id]]
    assert found[0].degree == "evidence"
    assert not found[1].degree


def test_our_own_number_in_the_text_is_certain_by_id_with_fine_and_interest(book):
    due = date(2026, 10, 9)
    terms = Terms(Decimal(2), Decimal(1))
    late = charge(
        "1000.00", OMEGA, day=due, account="A", our_ids=frozenset(["00000010431"]), terms=terms
    )

    # 31 days: 20.00 and 10.33
    found = look(book, line("1030.33", "LIQUIDACAO COBRANCA 00000010431"), late)

    assert (found[0].degree, found[0].difference) == ("id", ("interest", Decimal("30.33")))


def test_a_number_of_a_settled_charge_is_proposed_for_no_other_one(book):
    settled = charge("500.37", OMEGA, account="A", our_ids=frozenset(["00000010431"]))
    other = charge("500.37", OMEGA, account="A", our_ids=frozenset(["00000010432"]))
    book.add_item(settled)
    book.close_item(settled.id)

    assert look(book, line("500.37", "COBRANCA 00000010431 CLIENTE OMEGA"), other) == []


def test_of_two_lines_with_one_number_the_earlier_is_certain(book):
    slip = charge("500.37", OMEGA, account="A", our_ids=frozenset(["00000010431"]))
    first = line("500.37", "COBRANCA 00000010431", day=date(2026, 11, 6))
    second = line("500.37", "COBRANCA 00000010431")

    assert not look(book, second, first, slip)[0].degree
    assert propose(book, first)[0].degree == "id"


def test_a_bill_whose_order_lives_is_settled_by_its_own_line_alone(book):
    sending = Sending("B", DAY, frozenset(["KM100123"]))
    sent = payable("731.55", TELECOM, sending=sending)

    assert look(book, line("-731.55", "PIX ENVIADO TELECOM SUL LTDA"), sent) == []
    own = line("-731.55", "Pix enviado KM100123", account="B")
    book.add_line(own)
    assert [proposal.degree for proposal in propose(book, own)] == ["id"]


# Parties


@pytest.mark.parametrize(
    "told",
    [
        {"name": "TELECOM SUL LTDA"},
        {"name": "Telecom Sul", "document": "27.865.757/0001-02"},
        {"name": "OUTRO NOME", "document": "278657570003" + cnpj_check_digits("278657570003")},
        {"description": "TED ENVIADA TELECOM S"},
    ],
)
def test_a_party_is_known_by_name_document_root_and_cut_name(book, told):
    bill = payable("800.00", TELECOM)

    assert look(book, line("-800.00", **told), bill)[0].degree == "evidence"


def test_a_longer_name_than_a_persons_is_another_person(book):
    bill = charge("300.00", MARIA)

    found = look(book, line("300.00", name="Maria Exemplo da Silva Prado"), bill)

    assert [(items_of(proposal), proposal.degree) for proposal in found] == [([bill.id], "")]


def test_a_masked_document_decides_between_people_of_one_name(book):
    book = Book(COMPANY, Register([MARIA, replace(MARIA, id="other", document="11144477735")]))
    right, other = charge("300.00", MARIA), charge("300.00", replace(MARIA, id="other"))

    found = look(
        book, line("300.00", "PIX RECEBIDO MARIA EXEMPLO DA SILVA ***.982.247-**"), other, right
    )

    assert (items_of(found[0]), found[0].degree) == ([right.id], "evidence")


def test_a_document_that_the_bank_hides_in_part_decides_like_one_in_the_text(book):
    book = Book(COMPANY, Register([MARIA, replace(MARIA, id="other", document="11144477735")]))
    right, other = charge("300.00", MARIA), charge("300.00", replace(MARIA, id="other"))
    told = line("300.00", name="Maria Exemplo da Silva", document="XXX.982.247-XX")

    found = look(book, told, other, right)

    assert (items_of(found[0]), found[0].degree) == ([right.id], "evidence")


def test_a_partly_hidden_document_alone_only_proposes(book):
    right = charge("312.45", MARIA)

    found = look(book, line("312.45", document="***982247**"), right, charge("312.45", OMEGA))

    assert (items_of(found[0]), found[0].degree) == ([right.id], "")


def test_a_name_with_the_document_of_somebody_else_is_not_certain(book):
    bill = charge("312.45", MARIA)

    found = look(book, line("312.45", name="Maria Exemplo da Silva", document="11144477735"), bill)

    assert [proposal.degree for proposal in found] == [""]


def test_a_cut_name_that_fits_two_parties_and_a_round_value_is_not_certain(book):
    other = Party("sul2", "Telecom Sul Engenharia Ltda", "33000167000101")
    book = Book(COMPANY, Register([TELECOM, other]))
    bill = payable("500.00", TELECOM)

    found = look(book, line("-500.00", "TED ENVIADA TELECOM SUL"), bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], "")


# Values


def test_a_value_open_once_is_certain_only_when_it_is_not_round(book):
    for amount, degree in (("1234.56", "evidence"), ("1200.00", "")):
        bill = payable(amount, TELECOM)

        found = look(book, line(f"-{amount}", "PAGTO ELETRON COBRANCA"), bill)

        assert [proposal.degree for proposal in found] == [degree]


def test_a_round_value_long_before_its_day_is_not_certain(book):
    bill = payable("500.00", TELECOM, day=date(2026, 11, 19))

    found = look(book, line("-500.00", name=TELECOM.name), bill)

    assert [(items_of(proposal), proposal.degree) for proposal in found] == [([bill.id], "")]


def test_of_equal_items_the_oldest_is_proposed_and_not_certain(book):
    new = payable("700.00", TELECOM, day=DAY)
    old = payable("700.00", TELECOM, day=date(2026, 10, 9))

    found = look(book, line("-700.00", name="Telecom Sul Ltda"), new, old)

    assert (items_of(found[0]), found[0].degree) == ([old.id], "")


def test_equal_items_that_nothing_tells_apart_are_certain(book):
    twins = [payable("700.00", TELECOM), payable("700.00", TELECOM)]

    assert look(book, line("-700.00", name="Telecom Sul Ltda"), *twins)[0].degree == "evidence"


def test_another_line_that_would_do_as_well_takes_the_certainty(book):
    bill = payable("700.00", TELECOM)
    rival = line("-700.00", "TED ENVIADA TELECOM SUL LTDA", account="B")

    found = look(book, line("-700.00", name="Telecom Sul Ltda"), rival, bill)

    assert (items_of(found[0]), found[0].degree) == ([bill.id], "")


def test_what_is_paid_twice_does_not_settle_the_next_month(book):
    this, next_one = payable("731.20", TELECOM), payable("731.20", TELECOM, day=date(2026, 11, 19))
    first = line("-731.20", name=TELECOM.name)
    book.match(look(book, first, this)[0])

    found = look(book, line("-731.20", name=TELECOM.name, day=date(2026, 11, 10)), next_one)

    assert [(items_of(proposal), proposal.degree) for proposal in found] == [([next_one.id], "")]


def test_a_sum_of_many_items_that_chance_makes_too_is_not_certain(book):
    many = [charge(f"{100 + n}.{n:02d}", OMEGA) for n in range(1, 13)]

    found = look(book, line("203.03", name=OMEGA.name), *many)

    assert sorted(items_of(found[0])) == sorted(item.id for item in many[:2])
    assert not found[0].degree


def test_withheld_tax_is_proposed_for_the_whole_and_not_certain(book):
    invoice = charge("10000.00", OMEGA)

    found = look(book, line("8885.00", name=OMEGA.name, document=OMEGA.document), invoice)

    assert found[0].parts == ((invoice.id, Decimal("10000.00")),)
    assert (found[0].difference, found[0].degree) == (("withholding", Decimal("1115.00")), "")


def test_a_part_is_proposed_for_what_came(book):
    whole = charge("1000.00", OMEGA)

    found = look(book, line("400.00", name=OMEGA.name), whole)

    assert (found[0].parts, found[0].degree) == (((whole.id, Decimal("400.00")),), "")


def test_an_entry_by_hand_waits_for_its_line(book):
    entry = item("entry", "-780.13", TELECOM, account="A", day=date(2026, 11, 6))

    assert look(book, line("-780.13", name=TELECOM.name), entry)[0].degree == "evidence"


def test_a_bank_fee_settles_no_bill(book):
    assert look(book, line("-89.93", "TARIFA PACOTE SERVICOS"), payable("89.93", TELECOM)) == []


# Sets


def test_when_two_sets_fit_both_are_proposed_and_none_is_certain(book):
    charges = {a: charge(a, OMEGA) for a in ("100.10", "250.20", "400.30", "550.40", "730.00")}

    found = look(book, line("650.50", name=OMEGA.name), *charges.values())
    sets = [sorted(items_of(proposal)) for proposal in found if len(proposal.parts) == 2]

    wanted = [["100.10", "550.40"], ["250.20", "400.30"]]
    assert sorted(sets) == sorted(sorted(charges[a].id for a in amounts) for amounts in wanted)
    assert not any(proposal.degree for proposal in found)


def test_the_set_with_a_number_from_the_text_comes_first(book):
    charges = [charge(a, OMEGA) for a in ("100.00", "550.00", "250.00")]
    numbered = charge("400.00", OMEGA, number="7731")

    found = look(
        book, line("650.00", "PIX CLIENTE OMEGA COMERCIO LTDA REF 7731"), *charges, numbered
    )

    pairs = [proposal for proposal in found if len(proposal.parts) == 2]
    assert numbered.id in items_of(pairs[0])


def test_one_credit_is_two_entries(book):
    entries = [item("entry", a, account="A") for a in ("1150.00", "850.00")]

    found = look(book, line("2000.00", "CRED COBRANCA"), *entries)

    assert sorted(items_of(found[0])) == sorted(entry.id for entry in entries)


def test_two_lines_of_a_day_are_one_bill(book):
    bill = payable("6000.00", TELECOM)
    second = line("-1000.00", name=TELECOM.name)

    found = look(book, line("-5000.00", name=TELECOM.name), second, bill)

    assert (set(found[0].lines), found[0].parts) == (
        {found[0].lines[0], second.id},
        ((bill.id, Decimal("6000.00")),),
    )


# Pairs of lines


def test_own_names_on_both_sides_are_a_certain_transfer(book):
    into = line("350.10", name=COMPANY.name, account="B")

    found = look(book, line("-350.10", name=COMPANY.name), into)

    assert (found[0].kind, found[0].degree) == ("transfer", "evidence")


def test_two_equal_transfers_are_paired_by_the_account_in_the_text(book):
    to_b = line("-100.00", "TRANSF MESMA TITULARIDADE AG 0002 CC 222-2")
    to_c = line("-100.00", "TRANSF MESMA TITULARIDADE AG 3 CC 33")
    into = line("100.00", "TRANSF RECEBIDA AG 0001 CC 111-1", account="C", day=date(2026, 11, 11))

    found = look(book, into, to_b, to_c)

    assert [set(proposal.lines) for proposal in found] == [{into.id, to_c.id}]


def test_a_third_persons_pix_is_no_transfer_of_a_purchase(book):
    purchase = line("-250.00", "COMPRA PAPELARIA")
    pix = line("250.00", "PIX RECEBIDO MARIA EXEMPLO ***.456.789-**", account="B")

    assert look(book, pix, purchase) == []


def test_a_return_undoes_the_match_of_what_it_gives_back(book):
    bill = payable("412.37", TELECOM)
    out = line("-412.37", name=TELECOM.name)
    book.match(look(book, out, bill)[0])
    back = line("412.37", "TED DEVOLVIDA TELECOM SUL LTDA", day=date(2026, 11, 10))

    found = look(book, back)

    assert (found[0].kind, found[0].degree) == ("return", "evidence")
    assert (found[0].lines, found[0].undoes) == ((out.id, back.id), (out.id,))


def test_a_return_under_the_trade_name_is_the_same_partys(book):
    book = Book(COMPANY, Register([replace(TELECOM, trade_name="Conecta Já")]))
    out = line("-839.90", "TED ENVIADA TELECOM SUL LTDA")
    other = line("-839.90", "TED ENVIADA POSTAL NORTE LTDA")
    back = line("839.90", "DEVOLUCAO DE TED CONECTA JA", day=date(2026, 11, 10))

    found = look(book, back, out, other)

    assert found[0].lines == (out.id, back.id)


def test_a_transfer_without_a_sign_of_ours_on_one_side_is_only_proposed(book):
    into = line("350.10", "TED RECEBIDA", account="B")

    found = look(book, line("-350.10", name=COMPANY.name), into)

    assert [(proposal.kind, proposal.degree) for proposal in found] == [("transfer", "")]


# Memory


def test_what_a_person_matched_is_proposed_again_and_never_certain(book):
    first, second = charge("310.11", OMEGA), charge("310.99", OMEGA, day=date(2026, 12, 9))
    known = line("310.11", name="Fulano Sócio")
    book.add_item(first)
    book.add_line(known)
    proposal = propose(book, known)[0]
    book.match(proposal)
    book.learn(proposal)

    found = look(book, line("310.99", name="Fulano Sócio", day=date(2026, 12, 9)), second)

    assert (items_of(found[0]), found[0].degree) == ([second.id], "")
    assert "memory" in found[0].marks


@pytest.mark.parametrize(("early", "is_proposed"), [(45, True), (46, False)])
def test_an_entry_that_the_line_does_not_tell_of_is_not_long_after_it(book, early, is_proposed):
    entry = item("entry", "-731.17", day=DAY + timedelta(days=early), account="A")
    assert bool(look(book, line("-731.17", "LANC"), entry)) == is_proposed


def test_the_partys_bill_may_be_paid_long_before_its_day(book):
    bill = payable("731.17", TELECOM, day=DAY + timedelta(days=300))
    assert look(book, line("-731.17", "PAGTO", document=TELECOM.document), bill)


@pytest.mark.parametrize(
    ("apart", "degree"), [(-121, "evidence"), (-120, ""), (45, ""), (46, "evidence")]
)
def test_a_value_that_something_had_lately_is_not_its_items_alone(book, apart, degree):
    bill = payable("731.17", TELECOM)
    book.add_former_item("former", Decimal("-731.17"), DAY + timedelta(days=apart))
    assert look(book, line("-731.17", "PAGTO"), bill)[0].degree == degree


def test_an_item_that_is_open_again_is_counted_once(book):
    bill = payable("731.17", TELECOM)
    book.add_former_item(bill.id, bill.amount, bill.day)
    assert look(book, line("-731.17", "PAGTO"), bill)[0].degree == "evidence"


@pytest.mark.parametrize(("kind", "count"), [("charge", 0), ("entry", 1)])
def test_of_many_of_one_price_those_of_others_than_the_line_names_are_not_proposed(
    book, kind, count
):
    """Of entries on the account itself some are of nobody that they name rightly."""
    found = look(
        book,
        line("850.00", "PIX RECEBIDO JOANA OUTRA PESSOA"),
        item(kind, "850.00", OMEGA, account="A"),
        charge("850.00", POSTAL, day=date(2026, 10, 9)),
    )
    assert len(found) == count


@pytest.mark.parametrize(("method", "degree"), [("other", ""), ("boleto", "evidence")])
def test_who_keeps_a_fee_pays_no_sale_whole_but_a_slip(book, method, degree):
    sale = charge("623.55", OMEGA, method=method)
    told = line("623.55", "CREDITO VENDAS", document=OMEGA.document)
    assert look(book, told, sale)[0].degree == "evidence"
    book.rates[OMEGA.id].add(Decimal("0.0249"))
    found = propose(book, told)[0]
    assert (items_of(found), found.degree) == ([sale.id], degree)


@pytest.mark.parametrize(("sender", "receiver"), [("A", "C"), ("C", "B")])
def test_a_transfer_of_which_something_else_was_announced_is_not_certain(book, sender, receiver):
    """The account that it was announced for may not have been read."""
    out = line("-169.90", "TED ENVIADA", name=COMPANY.name, account="A")
    into = line("169.90", "TED RECEBIDA", name=COMPANY.name, account="B")
    assert look(book, out, into)[0].degree == "evidence"

    book.add_item(item("transfer", "-169.90", account=sender, to_account=receiver))
    assert [(each.kind, each.degree) for each in propose(book, out)] == [("transfer", "")]

    book.add_item(item("transfer", "-169.90", account="A", to_account="B"))
    assert propose(book, out)[0].degree == "evidence"


def test_what_left_as_a_pix_did_not_arrive_as_a_ted(book):
    """The other legs of two transfers of one value come days later, by file."""
    out = line("-569.90", "PIX ENVIADO", name=COMPANY.name, account="A", kind="pix")
    into = line("569.90", "TED RECEBIDA", name=COMPANY.name, account="B", kind="ted")
    found = look(book, out, into)
    assert [(each.kind, each.degree) for each in found] == [("transfer", "")]

    late = line("569.90", f"PIX QRS {COMPANY.name}", account="C")
    book.add_line(late)
    found = propose(book, out)
    assert (found[0].lines, found[0].degree) == ((out.id, late.id), "evidence")
