"""Rules of the statement: when they fit, what they do, what they leave to people."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banking.models import BankAccount, StatementLine
from core.clock import database_now
from core.errors import Changed, InvalidInput, InvalidState, NotAllowed
from people.models import ExceptionalAct
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.ignore import ignore
from reconciliation.matches.undo import undo
from reconciliation.models import Match, OpenedLine, Rule
from reconciliation.reads.offers import usual_classification
from reconciliation.rules.compiled import compiled, rule_for
from reconciliation.rules.conditions import Conditions, Facts, checks_of, fits
from reconciliation.rules.edit import (
    move_rule,
    order_rules,
    remove_rule,
    save_rule,
    switch_rule,
)
from reconciliation.rules.pattern import WrongPattern, compile_pattern
from tenants.models import Membership, Role, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_lines, reread
from tests.charges.factories import make_payer, membership
from tests.charges.issued import late
from tests.examples import examples
from tests.payments.factories import make_bank_account, make_payable
from tests.reconciliation.matched import (
    DAY,
    account_named,
    balance,
    entry_lines,
    line,
    make_entry,
    matched,
    open_of,
)
from tests.reconciliation.ruled import (
    applied,
    begins,
    caught_by,
    classification_id,
    compiled_of,
    entry,
    ignoring,
    make_rule,
    moving,
    pattern,
    when,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


def is_caught(conditions: Conditions, row: StatementLine) -> bool:
    return fits(checks_of(conditions), Facts.of(row))


def told(description: str, amount: str = "-10.00", name: str = "", **more: object) -> StatementLine:
    return StatementLine(description=description, amount=D(amount), counterparty_name=name, **more)


# --- When a rule fits (R-RUL01) ---


@pytest.mark.parametrize(
    ("text", "is_fitting"),
    [
        ("Vencimento CDB BANCO ALFA", True),
        ("PIX  RECEBIDO JOAO", True),
        ("ABCDBX MATERIAIS", False),
        ("Resgate cdb", True),
    ],
)
def test_a_pattern_is_used_as_it_was_typed(text: str, is_fitting: bool) -> None:
    assert is_caught(pattern(r"\bCDB\b|PIX\s+RECEBIDO"), told(text)) is is_fitting


def test_a_pattern_with_an_accent_finds_what_the_bank_wrote_with_it() -> None:
    assert is_caught(pattern("CRÉDITO"), told("Crédito de cobrança"))


def test_a_pattern_without_accents_finds_a_text_that_has_them() -> None:
    assert is_caught(pattern("credito.*cobranca"), told("CRÉDITO DE COBRANÇA"))


def test_words_are_compared_without_accents_and_case() -> None:
    assert is_caught(when("Manutenção"), told("TARIFA MANUTENCAO CONTA"))


def test_one_of_several_texts_is_enough() -> None:
    assert is_caught(begins("RESG AUT; APLIC AUT"), told("APLIC AUT MAIS"))


def test_a_text_that_begins_later_does_not_begin() -> None:
    assert not is_caught(begins("RESG AUT"), told("EST RESG AUT MAIS"))


@pytest.mark.parametrize(
    ("amount", "is_fitting"), [("-20.00", True), ("20.00", False), ("-20.01", False)]
)
def test_side_and_value_are_held_too(amount: str, is_fitting: bool) -> None:
    rule = when("TAR", side="out", most=D("20.00"))

    assert is_caught(rule, told("TAR PACOTE", amount)) is is_fitting


def test_another_establishment_is_the_same_party() -> None:
    row = told("TED", counterparty_document="11444777000242")

    assert is_caught(when(document="11444777000161"), row)


def test_a_name_in_the_text_counts_where_the_bank_tells_none() -> None:
    assert is_caught(when(party_name="Imobiliária Centro"), told("PAGTO IMOBILIARIA CENTRO"))


@pytest.mark.parametrize(
    ("text", "at"),
    [("(abc", 1), ("ab(?=c)", 3), (r"a\1", 2), ("ab**", 3), ("a[z-b]", 3), ("*a", 1)],
)
def test_a_pattern_that_cannot_be_read_is_refused_with_the_place(text: str, at: int) -> None:
    with pytest.raises(WrongPattern) as refused:
        compile_pattern(text)

    assert refused.value.at == at


@pytest.mark.parametrize("text", [r"(a+)+$", r"(a|aa)+b", r"(.*a){20}b", r"(\w*)*!"])
def test_no_pattern_hangs(text: str) -> None:
    search = compile_pattern(text).search

    began = time.process_time()
    for _ in range(100):
        search("a" * 300)
    assert time.process_time() - began < 2


def test_the_first_rule_that_fits_decides() -> None:
    rules = compiled(
        [
            Rule(texts=[{"how": "contains", "text": text}], position=at)
            for at, text in enumerate(["UBER EATS", "UBER", "EATS"], start=1)
        ]
    )

    assert rule_for(rules, told("UBER EATS SP")).position == 1
    assert rule_for(rules, told("EATS UBER")).position == 2
    assert rule_for(rules, told("TAXI")) is None


# --- What it does ---


def test_a_rule_makes_the_entry_without_a_person(tenant, itau, ana) -> None:
    rule, row = make_rule(ana, when("TAR")), line(itau, "-12.00", description="TAR PACOTE")

    made = applied(ana, row).done[row.id]

    assert (made.degree, made.made_by, made.rule_id) == (Match.Degree.RULE, None, rule.id)
    assert (open_of(row), balance(tenant, "5.5.01")) == (0, D("12.00"))


def test_what_a_rule_did_is_undone_like_anything_else(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    row = line(itau, "-12.00", description="TAR PACOTE")
    made = applied(ana, row).done[row.id]

    with tenant_scope(tenant.id):
        undo([made.id], by=ana)

    assert (open_of(row), balance(tenant, "5.5.01")) == (D("-12.00"), 0)


def test_what_a_person_undid_no_rule_does_again(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    row = line(itau, "-12.00", description="TAR PACOTE")
    with tenant_scope(tenant.id):
        undo([applied(ana, row).done[row.id].id], by=ana)

    again = applied(ana, row)

    assert (again.done, again.proposed[row.id].held) == ({}, "undone")


def test_an_entry_is_with_who_has_the_lines_document(tenant, itau, ana) -> None:
    payer = make_payer(tenant)
    make_rule(ana, entry(ana, when("PIX"), "4.1.01"))
    row = line(itau, "90.00", description="PIX", counterparty_document=payer.document)

    assert applied(ana, row).done[row.id].payer == payer


def test_an_entry_is_with_whom_the_rule_names(tenant, itau, ana) -> None:
    payer = make_payer(tenant)
    make_rule(ana, entry(ana, when("PIX"), "4.1.01", party=payer))
    row = line(itau, "90.00", description="PIX")

    assert applied(ana, row).done[row.id].payer == payer


def test_a_split_by_value_leaves_the_rest_to_the_part_in_blank(tenant, itau, ana) -> None:
    slices = [
        Slice(account_named(tenant, "5.2.01").id, amount=D("30.00")),
        Slice(account_named(tenant, "5.2.02").id),
    ]
    make_rule(ana, entry(ana, when("ALUGUEL"), slices=slices))

    applied(ana, line(itau, "-100.01", description="ALUGUEL"))

    assert (balance(tenant, "5.2.01"), balance(tenant, "5.2.02")) == (D("30.00"), D("70.01"))


def test_parts_that_are_not_less_than_the_line_are_left_to_a_person(tenant, itau, ana) -> None:
    slices = [
        Slice(account_named(tenant, "5.2.01").id, amount=D("30.00")),
        Slice(account_named(tenant, "5.2.02").id),
    ]
    make_rule(ana, entry(ana, when("ALUGUEL"), slices=slices))
    row = line(itau, "-30.00", description="ALUGUEL")

    assert applied(ana, row).proposed[row.id].held == "refused"
    assert open_of(row) == D("-30.00")


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    centavos=st.integers(3, 10_000_000),
    percents=st.lists(st.integers(1, 9_000), min_size=1, max_size=2),
)
def test_a_split_by_per_cent_closes_to_the_centavo(tenant, itau, ana, centavos, percents) -> None:
    with tenant_scope(tenant.id):
        Rule.objects.of(tenant).kept().update(is_on=False)
    shares = [D(each).scaleb(-2) / len(percents) for each in percents]
    shares = [each.quantize(D("0.01")) or D("0.01") for each in shares]
    shares.append(D(100) - sum(shares))
    codes = ("5.2.01", "5.2.02", "5.3.02")
    slices = [
        Slice(account_named(tenant, code).id, percent=share)
        for code, share in zip(codes, shares, strict=False)
    ]
    make_rule(ana, entry(ana, when("ALUGUEL"), slices=slices))
    amount = -D(centavos).scaleb(-2)
    row = line(itau, str(amount), description="ALUGUEL")

    done = applied(ana, row).done

    if done:  # a part of less than a centavo is left to a person
        with tenant_scope(tenant.id):
            made = done[row.id].effects.get().entry
        assert sum(entry_lines(made).values()) == 0
        assert open_of(row) == 0
    else:
        assert open_of(row) == amount


def test_a_rule_transfers_between_own_accounts(tenant, itau, ana) -> None:
    other = make_bank_account(tenant, preferred=False)
    make_rule(ana, moving(begins("APLIC AUT"), other))
    row = line(itau, "-500.00", description="APLIC AUT MAIS")

    made = applied(ana, row).done[row.id]

    assert (made.kind, made.degree) == (Match.Kind.TRANSFER, Match.Degree.RULE)
    assert open_of(row) == 0


def test_a_transfer_from_the_very_account_is_left_to_a_person(tenant, itau, ana) -> None:
    make_rule(ana, moving(begins("APLIC AUT"), itau))
    row = line(itau, "-500.00", description="APLIC AUT MAIS")

    assert applied(ana, row).proposed[row.id].held == "refused"


def test_a_rule_ignores_in_the_name_of_who_wrote_it(tenant, itau, ana) -> None:
    rule = make_rule(ana, ignoring(when("SALDO")))
    row = line(itau, "-5.00", description="SALDO DO DIA")

    made = applied(ana, row).done[row.id]

    assert (made.kind, made.why, made.made_by, made.rule_id) == ("ignore", rule.why, None, rule.id)
    with tenant_scope(tenant.id):
        assert (made.exception.asked_by, made.exception.outcome) == (ana.user, "alone")


def test_ignoring_above_the_limit_is_only_proposed(tenant, itau, ana) -> None:
    make_rule(ana, ignoring(when("SALDO")))
    row = line(itau, "-900000.00", description="SALDO DO DIA")

    left = applied(ana, row)

    assert (left.done, left.proposed[row.id].held) == ({}, "refused")
    with tenant_scope(tenant.id):
        assert not ExceptionalAct.objects.of(tenant).exists()


def test_what_a_rule_ignores_counts_with_what_its_author_ignored(tenant, itau, ana) -> None:
    make_rule(ana, ignoring(when("SALDO")))
    by_hand = line(itau, "-300.00")
    with tenant_scope(tenant.id):
        ignore(by_hand.id, by=ana, why="Não é nosso")
    small, big = (line(itau, amount, description="SALDO DO DIA") for amount in ("-200.00", "-0.01"))

    left = applied(ana, small, big)

    assert (left.done.keys(), left.proposed[big.id].held) == ({small.id}, "refused")
    with tenant_scope(tenant.id):
        assert not ExceptionalAct.objects.of(tenant).waiting().exists()


def test_it_counts_as_theirs_who_said_last_what_the_rule_does(tenant, itau, ana) -> None:
    rule, bia = make_rule(ana, ignoring(when("SALDO"))), membership(tenant)
    with tenant_scope(tenant.id):
        save_rule(ignoring(when("SALDO")), by=bia, rule_id=rule.id, version=rule.version)
    row = line(itau, "-5.00", description="SALDO DO DIA")

    made = applied(ana, row).done[row.id]

    with tenant_scope(tenant.id):
        assert made.exception.asked_by == bia.user


@pytest.mark.parametrize("has", ["another role", "left"])
def test_ignoring_stops_when_who_wrote_it_may_not_any_more(tenant, itau, ana, has) -> None:
    make_rule(ana, ignoring(when("SALDO")))
    if has == "left":
        User.objects.filter(id=ana.user_id).update(is_active=False)
    else:
        change(ana, role=Role.READER)
    row = line(itau, "-5.00", description="SALDO DO DIA")

    assert applied(membership(tenant), row).proposed[row.id].held == "refused"


# --- What it leaves alone ---


def test_a_line_whose_party_has_an_open_bill_is_only_proposed(tenant, itau, ana) -> None:
    bill = make_payable(tenant)
    make_rule(ana, when("PAGTO"))
    row = line(itau, "-77.00", description="PAGTO", counterparty_document=bill.payee.document)

    left = applied(ana, row, is_open=None)

    assert (left.done, left.proposed[row.id].held) == ({}, "open_item")


def test_a_line_whose_party_may_by_its_mask_have_an_open_bill_is_only_proposed(
    tenant, itau, ana
) -> None:
    bill = make_payable(tenant)
    make_rule(ana, when("PAGTO"))
    mask = f"**{bill.payee.document[2:12]}**"
    row = line(itau, "-77.00", description="PAGTO", masked_document=mask)

    assert applied(ana, row, is_open=None).proposed[row.id].held == "open_item"


def test_a_line_that_names_a_debtor_is_only_proposed(tenant, itau, ana) -> None:
    late(tenant, itau, payer=make_payer(tenant, name="Padaria Estrela Dourada Ltda"))
    make_rule(ana, entry(ana, when("PIX"), "4.1.01"))
    row = line(itau, "77.00", description="PIX", counterparty_name="PADARIA ESTRELA DOURADA")

    assert applied(ana, row, is_open=None).proposed[row.id].held == "open_item"


def test_a_line_of_nobody_with_open_items_is_posted(tenant, itau, ana) -> None:
    make_payable(tenant)
    make_rule(ana, when("TAR"))
    row = line(itau, "-12.00", description="TAR PACOTE")

    assert row.id in applied(ana, row, is_open=None).done


def test_applying_again_changes_nothing(tenant, itau, ana) -> None:
    by_hand, by_rule, still_open = (
        line(itau, "-11.00", description="VIAGEM TAR"),
        line(itau, "-12.00", description="TAR PACOTE"),
        line(itau, "-13.00", description="IOF"),
    )
    first = make_rule(ana, when("TAR"))
    with tenant_scope(tenant.id):
        create_entry(by_hand.id, [Slice(account_named(tenant, "5.3.02").id)], by=ana)
    applied(ana, by_hand, by_rule, still_open)
    second = make_rule(ana, when("IOF"))

    once, twice = (applied(ana, by_hand, by_rule, still_open) for _ in range(2))

    assert (once.done.keys(), twice.done) == ({still_open.id}, {})
    with tenant_scope(tenant.id):
        of = dict(Match.objects.of(tenant).standing().values_list("lines__statement_line", "rule"))
    assert of == {by_hand.id: None, by_rule.id: first.id, still_open.id: second.id}


def test_a_line_that_is_explained_in_part_is_left_alone(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    row = line(itau, "-12.00", description="TAR PACOTE")
    matched(row, make_entry(itau, "-5.00"), by=ana, leaves_open=True)

    left = applied(ana, row)

    assert (left.done, left.proposed, open_of(row)) == ({}, {}, D("-7.00"))


def test_a_line_that_waits_for_a_second_person_is_left_to_them(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    row = line(itau, "-900000.00", description="TAR PACOTE")
    with tenant_scope(tenant.id):
        assert ignore(row.id, by=ana, why="Teste").waiting

    assert applied(ana, row).proposed[row.id].held == "asked"


def test_a_line_that_is_refused_takes_no_other_along(tenant, itau, ana) -> None:
    make_rule(ana, ignoring(when("SALDO")))
    make_rule(ana, when("TAR"))
    large = line(itau, "-900000.00", description="SALDO")
    row = line(itau, "-12.00", description="TAR PACOTE")

    made = applied(ana, large, row)

    assert (made.done.keys(), made.proposed.keys()) == ({row.id}, {large.id})


def test_a_rule_that_is_off_does_nothing(tenant, itau, ana) -> None:
    rule = make_rule(ana, when("TAR"))
    with tenant_scope(tenant.id):
        switch_rule(rule.id, on=False, by=ana)
    row = line(itau, "-12.00", description="TAR PACOTE")

    assert applied(ana, row).done == {}


def test_an_account_that_was_archived_stops_the_rule(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    change(account_named(tenant, "5.5.01"), archived_at=ana.user.date_joined)
    row = line(itau, "-12.00", description="TAR PACOTE")

    assert applied(ana, row).proposed[row.id].held == "refused"


# --- Writing rules ---


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"conditions": when(side="out")}, "texts"),
        ({"conditions": pattern("(abc")}, "texts"),
        ({"conditions": when("-;-")}, "texts"),
        ({"conditions": when("TAR", least=D(9), most=D(5))}, "most"),
        ({"slices": []}, "slices"),
        ({"act": "ignore"}, "why"),
        ({"act": "transfer"}, "other_account"),
        ({"act": ""}, "act"),
    ],
)
def test_what_makes_no_rule_is_refused_at_its_field(ana, changes, field) -> None:
    with tenant_scope(ana.tenant_id), pytest.raises(InvalidInput) as refused:
        save_rule(replace(entry(ana, when("TAR")), **changes), by=ana)

    assert refused.value.field == field


@pytest.mark.parametrize("shares", [[{"percent": D(70)}], [{"percent": D(70)}, {"percent": D(29)}],
                                    [{"amount": D(5)}], [{}, {}]])  # fmt: skip
def test_a_split_that_would_not_close_is_refused(tenant, ana, shares) -> None:
    codes = ("5.2.01", "5.2.02")
    slices = [
        Slice(account_named(tenant, code).id, **share)
        for code, share in zip(codes, shares, strict=False)
    ]
    with pytest.raises(InvalidInput, check=lambda error: error.field == "slices"):
        make_rule(ana, entry(ana, when("TAR"), slices=slices))


def test_who_only_reads_writes_no_rule(tenant, ana) -> None:
    reader = membership(tenant, role=Role.READER)
    with pytest.raises(NotAllowed):
        make_rule(reader, entry(ana, when("TAR")))


def test_of_two_tabs_the_second_is_told(tenant, ana) -> None:
    rule = make_rule(ana, when("TAR"))
    with tenant_scope(tenant.id):
        save_rule(entry(ana, when("TARIFA")), by=ana, rule_id=rule.id, version=1)

        with pytest.raises(Changed):
            save_rule(entry(ana, when("IOF")), by=ana, rule_id=rule.id, version=1)

    assert reread(rule).texts == [{"how": "contains", "text": "TARIFA"}]


def test_rules_are_put_in_another_order(tenant, ana) -> None:
    first, second, third = (make_rule(ana, when(each)) for each in ("A1", "B2", "C3"))
    with tenant_scope(tenant.id):
        order_rules([third.id, first.id, second.id], by=ana)
        move_rule(second.id, up=True, by=ana)

    assert [each.rule.id for each in compiled_of(ana)] == [third.id, second.id, first.id]


def test_an_order_that_lacks_a_new_rule_is_refused(tenant, ana) -> None:
    first, second = make_rule(ana, when("A1")), make_rule(ana, when("B2"))
    make_rule(ana, when("C3"))
    with tenant_scope(tenant.id), pytest.raises(Changed):
        order_rules([second.id, first.id], by=ana)


def test_a_rule_that_is_removed_keeps_what_it_did(tenant, itau, ana) -> None:
    rule, row = make_rule(ana, when("TAR")), line(itau, "-12.00", description="TAR PACOTE")
    made = applied(ana, row).done[row.id]
    with tenant_scope(tenant.id):
        remove_rule(rule.id, by=ana)

        with pytest.raises(InvalidState):
            switch_rule(rule.id, on=True, by=ana)

    assert (reread(made).rule_id, reread(made).ended_at) == (rule.id, None)
    assert compiled_of(ana) == []


# --- Tried on history ---


def test_a_trial_tells_what_was_explained_otherwise(tenant, itau, ana) -> None:
    make_lines(itau, *["-10.00"] * 35, description="AWS BRASIL", kind="other")
    same, other = (line(itau, "-20.00", description="AWS BRASIL 11/2026") for _ in range(2))
    line(itau, "-10.00", description="OUTRA COISA")
    with tenant_scope(tenant.id):
        create_entry(same.id, [Slice(account_named(tenant, "5.5.01").id)], by=ana)
        create_entry(other.id, [Slice(account_named(tenant, "5.3.02").id)], by=ana)

    trial = caught_by(ana, when("AWS BRASIL"))

    assert (trial.count, trial.open, trial.same, trial.otherwise) == (37, 35, 1, 1)
    assert trial.total == D("390.00")
    assert (trial.shown[0].row.id, "5.3.02" in trial.shown[0].otherwise) == (other.id, True)


@pytest.mark.parametrize(
    "conditions",
    [
        pattern(r"pix\s+rec"), when("PIX RECEBIDO"), begins("PIX; TED"), when(party_name="joão"),
        when(document="52998224725"), when(least=D("20.00")), when("pix", side="in"),
    ],
)  # fmt: skip
def test_a_trial_catches_what_the_rule_would(tenant, itau, ana, conditions) -> None:
    line(itau, "30.00", description="PIX  RECEBIDO", counterparty_name="JOAO LIMA")
    line(itau, "-30.00", description="Pix recebido de João")
    line(itau, "10.00", description="TED", counterparty_document="52998224725")
    line(itau, "-15.00", description="PIXEL ESTUDIO")
    with tenant_scope(tenant.id):
        rows = list(StatementLine.objects.of(tenant))
    expected = {row.id for row in rows if is_caught(conditions, row)}

    trial = caught_by(ana, conditions)

    assert {each.row.id for each in trial.shown} == expected
    assert expected


def test_a_trial_ends_with_its_days(tenant, itau, ana) -> None:
    line(itau, "-10.00", description="AWS", day=DAY - timedelta(days=200))

    assert caught_by(ana, when("AWS")).count == 0
    assert caught_by(ana, when("AWS"), days=365).count == 1


def test_a_trial_that_reads_not_all_lines_says_from_which_day(tenant, itau, ana) -> None:
    days = [DAY - timedelta(days=each) for each in range(5)]
    for day in days:
        line(itau, "-10.00", description="AWS", day=day)

    trial = caught_by(ana, when("AWS"), looked=3)

    assert (trial.count, trial.since) == (4, days[3])


# --- Beside people ---


def test_a_line_that_a_person_has_just_opened_is_left_alone(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    row = line(itau, "-12.00", description="TAR PACOTE")
    with tenant_scope(tenant.id):
        OpenedLine.objects.create(id=row.id, tenant=tenant, opened_by=ana.user)
    assert applied(ana, row).proposed[row.id].held == "opened"

    change(OpenedLine(id=row.id, tenant=tenant), opened_at=database_now() - OpenedLine.LEFT_ALONE)

    assert row.id in applied(ana, row).done


def test_what_a_rule_left_to_a_person_is_offered_to_them(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    row = line(itau, "-12.00", description="TAR PACOTE")

    with tenant_scope(tenant.id):
        assert usual_classification(row, ana).account == account_named(tenant, "5.5.01").id


@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_order_of_acts_lets_a_rule_touch_what_is_explained(tenant, itau, ana, data) -> None:
    with transaction.atomic():
        play(itau, ana, data)
        transaction.set_rollback(True)


def play(itau: BankAccount, ana: Membership, data: st.DataObject) -> None:
    rows = [line(itau, f"-{5 + number}.00", description="TAR") for number in range(4)]
    acts = ("rule", "enter", "ignore", "part", "undo", "apply")
    for act in data.draw(st.lists(st.sampled_from(acts), min_size=3, max_size=8)):
        row = data.draw(st.sampled_from(rows))
        with suppress(InvalidState, InvalidInput), transaction.atomic():
            do(act, row, rows, itau, ana)
    before, left = standing(rows), {row.id: open_of(row) for row in rows}
    make_rule(ana, when("TAR"))

    done = applied(ana, *rows).done

    assert before <= standing(rows)
    assert all(left[row.id] == row.amount for row in rows if row.id in done)
    assert all(open_of(row) == left[row.id] for row in rows if row.id not in done)
    assert applied(ana, *rows).done == {}


def standing(rows: list[StatementLine]) -> set[object]:
    with tenant_scope(rows[0].tenant_id):
        said = Match.objects.of(rows[0].tenant_id).standing()
        return set(said.filter(lines__statement_line__in=rows).values_list("id", flat=True))


def do(
    act: str, row: StatementLine, rows: list[StatementLine], itau: BankAccount, ana: Membership
) -> None:
    if act == "rule":
        make_rule(ana, when("TAR"))
    elif act == "apply":
        applied(ana, *rows)
    elif act == "part":
        matched(row, make_entry(itau, "-1.00"), by=ana, leaves_open=True)
    with tenant_scope(ana.tenant_id):
        if act == "enter":
            create_entry(row.id, [Slice(classification_id(ana, "5.3.02"))], by=ana)
        elif act == "ignore":
            ignore(row.id, by=ana, why="Teste")
        elif act == "undo":
            said = Match.objects.of(ana.tenant_id).standing().filter(lines__statement_line=row)
            if match := said.first():
                undo([match.id], by=ana)


@pytest.mark.django_db(transaction=True)
def test_a_person_and_a_rule_at_once_make_one_entry(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    rows = [line(itau, "-12.00", description="TAR PACOTE") for _ in range(8)]
    other = account_named(tenant, "5.3.02").id

    def by_hand(row: StatementLine) -> bool:
        with suppress(InvalidState), tenant_scope(tenant.id):
            create_entry(row.id, [Slice(other)], by=ana)
            return True
        return False

    def by_rule(row: StatementLine) -> bool:
        return row.id in applied(ana, row).done

    with ThreadPoolExecutor(8) as pool:
        asked = [(pool.submit(by_hand, row), pool.submit(by_rule, row)) for row in rows]
        won = [(one.result(), another.result()) for one, another in asked]

    assert all(sum(each) == 1 for each in won)
    assert {open_of(row) for row in rows} == {0}
    assert balance(tenant, "5.5.01") + balance(tenant, "5.3.02") == D("96.00")
