"""«Para aprovar»: what waits for a person, and approving many of it by one act."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.acts import Act
from banking.banks.contract.payments import OrderState
from payments.bills.approval import reject_payable
from payments.models import Payable, PayableEvent
from payments.orders.transitions import apply_state
from payments.rails.destinations import TedDetails
from payments.reads.last_step import last_steps
from payments.states import OrderStatus, PayableStatus
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.catalogue.bills import plain
from tests.payments.clock import at
from tests.payments.factories import (
    BOLETO,
    ITAU,
    PIX_KEY,
    SUPPLIER,
    TODAY,
    approve,
    make_bank_account,
    make_known,
    make_order,
    make_payable,
    move,
    shown,
)
from tests.security.seals import edit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PAGE = reverse("payments:approvals")
REVIEW = reverse("payments:review_approvals")
APPROVE = reverse("payments:approve_many")
CHOOSE = reverse("payments:choose_rejected")
REJECT = reverse("payments:reject_many")
API = reverse("payments:api-payable-approve-many")
HTMX = {"HX-Request": "true"}
LATER = TODAY + timedelta(days=3)


def references(*bills: Payable) -> list[str]:
    return [f"{bill.id}.{shown(bill)}" for bill in bills]


def waiting(client: Client, **filters: str) -> Any:
    return client.get(PAGE, filters).context["waiting"]


def ids(items: Sequence[Any]) -> list[Any]:
    return [item.payable.id for item in items]


def warned(tenant: Tenant, **more: Any) -> Payable:
    """Its boleto is registered in another one's name."""
    bill = make_payable(tenant, "1234.56", destination=BOLETO, **more)
    change(bill, title_name="Outro ME", title_document="45987321000160")
    return bill


def reject(bill: Payable, by: User) -> None:
    with tenant_scope(bill.tenant_id):
        member = Membership.objects.of(bill.tenant_id).get(user=by)
        reject_payable(bill, by=member, why="Valor errado")


# --- What is shown ----------------------------------------------------------------------------


def test_an_approver_begins_here_and_others_at_the_balances(client: Client, tenant: Tenant) -> None:
    for role, place in (
        (Role.APPROVER, PAGE),
        (Role.ADMIN, reverse("reconciliation:reconcile")),
        (Role.FINANCE, reverse("reconciliation:reconcile")),
    ):
        sign_in(client, make_member(tenant, role), tenant)
        assert client.get("/").url == place


def test_what_waits_stands_by_day_oldest_due_first_with_sums(
    as_approver: Client, tenant: Tenant
) -> None:
    late = make_known(tenant, "5.00", due_date=TODAY - timedelta(days=4))
    later = make_known(tenant, "7.00", due_date=LATER)
    today = [make_known(tenant, amount) for amount in ("10.00", "20.50")]

    found = waiting(as_approver)

    assert [(group.day, str(group.amount), ids(group.items)) for group in found.groups] == [
        (late.due_date, "5.00", [late.id]),
        (TODAY, "30.50", ids_of(today)),
        (LATER, "7.00", [later.id]),
    ]
    assert [group.is_late for group in found.groups] == [True, False, False]
    assert str(found.amount) == "42.50"


def ids_of(bills: Sequence[Payable]) -> list[Any]:
    return sorted(bill.id for bill in bills)


def test_what_is_decided_is_not_there(as_approver: Client, approver: User, tenant: Tenant) -> None:
    make_payable(tenant, approved=True)
    reject(make_known(tenant), approver)

    assert waiting(as_approver).items == []


def test_ones_own_bills_are_seen_and_not_offered(
    client: Client, admin: User, tenant: Tenant
) -> None:
    mine, other = make_known(tenant, by=admin), make_known(tenant)
    sign_in(client, admin, tenant)

    found = waiting(client)

    assert (ids(found.decidable), ids(found.others)) == ([other.id], [mine.id])
    assert str(found.amount) == "150.00"


def test_one_that_this_person_approved_already_waits_for_another(
    as_approver: Client, tenant: Tenant
) -> None:
    bill = make_known(tenant)
    change(bill, approvals_needed=2)

    as_approver.post(APPROVE, {"bill": references(bill)})

    found = waiting(as_approver)
    assert (found.decidable, ids(found.others)) == ([], [bill.id])
    (other,) = found.others
    assert other.is_given and other.tier.split() == ["falta", "1", "de", "2"]


def test_one_with_a_warning_has_no_box(as_approver: Client, tenant: Tenant) -> None:
    plain, risk = make_known(tenant), warned(tenant)

    page = as_approver.get(PAGE)

    found = page.context["waiting"]
    assert (ids(found.selectable), ids(found.warned)) == ([plain.id], [risk.id])
    text = page.content.decode()
    assert "mostrar=com-aviso" in text
    assert f'value="{plain.id}.' in text and f'value="{risk.id}.' not in text
    assert 'data-warning="title_differs"' in text
    assert reverse("payments:approve_here", args=[risk.id]) in text


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("todas", ["plain", "risk", "later"]),
        ("sem-aviso", ["plain", "later"]),
        ("com-aviso", ["risk"]),
        ("para-hoje", ["plain", "risk"]),
        ("isso-não", ["plain", "risk", "later"]),
    ],
)
def test_the_list_may_be_narrowed(
    as_approver: Client, tenant: Tenant, show: str, expected: list[str]
) -> None:
    bills = {
        "plain": make_known(tenant),
        "risk": warned(tenant),
        "later": make_known(tenant, due_date=LATER),
    }

    assert ids(waiting(as_approver, mostrar=show).shown) == [bills[name].id for name in expected]


def test_is_it_like_last_time(as_approver: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    make_order(make_payable(tenant, "100.00", approved=True), OrderStatus.AT_BANK)
    bills = [
        make_payable(tenant, "100.00"),
        make_payable(tenant, "471.20"),
        make_payable(tenant, payee_document="45987321000160"),
    ]

    found = {item.payable.id: item.last_time for item in waiting(as_approver).items}

    told = [found[bill.id] for bill in bills]
    assert "23/11" in told[0] and "100,00" not in told[0]
    assert "23/11" in told[1] and "100,00" in told[1]
    assert "23/11" not in told[2]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READER])
def test_it_is_for_those_who_approve(client: Client, tenant: Tenant, role: Role) -> None:
    bill = make_known(tenant)
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(PAGE).status_code == 403
    for address in (REVIEW, APPROVE, API):
        assert client.post(address, {"bill": references(bill)}).status_code == 403
    assert PAGE not in client.get(reverse("payments:list")).content.decode()
    assert reread(bill).is_pending


def test_as_many_queries_whatever_waits(as_approver: Client, tenant: Tenant) -> None:
    asked = []
    author = make_member(tenant, Role.FINANCE)
    for count in (2, 20):
        for number in range(count):
            document = f"{11222333000181 + number}"
            make_payable(tenant, by=author, payee_document=document)
        as_approver.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            as_approver.get(PAGE)
        asked.append(len(captured))

    assert asked[0] == asked[1]


def test_old_and_new_of_a_bill_that_was_changed_after_an_approval_stand_side_by_side(
    as_approver: Client, operator: User, tenant: Tenant
) -> None:
    changed, other = make_known(tenant, "1900.00", destination=ITAU), make_known(tenant)
    approve(changed)
    edit(changed, operator, amount=Decimal("5000.00"))
    edit(changed, operator, amount=Decimal("19000.00"), due_date=LATER)
    edit(changed, operator, description="só isto", amount=Decimal("19000.00"), due_date=TODAY)

    page = as_approver.get(PAGE)

    items = page.context["waiting"].by_id
    (caution,) = items[changed.id].cautions
    assert caution.code == "edited"
    assert [(v.field, plain(v.before), plain(v.now)) for v in caution.versus] == [
        ("Valor", "R$ 1.900,00", "R$ 19.000,00")
    ]
    assert items[other.id].cautions == [] and not items[changed.id].can_select
    text = plain(page.content.decode())
    assert "de <s>R$ 1.900,00</s> para" in text and "R$ 19.000,00</strong>" in text


def test_what_was_approved_as_it_is_now_shows_no_change(
    as_approver: Client, operator: User, tenant: Tenant
) -> None:
    never, back, again = (make_known(tenant, "10.00", destination=to) for to in apart(3))
    approve(back)
    approve(again)
    for bill, to in zip((never, back, again), apart(3), strict=True):
        edit(bill, operator, amount=Decimal("11.00"), destination=to)
    edit(back, operator, amount=Decimal("10.00"), destination=apart(3)[1])
    approve(again)
    move(again, PayableStatus.PENDING)  # as when the bank gives it back

    items = waiting(as_approver).by_id

    assert [items[bill.id].cautions for bill in (never, back, again)] == [[], [], []]


def apart(number: int) -> list[TedDetails]:
    return [replace(ITAU, account=f"77700{n}") for n in range(number)]


def test_a_new_account_stands_beside_the_one_that_was_paid(
    as_approver: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant)
    paid(make_payable(tenant, destination=ITAU, approved=True))
    elsewhere = replace(ITAU, bank_code="260", branch="0001", account="98765")
    bills = [make_payable(tenant, "20.00", destination=to) for to in (elsewhere, PIX_KEY)]
    first = make_payable(tenant, "30.00", payee_document="45987321000160", destination=elsewhere)

    page = as_approver.get(PAGE)

    items = page.context["waiting"].by_id
    told = [versus_of(items[bill.id], "new_destination") for bill in (*bills, first)]
    assert [(v.before, v.now) for found in told[:2] for v in found] == [
        ("Itaú 0123 / 45678-9", "Nubank 0001 / 9876-5"),
        ("Itaú 0123 / 45678-9", "chave financeiro@exemplo.com.br"),
    ]
    assert told[2] == ()
    assert "<s>Itaú 0123 / 45678-9</s>" in page.content.decode()


def test_the_account_that_was_paid_before_is_no_new_one(
    as_approver: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant, provider="kamino")
    paid(make_payable(tenant, destination=PIX_KEY, approved=True))
    paid(make_payable(tenant, destination=ITAU, approved=True))
    bill = make_payable(tenant, "20.00", destination=PIX_KEY)

    assert versus_of(waiting(as_approver).by_id[bill.id], "new_destination") == ()


def paid(bill: Payable) -> None:
    order = make_order(bill, OrderStatus.AT_BANK)
    with tenant_scope(bill.tenant_id):
        apply_state(order, OrderState.PAID, source="O banco informou.")


def versus_of(item: Any, code: str) -> Any:
    return next(caution.versus for caution in item.cautions if caution.code == code)


@pytest.mark.parametrize("address", [PAGE, reverse("payments:list") + "?periodo=todas"])
@pytest.mark.parametrize(
    ("provider", "read", "told"),
    [
        ("bs2", {"title_read_at": timezone.now(), "title_name": "Energia do Sul"}, "Energia"),
        ("bs2", {"title_read_at": timezone.now(), "title_document": SUPPLIER}, "11.222.333/0001"),
        ("bs2", {}, "não lido"),
        ("cora", {}, ""),
    ],
    ids=["name", "document", "unread", "cannot tell"],
)
def test_a_row_says_for_whom_the_boleto_is_registered(
    as_approver: Client, tenant: Tenant, address: str, provider: str, read: dict[str, Any],
    told: str,
) -> None:  # fmt: skip
    make_bank_account(tenant, provider=provider)
    change(make_payable(tenant, "1234.56", destination=BOLETO), **read)

    text = as_approver.get(address).content.decode()

    found = re.findall(r"data-title>([^<]*)<", text)
    assert len(found) == bool(told)
    assert all(told in each for each in found)


# --- Asking first -----------------------------------------------------------------------------


def test_what_an_approval_does_is_said_before(as_approver: Client, tenant: Tenant) -> None:
    bills = [make_known(tenant, "10.00"), make_known(tenant, "20.00", due_date=LATER)]
    risk = warned(tenant)

    page = as_approver.post(REVIEW, {"bill": references(*bills, risk)}, headers=HTMX)

    review = page.context["review"]
    assert ids(review.items) == [bills[1].id, bills[0].id]
    assert (str(review.amount), review.for_today, review.warned) == ("30.00", 1, 1)
    assert [payable.id for payable, _ in review.left_out] == [risk.id]
    assert all(reread(bill).is_pending for bill in bills)


@pytest.mark.parametrize(("headers", "tag"), [(HTMX, "<dialog"), ({}, "<main")])
def test_it_is_asked_in_a_dialog_or_on_a_page(
    as_approver: Client, tenant: Tenant, headers: dict[str, str], tag: str
) -> None:
    bill = make_known(tenant)

    page = as_approver.post(REVIEW, {"bill": references(bill)}, headers=headers)

    assert tag in page.content.decode()
    assert references(bill)[0] in page.content.decode()


def test_what_changed_or_was_decided_meanwhile_is_left_out_of_the_question(
    as_approver: Client, tenant: Tenant
) -> None:
    stays, changed, decided = (make_known(tenant) for _ in range(3))
    chosen = references(stays, changed, decided)
    change(changed, amount="900.00")
    change(decided, status=PayableStatus.CANCELLED)

    review = as_approver.post(REVIEW, {"bill": chosen}, headers=HTMX).context["review"]

    assert ids(review.items) == [stays.id]
    assert {payable.id for payable, _ in review.left_out} == {changed.id, decided.id}


# --- Approving --------------------------------------------------------------------------------


def test_thirty_are_approved_but_the_one_that_changed_is_named(
    as_approver: Client, approver: User, tenant: Tenant
) -> None:
    bills = [make_known(tenant, f"{n}.00") for n in range(1, 31)]
    chosen = references(*bills)
    last = bills[-1]
    change(last, amount="3000.00")

    answer = as_approver.post(APPROVE, {"bill": chosen}, headers=HTMX)

    assert {reread(bill).status for bill in bills[:-1]} == {PayableStatus.APPROVED}
    assert reread(last).is_pending
    (refused,) = answer.context["refused"]
    assert (refused.payable.id, refused.refused.code) == (last.id, "changed")
    assert f'data-refused="{last.id}"' in answer.content.decode()
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast["tone"] == "ok" and toast["text"].startswith("29 ")
    assert "435,00" in toast["text"]  # 1 + 2 + … + 29
    with tenant_scope(tenant.id):
        events = PayableEvent.objects.of(tenant).filter(title="Aprovada", by=approver)
        assert events.count() == 29


def test_one_record_lists_the_bills_their_amounts_and_destinations(
    as_approver: Client, approver: User, tenant: Tenant
) -> None:
    bills = [make_known(tenant, "10.00"), make_known(tenant, "20.00")]
    risk = warned(tenant)

    as_approver.post(APPROVE, {"bill": references(*bills, risk)})

    (record,) = audit_of(tenant, Act.BILLS_APPROVED)
    assert (record.act, record.by, record.on_id) == (Act.BILLS_APPROVED, approver, tenant.id)
    listed = record.after["Aprovadas"].split("\n")
    assert len(listed) == 2
    assert all("0123 / 1" in line for line in listed)
    assert record.after["Total"] == "R$\u00a030,00"
    assert len(record.after["Não aprovadas"].split("\n")) == 1


def test_nothing_approved_is_no_act_on_record(as_approver: Client, tenant: Tenant) -> None:
    as_approver.post(APPROVE, {"bill": references(warned(tenant))})

    assert audit_of(tenant, Act.BILLS_APPROVED) == []


def test_one_with_a_warning_is_approved_by_its_own_click_only(
    as_approver: Client, tenant: Tenant
) -> None:
    risk, plain = warned(tenant), make_known(tenant)

    as_approver.post(APPROVE, {"bill": references(risk, plain)})
    assert [reread(bill).status for bill in (risk, plain)] == ["pending", "approved"]

    here = reverse("payments:approve_here", args=[risk.id])
    answer = as_approver.post(here, {"shown": shown(risk)}, headers=HTMX)

    assert answer.context["refused"] == []
    assert reread(risk).status == PayableStatus.APPROVED


def test_a_warning_that_came_after_the_look_leaves_the_bill_out(
    as_approver: Client, tenant: Tenant
) -> None:
    bill = make_payable(tenant, "1234.56", destination=BOLETO)
    chosen = references(bill)
    change(bill, title_name="Outro ME", title_document="45987321000160")

    answer = as_approver.post(APPROVE, {"bill": chosen}, headers=HTMX)

    assert [o.refused.code for o in answer.context["refused"]] == ["warned"]
    assert reread(bill).is_pending


def test_without_scripts_the_answer_is_the_page(as_approver: Client, tenant: Tenant) -> None:
    bills = [make_known(tenant), warned(tenant)]

    answer = as_approver.post(f"{APPROVE}?mostrar=para-hoje", {"bill": references(*bills)})

    assert answer.url.startswith(PAGE) and answer.url.endswith("para-hoje")
    levels = [message.level_tag for message in answer.wsgi_request._messages]
    assert levels == ["success", "warning"]


def test_select_all_works_without_scripts(as_approver: Client, tenant: Tenant) -> None:
    make_known(tenant)
    warned(tenant)

    text = as_approver.get(PAGE, {"selecionar": "todas"}).content.decode()

    assert text.count('type="checkbox"') == text.count("checked") == 1


@pytest.mark.parametrize("bills", [[], ["não é um id"], ["."]])
def test_nothing_chosen_is_explained(as_approver: Client, tenant: Tenant, bills: list[str]) -> None:
    answer = as_approver.post(APPROVE, {"bill": bills})

    assert [message.level_tag for message in answer.wsgi_request._messages] == ["error"]


def test_a_rejection_from_the_list_comes_back_to_it(as_approver: Client, tenant: Tenant) -> None:
    bill = make_known(tenant)
    address = reverse("payments:reject", args=[bill.id]) + "?volta=para-aprovar"

    asked = as_approver.get(address, headers=HTMX)
    answer = as_approver.post(address, {"why": "Valor errado"})

    assert "?volta=para-aprovar" in asked.content.decode()
    assert answer.url == PAGE
    assert reread(bill).is_rejected


# --- Giving many back -------------------------------------------------------------------------


def test_for_giving_back_each_row_has_a_box_and_what_was_ticked_stays(
    as_approver: Client, tenant: Tenant
) -> None:
    ticked, plain, risk = make_known(tenant), make_known(tenant), warned(tenant)

    page = as_approver.post(CHOOSE, {"bill": references(ticked)}, headers=HTMX)

    text = page.content.decode()
    assert all(f'id="bill-{bill.id}"' in text for bill in (ticked, plain, risk))
    assert text.count('type="checkbox"') == 3
    assert text.count("checked>") == 1
    assert reverse("payments:approve_here", args=[risk.id]) not in text
    assert APPROVE not in text and REVIEW not in text


def test_the_bar_leads_there_where_only_bills_with_a_warning_wait(
    as_approver: Client, tenant: Tenant
) -> None:
    for amount in ("10.00", "20.00"):
        make_payable(tenant, amount)  # to an account that nobody confirmed

    assert CHOOSE in as_approver.get(PAGE).content.decode()


@pytest.mark.parametrize(("headers", "tag"), [(HTMX, "<dialog"), ({}, "<main")])
def test_the_reason_is_asked_for_with_count_and_sum(
    as_approver: Client, tenant: Tenant, headers: dict[str, str], tag: str
) -> None:
    bills, decided = [make_known(tenant, "10.00"), warned(tenant)], make_known(tenant)
    approve(decided)

    page = as_approver.post(REJECT, {"bill": references(*bills, decided)}, headers=headers)

    review = page.context["review"]
    assert {item.payable.id for item in review.items} == {bill.id for bill in bills}
    assert str(review.amount) == "1244.56"
    assert [payable.id for payable, _ in review.left_out] == [decided.id]
    text = page.content.decode()
    assert tag in text and 'name="why"' in text and "1.244,56" in text
    assert all(reread(bill).is_pending and not reread(bill).is_rejected for bill in bills)


def test_after_it_the_list_is_as_it_is_now(as_approver: Client, tenant: Tenant) -> None:
    bills, stays = [make_known(tenant, "10.00") for _ in range(2)], make_known(tenant)

    answer = as_approver.post(
        REJECT, {"bill": references(*bills), "why": "Valor errado"}, headers=HTMX
    )

    assert ids(answer.context["waiting"].items) == [stays.id]
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast["tone"] == "ok" and toast["text"].startswith("2 ") and "20,00" in toast["text"]


def test_a_reason_that_is_missing_is_asked_for_in_the_dialog(
    as_approver: Client, tenant: Tenant
) -> None:
    bill = make_known(tenant)

    answer = as_approver.post(REJECT, {"bill": references(bill), "why": " "}, headers=HTMX)

    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialogs")
    assert answer.context["form"].has_error("why")


def test_those_that_were_given_back_are_found_in_the_list(
    as_operator: Client, approver: User, tenant: Tenant
) -> None:
    bill, _ = make_known(tenant), make_known(tenant)
    reject(bill, approver)

    page = as_operator.get(reverse("payments:list"), {"periodo": "todas", "situacao": "reprovadas"})

    assert [row.payable.id for row in page.context["rows"]] == [bill.id]


# --- The API ----------------------------------------------------------------------------------


def through_the_api(client: Client, *bills: Payable) -> Any:
    body = [{"id": str(bill.id), "digest": shown(bill)} for bill in bills]
    return client.post(API, body, content_type="application/json")


def test_programs_are_told_what_came_of_each(as_approver: Client, tenant: Tenant) -> None:
    plain, two, risk = make_known(tenant), make_known(tenant), warned(tenant)
    change(two, approvals_needed=2)

    answer = through_the_api(as_approver, plain, two, risk)

    assert answer.status_code == 200
    told = {each["id"]: (each["is_given"], each["status"], each["code"]) for each in answer.json()}
    assert told == {
        str(plain.id): (True, "approved", ""),
        str(two.id): (True, "pending", ""),
        str(risk.id): (False, "pending", "warned"),
    }


@pytest.mark.parametrize("body", [[], {}, [{"id": "x"}], "nada", [1], None])
def test_programs_that_send_something_else_are_told_so(
    as_approver: Client, tenant: Tenant, body: Any
) -> None:
    assert as_approver.post(API, json.dumps(body), content_type="application/json").status_code in {
        400,
        422,
    }


# --- The bank's own approval ------------------------------------------------------------------


def at_bank(tenant: Tenant, amount: str, **changes: object) -> None:
    make_order(make_payable(tenant, amount, approved=True), OrderStatus.AT_BANK, **changes)


@pytest.mark.parametrize(
    ("moment", "tone"),
    [("23 12:00", "info"), ("23 16:30", "warn"), ("23 17:30", "bad")],
)
def test_the_banks_own_step_has_its_age_and_deadline(
    tenant: Tenant, moment: str, tone: str
) -> None:
    account = make_bank_account(tenant)
    at_bank(tenant, "10.00", first_sent_at=at("23 10:00"))
    at_bank(tenant, "20.00", first_sent_at=at("23 11:00"))
    at_bank(tenant, "40.00", cancel_asked_at=timezone.now())

    with tenant_scope(tenant.id):
        (step,) = last_steps(tenant, at(moment))

    assert (step.account, step.count, str(step.amount)) == (account, 2, "30.00")
    assert (step.since, step.deadline) == (at("23 10:00"), at("23 17:00"))
    assert step.tone == tone


def test_the_page_shows_it(as_approver: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    at_bank(tenant, "10.00")

    page = as_approver.get(PAGE)

    assert len(page.context["steps"]) == 1
    assert 'data-tone="info"' in page.content.decode()
