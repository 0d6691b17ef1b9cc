"""Each week people are asked of some automatic matches whether they are right."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.clock import database_now
from core.errors import NotAllowed
from reconciliation.engine.bound import upper_bound
from reconciliation.engine.run import work
from reconciliation.engine.sample import Result, answer, draw_due, percent, results_of, together
from reconciliation.models import Automation, Match, Sample
from reconciliation.reads.sample import asked_in
from tenants.models import Membership, Notice, Role, Tenant
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.clock import Traveller
from tests.payments.clock import at
from tests.payments.factories import make_known
from tests.reconciliation.books import member
from tests.reconciliation.matched import line, make_entry, matched
from tests.reconciliation.ruled import applied, make_rule, when

pytestmark = pytest.mark.django_db

NEXT = date(2026, 11, 30)  # the Monday after that of `monday`
PAGE = reverse("reconciliation:sample")


@pytest.fixture
def made(monday: Traveller, tenant, itau, ana) -> Match:
    """By evidence, on a Monday; a week later."""
    bill = make_known(tenant, "731.17", approved=True)
    with tenant_scope(tenant.id):
        Automation.objects.create(
            tenant=tenant, bank_account=itau, by_evidence=True, changed_by=ana.user
        )
        payee = bill.payee
    line(
        itau, "-731.17", bill.payment_date, counterparty_name=payee.name,
        counterparty_document=payee.document,
    )  # fmt: skip
    work(tenant.id)
    monday.shift(timedelta(days=7))
    with tenant_scope(tenant.id):
        found: Match = Match.objects.of(tenant).get()
    return found


@pytest.fixture
def asked(tenant: Tenant, made: Match) -> Sample:
    draw_due(database_now())
    return samples(tenant)[0]


def samples(tenant: Tenant) -> list[Sample]:
    with tenant_scope(tenant.id):
        return list(Sample.objects.of(tenant).order_by("id"))


def bare(tenant: Tenant, made_at: Any, degree: str = "id") -> Match:
    with tenant_scope(tenant.id):
        row: Match = Match.objects.create(
            tenant=tenant, kind="match", degree=degree, made_at=made_at
        )
    return row


def say(sample: Sample, *, is_right: bool, by: Membership) -> Sample:
    with tenant_scope(by.tenant_id):
        return answer(sample.id, is_right=is_right, by=by)


def notices(tenant: Tenant) -> list[tuple[str, int]]:
    with tenant_scope(tenant.id):
        rows = Notice.objects.of(tenant).filter(subject="reconciliation.sample", closed_at=None)
        return list(rows.values_list("step", "user_id"))


# --- Draw ---


def test_a_match_of_last_week_is_asked_of_finance(tenant, made, ana):
    draw_due(database_now())
    assert [(each.week, each.match_id) for each in samples(tenant)] == [(NEXT, made.id)]
    assert ("2026-11-30", ana.user_id) in notices(tenant)


def test_readers_are_not_told(tenant, made):
    reader = make_member(tenant, Role.READER)
    draw_due(database_now())
    assert reader.id not in [user for _, user in notices(tenant)]


def test_a_clock_that_was_off_draws_later_in_the_week(monday, tenant, made):
    monday.shift(timedelta(days=4))
    draw_due(database_now())
    assert [each.week for each in samples(tenant)] == [NEXT]


def test_a_week_is_drawn_once(tenant, made):
    draw_due(database_now())
    draw_due(database_now())
    assert len(samples(tenant)) == 1


def test_what_was_made_in_this_week_waits_for_the_next(monday, tenant):
    bare(tenant, at("23 00:00"))
    draw_due(at("29 23:59"))
    assert samples(tenant) == []
    draw_due(at("30 00:00"))
    assert len(samples(tenant)) == 1


def test_sunday_ends_at_midnight_in_sao_paulo(monday, tenant):
    bare(tenant, at("22 23:59"))
    draw_due(at("30 10:00"))
    assert samples(tenant) == []


def test_what_people_matched_is_not_asked(monday, tenant, itau, ana):
    matched(line(itau, "-150.00"), make_entry(itau, "-150.00"), by=ana)
    draw_due(at("30 10:00"))
    assert samples(tenant) == []


@pytest.mark.parametrize("degree", ["rule", "id", "evidence"])
def test_every_automatic_degree_is_asked(monday, tenant, degree):
    bare(tenant, at("24 10:00"), degree)
    draw_due(at("30 10:00"))
    assert len(samples(tenant)) == 1


def test_what_a_rule_matched_names_it_once(monday, tenant, itau, ana):
    make_rule(ana, when("TAR"))
    applied(ana, line(itau, "-10.00", description="TAR PACOTE"))
    monday.shift(timedelta(days=7))
    draw_due(database_now())

    with tenant_scope(tenant.id):
        (asked,) = asked_in(tenant, NEXT)
        assert (str(asked.sample.match.rule) in asked.how, asked.reasons) == (True, [])


def test_forty_are_asked_at_most_and_neither_the_first_nor_the_last(monday, tenant):
    made = [bare(tenant, at("24 10:00")).id for _ in range(90)]
    draw_due(at("30 10:00"))
    drawn = {each.match_id for each in samples(tenant)}
    assert len(drawn) == 40
    assert drawn not in (set(made[:40]), set(made[-40:]))


def test_one_that_was_undone_is_asked_too(monday, tenant, ana):
    row = bare(tenant, at("24 10:00"))
    with tenant_scope(tenant.id):
        Match.objects.of(tenant).filter(id=row.id).update(
            ended_at=at("24 11:00"), undone_by=ana.user
        )
    draw_due(at("30 10:00"))
    assert [each.match_id for each in samples(tenant)] == [row.id]


def test_the_next_week_closes_the_notice_of_the_former(monday, tenant):
    bare(tenant, at("17 10:00"))
    bare(tenant, at("24 10:00"))
    member(tenant)
    draw_due(at("23 10:00"))
    draw_due(at("30 10:00"))
    assert {step for step, _ in notices(tenant)} == {"2026-11-30"}


# --- Answer ---


def test_an_answer_names_who_gave_it(asked, ana):
    said = say(asked, is_right=True, by=ana)
    assert (said.is_right, said.answered_by) == (True, ana.user)


def test_an_answer_may_be_corrected(tenant, asked, ana):
    say(asked, is_right=False, by=ana)
    say(asked, is_right=True, by=ana)
    assert [each.is_right for each in samples(tenant)] == [True]


def test_the_last_answer_closes_the_notice(tenant, asked, ana):
    say(asked, is_right=True, by=ana)
    assert notices(tenant) == []


def test_while_one_waits_the_notice_stays(monday, tenant, ana):
    for _ in range(2):
        bare(tenant, at("24 10:00"))
    draw_due(at("30 10:00"))
    say(samples(tenant)[0], is_right=True, by=ana)
    assert ("2026-11-30", ana.user_id) in notices(tenant)


def test_a_reader_does_not_answer(tenant, asked):
    reader = member(tenant, Role.READER)
    with pytest.raises(NotAllowed):
        say(asked, is_right=True, by=reader)


@pytest.mark.parametrize("change", [{"week": date(2026, 11, 23)}, {"is_right": None}])
def test_what_was_asked_or_answered_is_not_taken_back(tenant, asked, ana, change):
    say(asked, is_right=True, by=ana)
    with tenant_scope(tenant.id), pytest.raises(IntegrityError), transaction.atomic():
        Sample.objects.of(tenant).update(**change)


def test_nothing_that_was_asked_is_deleted(tenant, asked):
    with tenant_scope(tenant.id), pytest.raises(IntegrityError), transaction.atomic():
        Sample.objects.of(tenant).delete()


# --- Results ---


@pytest.mark.parametrize(
    ("wrong", "asked", "bound"),
    [(0, 40, 0.0722), (1, 40, 0.1132), (2, 40, 0.1492), (0, 300, 0.0099), (0, 1, 0.95),
     (40, 40, 1.0)],
)  # fmt: skip
def test_the_bound_is_that_of_the_tables(wrong, asked, bound):
    assert upper_bound(wrong, asked) == pytest.approx(bound, abs=0.00005)


@pytest.mark.parametrize(
    ("share", "words"), [(0.072, "7 %"), (0.113, "11 %"), (0.0099, "1,0 %"), (0.0001, "0,1 %")]
)
def test_a_small_share_is_told_with_a_decimal_and_is_never_nothing(share, words):
    assert percent(share) == words


def test_the_result_is_told_of_what_was_answered():
    assert "0 de 40" in Result(asked=40, answered=40, wrong=0).words
    assert "7 %" in Result(asked=40, answered=40, wrong=0).words
    assert "%" not in Result(asked=40, answered=0, wrong=0).words


def test_a_week_is_named_by_the_days_of_its_matches():
    assert Result(asked=1, answered=0, wrong=0, week=NEXT).days == "23/11 a 29/11"


def test_weeks_are_told_apart_and_together(monday, tenant, ana):
    bare(tenant, at("17 10:00"))
    bare(tenant, at("24 10:00"))
    draw_due(at("23 10:00"))
    draw_due(at("30 10:00"))
    for each, is_right in zip(samples(tenant), (True, False), strict=True):
        say(each, is_right=is_right, by=ana)
    with tenant_scope(tenant.id):
        results = results_of(tenant, at("30 11:00"))
    assert [(each.week, each.answered, each.wrong) for each in results] == [
        (NEXT, 1, 1), (date(2026, 11, 23), 1, 0),
    ]  # fmt: skip
    assert (together(results).answered, together(results).wrong) == (2, 1)


# --- The page ---


def test_a_row_says_line_item_and_reasons(tenant, asked):
    with tenant_scope(tenant.id):
        (row,) = asked_in(tenant, NEXT)
        bill = asked.match.effects.get().bill
    assert [str(each.amount) for each in row.lines] == ["-731.17"]
    assert reverse("payments:detail", args=[bill.id]) in [link.url for link in row.links]
    assert row.reasons
    assert row.can_undo


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE, Role.APPROVER, Role.READER])
def test_everybody_sees_it_and_who_may_undo_has_the_buttons(client: Client, tenant, asked, role):
    sign_in(client, make_member(tenant, role), tenant)
    response = client.get(PAGE)
    assert response.status_code == 200
    address = reverse("reconciliation:answer_sample", args=[asked.id])
    assert (address in response.content.decode()) == (role in (Role.ADMIN, Role.FINANCE))


def test_right_comes_back_to_the_page(tenant, asked, finance: Client):
    address = reverse("reconciliation:answer_sample", args=[asked.id])
    assert finance.post(address, {"answer": "right"}).headers["Location"] == PAGE
    assert samples(tenant)[0].is_right is True


def test_wrong_leads_to_the_undo_with_its_effect(tenant, asked, finance: Client):
    address = reverse("reconciliation:answer_sample", args=[asked.id])
    response = finance.post(address, {"answer": "wrong"})
    undo = reverse("reconciliation:undo", args=[asked.match_id])
    assert response.headers["Location"] == undo
    assert finance.get(undo).status_code == 200
    assert samples(tenant)[0].is_right is False


def test_no_answer_is_asked_again(tenant, asked, finance: Client):
    address = reverse("reconciliation:answer_sample", args=[asked.id])
    assert finance.post(address, {"answer": "maybe"}).headers["Location"] == PAGE
    assert samples(tenant)[0].is_right is None


def test_a_reader_is_refused(client: Client, tenant, asked):
    sign_in(client, make_member(tenant, Role.READER), tenant)
    address = reverse("reconciliation:answer_sample", args=[asked.id])
    assert client.post(address, {"answer": "right"}).status_code == 403


def test_another_company_finds_none(client: Client, other_tenant, outsider, asked):
    sign_in(client, outsider, other_tenant)
    assert str(asked.id) not in client.get(PAGE).content.decode()
    address = reverse("reconciliation:answer_sample", args=[asked.id])
    assert client.post(address, {"answer": "right"}).status_code == 404


def test_the_page_of_automation_leads_to_it(asked, finance: Client):
    page = finance.get(reverse("reconciliation:automation")).content.decode()
    assert page.count(f'href="{PAGE}"') == 1


def test_without_a_sample_the_page_says_so(finance: Client):
    assert finance.get(PAGE).status_code == 200
