"""Cost centres in «Conciliar»: created, split, in bulk, by rules, given back and undone."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import CostCenter, JournalEntry
from audit.acts import Act
from banking.models import BankAccount, StatementLine
from core.errors import InvalidInput
from reconciliation.bulk.draft import Entries, begin
from reconciliation.forms.selection import filter_text
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.give_back import give_back
from reconciliation.matches.undo import undo
from reconciliation.models import BulkAct, Match, MatchEffect, Rule, RuleSlice
from reconciliation.reads.history import links_of
from reconciliation.reads.pairs import pairs_of, with_state
from reconciliation.rules.apply import Held
from reconciliation.rules.offered import offers_of
from reconciliation.rules.sentence import sentences
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.accounts.centers import archived, centers_in, make_cost_center
from tests.audit.reading import audit_of
from tests.reading import codes
from tests.reconciliation.matched import (
    DAY,
    account_named,
    difference,
    line,
    make_entry,
    matched,
    open_of,
)
from tests.reconciliation.rows import HTMX, post, url
from tests.reconciliation.ruled import applied, caught_by, entry, make_rule, when

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
RENT, LIGHT = "5.2.01", "5.2.02"
NEW_RULE = reverse("reconciliation:new_rule")


@pytest.fixture
def head(tenant: Tenant) -> CostCenter:
    return make_cost_center(tenant, "Matriz")


@pytest.fixture
def branch(tenant: Tenant) -> CostCenter:
    return make_cost_center(tenant, "Filial")


@pytest.fixture
def foreign(other_tenant: Tenant) -> CostCenter:
    return make_cost_center(other_tenant, "Deles")


def sliced(tenant: Tenant, center: CostCenter | None, code: str = RENT, **more: Any) -> Slice:
    account = account_named(tenant, code)
    return Slice(account.id, cost_center=center.id if center else None, **more)


def created(row: StatementLine, by: Membership, *slices: Slice) -> Match:
    with tenant_scope(by.tenant_id):
        return create_entry(row.id, slices, by=by)


def entry_of(match: Match, kind: str = "created") -> JournalEntry:
    with tenant_scope(match.tenant_id):
        effects = MatchEffect.objects.of(match.tenant_id).select_related("entry")
        found = effects.get(match=match, kind=kind).entry
    assert found is not None
    return found


def told_by(match: Match, kind: str = "created") -> list[tuple[str, Decimal]]:
    """Centre and amount of what is not on the bank's own account."""
    return [(center, amount) for _, center, amount in centers_in(entry_of(match, kind))[1:]]


# --- Create ---


def test_a_line_is_split_over_two_centres_of_one_account(tenant, itau, ana, head, branch) -> None:
    row = line(itau, "-100.01")

    made = created(
        row, ana, sliced(tenant, head, percent=D(70)), sliced(tenant, branch, percent=D(30))
    )

    assert told_by(made) == [("Matriz", D("70.01")), ("Filial", D("30.00"))]
    assert open_of(row) == 0
    (record,) = audit_of(tenant, Act.LINE_ENTERED)
    assert all(name in record.after["Classificação"] for name in ("Matriz", "Filial"))


def test_its_row_and_its_history_tell_account_and_centre(tenant, itau, ana, head, branch) -> None:
    row = line(itau, "-100.00")
    split = sliced(tenant, head, percent=D(70)), sliced(tenant, branch, LIGHT, percent=D(30))
    made = created(row, ana, *split)

    with tenant_scope(tenant.id):
        rows = with_state(StatementLine.objects.of(tenant).filter(id=row.id))
        (said,) = pairs_of(tenant.id, rows)[row.id].said
        (link,) = links_of(tenant.id, [made.id])[made.id]

    rent, light = account_named(tenant, RENT).name, account_named(tenant, LIGHT).name
    told = f"{rent} · Matriz, {light} · Filial"
    assert (said.targets[0].detail, link.detail) == (told, told)


def test_money_that_came_has_a_centre_too(tenant, itau, ana, head) -> None:
    made = created(line(itau, "80.00"), ana, sliced(tenant, head, "4.1.01"))

    assert told_by(made) == [("Matriz", D(-80))]


@pytest.mark.parametrize("code", ["1.1.1.02", "2.1.1.01"])
def test_a_centre_of_no_result_is_refused(tenant, itau, ana, head, code) -> None:
    with pytest.raises(InvalidInput) as refused:
        created(line(itau, "-10.00"), ana, sliced(tenant, head, code))

    assert (refused.value.field, refused.value.code) == ("cost_center", "takes_no_center")


def test_an_archived_or_foreign_centre_is_refused(tenant, itau, ana, head, foreign) -> None:
    for center in (archived(head), foreign):
        with pytest.raises(InvalidInput) as refused:
            created(line(itau, "-10.00"), ana, sliced(tenant, center))
        assert refused.value.field == "cost_center"


def test_undoing_takes_it_back_from_the_centre_also_once_archived(tenant, itau, ana, head) -> None:
    made = created(line(itau, "-10.00"), ana, sliced(tenant, head))
    archived(head)

    with tenant_scope(tenant.id):
        undo([made.id], by=ana)
        reversal = JournalEntry.objects.of(tenant).get(reverses=entry_of(made))

    assert centers_in(reversal)[1:] == [(RENT, "Matriz", D(-10))]


@pytest.mark.parametrize("amount", ["10.00", "4.00"])
def test_what_comes_back_comes_back_to_the_centre(tenant, itau, ana, head, amount) -> None:
    left, back = line(itau, "-10.00"), line(itau, amount)
    created(left, ana, sliced(tenant, head))

    with tenant_scope(tenant.id):
        made = give_back(back.id, left.id, by=ana).match

    assert made is not None
    assert told_by(made, "given_back") == [("Matriz", -D(amount))]


def test_an_entry_that_is_written_again_with_a_fee_keeps_its_centre(
    tenant, itau, ana, head
) -> None:
    sale = make_entry(itau, "100.00", code="4.1.01", center=head)

    made = matched(line(itau, "97.00"), sale, difference("fee", "-3.00"), by=ana)
    with tenant_scope(tenant.id):
        again = entry_of(made, "rewritten")
        undo([made.id], by=ana)
        former = JournalEntry.objects.of(tenant).get(replaces=again)

    assert ("4.1.01", "Matriz", D(-100)) in centers_in(again)
    assert centers_in(former)[1:] == [("4.1.01", "Matriz", D(-100))]


# --- Its form ---


def test_the_form_asks_only_where_there_is_a_centre_in_use(finance, itau, tenant) -> None:
    def asked() -> set[str]:
        form = finance.get(url("create", line(itau, "-1.00")), headers=HTMX).context["form"]
        return {name for name in form.fields if name.startswith("center")}

    assert asked() == set()
    archived(make_cost_center(tenant, "Antiga"))
    assert asked() == set()
    make_cost_center(tenant, "Matriz")
    assert asked() == {f"center_{number}" for number in (1, 2, 3, 4)}


def test_a_split_over_centres_is_typed(finance, tenant, itau, head, branch) -> None:
    row, rent = line(itau, "-100.00"), account_named(tenant, RENT).id

    post(
        finance, "create", row, account_1=rent, share_1="70 %", center_1=head.id, account_2=rent,
        center_2=branch.id,
    )  # fmt: skip

    with tenant_scope(tenant.id):
        made = Match.objects.of(tenant).get()
    assert told_by(made) == [("Matriz", D(70)), ("Filial", D(30))]


def test_a_mistake_is_told_at_the_centre_and_nothing_is_lost(
    finance, tenant, itau, head, foreign
) -> None:
    row, rent = line(itau, "-100.00"), account_named(tenant, RENT).id
    debt, old = account_named(tenant, "2.1.1.01").id, archived(make_cost_center(tenant, "Antiga"))

    wrong = [
        ({"account_1": rent, "center_1": foreign.id}, {"center_1": ["invalid_choice"]}),
        ({"account_1": rent, "center_1": old.id}, {"center_1": ["invalid_choice"]}),
        ({"account_1": debt, "center_1": head.id}, {"center_1": ["takes_no_center"]}),
        ({"account_1": rent, "center_2": head.id}, {"center_2": ["no_account"]}),
    ]
    for typed, mistakes in wrong:
        answer = post(finance, "create", row, memo="Papel", **typed)
        form = answer.context["form"]
        assert (answer.status_code, codes(form)) == (422, mistakes)
        assert form["memo"].value() == "Papel"
    assert open_of(row) == D(-100)


def test_the_last_centre_archived_since_the_form_was_opened_is_not_passed_over(
    finance, tenant, itau, head
) -> None:
    row = line(itau, "-100.00")
    archived(head)

    answer = post(
        finance, "create", row, account_1=account_named(tenant, RENT).id, center_1=head.id
    )

    assert codes(answer.context["form"]) == {"center_1": ["invalid_choice"]}
    assert open_of(row) == D(-100)


def test_the_centre_of_the_last_line_like_it_is_offered(finance, tenant, itau, ana, head) -> None:
    created(line(itau, "-10.00", description="IMOBILIARIA"), ana, sliced(tenant, head))

    def offered(text: str) -> Any:
        row = line(itau, "-20.00", description=text)
        return finance.get(url("create", row), headers=HTMX).context["form"]["center_1"].value()

    assert offered("IMOBILIARIA") == head.id
    assert offered("OUTRO") is None
    make_cost_center(tenant, "Loja")
    archived(head)
    assert offered("IMOBILIARIA") is None


# --- Many at once ---


def review(client: Client, account: BankAccount, *rows: StatementLine) -> BulkAct:
    ids = ",".join(str(row.id) for row in rows)
    typed = {"filtro": filter_text({}, account), "ids": ids, "ato": "criar"}
    answer = client.post(reverse("reconciliation:review_bulk"), typed, headers=HTMX)
    bulk: BulkAct = answer.context["bulk"]
    return bulk


def confirm(client: Client, bulk: BulkAct, **typed: str) -> Any:
    address = reverse("reconciliation:confirm_bulk", args=[bulk.id])
    return client.post(address, typed, headers=HTMX)


def test_many_lines_become_entries_of_one_centre(finance, tenant, itau, head) -> None:
    rows = [line(itau, f"-{number}.00") for number in (1, 2)]

    bulk = review(finance, itau, *rows)
    confirm(finance, bulk, account=str(account_named(tenant, RENT).id), cost_center=str(head.id))

    with tenant_scope(tenant.id):
        made = list(Match.objects.of(tenant).order_by("id"))
    assert [told_by(each) for each in made] == [[("Matriz", D(1))], [("Matriz", D(2))]]


def test_of_many_a_mistake_is_told_at_the_centre(finance, tenant, itau, head, foreign) -> None:
    row = line(itau, "-1.00")
    rent, debt = (str(account_named(tenant, code).id) for code in (RENT, "2.1.1.01"))
    old = archived(make_cost_center(tenant, "Antiga"))

    bulk = review(finance, itau, row)
    for account, center, code in (
        (rent, foreign, "invalid_choice"), (rent, old, "invalid_choice"),
        (debt, head, "takes_no_center"),
    ):  # fmt: skip
        answer = confirm(finance, bulk, account=account, cost_center=str(center.id))
        assert codes(answer.context["form"]) == {"cost_center": [code]}
    assert open_of(row) == D(-1)


def test_a_centre_that_is_archived_while_many_are_created_refuses_the_rest(
    finance, tenant, itau, ana, head
) -> None:
    bulk = review(finance, itau, line(itau, "-1.00"))
    account = account_named(tenant, RENT).id
    with tenant_scope(tenant.id):
        with pytest.raises(InvalidInput):
            begin(bulk, by=ana, entries=Entries(account, cost_center=archived(head).id))
        bulk.refresh_from_db()
    assert bulk.stage == BulkAct.Stage.DRAFT


# --- Rules ---


def split(tenant: Tenant, by: Membership, head: CostCenter, branch: CostCenter) -> Rule:
    slices = [sliced(tenant, head, percent=D(70)), sliced(tenant, branch, percent=D(30))]
    return make_rule(by, entry(by, when("ALUGUEL"), slices=slices))


@pytest.mark.parametrize("amount", ["100.01", "0.03", "4800.00", "33.33"])
def test_a_rule_splits_over_two_centres_to_the_centavo(
    tenant, itau, ana, head, branch, amount
) -> None:
    split(tenant, ana, head, branch)
    row = line(itau, f"-{amount}", description="ALUGUEL")

    done = applied(ana, row).done

    (first, second) = told_by(done[row.id])
    assert (first[0], second[0]) == ("Matriz", "Filial")
    assert first[1] + second[1] == D(amount)
    assert abs(first[1] - D(amount) * D("0.7")) < D("0.01")


def test_a_rule_with_an_archived_centre_only_proposes(tenant, itau, ana, head, branch) -> None:
    split(tenant, ana, head, branch)
    archived(branch)
    row = line(itau, "-100.00", description="ALUGUEL")

    outcome = applied(ana, row)

    assert outcome.done == {}
    proposed = outcome.proposed[row.id]
    assert proposed.held == Held.REFUSED and "Filial" in proposed.words
    assert open_of(row) == D(-100)


def test_a_rule_says_its_centres(tenant, ana, head, branch) -> None:
    rule = split(tenant, ana, head, branch)
    alone = make_rule(ana, entry(ana, when("LUZ"), slices=[sliced(tenant, head, LIGHT)]))
    without = make_rule(ana, entry(ana, when("TAR"), LIGHT))

    with tenant_scope(tenant.id):
        said, of_one, of_none = (sentences(each).then for each in (rule, alone, without))

    assert "70\u00a0% Matriz" in said and "30\u00a0% Filial" in said
    assert "Matriz" in of_one
    assert "centro" not in of_none


def test_the_form_of_a_rule_keeps_its_centres(finance, tenant, head, branch) -> None:
    rent = account_named(tenant, RENT).id
    data = {
        "how_1": "contains", "text_1": "ALUGUEL", "act": "entry", "account_1": rent,
        "share_1": "70 %", "center_1": head.id, "account_2": rent, "center_2": branch.id,
    }  # fmt: skip

    assert finance.post(NEW_RULE, data).status_code == 302

    with tenant_scope(tenant.id):
        (rule,) = Rule.objects.of(tenant)
        kept = list(RuleSlice.objects.of(tenant).values_list("percent", "cost_center"))
    assert kept == [(D(70), head.id), (D(30), branch.id)]
    form = finance.get(reverse("reconciliation:rule", args=[rule.id])).context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert finance.post(reverse("reconciliation:rule", args=[rule.id]), again).status_code == 302
    with tenant_scope(tenant.id):
        kept_again = RuleSlice.objects.of(tenant).values_list("percent", "cost_center")
        assert list(kept_again) == kept


def test_a_rules_mistake_is_told_at_the_centre(finance, tenant, head, foreign) -> None:
    rent, debt = (account_named(tenant, code).id for code in (RENT, "2.1.1.01"))
    old = archived(make_cost_center(tenant, "Antiga"))
    data = {"how_1": "contains", "text_1": "ALUGUEL", "act": "entry"}

    for account, center, code in (
        (rent, foreign, "invalid_choice"), (rent, old, "invalid_choice"),
        (debt, head, "takes_no_center"),
    ):  # fmt: skip
        answer = finance.post(NEW_RULE, data | {"account_1": account, "center_1": center.id})
        form = answer.context["form"]
        assert (answer.status_code, codes(form)) == (422, {"center_1": [code]})
        assert form["text_1"].value() == "ALUGUEL"


def test_the_form_of_a_rule_shows_that_its_centre_was_archived(finance, tenant, ana, head) -> None:
    rule = make_rule(ana, entry(ana, when("LUZ"), slices=[sliced(tenant, head, LIGHT)]))
    archived(head)
    address = reverse("reconciliation:rule", args=[rule.id])

    form = finance.get(address).context["form"]
    answer = finance.post(address, {name: form[name].value() or "" for name in form.fields})

    assert str(form["center_1"].value()) == str(head.id)
    assert codes(answer.context["form"]) == {"center_1": ["invalid_choice"]}


def test_an_archived_centre_does_not_stand_against_another_action(
    finance, tenant, ana, head
) -> None:
    rule = make_rule(ana, entry(ana, when("LUZ"), slices=[sliced(tenant, head, LIGHT)]))
    archived(head)
    address = reverse("reconciliation:rule", args=[rule.id])

    form = finance.get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    answer = finance.post(address, data | {"act": "ignore", "why": "Não é nosso"})

    assert answer.status_code == 302


def test_a_rule_is_offered_with_the_centre_that_was_the_same_twice(
    finance, tenant, itau, ana, head
) -> None:
    for _ in range(2):
        created(line(itau, "-10.00", description="IMOBILIARIA"), ana, sliced(tenant, head))

    with tenant_scope(tenant.id):
        (offer,) = offers_of(tenant, DAY)
    page = finance.get(f"{reverse('reconciliation:rules')}?linha={offer.line.id}")

    assert (offer.account.code, offer.cost_center) == (RENT, head)
    assert page.context["form"]["center_1"].value() == head.id
    assert page.context["trial"].same == 2


def test_no_rule_is_offered_for_two_centres(tenant, itau, ana, head, branch) -> None:
    for center in (head, branch):
        created(line(itau, "-10.00", description="IMOBILIARIA"), ana, sliced(tenant, center))

    with tenant_scope(tenant.id):
        assert offers_of(tenant, DAY) == []


def test_no_rule_is_offered_for_a_centre_that_was_archived(tenant, itau, ana, head) -> None:
    for _ in range(2):
        created(line(itau, "-10.00", description="IMOBILIARIA"), ana, sliced(tenant, head))
    archived(head)

    with tenant_scope(tenant.id):
        assert offers_of(tenant, DAY) == []


def test_a_trial_tells_what_went_to_another_centre(tenant, itau, ana, head, branch) -> None:
    for center in (head, branch, None):
        created(line(itau, "-10.00", description="ALUGUEL"), ana, sliced(tenant, center))

    trial = caught_by(ana, entry(ana, when("ALUGUEL"), slices=[sliced(tenant, head)]))

    assert (trial.same, trial.otherwise) == (1, 2)
    assert any("Filial" in caught.otherwise for caught in trial.shown)


# --- Walls ---


def test_no_part_of_a_rule_names_another_companys_centre(tenant, ana, head, foreign) -> None:
    make_rule(ana, entry(ana, when("LUZ"), slices=[sliced(tenant, head, LIGHT)]))

    with (
        pytest.raises(IntegrityError, match="cost_center_id_tenant_fk"),
        transaction.atomic(),
        tenant_scope(tenant.id),
    ):
        RuleSlice.objects.of(tenant).update(cost_center=foreign.id)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_only_what_is_created_of_many_has_a_centre(tenant, itau, ana, head) -> None:
    with (
        pytest.raises(IntegrityError, match="bulkact_centered"),
        transaction.atomic(),
        tenant_scope(tenant.id),
    ):
        BulkAct.objects.create(
            tenant=tenant, bank_account=itau, kind="ignore", made_by=ana.user, cost_center=head
        )
