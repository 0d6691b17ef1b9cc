"""Approvers are told what waits: once a day, at once of what is due today, and never twice."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from payments import tasks
from payments.bills.approval_notices import notify_of_waiting
from payments.models import Payable
from payments.states import PayableStatus
from tenants import notices
from tenants.models import Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.cast import make_member
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.clock import at
from tests.payments.factories import TODAY, approve, make_payable, move

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

LATER = TODAY + timedelta(days=3)


def told(tenant: Tenant, person: User, *, is_open: bool | None = None) -> list[str]:
    """What the person was told, in order: «approvals», «approvals-today»."""
    with tenant_scope(tenant.id):
        mine = Notice.objects.of(tenant).filter(user=person, subject__startswith="approvals")
        if is_open is not None:
            mine = mine.filter(closed_at__isnull=is_open)
        return [notice.subject.partition(":")[0] for notice in mine.order_by("made_at", "id")]


def enter(tenant: Tenant, **more: object) -> Payable:
    """A bill that came yesterday."""
    bill = make_payable(tenant, **{"due_date": LATER, **more})
    change(bill, created_at=at("22 10:00"))
    return bill


@pytest.mark.parametrize(
    ("moment", "is_told"),
    [
        ("23 07:59", False),
        ("23 08:00", True),
        ("23 21:00", True),
        ("22 09:00", False),  # a Sunday
        ("20 09:00", False),  # a bank holiday
    ],
)
def test_once_a_day_in_the_morning_of_a_banking_day(
    tenant: Tenant, approver: User, moment: str, is_told: bool
) -> None:
    enter(tenant)

    notify_of_waiting(at(moment))

    assert told(tenant, approver) == (["approvals"] if is_told else [])


def test_the_next_day_again_and_the_former_is_closed(tenant: Tenant, approver: User) -> None:
    enter(tenant)

    for moment in ("23 08:00", "23 08:01", "23 15:00", "24 08:00", "24 08:01"):
        notify_of_waiting(at(moment))

    assert told(tenant, approver) == ["approvals", "approvals"]
    assert told(tenant, approver, is_open=True) == ["approvals"]


def test_by_two_workers_each_once(tenant: Tenant, approver: User, admin: User) -> None:
    enter(tenant)
    enter(tenant, due_date=TODAY)

    at_once(lambda: notify_of_waiting(at("23 08:00")), people=4)

    assert told(tenant, approver) == told(tenant, admin) == ["approvals"]


def test_only_those_for_whom_something_waits(
    tenant: Tenant, approver: User, operator: User, reader: User
) -> None:
    author = make_member(tenant, Role.ADMIN)
    enter(tenant, by=author)
    enter(tenant, by=author, due_date=TODAY)

    notify_of_waiting(at("23 08:00"))

    assert told(tenant, approver) == ["approvals"]
    assert told(tenant, author) == told(tenant, operator) == told(tenant, reader) == []


def test_nobody_where_nothing_waits(tenant: Tenant, approver: User) -> None:
    make_payable(tenant, approved=True)

    notify_of_waiting(at("23 08:00"))

    assert told(tenant, approver) == []


def test_what_is_in_the_mail(tenant: Tenant, approver: User) -> None:
    enter(tenant, amount="1000.00")
    enter(tenant, amount="250.50", due_date=TODAY)

    tasks.tell_approvers()
    notices.send_waiting(timezone.now())

    (sent,) = [message for message in mail.outbox if message.to == [approver.email]]
    assert "1.250,50" in sent.body
    assert reverse("payments:approvals") in sent.body


def test_what_comes_for_today_is_told_at_once(tenant: Tenant, approver: User) -> None:
    enter(tenant)
    notify_of_waiting(at("23 08:00"))
    make_payable(tenant, due_date=TODAY)
    make_payable(tenant, due_date=TODAY)
    make_payable(tenant, due_date=LATER)

    for moment in ("23 10:01", "23 10:02"):
        notify_of_waiting(at(moment))

    assert told(tenant, approver) == ["approvals", "approvals-today"]


def test_even_before_the_morning_or_on_a_sunday(tenant: Tenant, approver: User) -> None:
    bill = make_payable(tenant, due_date=TODAY)
    change(bill, created_at=at("23 06:30"))

    notify_of_waiting(at("23 06:31"))

    assert told(tenant, approver) == ["approvals-today"]


def test_what_has_waited_for_today_is_not_told_in_the_night(tenant: Tenant, approver: User) -> None:
    enter(tenant, due_date=TODAY)

    notify_of_waiting(at("23 00:01"))
    assert told(tenant, approver) == []
    notify_of_waiting(at("23 08:00"))

    assert told(tenant, approver) == ["approvals"]


def test_one_that_waits_again_is_told_again(tenant: Tenant, approver: User) -> None:
    bill = make_payable(tenant, due_date=TODAY)
    change(bill, created_at=at("23 07:30"))
    notify_of_waiting(at("23 07:31"))
    approve(bill)
    notify_of_waiting(at("23 07:32"))
    move(bill, PayableStatus.PENDING)

    notify_of_waiting(at("23 07:33"))
    notify_of_waiting(at("23 07:34"))

    assert told(tenant, approver) == ["approvals-today", "approvals-today"]


def test_it_is_taken_back_when_nothing_waits_any_more(tenant: Tenant, approver: User) -> None:
    bills = [enter(tenant, due_date=TODAY), enter(tenant)]
    notify_of_waiting(at("23 08:00"))

    approve(bills[0])
    notify_of_waiting(at("23 08:01"))
    assert told(tenant, approver, is_open=True) == ["approvals"]
    approve(bills[1])
    notify_of_waiting(at("23 08:02"))

    assert told(tenant, approver, is_open=True) == []


def test_another_company_is_told_nothing(
    tenant: Tenant, other_tenant: Tenant, outsider: User
) -> None:
    enter(tenant, due_date=TODAY)

    notify_of_waiting(at("23 08:00"))

    assert told(other_tenant, outsider) == []
