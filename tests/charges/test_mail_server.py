"""What becomes of a mail when its server refuses, is away, or takes it and says nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from pytest_django import Settings

from banking.models import BankAccount
from charges.dunning.addresses import known_addresses
from charges.dunning.claim import claim_next
from charges.dunning.outbox import plan_outbox
from charges.models import Reminder
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_payer
from tests.charges.mailing import log_of, mail_now, opened, with_ladder
from tests.charges.smtp_server import SmtpServer, smtp_server
from tests.clock import Traveller
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db(transaction=True)]

Status = Reminder.Status
DUE = date(2026, 12, 10)
HALF_AN_HOUR = timedelta(minutes=31)


@pytest.fixture
def account(tenant: Tenant, monday: Traveller) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def server(settings: Settings) -> Iterator[SmtpServer]:
    with smtp_server(settings) as server:
        yield server


def to_each(account: BankAccount, *emails: str) -> None:
    for email in emails:
        opened(account, DUE, payer=make_payer(account.tenant, emails=[email]))


def statuses(tenant: Tenant) -> dict[str, str]:
    return {row.email: row.status for row in log_of(tenant)}


def work_and_hang_up(tenant: Tenant) -> int:
    try:
        return mail_now(tenant)
    finally:
        connection.close()


def test_three_workers_send_nothing_twice_nor_after_a_lost_answer(
    tenant: Tenant, account: BankAccount, server: SmtpServer
) -> None:
    emails = [f"p{number}@cliente.example" for number in range(8)]
    with_ladder(tenant, issue=True)
    to_each(account, *emails)
    server.lost = {2}

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(work_and_hang_up, [tenant] * 3))
    mail_now(tenant)

    assert server.recipients == dict.fromkeys(emails, 1)
    lost = str(server.taken[1]["To"])
    assert statuses(tenant) == dict.fromkeys(emails, Status.SENT) | {lost: Status.UNKNOWN}
    assert len({str(message["Message-ID"]) for message in server.taken}) == len(emails)


def test_a_worker_that_was_killed_leaves_a_mail_that_may_have_left(
    tenant: Tenant, account: BankAccount, server: SmtpServer, monday: Traveller
) -> None:
    with_ladder(tenant, issue=True)
    to_each(account, "a@cliente.example")
    plan_outbox(tenant.id)
    assert claim_next(tenant.id) is not None  # and nobody stores what came of it

    mail_now(tenant)
    assert statuses(tenant) == {"a@cliente.example": Status.SENDING}
    monday.shift(timedelta(minutes=10))
    mail_now(tenant)

    assert statuses(tenant) == {"a@cliente.example": Status.UNKNOWN}
    assert not server.taken


def test_what_left_never_waits_again(tenant: Tenant, account: BankAccount) -> None:
    with_ladder(tenant, issue=True)
    to_each(account, "a@cliente.example")
    mail_now(tenant)

    with pytest.raises(DatabaseError), tenant_scope(tenant.id):
        Reminder.objects.of(tenant).update(status=Status.WAITING)


def test_names_and_accents_arrive_as_they_were_typed(
    tenant: Tenant, account: BankAccount, server: SmtpServer
) -> None:
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(name="Café & Pão, do João")
    with_ladder(tenant, issue=True)
    opened(account, DUE, description="Manutenção à São João")

    mail_now(tenant)

    (message,) = server.taken
    assert message["From"].addresses[0].display_name == "Café & Pão, do João"
    assert "Café & Pão" in message["Subject"]
    body = message.get_body(("plain",))
    assert body is not None
    assert "Manutenção à São João" in body.get_content()
    assert message.get_body(("html",)) is not None


def test_a_server_that_is_away_has_nothing_claimed_for_it(
    tenant: Tenant, account: BankAccount, settings: Settings
) -> None:
    with_ladder(tenant, issue=True)
    to_each(account, "a@cliente.example")
    with smtp_server(settings):
        pass

    assert mail_now(tenant) == 0
    assert statuses(tenant) == {"a@cliente.example": Status.WAITING}
    with smtp_server(settings) as server:
        assert mail_now(tenant) == 1
    assert server.recipients == {"a@cliente.example": 1}


def test_of_three_contacts_two_bounce(
    tenant: Tenant, account: BankAccount, server: SmtpServer, monday: Traveller
) -> None:
    a, b, c = (f"{name}@cliente.example" for name in "abc")
    server.refused = {a: b"550 no such mailbox", b: b"452 mailbox full"}
    with_ladder(tenant, issue=True)
    charge = opened(account, DUE, payer=make_payer(tenant, emails=[a, b, c]))

    mail_now(tenant)
    assert statuses(tenant) == {a: Status.REFUSED, b: Status.WAITING, c: Status.SENT}
    for _ in range(4):
        monday.shift(HALF_AN_HOUR)
        mail_now(tenant)

    assert statuses(tenant) == {a: Status.REFUSED, b: Status.REFUSED, c: Status.SENT}
    with tenant_scope(tenant.id):
        known = known_addresses(tenant.id, [a, b, c])
    assert {email for email, row in known.items() if not row.takes_mail} == {a, b}
    assert not reread(charge).needs_person


def test_the_last_address_that_dies_is_something_to_look_at(
    tenant: Tenant, account: BankAccount, server: SmtpServer
) -> None:
    server.refused = {"a@cliente.example": b"550 no such mailbox"}
    with_ladder(tenant, issue=True)
    charge = opened(account, DUE, payer=make_payer(tenant, emails=["a@cliente.example"]))

    mail_now(tenant)

    assert reread(charge).needs_person
