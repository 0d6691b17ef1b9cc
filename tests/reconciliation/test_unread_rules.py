"""A rule whose texts cannot be read any more: set apart and said, and it hides no other."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from reconciliation.engine.run import work
from reconciliation.models import Rule
from reconciliation.reads.offers import usual_classification
from reconciliation.rules.offered import offers_of
from reconciliation.rules.run import ask_for_run, go_on, outlook_of
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.reconciliation.matched import DAY, D, line, open_of
from tests.reconciliation.ruled import classification_id, make_rule, pattern, when
from tests.reconciliation.stacked import created

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PAGE = reverse("reconciliation:rules")
APPLY = reverse("reconciliation:apply_rules")
# As an older engine of patterns, or another hand, may have kept them.
UNREAD = (
    [{"how": "pattern", "text": "TAR("}],
    [{"how": "sounds_like", "text": "TAR"}],
    [{"text": "TAR"}],
    ["TAR"],
)


def make_unread(by: Membership, texts: Any = UNREAD[0], **more: Any) -> Rule:
    rule = make_rule(by, pattern("TAR", **more))
    change(rule, texts=texts)
    return rule


@pytest.mark.parametrize("texts", UNREAD)
def test_its_lines_are_left_and_said_on_the_page_of_runs(
    finance: Client, itau: BankAccount, ana: Membership, texts: Any
) -> None:
    rule = make_unread(ana, texts, side=Rule.Side.OUT)
    make_rule(ana, when("TAR"))
    line(itau, "-10.00", description="TAR")
    line(itau, "7.00", description="TAR")  # not of its side

    page = finance.get(APPLY)
    outlook = page.context["outlook"]

    assert reverse("reconciliation:rule", args=[rule.id]) in page.content.decode()
    assert (outlook.count, outlook.total) == (1, D("7.00"))
    assert [(each.rule, each.count) for each in outlook.unread.values()] == [(rule, 1)]


@pytest.mark.parametrize("texts", UNREAD)
def test_it_is_marked_in_the_list_and_may_be_written_again(
    finance: Client, ana: Membership, texts: Any
) -> None:
    rule, other = make_unread(ana, texts), make_rule(ana, when("UBER"))

    rows = finance.get(PAGE).context["overview"].rows

    assert [(row.rule, row.is_unread) for row in rows] == [(rule, True), (other, False)]
    assert finance.get(reverse("reconciliation:rule", args=[rule.id])).status_code == 200
    with tenant_scope(ana.tenant_id):
        fees = classification_id(ana, "5.5.01")
    typed = {"how_1": "contains", "text_1": "TAR", "act": "entry", "account_1": fees}
    finance.post(reverse("reconciliation:rule", args=[rule.id]), typed | {"version": rule.version})
    assert reread(rule).texts == [{"how": "contains", "text": "TAR"}]


def test_a_rule_that_was_spoilt_meanwhile_leaves_the_lines_of_the_run(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    rule, row = make_rule(ana, pattern("TAR")), line(itau, "-10.00", description="TAR")
    with tenant_scope(tenant.id):
        run = ask_for_run(outlook_of(tenant).shown, by=ana)
    change(rule, texts=UNREAD[0])

    assert go_on(tenant.id, run.id) is False

    assert reread(run).finished_at is not None
    assert open_of(row) == D("-10.00")


def test_the_engine_looks_at_all_lines_and_follows_the_other_rules(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    make_unread(ana, side=Rule.Side.OUT)
    make_rule(ana, when("TAR"))
    left, followed = (line(itau, each, description="TAR") for each in ("-10.00", "7.00"))

    work(tenant.id)

    assert (open_of(left), open_of(followed)) == (D("-10.00"), 0)


def test_what_is_offered_and_proposed_does_not_ask_it(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    make_unread(ana)
    for _ in range(2):
        created(line(itau, "-8.00", description="UBER"), ana)
    row = line(itau, "-8.00", description="UBER")

    with tenant_scope(tenant.id):
        assert len(offers_of(tenant, DAY)) == 1
        assert usual_classification(row, ana).account == classification_id(ana, "5.5.01")
