"""«Regras de extrato»: the page, the trial, the order, and applying to lines that are open."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.acts import Act
from audit.models import Record
from core.clock import database_now
from core.errors import InvalidState
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.undo import undo
from reconciliation.models import Match, Rule, RuleRun
from reconciliation.rules.edit import remove_rule
from reconciliation.rules.offered import offers_of
from reconciliation.rules.open_items import open_items_now, open_items_of
from reconciliation.rules.run import ask_for_run, go_on, outlook_of, unfinished
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_payer
from tests.payments.factories import make_bank_account, make_payable
from tests.reconciliation.matched import DAY, account_named, line, open_of
from tests.reconciliation.ruled import applied, entry, make_rule, moving, pattern, when

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PAGE = reverse("reconciliation:rules")
NEW = reverse("reconciliation:new_rule")
TRY = reverse("reconciliation:try_rule")
ORDER = reverse("reconciliation:order_rules")
APPLY = reverse("reconciliation:apply_rules")
HTMX = {"HX-Request": "true"}
WEEK = timedelta(days=7)


@pytest.fixture
def finance(client: Client, tenant: Tenant, ana: Membership) -> Client:
    sign_in(client, ana.user, tenant)
    return client


def typed(tenant: Tenant, **changes: Any) -> dict[str, Any]:
    fees = account_named(tenant, "5.5.01").id
    return {"how_1": "contains", "text_1": "TAR", "act": "entry", "account_1": fees, **changes}


def rules_in(tenant: Tenant) -> list[Rule]:
    with tenant_scope(tenant.id):
        return list(Rule.objects.of(tenant).kept().prefetch_related("slices"))


def of(name: str, rule: Rule) -> str:
    return reverse(f"reconciliation:{name}", args=[rule.id])


# --- Writing ---


def test_a_rule_is_written(finance, tenant, ana) -> None:
    answer = finance.post(NEW, typed(tenant, side="out", most="20,00"))

    (rule,) = rules_in(tenant)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert (rule.texts, rule.side, str(rule.most), rule.created_by) == (
        [{"how": "contains", "text": "TAR"}], "out", "20.00", ana.user,
    )  # fmt: skip


def test_a_split_by_per_cent_needs_only_the_first_part(finance, tenant) -> None:
    more = {"account_2": account_named(tenant, "5.2.01").id, "share_1": "70 %"}
    finance.post(NEW, typed(tenant, **more))

    (rule,) = rules_in(tenant)
    assert [int(each.percent) for each in rule.slices.all()] == [70, 30]


def test_the_other_side_is_a_document_or_a_name(finance, tenant) -> None:
    finance.post(NEW, typed(tenant, text_1="", other_side="11.444.777/0001-61"))
    finance.post(NEW, typed(tenant, text_1="", other_side="Imobiliária"))

    first, second = rules_in(tenant)
    assert (first.document, second.party_name) == ("11444777000161", "Imobiliária")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text_1": ""}, "text_1"),
        ({"how_1": "pattern", "text_1": "(abc"}, "text_1"),
        ({"how_2": "pattern", "text_2": "a(?=b)"}, "text_2"),
        ({"account_1": ""}, "account_1"),
        ({"act": "ignore"}, "why"),
        ({"act": "transfer"}, "other_account"),
        ({"share_1": "abc"}, "share_1"),
        ({"share_2": "30 %"}, "account_2"),
        ({"party": "Ninguém Ltda"}, "party"),
        ({"least": "9,00", "most": "5,00"}, "most"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_lost(
    finance, tenant, changes, field
) -> None:
    answer = finance.post(NEW, typed(tenant, name="Tarifas", **changes))

    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert form["name"].value() == "Tarifas"
    assert rules_in(tenant) == []


def test_a_rule_that_is_there_comes_back_as_it_was_typed(finance, tenant, ana) -> None:
    payer = make_payer(tenant)
    conditions = pattern(r"\bPIX\b", document=payer.document, side="in")
    rule = make_rule(ana, entry(ana, conditions, "4.1.01", party=payer))

    form = finance.get(of("rule", rule)).context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    finance.post(of("rule", rule), again | {"name": "Vendas"})

    assert reread(rule).texts == rule.texts
    assert (reread(rule).name, reread(rule).payer_id) == ("Vendas", payer.id)


def test_the_second_of_two_tabs_keeps_what_was_typed(finance, tenant, ana) -> None:
    rule = make_rule(ana, when("TAR"))
    finance.post(of("rule", rule), typed(tenant, version=1, text_1="TARIFA"))

    answer = finance.post(of("rule", rule), typed(tenant, version=1, text_1="IOF"))

    assert (answer.status_code, answer.context["form"]["text_1"].value()) == (422, "IOF")
    assert reread(rule).texts[0]["text"] == "TARIFA"


def test_who_reads_sees_the_rules_and_no_form(client, tenant, ana) -> None:
    rule = make_rule(ana, when("TAR"))
    for role in (Role.READER, Role.APPROVER):
        sign_in(client, make_member(tenant, role), tenant)
        answer = client.get(PAGE)

        assert answer.context["form"] is None
        assert len(answer.context["overview"].rows) == 1
        for name in ("rule", "switch_rule", "move_rule", "remove_rule"):
            assert client.post(of(name, rule), {}).status_code == 403
        assert {client.post(each, {}).status_code for each in (NEW, TRY, ORDER, APPLY)} == {403}


# --- The list ---


def test_a_rule_is_switched_moved_and_ordered(finance, tenant, ana) -> None:
    first, second = make_rule(ana, when("A1")), make_rule(ana, when("B2"))

    finance.post(of("switch_rule", first), {}, headers=HTMX)
    finance.post(of("move_rule", second), {"to": "up"}, headers=HTMX)
    assert (reread(first).is_on, rules_in(tenant)) == (False, [second, first])

    finance.post(ORDER, {"rule": [first.id, second.id]}, headers=HTMX)
    assert rules_in(tenant) == [first, second]


def test_a_rule_that_is_removed_is_gone_and_on_record(finance, tenant, ana) -> None:
    rule = make_rule(ana, when("A1"))

    finance.post(of("remove_rule", rule), {})

    assert rules_in(tenant) == []
    assert finance.get(of("rule", rule)).status_code == 404
    with tenant_scope(tenant.id):
        acts = Record.objects.of(tenant).about(rule).values_list("act", flat=True)
        assert set(acts) == {Act.RULE_CHANGED, Act.RULE_REMOVED}


def test_uses_and_undos_are_counted(finance, tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    rows = [line(itau, "-12.00", description="TAR PACOTE") for _ in range(3)]
    done = applied(ana, *rows).done
    with tenant_scope(tenant.id):
        undo([done[rows[0].id].id], by=ana)

    overview = finance.get(PAGE).context["overview"]

    assert [(row.uses, row.undone) for row in overview.rows] == [(3, 1)]
    assert overview.this_month == 2


def test_the_page_asks_as_often_for_many_rules(finance, tenant, ana) -> None:
    def queries() -> int:
        with CaptureQueriesContext(database) as asked:
            finance.get(PAGE)
        return len(asked)

    make_rule(ana, when("A1"))
    few = queries()
    for number in range(10):
        make_rule(ana, when(f"B{number}"))

    assert queries() == few


# --- Tried before it is saved ---


def test_a_trial_is_shown_and_nothing_is_written(finance, tenant, itau) -> None:
    line(itau, "-10.00", description="TAR PACOTE")

    answer = finance.post(TRY, typed(tenant), headers=HTMX)

    assert (answer.context["trial"].count, rules_in(tenant)) == (1, [])


def test_a_trial_needs_only_the_conditions(finance, tenant, itau) -> None:
    line(itau, "-10.00", description="TAR PACOTE")

    answer = finance.post(TRY, {"how_1": "contains", "text_1": "tar"}, headers=HTMX)

    assert answer.context["trial"].count == 1


def test_without_scripts_the_trial_is_a_page_with_the_form(finance, tenant, itau, ana) -> None:
    rule = make_rule(ana, when("TAR"))
    answer = finance.post(TRY, typed(tenant, rule=rule.id, text_1="IOF"))

    assert (answer.context["here"], answer.context["form"]["text_1"].value()) == (rule, "IOF")


def test_a_trial_of_what_cannot_be_read_says_why(finance, tenant) -> None:
    answer = finance.post(TRY, typed(tenant, how_1="pattern", text_1="(a"), headers=HTMX)

    assert answer.context["trial"] is None
    assert "text_1" in answer.context["form"].errors


# --- Offered ---


def entered(tenant: Tenant, by: Membership, row: Any, code: str = "5.3.02") -> None:
    with tenant_scope(tenant.id):
        create_entry(row.id, [Slice(account_named(tenant, code).id)], by=by)


def offered(tenant: Tenant) -> Any:
    with tenant_scope(tenant.id):
        return offers_of(tenant, DAY)


def test_a_rule_is_offered_for_what_was_done_twice(finance, tenant, itau, ana) -> None:
    rows = [line(itau, "-80.00", description=f"POSTO IPIRANGA {each}") for each in (441, 882)]
    entered(tenant, ana, rows[0])
    assert offered(tenant) == []
    entered(tenant, ana, rows[1])

    (offer,) = offered(tenant)
    answer = finance.get(f"{PAGE}?linha={offer.line.id}")

    assert (offer.times, offer.account.code) == (2, "5.3.02")
    assert answer.context["form"]["text_1"].value() == "POSTO IPIRANGA"
    assert answer.context["trial"].same == 2


def test_it_is_not_offered_for_two_classifications(tenant, itau, ana) -> None:
    for code in ("5.3.02", "5.5.01"):
        entered(tenant, ana, line(itau, "-80.00", description="POSTO IPIRANGA"), code)

    assert offered(tenant) == []


def test_it_is_not_offered_once_there_is_such_a_rule(tenant, itau, ana) -> None:
    for _ in range(2):
        entered(tenant, ana, line(itau, "-80.00", description="POSTO IPIRANGA"))
    make_rule(ana, when("IPIRANGA"))

    assert offered(tenant) == []


def test_lines_of_one_document_are_alike(finance, tenant, itau, ana) -> None:
    for text in ("PIX ENVIADO", "TED"):
        row = line(itau, "-80.00", description=text, counterparty_document="52998224725")
        entered(tenant, ana, row)

    (offer,) = offered(tenant)
    form = finance.get(f"{PAGE}?linha={offer.line.id}").context["form"]

    assert form["other_side"].value() == "529.982.247-25"


# --- Applied to what is open ---


def test_count_and_sum_come_first(finance, tenant, itau, ana) -> None:
    bill = make_payable(tenant)
    make_rule(ana, when("TAR"))
    line(itau, "-10.00", description="TAR A")
    line(itau, "-15.00", description="TAR B")
    line(itau, "-9.00", description="TAR C", counterparty_document=bill.payee.document)
    line(itau, "-9.00", description="OUTRA")

    outlook = finance.get(APPLY).context["outlook"]

    assert (outlook.count, str(outlook.total), outlook.left) == (2, "25.00", 1)


def test_what_was_shown_is_applied_and_a_second_time_nothing(finance, tenant, itau, ana) -> None:
    rule = make_rule(ana, when("TAR"))
    rows = [line(itau, "-10.00", description="TAR A") for _ in range(30)]
    shown = finance.get(APPLY).context["outlook"].shown

    answer = finance.post(APPLY, {"shown": shown})
    run = tenant_run(tenant)
    assert answer["Location"] == reverse("reconciliation:rule_run", args=[run.id])
    assert go_on(tenant.id, run.id) is False

    run = reread(run)
    assert (run.done, run.left, run.finished_at is None) == (30, 0, False)
    assert {open_of(row) for row in rows} == {0}
    assert finance.get(APPLY).context["outlook"].count == 0
    with tenant_scope(tenant.id):
        assert Match.objects.of(tenant).filter(rule=rule, degree="rule").count() == 30


def tenant_run(tenant: Tenant) -> RuleRun:
    with tenant_scope(tenant.id):
        return RuleRun.objects.of(tenant).get()


def test_what_changed_since_it_was_shown_is_shown_again(finance, tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    line(itau, "-10.00", description="TAR A")
    shown = finance.get(APPLY).context["outlook"].shown
    line(itau, "-15.00", description="TAR B")

    answer = finance.post(APPLY, {"shown": shown})

    assert (answer.status_code, answer.context["outlook"].count) == (422, 2)


def test_one_run_at_a_time(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    line(itau, "-10.00", description="TAR A")
    with tenant_scope(tenant.id):
        shown = outlook_of(tenant).shown
        ask_for_run(shown, by=ana)

        with pytest.raises(InvalidState, check=lambda error: error.code == "running"):
            ask_for_run(shown, by=ana)


def test_a_run_that_nobody_works_at_is_found(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    line(itau, "-10.00", description="TAR A")
    with tenant_scope(tenant.id):
        run = ask_for_run(outlook_of(tenant).shown, by=ana)

    assert unfinished(database_now()) == [(tenant.id, run.id)]


def test_a_run_stops_when_who_asked_may_not_any_more(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    row = line(itau, "-10.00", description="TAR A")
    with tenant_scope(tenant.id):
        run = ask_for_run(outlook_of(tenant).shown, by=ana)
    change(ana, role=Role.READER)

    go_on(tenant.id, run.id)

    assert (reread(run).done, bool(reread(run).stopped_why), open_of(row)) == (0, True, -10)


def test_a_line_that_somebody_explained_meanwhile_is_left_alone(tenant, itau, ana) -> None:
    make_rule(ana, when("TAR"))
    row = line(itau, "-10.00", description="TAR A")
    with tenant_scope(tenant.id):
        run = ask_for_run(outlook_of(tenant).shown, by=ana)
    entered(tenant, ana, row)

    go_on(tenant.id, run.id)

    assert (reread(run).done, reread(run).left) == (0, 0)


def test_a_line_at_which_a_rule_fails_is_left_and_the_others_are_done(tenant, itau, ana) -> None:
    other = make_bank_account(tenant, preferred=False)
    make_rule(ana, moving(when("TAR"), other))
    first, last = (line(itau, "-10.00", day, description="TAR") for day in (DAY, DAY + WEEK))
    failing = line(itau, "-10.00", date.max, description="TAR")  # no day comes after it
    with tenant_scope(tenant.id):
        run = ask_for_run(outlook_of(tenant).shown, by=ana)

    assert go_on(tenant.id, run.id) is False

    run = reread(run)
    assert (run.done, run.left, run.finished_at is None) == (2, 1, False)
    assert [open_of(row) for row in (first, failing, last)] == [0, -10, 0]


def test_a_bill_that_was_entered_while_the_rules_run_holds_its_line(tenant, itau, ana) -> None:
    row = line(itau, "-9.00", description="TAR", counterparty_name="PADARIA ESTRELA DOURADA")
    has_open_item = open_items_now(tenant)
    with tenant_scope(tenant.id):
        before = has_open_item(row)
    bill = make_payable(tenant)
    with tenant_scope(tenant.id):
        change(bill.payee, name="Padaria Estrela Dourada Ltda")

        assert (before, has_open_item(row)) == (False, True)


TOLD: list[dict[str, Any]] = [
    {"counterparty_name": "PADARIA ESTRELA DOURADA"},
    {"counterparty_name": "Padaria Estrla Dourada Ltda"},
    {"counterparty_name": "DOURADA ESTRELA PADARIA LTDA"},
    {"description": "PIX ENVIADO PADARIA ESTRELA D"},
    {"description": "PAGTO PAO QUENTE"},
    {"counterparty_document": "11222333000181"},
    {"counterparty_document": "11222333000262"},  # another establishment
    {"masked_document": "**222333000***"},
    {"description": "PAGTO A 11.222.333/0001-81"},
]
OTHERS: list[dict[str, Any]] = [
    {"counterparty_name": "PADARIA DO ZE"},
    {"counterparty_document": "52998224725"},
    {"masked_document": "***982247**"},
    {"description": "DOURADO"},
    {},
]


@pytest.mark.parametrize("told", TOLD + OTHERS)
def test_what_is_read_for_one_line_says_what_all_parties_say(tenant, itau, told) -> None:
    bill = make_payable(tenant)
    make_payable(tenant)
    with tenant_scope(tenant.id):
        change(
            bill.payee,
            name="Padaria Estrela Dourada Ltda",
            trade_name="Pão Quente",
            document="11222333000181",
        )
        row = line(itau, "-9.00", **told)

        said = open_items_of(tenant, [row])(row)
        assert (said, open_items_now(tenant)(row)) == (told in TOLD, told in TOLD)


def test_a_rule_removed_meanwhile_does_nothing(tenant, itau, ana) -> None:
    rule = make_rule(ana, when("TAR"))
    row = line(itau, "-10.00", description="TAR A")
    with tenant_scope(tenant.id):
        run = ask_for_run(outlook_of(tenant).shown, by=ana)
        remove_rule(rule.id, by=ana)

    go_on(tenant.id, run.id)

    assert open_of(row) == -10
