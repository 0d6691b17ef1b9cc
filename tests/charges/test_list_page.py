"""«Cobranças»: what is shown, to whom, and issuing many of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.models import BankAccount
from charges.models import Charge, IssueBatch, Slip
from charges.reads import debtors
from charges.reads import list as reads
from charges.reads.list import State
from charges.reads.numbers import Numbers
from charges.reads.row import Row, rows_of
from charges.recurrences.period import make_charge as of_period
from charges.settlement.received import register_received
from charges.states import ChargeStatus, SlipStatus
from charges.timeline import CANCEL_ASKED
from charges.tracking.bulk_cancellation import cancel_charges
from core.errors import NotAllowed
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.charges.contracts import make_recurrence
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import late, opened, queue, titles
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

LIST, DEBTORS = "/cobrancas/", "/cobrancas/devedores/"
ZERO = Decimal("0.00")
REVIEW, CANCEL = "/cobrancas/cancelar/conferir/", "/cobrancas/cancelar/"
TODAY = date(2026, 11, 23)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def finance(client: Client, operator: User, tenant: Tenant) -> Client:
    sign_in(client, operator, tenant)
    return client


def slips_of(tenant: Tenant) -> list[Slip]:
    """Those that left."""
    with tenant_scope(tenant.id):
        return list(Slip.objects.of(tenant).exclude(status=SlipStatus.WITHDRAWN))


def shown(client: Client, **query: str) -> list[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return [row.charge.description for row in response.context["rows"]]


@pytest.mark.parametrize("role", Role)
def test_every_member_sees_the_list_and_who_enters_a_charge(
    client: Client, tenant: Tenant, account: BankAccount, role: Role
) -> None:
    charge = make_charge(tenant, account)
    sign_in(client, make_member(tenant, role), tenant)

    page = client.get(LIST, {"situacao": "rascunhos"}).content.decode()

    assert reverse("charges:detail", args=[charge.id]) in page
    may = role in {Role.ADMIN, Role.FINANCE}
    assert (reverse("charges:new") in page) is may
    assert ('id="selected-charges"' in page) is may
    assert (f'value="{charge.id}"' in page) is may


def test_the_filter_lives_in_the_address(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    make_charge(tenant, account, description="rascunho")
    opened(make_charge(tenant, account, description="em aberto"))
    late(tenant, account, description="vencida")
    opened(make_charge(tenant, account, description="a conferir"), needs_person=True, question="?")

    assert shown(finance) == ["vencida", "em aberto", "a conferir"]
    assert shown(finance, situacao="vencidas") == ["vencida"]
    assert shown(finance, situacao="rascunhos") == ["rascunho"]
    assert shown(finance, situacao="conferir") == ["a conferir"]
    assert len(shown(finance, situacao="todas")) == 4
    assert shown(finance, situacao="pagas") == []


def test_it_is_searched_by_payer_number_and_amount(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    padaria = make_payer(tenant, "Padaria São João")
    opened(make_charge(tenant, account, "99.90", description="pão", payer=padaria))
    opened(make_charge(tenant, account, description="outra", document_number="NF 77"))

    assert shown(finance, q="sao joao") == ["pão"]
    assert shown(finance, q="nf 77") == ["outra"]
    assert shown(finance, q="99,90") == ["pão"]
    assert shown(finance, q=padaria.written_document) == ["pão"]
    assert shown(finance, pagador=str(padaria.id)) == ["pão"]
    assert shown(finance, de="11/12/2026") == []
    assert shown(finance, conta=str(account.id), ate="10/12/2026") == ["pão", "outra"]


@pytest.mark.parametrize("order", ["", *reads.Sort.values])
def test_pages_follow_each_other_in_every_order(
    finance: Client, tenant: Tenant, account: BankAccount, monkeypatch: Any, order: str
) -> None:
    monkeypatch.setattr(reads, "PAGE", 2)
    for n in range(5):
        payer = make_payer(tenant, f"Cliente {n % 2}.A")
        make_charge(tenant, account, f"{10 + n % 3}.00", description=str(n), payer=payer)
    query = {"situacao": "rascunhos", "ordem": order}
    response = finance.get(LIST, query)
    found = [row.charge.id for row in response.context["rows"]]
    while response.context["more_url"]:
        response = finance.get(response.context["more_url"], headers=HTMX)
        found += [row.charge.id for row in response.context["rows"]]

    assert len(found) == len(set(found)) == 5


def test_a_position_that_is_none_is_a_bad_request(finance: Client) -> None:
    assert finance.get(LIST, {"apos": "x"}).status_code == 400
    assert finance.get(LIST, {"ordem": "valor", "apos": "x.y"}).status_code == 400


def test_bad_filters_are_said_at_their_fields(finance: Client, account: BankAccount) -> None:
    make_charge(account.tenant, account)
    form = finance.get(LIST, {"de": "31/02/2026", "pagador": "x"}).context["filter"]

    assert set(form.errors) == {"de", "pagador"}


def test_the_number_of_queries_does_not_grow(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            finance.get(LIST, {"situacao": "todas"})
        return len(captured)

    opened(make_charge(tenant, account))
    few = queries()
    for _ in range(4):
        opened(make_charge(tenant, account))
        make_charge(tenant, account)

    assert queries() == few


def test_the_tiles_are_sums_of_what_is_listed(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    opened(make_charge(tenant, account, "100.00"))
    late(tenant, account, "50.00")
    paid = make_charge(tenant, account, "30.00")
    by = membership(tenant)
    with tenant_scope(tenant.id):
        register_received(paid, by=by, amount=paid.amount, day=TODAY, way="cash")

    numbers = finance.get(LIST).context["numbers"]

    assert [str(numbers.owed_amount), str(numbers.overdue_amount)] == ["150.00", "50.00"]
    assert (numbers.debtors, numbers.payments, str(numbers.received)) == (1, 1, "30.00")


def test_the_charts_add_up_to_their_sums(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    """On Monday 23/11: Saturday's is paid today in time, so it is of this week and not late."""
    for amount, day in {
        "1.00": date(2026, 11, 29), "2.00": date(2026, 11, 21), "4.00": date(2026, 11, 30),
        "8.00": date(2026, 12, 20), "16.00": date(2026, 12, 21), "32.00": date(2027, 3, 1),
        "100.00": date(2026, 11, 19), "200.00": date(2026, 11, 16), "400.00": date(2026, 11, 15),
        "800.00": date(2026, 10, 23), "1600.00": date(2026, 9, 24), "3200.00": date(2026, 9, 23),
    }.items():  # fmt: skip
        late(tenant, account, amount, due_date=day)

    numbers = finance.get(LIST).context["numbers"]

    assert [int(bar.amount) for bar in numbers.weeks] == [3, 4, 0, 8, 48]
    assert [int(bar.amount) for bar in numbers.ages] == [300, 400, 2400, 3200]
    drawn = sum(bar.amount for bar in (*numbers.weeks, *numbers.ages))
    assert drawn == numbers.owed_amount
    assert sum(bar.amount for bar in numbers.ages) == numbers.overdue_amount
    assert [bar.is_current for bar in numbers.weeks].index(True) == 0


def test_what_came_is_told_by_day_and_against_the_month_before(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    by = membership(tenant)
    for amount, day in (
        ("100.00", date(2026, 10, 5)), ("40.00", date(2026, 10, 24)), ("70.00", date(2026, 11, 3)),
        ("38.00", TODAY),
    ):  # fmt: skip
        charge = make_charge(tenant, account, amount, due_date=day)
        with tenant_scope(tenant.id):
            register_received(charge, by=by, amount=charge.amount, day=day, way="cash")

    numbers = finance.get(LIST).context["numbers"]

    assert (str(numbers.received), numbers.payments) == ("108.00", 2)
    assert [(day.day.day, int(day.amount)) for day in numbers.days_received] == [(3, 70), (23, 38)]
    assert numbers.same_day_before == date(2026, 10, 23)
    assert numbers.sum_of(date(2026, 10, 1), numbers.same_day_before)[0] == 100
    assert "8 %" in numbers.compared


@pytest.mark.parametrize(
    ("today", "day"), [((2026, 12, 31), (2026, 11, 30)), ((2027, 1, 5), (2026, 12, 5))]
)
def test_the_month_before_ends_on_its_own_last_day(
    today: tuple[int, int, int], day: tuple[int, int, int]
) -> None:
    numbers = Numbers(date(*today), 0, ZERO, 0, ZERO, 0, 0, 0, 0, [], [], {})

    assert numbers.same_day_before == date(*day)
    assert numbers.compared == ""


def test_debtors_come_by_their_oldest_charge_and_page_by_page(
    finance: Client, tenant: Tenant, account: BankAccount, monkeypatch: Any
) -> None:
    monkeypatch.setattr(debtors, "PAGE", 2)
    payers = [make_payer(tenant, f"Devedor {n}") for n in range(3)]
    for n, payer in enumerate(payers):
        late(tenant, account, "10.00", payer=payer, due_date=date(2026, 11, 10 - n))
        late(tenant, account, "5.00", payer=payer, fine_percent=Decimal(2))
    opened(make_charge(tenant, account))  # owes, and is not late

    page = finance.get(DEBTORS)
    found = list(page.context["debtors"])
    page = finance.get(page.context["more_url"], headers=HTMX)
    found += page.context["debtors"]

    assert not page.context["more_url"]
    assert [debtor.payer.id for debtor in found] == [payer.id for payer in reversed(payers)]
    assert {str(debtor.amount) for debtor in found} == {"15.00"}
    assert {str(debtor.value_today) for debtor in found} == {"15.10"}
    assert {debtor.charges for debtor in found} == {2}
    assert finance.get(DEBTORS, {"apos": "x"}).status_code == 400


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER])
def test_every_member_sees_the_debtors_of_their_company_alone(
    client: Client, tenant: Tenant, other_tenant: Tenant, account: BankAccount, role: Role
) -> None:
    late(other_tenant, make_bank_account(other_tenant))
    sign_in(client, make_member(tenant, role), tenant)

    assert list(client.get(DEBTORS).context["debtors"]) == []


def test_a_head_sorts_and_a_second_click_turns_it_round(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    for amount in ("20.00", "10.00", "30.00"):
        opened(make_charge(tenant, account, amount, description=amount))

    head = finance.get(LIST).context["columns"]["amount"]
    page = finance.get(head["url"])
    again = finance.get(page.context["columns"]["amount"]["url"])

    assert [row.charge.description for row in page.context["rows"]] == ["30.00", "20.00", "10.00"]
    assert [row.charge.description for row in again.context["rows"]] == ["10.00", "20.00", "30.00"]
    sorted_by = [shown.context["columns"]["amount"]["sorted"] for shown in (page, again)]
    assert sorted_by == ["descending", "ascending"]


def test_what_requires_a_look_is_asked_above_the_list(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    asked = opened(make_charge(tenant, account), needs_person=True, question="A mais.")
    opened(make_charge(tenant, account))

    page = finance.get(LIST)

    assert page.context["numbers"].to_look_at == 1
    assert f'data-question="{asked.id}"' in page.content.decode()
    assert State.TO_LOOK_AT.label in [chip["label"] for chip in page.context["chips"]]


# --- Issuing many ---


def test_issuing_many_is_asked_about_with_count_and_sum(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    good = [make_charge(tenant, account, "100.00") for _ in range(2)]
    bad = make_charge(tenant, account, due_date=TODAY - timedelta(days=3))
    chosen = {"charge": [str(charge.id) for charge in (*good, bad)]}

    review = finance.post(reverse("charges:review_issuing"), chosen, headers=HTMX).context["review"]

    assert (str(review.amount), len(review.leaving)) == ("200.00", 2)
    assert [charge.id for charge, _ in review.left_out] == [bad.id]

    finance.post(reverse("charges:issue_many"), chosen)

    assert {reread(charge).status for charge in good} == {ChargeStatus.ISSUING}
    assert reread(bad).status == ChargeStatus.DRAFT


@pytest.mark.parametrize("chosen", [[], ["x"]])
def test_a_selection_that_is_none_changes_nothing(finance: Client, chosen: list[str]) -> None:
    for name in ("charges:review_issuing", "charges:issue_many"):
        answer = finance.post(reverse(name), {"charge": chosen}, headers=HTMX)
        assert answer.status_code == 422


def test_one_of_another_company_is_not_found(
    finance: Client, other_tenant: Tenant, tenant: Tenant, account: BankAccount
) -> None:
    theirs = make_charge(other_tenant, make_bank_account(other_tenant))
    mine = make_charge(tenant, account)
    chosen = {"charge": [str(theirs.id), str(mine.id)]}

    for name in ("charges:review_issuing", "charges:issue_many"):
        assert finance.post(reverse(name), chosen).status_code == 404
    assert reread(mine).status == ChargeStatus.DRAFT


def test_a_bulk_issue_is_followed_paused_and_goes_on(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    charges = [make_charge(tenant, account) for _ in range(3)]
    finance.post(reverse("charges:issue_many"), {"charge": [str(charge.id) for charge in charges]})
    with tenant_scope(tenant.id):
        batch = IssueBatch.objects.of(tenant).get()

    (told,) = finance.get(LIST).context["batches"]
    assert (told.batch.id, told.progress.waiting, told.is_paused) == (batch.id, 3, False)

    page = finance.post(reverse("charges:pause_batch", args=[batch.id]), headers=HTMX)
    assert page.context["told"].is_paused
    assert "hx-trigger" not in page.content.decode()

    page = finance.post(reverse("charges:resume_batch", args=[batch.id]), headers=HTMX)
    assert not page.context["told"].is_paused
    assert "hx-trigger" in page.content.decode()


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_only_sees_does_not_issue(
    client: Client, tenant: Tenant, account: BankAccount, role: Role
) -> None:
    charge = make_charge(tenant, account)
    sign_in(client, make_member(tenant, role), tenant)

    for name, args in (("charges:issue_many", []), ("charges:issue", [charge.id])):
        answer = client.post(reverse(name, args=args), {"charge": [str(charge.id)]})
        assert answer.status_code == 403
    assert reread(charge).status == ChargeStatus.DRAFT


def test_the_menu_counts_what_requires_a_look(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    opened(make_charge(tenant, account), needs_person=True, question="?")

    nav = finance.get(LIST).context["nav"]
    (item,) = [item for group in nav for item in group.items if item.url_name == "charges:list"]

    assert (item.count, item.current) == (1, True)


def test_what_a_contract_made_and_did_not_leave_is_counted_among_it(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    contract = make_recurrence(account)
    with tenant_scope(tenant.id):
        of_period(contract, date(2026, 12, 1), Decimal("890.00"), TODAY)

    assert finance.get(LIST).context["numbers"].to_look_at == 1


# --- Cancelling many ---


def test_cancelling_many_is_asked_about_with_its_effect_and_what_stays_out(
    finance: Client, tenant: Tenant, account: BankAccount
) -> None:
    at_bank = [opened(make_charge(tenant, account, "100.00")) for _ in range(2)]
    draft, queued = make_charge(tenant, account, "50.00"), make_charge(tenant, account, "25.00")
    queue(queued)
    paid = make_charge(tenant, account, "30.00")
    with tenant_scope(tenant.id):
        register_received(paid, by=membership(tenant), amount=paid.amount, day=TODAY, way="cash")
    chosen = {"charge": [str(each.id) for each in (*at_bank, draft, queued, paid)]}

    review = finance.post(REVIEW, chosen, headers=HTMX).context["review"]

    assert (str(review.amount), len(review.ending), len(review.at_bank)) == ("275.00", 4, 2)
    assert [charge.id for charge, _ in review.left_out] == [paid.id]
    assert "R$ 0,60" in " ".join(review.effects)  # Cora's tariff, twice
    assert finance.post(CANCEL, chosen).status_code == 422  # the debt was not answered
    assert {slip.cancel_asked_at for slip in slips_of(tenant)} == {None}

    finance.post(CANCEL, chosen | {"debt": "ends", "why": "Pedido"})

    asked = [slip.charge_id for slip in slips_of(tenant) if slip.cancel_asked_at]
    assert set(asked) == {each.id for each in at_bank}
    assert {reread(each).status for each in at_bank} == {ChargeStatus.OPEN}  # until the bank says
    assert {reread(each).status for each in (draft, queued)} == {ChargeStatus.CANCELLED}
    assert reread(paid).status == ChargeStatus.PAID


def test_one_that_may_not_be_cancelled_stops_no_other(
    tenant: Tenant, account: BankAccount, operator: User
) -> None:
    """A second tab was quicker, a bank is still asked whether it issued, a part was paid."""
    asked, unknown, partly, good = (opened(make_charge(tenant, account)) for _ in range(4))
    by = membership(tenant)
    with tenant_scope(tenant.id):
        cancel_charges([asked], by=by)
        mine = Slip.objects.of(tenant).filter(charge=unknown)
        mine.update(status=SlipStatus.PAID)
        Slip.objects.create(
            tenant=tenant, charge=unknown, bank_account=account, key=unknown.id, content={},
            form="boleto", amount=5, due_date=TODAY, status=SlipStatus.UNKNOWN,
        )  # fmt: skip
        register_received(partly, by=by, amount=Decimal(1), day=TODAY, way="cash")

        told = cancel_charges([asked, unknown, partly, good], by=by)

    assert [charge.id for charge in told.asked] == [good.id]
    assert set(told.left_out) == {asked.id, unknown.id, partly.id}
    assert titles(asked).count(CANCEL_ASKED) == 1


def test_only_the_slips_may_end(finance: Client, tenant: Tenant, account: BankAccount) -> None:
    at_bank, draft = opened(make_charge(tenant, account)), make_charge(tenant, account)

    chosen = {"charge": [str(at_bank.id), str(draft.id)], "debt": "stays"}
    finance.post(CANCEL, chosen)

    assert [slip.ends_debt for slip in slips_of(tenant)] == [False]
    assert reread(draft).status == ChargeStatus.DRAFT


def test_too_many_at_once_and_anothers_are_refused(
    finance: Client, tenant: Tenant, other_tenant: Tenant, account: BankAccount, monkeypatch: Any
) -> None:
    monkeypatch.setattr("charges.tracking.bulk_cancellation.MOST", 1)
    mine = [make_charge(tenant, account) for _ in range(2)]
    theirs = make_charge(other_tenant, make_bank_account(other_tenant))

    for name in (REVIEW, CANCEL):
        both = {"charge": [str(each.id) for each in mine]}
        assert finance.post(name, both, headers=HTMX).status_code == 422
        anothers = {"charge": [str(theirs.id)], "why": "x"}
        assert finance.post(name, anothers).status_code == 404
    assert {reread(each).status for each in (*mine, theirs)} == {ChargeStatus.DRAFT}


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_only_sees_does_not_cancel_many(
    client: Client, tenant: Tenant, account: BankAccount, role: Role
) -> None:
    charge = make_charge(tenant, account)
    person = make_member(tenant, role)
    sign_in(client, person, tenant)

    for name in (REVIEW, CANCEL):
        assert client.post(name, {"charge": [str(charge.id)]}).status_code == 403
    with tenant_scope(tenant.id), pytest.raises(NotAllowed):
        cancel_charges([charge], by=membership(tenant, person, role))
    assert reread(charge).status == ChargeStatus.DRAFT


# --- Second lines ---


def row_of(charge: Charge, now: datetime) -> Row:
    with tenant_scope(charge.tenant_id):
        charges = Charge.objects.of(charge.tenant_id).filter(id=charge.id)
        return rows_of(charges, membership(charge.tenant), now)[0]


def test_second_lines_say_until_when_and_what_it_costs(
    tenant: Tenant, account: BankAccount
) -> None:
    monday = datetime(2026, 11, 23, 15, tzinfo=UTC)
    saturday = row_of(late(tenant, account, due_date=date(2026, 12, 5)), monday)
    dear = row_of(late(tenant, account, "100.00", fine_percent=Decimal(2)), monday)

    assert saturday.last_free == date(2026, 12, 7)
    assert "7" in saturday.due_detail
    assert "102,00" in dear.detail
    assert "7 dias" in dear.due_detail
