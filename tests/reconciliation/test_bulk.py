"""Many lines of «Conciliar» at once: what is chosen, what is asked first, what came of each."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from accounts.models import JournalEntry
from banking.models import BankAccount, StatementLine
from charges.models import Charge
from charges.states import ChargeStatus
from core.clock import database_now
from core.errors import NotAllowed
from reconciliation.bulk import draft as drafts
from reconciliation.bulk.selection import MOST
from reconciliation.bulk.work import NO_MORE_ACCESS, unfinished, work
from reconciliation.engine import run as engine
from reconciliation.matches.ignore import ignore
from reconciliation.matches.undo import undo
from reconciliation.models import BulkAct, BulkLine, Match
from reconciliation.views.bulk import AT_ONCE
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_line, make_lines, reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import opened
from tests.payments.factories import make_bank_account
from tests.reconciliation.bulk_acts import begun, confirm, drafted, filter_of, review, states
from tests.reconciliation.matched import (
    DAY,
    D,
    account_named,
    balance,
    line,
    make_entry,
    matched,
    open_of,
)
from tests.reconciliation.rows import HTMX

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

Kind, State = BulkAct.Kind, BulkLine.State


def select(client: Client, account: BankAccount, *rows: StatementLine, **more: str) -> Any:
    ids = ",".join(str(row.id) for row in rows)
    typed = {"filtro": filter_of(account), "ids": ids, **more}
    return client.post(reverse("reconciliation:selected"), typed, headers=HTMX)


def proposed(tenant: Tenant, account: BankAccount, amount: str) -> tuple[StatementLine, Charge]:
    """A charge, and the only line of its payer and value."""
    payer = make_payer(tenant)
    charge = opened(make_charge(tenant, account, amount, payer=payer))
    row = line(account, amount, charge.due_date, counterparty_document=payer.document)
    engine.work(tenant.id)
    return row, charge


# --- What is chosen ---------------------------------------------------------------------------


def test_count_and_sum_are_of_what_is_ticked(finance: Client, itau: BankAccount) -> None:
    """R-BLK01: of both sides, whichever page they are on."""
    came, left = line(itau, "100.10"), line(itau, "-30.00")
    line(itau, "7.00")

    told = select(finance, itau, came, left).context["summary"]

    assert (told.count, told.came, told.left, told.found) == (2, D("100.10"), D("30.00"), 3)


def test_all_of_the_filter_are_those_that_it_finds_but_what_was_taken_out(
    finance: Client, itau: BankAccount
) -> None:
    make_lines(itau, *["10.00"] * 60, day=DAY)
    first = line(itau, "10.00")
    line(itau, "-5.00")

    answer = select(finance, itau, first, escolha="todas", filtro=filter_of(itau, tipo="entradas"))

    assert (answer.context["summary"].count, answer.context["summary"].came) == (60, D("600.00"))


def test_more_than_one_act_takes_is_told(finance: Client, itau: BankAccount) -> None:
    make_lines(itau, *["1.00"] * (MOST + 1), day=DAY)

    told = select(finance, itau, escolha="todas").context["summary"]
    typed = {"filtro": filter_of(itau), "escolha": "todas", "ato": "ignorar"}
    refused = finance.post(reverse("reconciliation:review_bulk"), typed, headers=HTMX)

    assert told.is_too_much and refused.status_code == 422
    with tenant_scope(itau.tenant_id):
        assert not BulkAct.objects.of(itau.tenant_id).exists()


def test_a_line_of_another_account_is_none_of_the_selection(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    other = line(make_bank_account(tenant, preferred=False), "9.00")

    assert select(finance, itau, other).context["summary"].count == 0


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_only_reads_selects_nothing(
    client: Client, tenant: Tenant, itau: BankAccount, role: Role
) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    for name in ("selected", "review_bulk"):
        typed = {"filtro": filter_of(itau)}
        assert client.post(reverse(f"reconciliation:{name}"), typed).status_code == 403


def test_an_account_of_another_company_is_no_filter(
    client: Client, other_tenant: Tenant, outsider: User, itau: BankAccount
) -> None:
    sign_in(client, outsider, other_tenant)

    answer = client.post(reverse("reconciliation:selected"), {"filtro": filter_of(itau)})

    assert answer.status_code == 400


# --- Accept -----------------------------------------------------------------------------------


def test_proposals_are_accepted_at_once_and_the_sum_is_said_first(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    pairs = [proposed(tenant, itau, amount) for amount in ("10.00", "20.00")]
    bare = line(itau, "5.00")
    rows = [row for row, _ in pairs]

    bulk = review(finance, "conciliar", itau, *rows, bare)
    with tenant_scope(tenant.id):
        told = drafts.by_certainty(bulk)["certas"]
    answer = confirm(finance, bulk)

    assert (told.count, told.came) == (2, D("30.00"))
    assert states(bulk) == {
        rows[0].id: State.DONE, rows[1].id: State.DONE, bare.id: State.LEFT_OUT,
    }  # fmt: skip
    assert [reread(charge).status for _, charge in pairs] == [ChargeStatus.PAID] * 2
    assert json.loads(answer.headers["HX-Trigger"])["lines-kept"] == {"ids": []}


def test_a_line_and_its_return_that_are_both_chosen_are_accepted_once(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-12.90", DAY, kind="fee", description="TARIFA PACOTE")
    back = line(itau, "12.90", DAY, description="ESTORNO TARIFA PACOTE")
    engine.work(tenant.id)

    bulk = review(finance, "conciliar", itau, row, back)
    confirm(finance, bulk)

    assert list(states(bulk).values()) == [State.DONE]
    assert (open_of(row), open_of(back)) == (0, 0)


def test_what_a_worker_does_is_selected_no_more(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    make_lines(itau, *["10.00"] * (AT_ONCE + 1), day=DAY)
    bulk = review(finance, "ignorar", itau, escolha="todas")

    answer = confirm(finance, bulk, why="do banco")

    assert set(states(bulk).values()) == {State.WAITING}
    assert json.loads(answer.headers["HX-Trigger"]) == {"lines-taken": True}


def test_only_proposals_over_the_score_are_accepted(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    sure, _ = proposed(tenant, itau, "10.00")
    charge = opened(make_charge(tenant, itau, "20.00"))
    unsure = line(itau, "20.00", charge.due_date)  # that names nobody
    engine.work(tenant.id)

    bulk = review(finance, "conciliar", itau, sure, unsure)
    with tenant_scope(tenant.id):
        told = drafts.by_certainty(bulk)
    confirm(finance, bulk, certeza="certas")

    assert (told["certas"].came, told["todas"].came) == (D("10.00"), D("30.00"))
    assert states(bulk) == {sure.id: State.DONE, unsure.id: State.LEFT_OUT}
    assert open_of(unsure) == D("20.00")


def test_of_ten_of_which_two_are_refused_eight_are_done_and_two_stay_ticked(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    """R-BLK02."""
    bia = membership(tenant)
    pairs = [proposed(tenant, itau, f"{number}.00") for number in range(11, 21)]
    rows = [row for row, _ in pairs]
    bulk = review(finance, "conciliar", itau, *rows)
    matched(rows[3], make_entry(itau, "14.00", code="4.1.01"), by=bia)
    matched(line(itau, "17.00"), [pairs[6][1]], by=bia)

    answer = confirm(finance, bulk)

    told = answer.context["outcome"]
    refused = [row.statement_line_id for row in told.reasons]
    assert (told.done, told.refused) == (8, 2)
    assert sorted(refused) == sorted([rows[3].id, rows[6].id])
    assert bia.user.display_name in told.reasons[0].words
    kept = json.loads(answer.headers["HX-Trigger"])["lines-kept"]["ids"]
    assert sorted(kept) == sorted(str(each) for each in refused)


def test_what_was_confirmed_is_not_done_twice(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row, _ = proposed(tenant, itau, "10.00")
    bulk = review(finance, "conciliar", itau, row)

    confirm(finance, bulk)
    again = confirm(finance, bulk)

    assert again.status_code == 422
    with tenant_scope(tenant.id):
        assert Match.objects.of(tenant).count() == 1


def test_an_act_is_confirmed_by_who_asked_for_it(
    client: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    row = line(itau, "-10.00")
    bulk = drafted(Kind.IGNORE, ana, row)
    sign_in(client, membership(tenant).user, tenant)

    confirm(client, bulk, why="Não é nossa")

    assert open_of(row) == D("-10.00")


# --- Ignore --------------------------------------------------------------------------


def test_many_are_ignored_with_one_reason(finance: Client, itau: BankAccount) -> None:
    rows = [line(itau, f"-{number}.00") for number in (1, 2, 3)]

    bulk = review(finance, "ignorar", itau, *rows)
    without = confirm(finance, bulk)
    confirm(finance, bulk, why="Estorno do mesmo dia")

    assert without.status_code == 422 and without.context["form"].errors["why"]
    assert without.context["form"]["why"].field.required  # its label does not say «(opcional)»
    assert [open_of(row) for row in rows] == [0, 0, 0]
    with tenant_scope(itau.tenant_id):
        whys = set(Match.objects.of(itau.tenant_id).values_list("why", flat=True))
    assert whys == {"Estorno do mesmo dia"}


# --- Apart from the request -------------------------------------------------------------------


def test_many_lines_are_done_by_a_worker_and_the_page_tells_how_far_it_is(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    make_lines(itau, *["-1.00"] * 30, day=DAY, kind="other")
    bulk = review(finance, "ignorar", itau, escolha="todas")

    under_way = confirm(finance, bulk, why="Teste de carga")
    told = under_way.context["outcome"]
    with_rest = unfinished(database_now())
    work(tenant.id, bulk.id)
    url = reverse("reconciliation:bulk", args=[bulk.id])
    over = finance.get(url, headers=HTMX).context["outcome"]

    assert (told.done, told.waiting, with_rest) == (0, 30, [(tenant.id, bulk.id)])
    assert (over.done, over.waiting, unfinished(database_now())) == (30, 0, [])


@pytest.mark.parametrize("has", ["another role", "left"])
def test_who_may_not_act_any_more_is_not_acted_for(
    tenant: Tenant, itau: BankAccount, ana: Membership, has: str
) -> None:
    row = line(itau, "-10.00")
    bulk = drafted(Kind.IGNORE, ana, row)
    begun(bulk, ana, why="Não é nossa")
    with tenant_scope(tenant.id):
        if has == "left":
            User.objects.filter(id=ana.user_id).update(is_active=False)
        else:
            Membership.objects.of(tenant).filter(id=ana.id).update(role=Role.READER)

    work(tenant.id, bulk.id)

    assert (states(bulk), open_of(row)) == ({row.id: State.REFUSED}, D("-10.00"))
    with tenant_scope(tenant.id):
        assert BulkLine.objects.of(tenant).get(bulk=bulk).words == NO_MORE_ACCESS


def test_a_line_above_the_limit_waits_for_a_second_person(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    big, small = line(itau, "-1500.00"), line(itau, "-10.00")
    bulk = drafted(Kind.IGNORE, ana, big, small)
    begun(bulk, ana, why="Não é nossa")

    work(tenant.id, bulk.id)

    assert states(bulk) == {big.id: State.ASKED, small.id: State.DONE}
    assert (open_of(big), open_of(small)) == (D("-1500.00"), 0)


def test_nothing_is_done_before_it_is_confirmed(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    row = line(itau, "-10.00")
    bulk = drafted(Kind.IGNORE, ana, row)

    assert unfinished(database_now()) == []
    assert work(tenant.id, bulk.id) is False

    assert (states(bulk), open_of(row)) == ({row.id: State.WAITING}, D("-10.00"))


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_only_reads_has_nothing_done(
    tenant: Tenant, itau: BankAccount, ana: Membership, role: Role
) -> None:
    row = line(itau, "-10.00")
    with pytest.raises(NotAllowed):
        drafted(Kind.IGNORE, membership(tenant, role=role), row)
    bulk = drafted(Kind.IGNORE, ana, row)
    with tenant_scope(tenant.id):
        Membership.objects.of(tenant).filter(id=ana.id).update(role=role)
    with pytest.raises(NotAllowed):
        begun(bulk, membership(tenant, ana.user), why="Não é nossa")


def test_a_line_that_changed_since_it_was_shown_is_left_as_it_is(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    row, bia = line(itau, "-10.00"), membership(tenant)
    bulk = drafted(Kind.IGNORE, ana, row)
    with tenant_scope(tenant.id):
        made = ignore(row.id, by=bia, why="Outra razão")
    begun(bulk, ana, why="Não é nossa")

    work(tenant.id, bulk.id)

    assert states(bulk) == {row.id: State.REFUSED}
    with tenant_scope(tenant.id):
        assert list(Match.objects.of(tenant)) == [made.match]


def test_a_line_at_which_the_act_fails_is_left_and_the_others_are_done(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    rows = [line(itau, "-10.00") for _ in range(3)]
    bulk = drafted(Kind.IGNORE, ana, *rows)
    begun(bulk, ana, why="Não é nossa")
    with tenant_scope(tenant.id):
        failing = BulkLine.objects.of(tenant).filter(bulk=bulk).order_by("position")[1]
    change(failing, plan={})  # what no code of ours writes

    assert work(tenant.id, bulk.id) is False

    left = failing.statement_line_id
    assert states(bulk) == {row.id: State.REFUSED if row.id == left else State.DONE for row in rows}
    assert reread(bulk).stage == BulkAct.Stage.DONE


def test_acts_of_a_week_ago_are_deleted_but_those_under_way(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    begun(under_way := drafted(Kind.IGNORE, ana, make_line(itau, "-1.00")), ana, why="Não é nossa")
    drafted(Kind.IGNORE, ana, make_line(itau, "-1.00"))

    def left_after(days: int) -> int:
        drafts.purge_bulk(database_now() + timedelta(days=days))
        with tenant_scope(tenant.id):
            return int(BulkLine.objects.of(tenant).count())

    assert (left_after(6), left_after(8)) == (2, 1)
    assert reread(under_way).stage == BulkAct.Stage.RUNNING


# --- Create -----------------------------------------------------------------------------------


def test_many_lines_become_an_entry_each_of_one_classification(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    rows = [line(itau, f"-{number}.00", description=f"TAR {number}") for number in (1, 2, 3)]
    fees = account_named(tenant, "5.5.01")

    bulk = review(finance, "criar", itau, *rows)
    with tenant_scope(tenant.id):
        told = drafts.part_of(bulk, Q(state=State.WAITING))
    confirm(finance, bulk, account=str(fees.id))

    assert (told.count, told.left) == (3, D("6.00"))
    assert set(states(bulk).values()) == {State.DONE}
    assert [open_of(row) for row in rows] == [0, 0, 0]
    assert balance(tenant, "5.5.01") == D("6.00")
    with tenant_scope(tenant.id):
        entries = JournalEntry.objects.of(tenant).filter(memo__startswith="TAR ")
        assert sorted(entries.values_list("memo", flat=True)) == ["TAR 1", "TAR 2", "TAR 3"]


def test_a_memo_and_a_party_are_those_of_each(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    payer = make_payer(tenant)
    rows = [line(itau, "1.00"), line(itau, "2.00")]
    sales = account_named(tenant, "4.1.01")

    bulk = review(finance, "criar", itau, *rows)
    typed = {"account": str(sales.id), "memo": "Vendas", "party": f"payer:{payer.id}"}
    confirm(finance, bulk, **typed)

    with tenant_scope(tenant.id):
        made = Match.objects.of(tenant).order_by("id")
        assert list(made.values_list("payer", flat=True)) == [payer.id] * 2
        memos = JournalEntry.objects.of(tenant).filter(memo="Vendas")
        assert memos.count() == 2


def test_without_a_classification_nothing_is_created_and_what_was_typed_stays(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-1.00")

    bulk = review(finance, "criar", itau, row)
    answer = confirm(finance, bulk, memo="Tarifa")

    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors["account"] and form["memo"].value() == "Tarifa"
    assert open_of(row) == D("-1.00")


def test_a_banks_own_account_is_no_classification(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-1.00")

    bulk = review(finance, "criar", itau, row)
    answer = confirm(finance, bulk, account=str(itau.ledger_account_id))

    assert answer.status_code == 422 and "account" in answer.context["form"].errors
    assert open_of(row) == D("-1.00")


def test_what_is_explained_is_left_out_and_what_changed_is_told(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    explained, changed, free = line(itau, "-10.00"), line(itau, "-20.00"), line(itau, "-30.00")
    matched(explained, make_entry(itau, "-10.00"), by=ana)
    bulk = review(finance, "criar", itau, explained, changed, free)
    passing = matched(changed, make_entry(itau, "-20.00"), by=ana)
    with tenant_scope(tenant.id):
        undo([passing.id], by=ana)  # open again, and not as it was shown

    answer = confirm(finance, bulk, account=str(account_named(tenant, "5.5.01").id))

    assert states(bulk) == {
        explained.id: State.LEFT_OUT, changed.id: State.REFUSED, free.id: State.DONE,
    }  # fmt: skip
    told = answer.context["outcome"]
    assert [each.statement_line_id for each in told.reasons] == [changed.id]


def test_what_is_created_of_many_is_undone_together(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    rows = [line(itau, "-1.00"), line(itau, "-2.00")]
    created = review(finance, "criar", itau, *rows)
    confirm(finance, created, account=str(account_named(tenant, "5.5.01").id))

    confirm(finance, review(finance, "desfazer", itau, *rows))

    assert [open_of(row) for row in rows] == [D("-1.00"), D("-2.00")]
    assert balance(tenant, "5.5.01") == 0


def test_the_classification_of_a_draft_is_kept_by_the_database(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    bulk = drafted(Kind.CREATE, ana, line(itau, "-1.00"))

    with tenant_scope(tenant.id), pytest.raises(IntegrityError), transaction.atomic():
        BulkAct.objects.of(tenant).filter(id=bulk.id).update(stage="running")
