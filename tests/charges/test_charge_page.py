"""The page of a charge: what it shows, and what is done there."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from brazil.interleaved import bars
from charges.models import Charge
from charges.states import ChargeStatus, SlipStatus
from core.clock import database_now
from parties.models import Payer
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge
from tests.charges.issued import follow, issue, issued_charge, settlements, slip_of
from tests.charges.payer_side import settle
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

D = Decimal
ISSUE = "*/boletos/simplificado"
HTMX = {"HX-Request": "true"}
ACTS = ("cancel", "change", "receive", "waive", "look", "missing", "found", "issue_again")


def finance(client: Client, tenant: Tenant) -> Client:
    sign_in(client, make_member(tenant, Role.FINANCE), tenant)
    return client


def at(name: str, charge: Charge) -> str:
    return reverse(f"charges:{name}", args=[charge.id])


def at_company(charge: Charge, account: BankAccount) -> Charge:
    """As it is now, with its company, which is not read outside of its scope."""
    found: Charge = reread(charge)
    found.tenant = account.tenant
    return found


@pytest.fixture
def opened(at_kamino: BankAccount) -> Charge:
    charge = issued_charge(at_kamino, "150.00", form="boleto_pix", discount=D("5.00"))
    follow(at_kamino)
    return at_company(charge, at_kamino)


def test_codes_are_shown_only_when_the_payer_may_have_them(client, at_kamino, monkeypatch):
    charge = make_charge(at_kamino.tenant, at_kamino, form="boleto_pix")
    finance(client, at_kamino.tenant)
    slip = issue(charge)
    page = client.get(at("detail", charge)).content.decode()
    if slip.status == SlipStatus.REGISTERING:
        assert "qr__code" not in page
        assert "data-copy" not in page

    follow(at_kamino)
    slip = slip_of(charge)
    assert slip.can_be_shown
    page = client.get(at("detail", charge)).content.decode()
    assert slip.pix_code in page.replace("&amp;", "&")
    assert "qr__code" in page

    monkeypatch.setattr("charges.models.Slip.can_be_shown", False)
    page = client.get(at("detail", charge)).content.decode()
    assert slip.pix_code not in page
    assert "qr__code" not in page


def test_codes_of_a_slip_that_must_not_be_paid_are_not_shown(client, opened):
    finance(client, opened.tenant)
    with tenant_scope(opened.tenant_id):
        opened.slips.update(cancel_asked_at=database_now())

    page = client.get(at("detail", opened)).content.decode()

    assert "data-not-to-send" in page
    assert not {"qr__code", "slip2__line"} & set(re.split(r"[^\w-]", page))


def test_nor_those_of_one_that_is_over_more_than_the_rest(client, opened):
    finance(client, opened.tenant)
    settle(opened, "50.00")

    page = client.get(at("detail", opened)).content.decode()

    assert "data-not-to-send" in page
    assert not {"qr__code", "slip2__line"} & set(re.split(r"[^\w-]", page))


def test_the_entry_of_a_payment_today_is_shown_and_balances(client, opened):
    finance(client, opened.tenant)
    page = client.get(at("detail", opened)).context["page"]

    assert page.owed.total == D("145.00")
    assert sum(part.amount for part in page.entry) == 0
    assert [part.amount for part in page.entry] == [D("145.00"), D("5.00"), D("-150.00")]


def test_the_bars_are_those_of_the_line(client, opened):
    finance(client, opened.tenant)
    barcode = slip_of(opened).barcode

    page = client.get(at("detail", opened)).content.decode()

    assert 'class="barcode"' in page
    assert len(bars(barcode)) == len(barcode) // 2 * 5 + 4
    assert f"h{bars(barcode)[-1][1]}v40" in page


def test_the_card_of_the_payer_says_how_it_pays_and_what_else_is_open(client, opened, at_kamino):
    tenant = at_kamino.tenant
    with tenant_scope(tenant.id):
        payer = Payer.objects.of(tenant).get(id=opened.payer_id)
    for days in (1, 3):
        paid_one = make_charge(tenant, at_kamino, payer=payer, due_date=date(2026, 11, 23))
        with tenant_scope(tenant.id):
            Charge.objects.of(tenant).filter(id=paid_one.id).update(
                status=ChargeStatus.PAID,
                settled=paid_one.amount,
                waived=paid_one.amount,
                paid_on=paid_one.due_date + timedelta(days=days),
            )
    other = make_charge(tenant, at_kamino, "70.00", payer=payer)
    with tenant_scope(tenant.id):
        Charge.objects.of(tenant).filter(id=other.id).update(status=ChargeStatus.ISSUING)
    finance(client, tenant)

    habits = client.get(at("detail", opened)).context["page"].habits

    assert (habits.lateness, habits.others, habits.others_amount) == (2, 1, D("70.00"))


@pytest.mark.parametrize("role", Role)
def test_every_member_sees_it_and_who_works_on_it_has_the_acts(client, opened, role):
    sign_in(client, make_member(opened.tenant, role), opened.tenant)

    page = client.get(at("detail", opened))

    may = role in {Role.ADMIN, Role.FINANCE}
    assert page.status_code == 200
    assert (at("cancel", opened) in page.content.decode()) is may
    answers = {client.post(at(name, opened), {}).status_code for name in ACTS}
    assert (answers == {403}) is not may


def test_the_page_waits_for_the_bank_and_says_nothing_while_it_is_the_same(client, at_kamino):
    charge = make_charge(at_kamino.tenant, at_kamino)
    finance(client, at_kamino.tenant)
    client.post(at("issue", charge))
    row = client.get(at("detail", charge)).context["row"]
    assert row.is_moving

    poll = {"HX-Request": "true", "X-Poll": "yes"}
    seen = {"visto": row.state_mark}
    assert client.get(at("detail", charge), seen, headers=poll).status_code == 204
    assert client.get(at("detail", charge), {"visto": "x"}, headers=poll).status_code == 200
    assert client.get(at("detail", charge), seen).status_code == 200  # a person opens it


def test_cancelling_asks_first_and_then_the_bank_is_asked(client, opened, at_kamino):
    finance(client, opened.tenant)
    assert client.get(at("cancel", opened), headers=HTMX).status_code == 200
    assert client.post(at("cancel", opened), {}).status_code == 422
    assert slip_of(opened).cancel_asked_at is None

    client.post(at("cancel", opened), {"debt": "ends", "why": "Pedido do cliente"})
    assert slip_of(opened).cancel_asked_at is not None
    follow(at_kamino)

    assert reread(opened).status == ChargeStatus.CANCELLED


def test_only_the_slip_may_end(client, opened, at_kamino):
    finance(client, opened.tenant)
    client.post(at("cancel", opened), {"debt": "stays"})
    follow(at_kamino)

    assert reread(opened).status == ChargeStatus.WRITTEN_OFF


def test_the_fee_of_cancelling_is_named(client, at_cora):
    charge = issued_charge(at_cora)
    follow(at_cora)
    finance(client, at_cora.tenant)

    question = client.get(at("cancel", charge), headers=HTMX).context["question"]

    assert len(question.texts) == 2


def test_a_draft_is_cancelled_without_the_bank(client, tenant):
    charge = make_charge(tenant, make_bank_account(tenant))
    finance(client, tenant)

    client.post(at("cancel", charge), {})

    assert reread(charge).status == ChargeStatus.CANCELLED


def test_another_due_date_is_a_new_slip_and_bad_ones_are_said(client, opened, at_kamino):
    finance(client, opened.tenant)
    for typed, field in (
        ({"due_date": "10/12/2026", "amount": "150,00"}, "due_date"),
        ({"due_date": "20/11/2026", "amount": "150,00"}, "due_date"),
        ({"due_date": "15/12/2026", "amount": "nada"}, "amount"),
    ):
        answer = client.post(at("change", opened), typed)
        assert set(answer.context["form"].errors) == {field}

    client.post(at("change", opened), {"due_date": "15/12/2026", "amount": "160,00"})

    assert reread(opened).next_due_date == date(2026, 12, 15)
    assert slip_of(opened).cancel_asked_at is not None


def test_a_receipt_that_is_none_is_said_at_its_field(client, opened):
    finance(client, opened.tenant)
    typed = {"amount": "50,00", "day": "23/11/2026", "way": "cash", "slip": "end"}

    for changes, field in (
        ({"amount": "0"}, "amount"),
        ({"day": "24/11/2026"}, "day"),
        ({"way": "cheque"}, "way"),
        ({"way": "transfer"}, "bank_account"),
        ({"slip": ""}, "slip"),
    ):
        answer = client.post(at("receive", opened), typed | changes)
        assert set(answer.context["form"].errors) == {field}

    assert settlements(opened) == []


def test_a_part_is_received_and_the_rest_given_up(client, opened, at_kamino):
    finance(client, opened.tenant)
    typed = {"amount": "50,00", "day": "23/11/2026", "way": "cash", "slip": "end"}

    client.post(at("receive", opened), typed)

    assert reread(opened).status == ChargeStatus.PARTLY_PAID
    assert slip_of(opened).cancel_asked_at is not None
    assert client.post(at("waive", opened), {"why": ""}).status_code == 422
    client.post(at("waive", opened), {"why": "Acordo"})
    assert (reread(opened).status, reread(opened).waived) == (ChargeStatus.PAID, D("100.00"))


def test_what_asks_for_a_look_is_closed_with_a_reason(client, opened):
    with tenant_scope(opened.tenant_id):
        Charge.objects.of(opened.tenant_id).filter(id=opened.id).update(
            needs_person=True, question="?"
        )
    finance(client, opened.tenant)

    assert client.post(at("look", opened), {}).status_code == 422
    client.post(at("look", opened), {"why": "Conferi no extrato"})

    assert not reread(opened).needs_person


# --- A slip that BS2 may have ---


@pytest.fixture
def unknown(at_bs2, bs2, later) -> Charge:
    charge = make_charge(at_bs2.tenant, at_bs2)
    bs2.lose_next_answer(ISSUE)
    issue(charge)
    later(timedelta(hours=2))
    follow(at_bs2)
    return at_company(charge, at_bs2)


def test_two_people_have_it_issued_again(client, unknown):
    tenant = unknown.tenant
    finance(client, tenant)
    client.post(at("missing", unknown))
    assert slip_of(unknown).missed_by_id is not None
    page = client.get(at("detail", unknown)).content.decode()
    assert at("issue_again", unknown) not in page
    client.post(at("issue_again", unknown))
    assert reread(unknown).status == ChargeStatus.UNKNOWN

    finance(client, tenant)
    assert at("issue_again", unknown) in client.get(at("detail", unknown)).content.decode()
    client.post(at("issue_again", unknown))

    assert reread(unknown).status == ChargeStatus.ISSUING


def test_of_a_slip_that_its_bank_will_tell_of_nobody_is_asked(client, at_cora, cora):
    charge = make_charge(at_cora.tenant, at_cora)
    cora.lose_next_answer("/v2/invoices/")
    issue(charge)
    change(charge, needs_person=True, question="?")
    finance(client, at_cora.tenant)

    assert reread(charge).status == ChargeStatus.UNKNOWN
    assert at("missing", charge) not in client.get(at("detail", charge)).content.decode()


def test_its_number_is_asked_about_at_the_bank(client, unknown):
    finance(client, unknown.tenant)

    answer = client.post(at("found", unknown), {"our_number": "abc"})
    assert set(answer.context["form"].errors) == {"our_number"}
    client.post(at("found", unknown), {"our_number": "00012345"})

    assert slip_of(unknown).our_number == "00012345"


def test_what_is_known_asks_nothing(client, opened):
    finance(client, opened.tenant)

    for name in ("missing", "found", "issue_again", "waive", "look"):
        assert client.get(at(name, opened), headers=HTMX).status_code == 422
