"""Mails to payers: when they leave, to whom, what they ask for, and above all when they do not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail

from banking.banks.cora.wire.charge_requests import charge_to_wire
from banking.models import BankAccount, Connection
from charges.dunning import addresses
from charges.dunning.addresses import allow_again, mark_dead, payers_out_of_reach
from charges.dunning.claim import claim_next
from charges.dunning.holds import hold_charge, hold_payer, release_charge
from charges.dunning.ladder import StepText, change_step, steps_of, switch
from charges.dunning.opt_out import find_recipient, opt_out
from charges.dunning.outbox import plan_outbox
from charges.dunning.reasons import against_slip
from charges.dunning.tags import name_of
from charges.dunning.whatsapp import whatsapp_of
from charges.issuing.content import describe, request_of
from charges.models import Reminder
from charges.payer_page.address import page_address
from charges.reads.reminders import next_messages
from charges.settlement.received import register_received
from charges.states import ChargeStatus, SlipStatus
from charges.transitions import ask_end, live_slip, lock_slip
from core.errors import InvalidInput, InvalidState, NotAllowed
from parties.models import Payer
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_payer, membership
from tests.charges.issued import titles
from tests.charges.mailing import an_admin, at, log_of, mail_now, opened, told, with_ladder
from tests.clock import Traveller
from tests.payments.factories import make_bank_account

pytestmark = pytest.mark.django_db(transaction=True)

Status = Reminder.Status
MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 12, 4)


@pytest.fixture
def account(tenant: Tenant, monday: Traveller) -> BankAccount:
    return make_bank_account(tenant)


def days_from(monday: Traveller, tenant: Tenant, first: date, last: date) -> dict[date, int]:
    """Each day at 08:00, 09:00, 12:00 and 20:00; how many left on which."""
    sent: dict[date, int] = {}
    day = first
    while day <= last:
        for hour in (8, 9, 12, 20):
            monday.move_to(at(day, hour))
            count = mail_now(tenant)
            assert hour in (9, 12) or not count
            sent[day] = sent.get(day, 0) + count
        day += timedelta(days=1)
    return {day: count for day, count in sent.items() if count}


# --- When ---


def test_weekends_and_holidays_move_a_step_and_eat_none(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, -2, 0, 1, 3, 7)
    friday = opened(account, FRIDAY)
    wednesday = opened(account, date(2026, 12, 23))

    sent = days_from(monday, tenant, date(2026, 12, 1), date(2026, 12, 12))
    later = days_from(monday, tenant, date(2026, 12, 20), date(2027, 1, 6))

    assert list(sent) == [
        date(2026, 12, 2), FRIDAY, date(2026, 12, 7), date(2026, 12, 11)
    ]  # fmt: skip
    assert told(tenant, charge=friday) == [
        (-2, Status.SENT), (0, Status.SENT), (1, Status.GAVE_WAY), (3, Status.SENT),
        (7, Status.SENT),
    ]  # fmt: skip
    # 24/12 is a banking day, 25/12 and the weekend are none; on 31/12 nothing leaves.
    assert list(later) == [
        date(2026, 12, 21), date(2026, 12, 23), date(2026, 12, 24), date(2026, 12, 28),
        date(2026, 12, 30),
    ]  # fmt: skip
    assert reread(wednesday).due_date == date(2026, 12, 23)
    assert set((sent | later).values()) == {1}


def test_a_step_of_the_last_day_of_the_year_leaves_in_the_next_one(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0)
    opened(account, date(2026, 12, 31))

    assert list(days_from(monday, tenant, date(2026, 12, 30), date(2027, 1, 5))) == [
        date(2027, 1, 4)
    ]


def test_nothing_leaves_for_what_was_over_when_the_ladder_was_made_or_changed(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    payers = [make_payer(tenant, emails=[f"p{n}@cliente.example"]) for n in range(3)]
    opened(account, date(2025, 3, 10), payer=payers[0])
    ahead = opened(account, date(2026, 11, 26), payer=payers[1])
    with_ladder(tenant, 0, 7)  # on Monday

    assert mail_now(tenant) == 0
    assert days_from(monday, tenant, date(2026, 11, 24), date(2026, 11, 26)) == {
        date(2026, 11, 26): 1
    }
    with tenant_scope(tenant.id):
        step = steps_of(tenant.id)[-1]
        sooner = StepText(kind="due", days=5, subject=step.subject, body=step.body)
        change_step(step, sooner, by=an_admin(tenant))
    opened(account, date(2026, 8, 28), payer=payers[2])  # late already when it is entered

    assert days_from(monday, tenant, date(2026, 11, 27), date(2026, 12, 10)) == {
        date(2026, 12, 1): 1
    }
    assert told(tenant, charge=ahead) == [(0, Status.SENT), (5, Status.SENT)]
    assert len(log_of(tenant)) == 2


def test_a_step_changed_to_a_day_that_is_over_is_not_sent(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 7)
    opened(account, date(2026, 11, 24))
    monday.move_to(at(date(2026, 11, 30), 10))  # six days late
    with tenant_scope(tenant.id):
        step = steps_of(tenant.id)[0]
        sooner = StepText(kind="due", days=5, subject=step.subject, body=step.body)
        change_step(step, sooner, by=an_admin(tenant))

    assert days_from(monday, tenant, date(2026, 12, 1), date(2026, 12, 8)) == {}


def test_after_days_without_the_clock_the_last_step_speaks(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, -2, 0, 3)
    charge = opened(account, date(2026, 11, 26))
    monday.move_to(at(date(2026, 11, 30), 10))

    assert mail_now(tenant) == 1
    assert told(tenant, charge=charge) == [
        (-2, Status.GAVE_WAY), (0, Status.GAVE_WAY), (3, Status.SENT)
    ]  # fmt: skip


def test_what_may_be_paid_without_a_fine_is_not_called_late(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 1)
    opened(account, date(2026, 11, 28))  # Saturday: Monday is in time

    assert list(days_from(monday, tenant, date(2026, 11, 27), date(2026, 12, 2))) == [
        date(2026, 12, 1)
    ]


def test_late_in_the_evening_today_is_still_today(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    monday.move_to(at(date(2026, 12, 9), 22, 30))
    with_ladder(tenant, 0, 1)
    charge = opened(account, date(2026, 12, 10))

    assert list(days_from(monday, tenant, date(2026, 12, 10), date(2026, 12, 11))) == [
        date(2026, 12, 10), date(2026, 12, 11)
    ]  # fmt: skip
    assert "10/12/2026" in mail.outbox[0].body
    assert charge.due_date == date(2026, 12, 10)


def test_saving_tells_what_comes_and_not_what_is_over(tenant: Tenant, account: BankAccount) -> None:
    opened(account, date(2026, 11, 20))
    opened(account, date(2026, 11, 28))  # Saturday
    with_ladder(tenant, 0, 3)

    with tenant_scope(tenant.id):
        ahead = next_messages(tenant, MONDAY)

    assert [(each.day, each.count) for each in ahead] == [
        (date(2026, 11, 30), 1), (date(2026, 12, 1), 1)
    ]  # fmt: skip


# --- Not at all ---


def test_what_was_paid_since_it_was_put_there_does_not_leave(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 1)
    payers = [make_payer(tenant, emails=[f"p{n}@cliente.example"]) for n in range(3)]
    due = date(2026, 11, 24)
    paid, identified, owed = (opened(account, due, payer=payer) for payer in payers)
    monday.move_to(at(date(2026, 11, 25)))
    assert plan_outbox(tenant.id) == 3
    monday.move_to(at(date(2026, 11, 25), 9, 40))
    with tenant_scope(tenant.id):
        register_received(
            paid, by=membership(tenant), amount=paid.amount, day=date(2026, 11, 25), way="cash"
        )
    change(identified, status=ChargeStatus.IN_PAYMENT)

    assert mail_now(tenant) == 1

    assert [message.to for message in mail.outbox] == [["p2@cliente.example"]]
    reasons = {row.charge_id: row.reason for row in log_of(tenant)}
    assert reasons[paid.id] == "paga às 09:40"
    assert told(tenant, charge=identified) == [(1, Status.NOT_SENT)]
    assert told(tenant, charge=owed) == [(1, Status.SENT)]
    assert "1º lembrete enviado" in titles(owed)


@pytest.mark.parametrize(
    "changes",
    [
        {"next_due_date": date(2027, 1, 10), "next_amount": "150.00"},
        {"status": ChargeStatus.WRITTEN_OFF},
        {"status": ChargeStatus.CANCELLED},
        {"status": ChargeStatus.REGISTERING},
    ],
)
def test_nothing_is_asked_for_that_the_payer_cannot_pay(
    tenant: Tenant, account: BankAccount, monday: Traveller, changes: dict[str, object]
) -> None:
    with_ladder(tenant, 0)
    charge = opened(account, date(2026, 11, 25))
    monday.move_to(at(date(2026, 11, 25)))
    plan_outbox(tenant.id)
    if "next_amount" in changes:
        changes = changes | {"next_by": membership(tenant).user}
    change(charge, **changes)

    assert mail_now(tenant) == 0
    assert told(tenant) == [(0, Status.NOT_SENT)]


def test_an_issue_is_mailed_once_and_only_when_the_bank_says_registered(
    tenant: Tenant, account: BankAccount
) -> None:
    with_ladder(tenant, issue=True)
    charge = opened(account, date(2026, 12, 10), slip_status=SlipStatus.REGISTERING)

    assert mail_now(tenant) == 0
    assert log_of(tenant) == []
    with tenant_scope(tenant.id):
        charge.slips.update(status=SlipStatus.OPEN)
    assert mail_now(tenant) == 1
    assert mail_now(tenant) == 0


def test_a_charge_of_which_nothing_was_told_is_told_as_new(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, -2, issue=True)
    monday.move_to(at(date(2026, 11, 24), 8))
    charge = opened(account, date(2026, 11, 26))
    monday.move_to(at(date(2026, 11, 24), 9))

    assert mail_now(tenant) == 1
    told_of = {row.step.kind: row.status for row in log_of(tenant, charge=charge)}
    assert told_of == {"issue": Status.SENT, "due": Status.GAVE_WAY}


def test_cora_is_asked_for_no_notifications_of_its_own(
    tenant: Tenant, account: BankAccount
) -> None:
    charge = opened(account, date(2026, 12, 10))
    with tenant_scope(tenant.id):
        content = describe(charge) | {"code": "kc-1"}

    assert "notification" not in charge_to_wire(request_of(charge.id, content))


def test_a_slip_with_a_fault_is_not_mailed(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0, issue=True)
    charge = opened(account, date(2026, 11, 25))
    with tenant_scope(tenant.id):
        charge.slips.update(fault="A linha não confere.")
    monday.move_to(at(date(2026, 11, 25)))

    assert mail_now(tenant) == 0
    assert told(tenant) == [(0, Status.NOT_SENT)]


def test_nor_the_rest_of_one_that_is_paid_in_part_while_its_slip_has_a_fault(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    charge = opened(account, date(2026, 11, 25))
    change(charge, status=ChargeStatus.PARTLY_PAID)
    charge = reread(charge)
    with tenant_scope(tenant.id):
        assert not against_slip(charge, MONDAY)
        charge.slips.update(fault="A linha não confere.")
        assert against_slip(charge, MONDAY)


def test_a_slip_that_is_being_taken_back_is_not_asked_for(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0)
    charge = opened(account, date(2026, 11, 25))
    with tenant_scope(tenant.id):
        slip = live_slip(charge)
        assert slip is not None
        ask_end(lock_slip(slip), by=membership(tenant).user)
    monday.move_to(at(date(2026, 11, 25)))

    assert mail_now(tenant) == 0
    assert told(tenant) == [(0, Status.NOT_SENT)]


def test_nothing_is_asked_for_while_its_bank_tells_nothing(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0)
    opened(account, date(2026, 11, 25))
    with tenant_scope(tenant.id):
        Connection.objects.of(tenant).update(status=Connection.Status.LOST)
    monday.move_to(at(date(2026, 11, 25)))

    assert mail_now(tenant) == 0
    assert told(tenant) == [(0, Status.NOT_SENT)]


def test_a_slip_of_the_banks_own_app_is_told_by_the_bank(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0, issue=True)
    opened(account, date(2026, 11, 25), content={"code": "FATURA 7"})
    monday.move_to(at(date(2026, 11, 25)))

    assert mail_now(tenant) == 0
    assert told(tenant) == [(0, Status.NOT_SENT)]


def test_what_its_bank_saw_paid_is_not_asked_for(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    """Of one that is paid in part the state of the slip alone says it."""
    with_ladder(tenant, 3)
    charge = opened(account, date(2026, 11, 24), "480.00")
    with tenant_scope(tenant.id):
        register_received(
            charge, by=membership(tenant), amount=Decimal(400), day=MONDAY, way="cash"
        )
        charge.slips.update(status=SlipStatus.IN_PAYMENT)
    monday.move_to(at(date(2026, 11, 27)))

    assert mail_now(tenant) == 0
    assert told(tenant) == [(3, Status.NOT_SENT)]


@pytest.mark.parametrize(("pay_until", "left"), [("2026-11-27", 0), ("2026-11-30", 1)])
def test_a_boleto_that_banks_take_no_more_is_not_asked_for(
    tenant: Tenant, account: BankAccount, monday: Traveller, pay_until: str, left: int
) -> None:
    """On a Saturday at nine no mail leaves; on Friday evening a boleto has Monday's date."""
    with_ladder(tenant, 3)
    content = {"code": "", "forms": ["boleto"], "pay_until": pay_until}
    opened(account, date(2026, 11, 27), content=content)
    monday.move_to(at(date(2026, 11, 30)))

    assert mail_now(tenant) == left


def test_a_promise_holds_until_its_day_and_a_pause_until_it_ends(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0, 1, 2, 3)
    charge, by = opened(account, date(2026, 11, 24)), membership(tenant)
    with tenant_scope(tenant.id):
        hold_charge(charge, kind="promise", until=date(2026, 11, 25), by=by, why="Ligou.")

    assert days_from(monday, tenant, date(2026, 11, 24), date(2026, 11, 26)) == {
        date(2026, 11, 26): 1
    }
    with tenant_scope(tenant.id):
        hold_payer(charge.payer, kind="pause", until=None, by=by)
    assert days_from(monday, tenant, date(2026, 11, 27), date(2026, 11, 27)) == {}
    assert [status for _, status in told(tenant)] == [
        Status.NOT_SENT, Status.NOT_SENT, Status.SENT, Status.NOT_SENT
    ]  # fmt: skip


def test_who_only_reads_holds_nothing_and_a_promise_has_a_day(
    tenant: Tenant, account: BankAccount
) -> None:
    charge = opened(account, date(2026, 11, 26))
    with tenant_scope(tenant.id):
        with pytest.raises(NotAllowed):
            hold_charge(charge, kind="pause", until=None, by=membership(tenant, role=Role.READER))
        with pytest.raises(InvalidInput):
            hold_charge(charge, kind="promise", until=None, by=membership(tenant))
        with pytest.raises(InvalidInput):
            hold_charge(charge, kind="pause", until=date(2026, 11, 22), by=membership(tenant))
        hold_charge(charge, kind="pause", until=None, by=membership(tenant))
        release_charge(charge, by=membership(tenant))


def test_switched_off_what_waits_does_not_leave(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0)
    opened(account, date(2026, 11, 24))
    monday.move_to(at(date(2026, 11, 24)))
    plan_outbox(tenant.id)
    with tenant_scope(tenant.id):
        switch(on=False, by=an_admin(tenant))

    assert mail_now(tenant) == 0
    assert told(tenant) == [(0, Status.NOT_SENT)]


def test_a_restored_database_mails_nothing_of_the_time_before_its_release(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0, 2, issue=True)
    opened(account, date(2026, 11, 24))
    change_tenant = Tenant.objects.filter(id=tenant.id)
    monday.move_to(at(date(2026, 11, 24)))
    with tenant_scope(tenant.id):
        change_tenant.update(sending_locked_at=at(date(2026, 11, 24)))
    assert mail_now(tenant) == 0
    with tenant_scope(tenant.id):
        change_tenant.update(sending_locked_at=None)

    assert mail_now(tenant) == 0
    assert days_from(monday, tenant, date(2026, 11, 26), date(2026, 11, 26)) == {
        date(2026, 11, 26): 1
    }


# --- What, and to whom ---


def test_what_is_paid_in_part_is_asked_for_its_rest(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 3)
    charge = opened(account, date(2026, 11, 24), "480.00", fine_percent=Decimal(2))
    with tenant_scope(tenant.id):
        register_received(
            charge, by=membership(tenant), amount=Decimal(400), day=MONDAY, way="cash"
        )
    monday.move_to(at(date(2026, 11, 27)))

    assert mail_now(tenant) == 1
    assert "R$ 81,60" in mail.outbox[0].body  # 80,00 and its fine
    assert "R$ 489,60" not in mail.outbox[0].body


def test_one_mail_a_payer_and_day_with_all_that_falls_together(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0, 3, issue=True)
    payer = make_payer(tenant, emails=["a@cliente.example"])
    monday.move_to(at(date(2026, 11, 24)))
    late = opened(account, date(2026, 11, 24), "10.00", payer=payer, description="Primeira")
    due = opened(account, date(2026, 11, 27), "20.00", payer=payer, description="Segunda")
    mail_now(tenant)  # both were issued
    monday.move_to(at(date(2026, 11, 27)))
    mail.outbox.clear()

    assert mail_now(tenant) == 1

    assert "Primeira" in mail.outbox[0].subject
    assert "Segunda" in mail.outbox[0].body
    with tenant_scope(tenant.id):
        assert page_address(late) in mail.outbox[0].body
        assert page_address(due) in mail.outbox[0].body
    third = opened(account, date(2026, 12, 20), payer=payer)
    assert mail_now(tenant) == 0  # told tomorrow
    monday.move_to(at(date(2026, 11, 30)))
    assert mail_now(tenant) == 1
    assert told(tenant, charge=third) == [(0, Status.SENT)]


def test_it_wears_the_company_s_name_and_leads_to_its_page_alone(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, issue=True, reply_to="financeiro@oficina.example")
    charge = opened(account, date(2026, 12, 10), description="Manutenção & revisão")

    assert mail_now(tenant) == 1

    sent = mail.outbox[0]
    html = str(sent.alternatives[0][0])
    assert sent.from_email.startswith(f"{tenant.name} <")
    assert sent.reply_to == ["financeiro@oficina.example"]
    assert "Manutenção & revisão" in sent.body
    assert "Manutenção &amp; revisão" in html
    with tenant_scope(tenant.id):
        assert html.count(f'href="{page_address(charge)}"') == 1
    row = log_of(tenant)[0]
    assert row.id.hex in sent.extra_headers["Message-ID"]
    assert "One-Click" in sent.extra_headers["List-Unsubscribe-Post"]
    assert mail_now(tenant) == 0


def test_a_copy_has_no_link_that_ends_the_payer_s_mails(
    tenant: Tenant, account: BankAccount
) -> None:
    with_ladder(tenant, issue=True, copy_to="arquivo@oficina.example")
    opened(account, date(2026, 12, 10))

    mail_now(tenant)

    (_, copy) = mail.outbox
    assert copy.to == ["arquivo@oficina.example"]
    assert "sem-lembretes" not in copy.body + str(copy.alternatives[0][0])


def test_a_receipt_follows_the_money_once(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, paid=True)
    charge = opened(account, date(2026, 12, 10))
    with tenant_scope(tenant.id):
        register_received(
            charge, by=membership(tenant), amount=charge.amount, day=MONDAY, way="cash"
        )

    assert mail_now(tenant) == 1
    monday.move_to(at(date(2026, 11, 24)))
    assert mail_now(tenant) == 0


def test_no_more_leave_in_an_hour_than_the_company_allows(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, issue=True, hourly_rate=2)
    for number in range(3):
        payer = make_payer(tenant, emails=[f"p{number}@cliente.example"])
        opened(account, date(2026, 12, 10), payer=payer)

    assert mail_now(tenant) == 2
    assert mail_now(tenant) == 0
    monday.shift(timedelta(hours=1, minutes=1))
    assert mail_now(tenant) == 1


# --- Addresses ---


def test_a_link_ends_the_mails_to_an_address_and_opens_nothing_else(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0, 1)
    payer = make_payer(tenant, emails=["a@cliente.example", "b@cliente.example"])
    opened(account, date(2026, 11, 24), payer=payer)
    monday.move_to(at(date(2026, 11, 24)))
    assert mail_now(tenant) == 2
    to_a = next(message for message in mail.outbox if message.to == ["a@cliente.example"])
    link = to_a.extra_headers["List-Unsubscribe"].strip("<>")
    token = link.rstrip("/").rpartition("/")[2]

    assert find_recipient(token).is_opted_out is False
    assert opt_out(token).is_opted_out is True
    assert find_recipient(token[:-1]) is None
    monday.move_to(at(date(2026, 11, 25)))
    mail.outbox.clear()

    assert mail_now(tenant) == 1
    assert mail.outbox[0].to == ["b@cliente.example"]


def test_marked_addresses_get_nothing_and_the_last_one_is_something_to_look_at(
    tenant: Tenant, account: BankAccount, monday: Traveller
) -> None:
    with_ladder(tenant, 0, 1)
    by, payer = membership(tenant), make_payer(tenant, emails=["a@cliente.example"])
    charge = opened(account, date(2026, 11, 24), payer=payer)
    with tenant_scope(tenant.id):
        mark_dead(payer, "a@cliente.example", by=by, why="voltou")
    monday.move_to(at(date(2026, 11, 24)))

    assert mail_now(tenant) == 0
    assert reread(charge).needs_person
    with tenant_scope(tenant.id):
        assert list(payers_out_of_reach(tenant.id)) == [payer]
        allow_again(payer, "a@cliente.example", by=by, why="Conferido por telefone.")
        assert list(payers_out_of_reach(tenant.id)) == []
    monday.move_to(at(date(2026, 11, 25)))
    assert mail_now(tenant) == 1


def test_the_company_s_own_addresses_are_never_marked(tenant: Tenant, account: BankAccount) -> None:
    with_ladder(tenant, 0, reply_to="financeiro@oficina.example")
    person = membership(tenant)
    own = ["financeiro@oficina.example", person.user.email]
    payer = make_payer(tenant, emails=own)
    with tenant_scope(tenant.id):
        for email in own:
            assert not addresses.note_dead(tenant.id, email, "550")
            with pytest.raises(InvalidInput):
                mark_dead(payer, email, by=person)


def test_another_company_is_not_seen(
    tenant: Tenant, other_tenant: Tenant, account: BankAccount
) -> None:
    with_ladder(tenant, issue=True)
    opened(account, date(2026, 12, 10))

    assert claim_next(other_tenant.id) is None
    assert mail_now(other_tenant) == 0


def test_the_log_keeps_nothing_that_opens_a_page_or_ends_mails(
    tenant: Tenant, account: BankAccount
) -> None:
    with_ladder(tenant, issue=True)
    charge = opened(account, date(2026, 12, 10))
    assert mail_now(tenant) == 1

    kept = log_of(tenant)[0].text
    with tenant_scope(tenant.id):
        assert page_address(charge) in mail.outbox[0].body
        assert page_address(charge) not in kept
    assert "/pagar/…" in kept
    assert "/sem-lembretes/…" in kept


# --- By hand, and names -----------------------------------------------------------------------


def test_by_whatsapp_nothing_is_asked_for_that_is_paid_or_cannot_be_paid(
    tenant: Tenant, account: BankAccount
) -> None:
    charge = opened(account, date(2026, 12, 10))
    with tenant_scope(tenant.id):
        assert "/pagar/" in whatsapp_of(charge, tenant.name, MONDAY).text
        charge.slips.update(fault="A linha não confere.")
        with pytest.raises(InvalidState) as refused:
            whatsapp_of(charge, tenant.name, MONDAY)
    assert refused.value.code == "not_payable"


def test_by_whatsapp_a_slip_of_the_banks_own_app_may_be_told_of(
    tenant: Tenant, account: BankAccount
) -> None:
    charge = opened(account, date(2026, 12, 10), content={"code": "FATURA 7"})

    with tenant_scope(tenant.id):
        assert whatsapp_of(charge, tenant.name, MONDAY).text


@pytest.mark.parametrize(("form", "is_told"), [("pix", True), ("boleto", False)])
def test_on_its_last_day_without_banks_a_pix_is_paid_and_a_boleto_no_more(
    tenant: Tenant, account: BankAccount, form: str, is_told: bool
) -> None:
    saturday = date(2026, 11, 28)
    content = {"code": "", "forms": [form], "pay_until": saturday.isoformat()}
    charge = opened(account, date(2026, 11, 27), form=form, content=content)

    with tenant_scope(tenant.id):
        assert (not against_slip(charge, saturday)) == is_told
        assert against_slip(charge, saturday + timedelta(days=1))


@pytest.mark.parametrize(
    ("names", "greeted"),
    [
        (("Padaria Aurora Ltda", "Aurora"), "Aurora"),
        (("Padaria Aurora Ltda", "Pix: 11987654321"), "Padaria Aurora Ltda"),
        (("Pague em loja.com", "acesse bit.ly/abc"), "cliente"),
        (("JOÃO DA SILVA 52998224725", ""), "JOÃO DA SILVA 52998224725"),
    ],
)
def test_a_name_that_tells_how_to_pay_greets_nobody(names: tuple[str, str], greeted: str) -> None:
    name, trade_name = names

    assert name_of(Payer(name=name, trade_name=trade_name)) == greeted
