"""Files that are compared, applied and undone. Cases: R-DUP01, R-DUP02, R-DUP04, R-OFX01, R-OFX04,
R-OFX07, R-CSV05."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banking.models import FileRow, LineSource, StatementFile, StatementLine
from banking.statements.files.columns import Columns
from banking.statements.imports.files import (
    KnownFile,
    answer_doubts,
    begin_apply,
    begin_undo,
    discard_file,
    say_columns,
)
from banking.statements.imports.stages import MOST_ATTEMPTS
from banking.statements.imports.undo import effect_of_undoing
from core.errors import InvalidInput, InvalidState, NotAllowed
from tenants.models import Role, User
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.factories import change, make_account, make_daily_balance, make_line, reread
from tests.banking.imports.making import (
    applied,
    compared,
    csv,
    doubtful,
    lines,
    make_other,
    ofx,
    send,
    states,
    undone,
    work,
)
from tests.cast import make_member
from tests.people.factories import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

FEE = ("2026-11-10", "-1.20", "TARIFA PIX")
SALE = ("2026-11-10", "500.00", "PIX RECEBIDO ALFA")
RENT = ("2026-11-12", "-2300.00", "ALUGUEL")


def test_nothing_is_stored_before_it_is_applied(other, by):
    file = compared(other, ofx(FEE, SALE), by)

    assert file.status == StatementFile.Status.READY
    assert states(file) == ["new", "new"]
    assert lines(other) == []


def test_what_is_applied_appears_with_its_source(other, by):
    file = applied(other, ofx(FEE, SALE), by)

    assert lines(other) == [("11-10", "-1.20"), ("11-10", "500.00")]
    with tenant_scope(other.tenant_id):
        assert LineSource.objects.of(other.tenant_id).filter(file=file).count() == 2


def test_the_same_rows_of_another_file_add_nothing(other, by):
    applied(other, ofx(FEE, SALE), by)
    again = compared(other, csv(FEE, SALE), by)

    assert states(again) == ["here", "here"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 1)])
def test_a_fee_at_noon_and_three_at_night_are_three_in_any_order(other, by, order):
    night = csv(FEE, FEE, FEE, ("2026-11-11", "-1.20", "TARIFA PIX"))
    files = [csv(FEE), night]
    for place in dict.fromkeys(order):
        file = compared(other, files[place], by)
        if "new" in states(file):
            with tenant_scope(other.tenant_id):
                begin_apply(file, by=by)
            work(file)

    assert lines(other) == [("11-10", "-1.20")] * 3 + [("11-11", "-1.20")]


def test_equal_values_on_neighbouring_days_are_all_new(other, by):
    applied(other, csv(("2026-11-02", "0.41", "RENDIMENTO")), by)
    days = ("03", "04", "06", "09")
    rows = [(f"2026-11-{day}", "0.41", "RENDIMENTO") for day in days]

    assert set(states(compared(other, csv(*rows), by))) == {"new"}


def test_the_same_account_twice_in_a_file_is_one(other, by):
    first = ofx(("2026-10-05", "-100.00", "A"))
    month = first.decode().split("<BANKMSGSRSV1>")[1].split("</BANKMSGSRSV1>")[0]
    second = month.replace("20261005", "20261105").replace("-100.00", "-90.00")
    both = first.decode().replace("</BANKMSGSRSV1>", second + "</BANKMSGSRSV1>").encode()

    file = applied(other, both, by)

    assert lines(other) == [("10-05", "-100.00"), ("11-05", "-90.00")]
    assert (f"{file.since:%m-%d}", f"{file.until:%m-%d}") == ("10-05", "11-05")


def test_a_row_that_cannot_be_read_hides_no_other(other, by):
    file = compared(other, ofx(FEE, ("2026-11-11", "1.2.3,4", "RUIM"), SALE), by)

    assert sorted(states(file)) == ["new", "new", "unread"]


def test_a_row_of_tomorrow_stays_out(other, by):
    assert states(compared(other, ofx(FEE, ("2026-12-20", "-5.00", "AGENDADO")), by)) == [
        "new",
        "left_out",
    ]


def test_the_same_file_twice_is_told(other, by, tenant):
    compared(make_other(tenant, by), ofx(FEE), by)
    file = compared(other, ofx(FEE), by)

    with pytest.raises(KnownFile) as known:
        send(other, ofx(FEE), by)
    assert known.value.file.id == file.id


def test_a_file_that_ends_its_readers_is_not_read_for_ever(other, by):
    file = send(other, ofx(FEE), by)
    change(file, attempts=MOST_ATTEMPTS)

    assert work(file).status == StatementFile.Status.REFUSED


def test_a_file_that_was_discarded_may_come_again(other, by):
    file = compared(other, ofx(FEE), by)
    with tenant_scope(other.tenant_id):
        discard_file(file, by=by)

    assert states(compared(other, ofx(FEE), by)) == ["new"]


@pytest.mark.parametrize(
    ("content", "word"), [(b"%PDF-1.4 nada", "PDF"), (b"", "vazio"), (b"\xff\xd8\xff\xe0jpg", "")]
)
def test_what_is_no_statement_is_refused_in_words(other, by, content, word):
    if not content:
        with pytest.raises(InvalidInput, match=word):
            send(other, content, by)
        return
    file = compared(other, content, by)
    assert file.status == StatementFile.Status.REFUSED
    assert word in file.fault


def test_columns_that_nobody_knows_are_asked(other, by):
    file = compared(other, b"x;y;z\n10/11/2026;a;1,00\n", by)

    assert file.status == StatementFile.Status.MAPPING


def test_columns_are_said_only_where_they_are_asked(other, by):
    file = compared(other, ofx(FEE), by)

    with tenant_scope(other.tenant_id), pytest.raises(InvalidState) as refused:
        say_columns(file, Columns(headings=(), date=0, amount=2), by=by)

    assert refused.value.code == "not_mapping"
    assert reread(file).status == StatementFile.Status.READY


def test_a_reader_sends_nothing(other, tenant):
    with pytest.raises(NotAllowed):
        send(other, ofx(FEE), membership_of(tenant, make_member(tenant, Role.READER)))


# --- Doubts -----------------------------------------------------------------------------------


def test_two_days_away_is_asked_and_the_answer_decides(other, by):
    applied(other, ofx(FEE, RENT), by)
    near = ("2026-11-13", "-2300.00", "PAGTO ALUGUEL")
    file = compared(other, csv(FEE, near), by)
    assert states(file) == ["here", "doubtful"]

    with tenant_scope(other.tenant_id):
        answer_doubts(file, doubtful(file), "two", by=by)
        begin_apply(file, by=by)
    assert states(work(file)) == ["here", "applied"]
    assert [value for _, value in lines(other)].count("-2300.00") == 2


def test_the_same_one_becomes_a_source_and_no_line(other, by):
    applied(other, ofx(FEE, RENT), by)
    file = compared(other, csv(FEE, ("2026-11-13", "-2300.00", "PAGTO ALUGUEL")), by)
    with tenant_scope(other.tenant_id):
        answer_doubts(file, doubtful(file), "same", by=by)
        begin_apply(file, by=by)

    assert states(work(file)) == ["here", "here"]
    assert lines(other) == [("11-10", "-1.20"), ("11-12", "-2300.00")]


def test_only_what_is_asked_is_answered_and_by_who_works_on_the_statement(other, by, tenant):
    applied(other, ofx(FEE, RENT), by)
    file = compared(other, csv(FEE, SALE, ("2026-11-13", "-2300.00", "PAGTO ALUGUEL")), by)
    reader = membership_of(tenant, make_member(tenant, Role.READER))
    with tenant_scope(other.tenant_id):
        rows = list(FileRow.objects.of(other.tenant_id).filter(file=file).order_by("number"))
        ids = [row.id for row in rows]
        with pytest.raises(NotAllowed):
            answer_doubts(file, ids, "same", by=reader)

        assert answer_doubts(file, ids, "same", by=by) == 1

    assert [row.state for row in rows] == ["here", "new", "doubtful"]
    assert [answer for _, answer in answers(file)] == ["", "", "same"]


def test_a_doubt_that_nobody_answers_stays_out(other, by):
    applied(other, ofx(FEE, RENT), by)
    near = ("2026-11-13", "-2300.00", "PAGTO ALUGUEL")
    file = compared(other, csv(FEE, SALE, near), by)
    with tenant_scope(other.tenant_id):
        assert begin_apply(file, by=by) == 1

    assert states(work(file)) == ["here", "applied", "doubtful"]
    assert len(lines(other)) == 3
    with tenant_scope(other.tenant_id):
        answer_doubts(file, doubtful(file), "two", by=by)
        begin_apply(file, by=by)
    assert states(work(file)) == ["here", "applied", "applied"]
    assert len(lines(other)) == 4


@pytest.fixture
def proved(tenant, admin):
    """Cora's API proved the days up to 22/11."""
    at_cora = make_account(tenant, admin)
    make_line(at_cora, "10.00")
    make_daily_balance(at_cora, make_line(at_cora, "500.00").booked_on, "510.00")
    change(at_cora, synced_at=NOW)
    return reread(at_cora)


def test_a_row_more_on_a_day_that_the_bank_proved_needs_an_admin_and_a_reason(proved, by, boss):
    with tenant_scope(proved.tenant_id):
        day = StatementLine.objects.of(proved.tenant_id).first().booked_on
    file = compared(proved, ofx((f"{day}", "-77.00", "FORA")), by)
    assert states(file) == ["doubtful"]

    with tenant_scope(proved.tenant_id):
        with pytest.raises(NotAllowed):
            answer_doubts(file, doubtful(file), "two", by=by, why="falta na API")
        with pytest.raises(InvalidInput):
            answer_doubts(file, doubtful(file), "two", by=boss)
        answer_doubts(file, doubtful(file), "two", by=boss, why="falta na API")
        with pytest.raises(NotAllowed):
            begin_apply(file, by=by)
        begin_apply(file, by=boss)
    assert states(work(file)) == ["applied"]


def test_two_of_a_day_that_the_bank_proved_are_an_admins_too(proved, by, boss):
    with tenant_scope(proved.tenant_id):
        day = StatementLine.objects.of(proved.tenant_id).first().booked_on
    near = day.replace(day=day.day - 1)
    make_daily_balance(proved, near, "0.00")
    file = compared(proved, csv((f"{near}", "500.00", "PIX"), (f"{day}", "10.00", "PIX")), by)
    assert sorted(states(file)) == ["doubtful", "here"]

    with tenant_scope(proved.tenant_id):
        with pytest.raises(NotAllowed):
            answer_doubts(file, doubtful(file), "two", by=by, why="são duas")
        answer_doubts(file, doubtful(file), "same", by=by)
        answer_doubts(file, doubtful(file), "two", by=boss, why="são duas")
        with pytest.raises(NotAllowed):
            begin_apply(file, by=by)
        assert begin_apply(file, by=boss) == 1


def answers(file):
    with tenant_scope(file.tenant_id):
        rows = FileRow.objects.of(file.tenant_id).filter(file=file).order_by("number")
        return list(rows.values_list("doubt", "answer"))


@pytest.fixture
def asking(proved, by):
    """A row that seems to be here, on another day; two that the bank does not tell of its day."""
    with tenant_scope(proved.tenant_id):
        day = StatementLine.objects.of(proved.tenant_id).first().booked_on
    near = day.replace(day=day.day - 1)
    make_daily_balance(proved, near, "0.00")
    rows = [(near, "500.00", "PIX"), (day, "-77.00", "FORA"), (day, "-78.00", "FORA")]
    return compared(proved, csv(*((f"{on}", amount, text) for on, amount, text in rows)), by)


@pytest.mark.parametrize("question", FileRow.Question)
def test_one_answer_to_many_is_to_one_question(asking, by, question):
    with tenant_scope(asking.tenant_id):
        answer_doubts(asking, question, "same", by=by)

    told = {doubt for doubt, answer in answers(asking) if answer}
    assert told == set(FileRow.DOUBTS_OF[question]) & {"near_day", "proved_day"}


def test_one_answer_to_many_leaves_what_was_answered_before(asking, by, boss):
    first = doubtful(asking)[1]
    with tenant_scope(asking.tenant_id):
        answer_doubts(asking, [first], "two", by=boss, why="falta na API")
        count = answer_doubts(asking, FileRow.Question.IS_TO_ENTER, "same", by=by)

    assert count == 1
    assert answers(asking) == [("near_day", ""), ("proved_day", "two"), ("proved_day", "same")]


def test_what_came_since_it_was_compared_makes_it_be_compared_anew(other, by):
    first, second = compared(other, ofx(FEE), by), compared(other, csv(FEE), by)
    with tenant_scope(other.tenant_id):
        begin_apply(first, by=by)
        begin_apply(second, by=by)
    work(first)

    assert states(work(second)) == ["here"]
    assert reread(second).fault
    assert lines(other) == [("11-10", "-1.20")]


def test_a_file_of_another_account_has_to_be_confirmed(other, by):
    file = compared(other, ofx(FEE, number="9999999-9"), by)
    with tenant_scope(other.tenant_id):
        with pytest.raises(InvalidInput):
            begin_apply(file, by=by)
        assert begin_apply(file, by=by, is_of_account=True) == 1


@pytest.mark.parametrize("has", ["another role", "left"])
@pytest.mark.parametrize("begin", [begin_apply, begin_undo])
def test_for_who_does_not_work_on_it_any_more_nothing_is_done(other, by, has, begin):
    make = compared if begin is begin_apply else applied
    file = make(other, ofx(FEE, SALE), by)
    before = lines(other)
    with tenant_scope(other.tenant_id):
        begin(file, by=by)
    if has == "left":
        User.objects.filter(id=by.user_id).update(is_active=False)
    else:
        change(by, role=Role.READER)

    file = work(file)

    assert (file.status, bool(file.fault)) == (StatementFile.Status.READY, True)
    assert lines(other) == before


# --- Undone -----------------------------------------------------------------------------------


def test_undoing_withdraws_what_nobody_else_told(other, by):
    first = applied(other, ofx(FEE, SALE), by)
    applied(other, csv(FEE), by)
    with tenant_scope(other.tenant_id):
        effect = effect_of_undoing(first)
    assert (effect.withdrawn, effect.kept) == (1, 1)

    assert undone(first, by).status == StatementFile.Status.UNDONE
    assert lines(other) == [("11-10", "-1.20")]
    with tenant_scope(other.tenant_id):
        kept = StatementLine.objects.with_withdrawn(other.tenant_id).filter(bank_account=other)
        assert kept.count() == 2


def test_the_sum_that_undoing_takes_out_has_its_sign_before_the_currency(other, by):
    file = applied(other, ofx(RENT), by)

    with tenant_scope(other.tenant_id):
        assert "(−R$\u00a02.300,00)" in effect_of_undoing(file).sentences[0]


def test_what_undoing_does_is_asked_of_no_lines_beside_their_sources(other, by):
    """Of a large file that has just come the database would hold each against each."""
    file = applied(other, ofx(RENT, FEE), by)

    with tenant_scope(other.tenant_id), CaptureQueriesContext(connection) as asked:
        assert effect_of_undoing(file).withdrawn == 2

    both = {StatementLine._meta.db_table, LineSource._meta.db_table}
    assert not [each for each in asked if all(table in each["sql"] for table in both)]


def test_a_file_that_was_undone_may_be_applied_again(other, by):
    undone(applied(other, ofx(FEE, SALE), by), by)
    applied(other, ofx(FEE, SALE), by)

    assert lines(other) == [("11-10", "-1.20"), ("11-10", "500.00")]


def test_a_file_that_a_worker_is_at_is_left_to_it(other, by):
    file = compared(other, ofx(FEE, SALE), by)
    with tenant_scope(other.tenant_id):
        begin_apply(file, by=by)
        acts = (
            lambda: begin_apply(file, by=by),
            lambda: begin_undo(file, by=by),
            lambda: discard_file(file, by=by),
            lambda: answer_doubts(file, FileRow.Question.IS_SAME, "same", by=by),
        )
        for act in acts:
            with pytest.raises(InvalidState) as refused:
                act()
            assert refused.value.code == "not_ready"

    assert states(work(file)) == ["applied", "applied"]


def test_what_was_applied_is_neither_discarded_nor_applied_again(other, by):
    file = applied(other, ofx(FEE, SALE), by)
    codes = []
    with tenant_scope(other.tenant_id):
        for act in (discard_file, begin_apply):
            with pytest.raises(InvalidState) as refused:
                act(file, by=by)
            codes.append(refused.value.code)

    assert codes == ["applied", "nothing_new"]
    assert undone(file, by).status == StatementFile.Status.UNDONE


def test_a_reader_does_nothing_with_a_file(other, by, tenant):
    fresh, done = compared(other, ofx(FEE), by), applied(other, csv(SALE), by)
    reader = membership_of(tenant, make_member(tenant, Role.READER))
    with tenant_scope(other.tenant_id):
        for act, file in ((begin_apply, fresh), (discard_file, fresh), (begin_undo, done)):
            with pytest.raises(NotAllowed):
                act(file, by=reader)


def test_what_was_not_applied_is_not_undone(other, by):
    file = compared(other, ofx(FEE), by)
    with tenant_scope(other.tenant_id), pytest.raises(InvalidState):
        begin_undo(file, by=by)


def test_a_balance_of_a_file_is_that_of_an_account_by_file(other, by):
    file = applied(other, ofx(FEE, SALE, closing="1498.80", on="20261110"), by)
    assert str(reread(other).balance) == "1498.80"

    undone(file, by)
    assert reread(other).balance is None
