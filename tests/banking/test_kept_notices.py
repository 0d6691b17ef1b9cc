"""Notices as they came: encrypted, without secrets, passed through the inbox again, and purged."""

import json
from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking import purge
from banking.banks import registry
from banking.banks.contract.payments import OrderState
from banking.gateway.sealing import Unreadable, decrypt_of, encrypt_for
from banking.models import BankAccount, BankCall, BankEvent, Connection, ConsentAttempt
from banking.statements.sync import due_accounts
from banking.webhooks.inbox import headers_to_keep
from brazil.banking_days import sao_paulo_day
from core.ids import uuid7
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import (
    SIGNING_KEY,
    change,
    make_account,
    make_connection,
    reread,
)

SECRET = "o-segredo-do-caminho"
NUMBER = "302715"
MOVEMENT = json.dumps(
    {"ID": "mov-1", "conta": NUMBER, "movimento": [{"tipo": "C", "valor": 10}]}
).encode()


@pytest.fixture
def account(tenant: Tenant, admin: User) -> BankAccount:
    """At BS2, whose notices are bodies; its statement was read a while ago."""
    bs2 = make_connection(tenant, admin, provider="bs2", secret=SECRET)
    account = make_account(tenant, admin, provider="bs2", connection=bs2)
    now = timezone.now()
    change(account, sync_started_at=now - timedelta(minutes=2), synced_at=now)
    return account


def post(account: BankAccount, body: bytes = MOVEMENT, **headers: str) -> None:
    address = reverse("banking:webhook", args=["bs2", account.connection_id, SECRET])
    bearer = f"Bearer {SIGNING_KEY.hex()}"
    answer = Client().post(
        address,
        body,
        content_type="application/json",
        headers={"Authorization": bearer, **headers},
    )
    assert answer.status_code == 200


def events(tenant: Tenant) -> list[BankEvent]:
    with tenant_scope(tenant.id):
        return list(BankEvent.objects.of(tenant).order_by("received_at"))


def row_as_text(event: BankEvent) -> str:
    """All that the database holds of it."""
    with tenant_scope(event.tenant_id), database.cursor() as cursor:
        cursor.execute("SELECT e::text FROM banking_bankevent e WHERE id = %s", [event.id])
        (text,) = cursor.fetchone()
    return str(text)


# --- At rest ------------------------------------------------------------------------------


def test_a_body_is_kept_encrypted_and_bound_to_its_row(account: BankAccount) -> None:
    post(account)

    (event,) = events(account.tenant)
    assert decrypt_of(event.id, event.sealed_body) == MOVEMENT
    assert NUMBER not in bytes(event.sealed_body).decode()
    with pytest.raises(Unreadable):
        decrypt_of(uuid7(), event.sealed_body)


def test_no_secret_and_no_header_that_is_not_named_is_kept(account: BankAccount) -> None:
    post(
        account,
        cookie="sessao=1",
        referer=f"https://kamino.example/webhooks/{SECRET}/",
        **{"x-forwarded-uri": SECRET, "webhook-signature": "v1,abc", "user-agent": "BS2/1"},
    )

    (event,) = events(account.tenant)
    assert event.headers == {"content-type": "application/json", "user-agent": "BS2/1"}
    text = row_as_text(event)
    assert SECRET not in text
    assert SIGNING_KEY.hex() not in text


@pytest.mark.parametrize("agent", ["a" * 301, "a\x00b", "a\nb", f"from /{SECRET}/"])
def test_a_header_that_is_odd_or_holds_the_secret_is_left_out(agent: str) -> None:
    headers = {"User-Agent": agent, "Content-Type": "text/plain"}

    kept = headers_to_keep(registry.info("bs2"), headers, SECRET)

    assert kept == {"content-type": "text/plain"}


def test_a_body_that_is_no_text_at_all_is_kept_whole(account: BankAccount) -> None:
    body = bytes(range(256)) * 256  # 64 KiB

    post(account, body)

    (event,) = events(account.tenant)
    assert event.kind == ""
    assert decrypt_of(event.id, event.sealed_body) == body


def test_rotation_moves_bodies_to_the_newest_key(
    account: BankAccount, settings: pytest.FixtureRequest
) -> None:
    post(account)
    post(account, b"{")
    newest = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [newest, *settings.CREDENTIAL_KEYS]

    call_command("rotate_credentials")

    settings.CREDENTIAL_KEYS = [newest]
    assert [decrypt_of(e.id, e.sealed_body) for e in events(account.tenant)] == [MOVEMENT, b"{"]


# --- Again --------------------------------------------------------------------------------


def handle(account: BankAccount) -> None:
    """As a round and a reading do."""
    for event in events(account.tenant):
        change(event, handled_at=timezone.now())
    change(account, sync_hinted_at=None)


def is_due(account: BankAccount) -> bool:
    return (account.tenant_id, account.id) in due_accounts(timezone.now())


def replay(*arguments: str) -> None:
    call_command("replay_events", *arguments)


def test_a_replay_is_as_a_new_notice(account: BankAccount) -> None:
    post(account)
    handle(account)

    replay("--go")

    (event,) = events(account.tenant)
    assert event.handled_at is None
    assert (event.kind, event.reference) == ("movimento.C", NUMBER)
    assert is_due(account)


def test_without_being_told_to_it_only_lists(
    account: BankAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    post(account)
    handle(account)
    before = events(account.tenant)[0].handled_at

    replay()

    assert str(events(account.tenant)[0].id) in capsys.readouterr().out
    assert events(account.tenant)[0].handled_at == before
    assert not is_due(account)


def test_what_could_not_be_read_is_read_when_the_reader_has_learned_it(
    account: BankAccount,
) -> None:
    """As it stands after a notice that an older version could not read."""
    post(account)
    (event,) = events(account.tenant)
    change(event, kind="", reference="", claims="", handled_at=timezone.now())
    change(account, sync_hinted_at=None)

    replay("--unread", "--go")

    (event,) = events(account.tenant)
    assert (event.kind, event.handled_at) == ("movimento.C", None)
    assert is_due(account)


def test_what_still_cannot_be_read_stays_as_it_is(account: BankAccount) -> None:
    post(account, b"{")
    before = events(account.tenant)[0].handled_at

    replay("--go")

    (event,) = events(account.tenant)
    assert (event.kind, event.handled_at) == ("", before)
    assert not is_due(account)


def test_one_whose_key_is_gone_stops_no_other(
    account: BankAccount, settings: pytest.FixtureRequest
) -> None:
    post(account)
    post(account, MOVEMENT.replace(b"mov-1", b"mov-2"))
    handle(account)
    lost, other = events(account.tenant)
    change(lost, sealed_body=Fernet(Fernet.generate_key()).encrypt(b"x"))

    replay("--go")

    assert reread(lost).handled_at is not None
    assert reread(other).handled_at is None


def test_a_body_of_another_row_is_not_passed_on(account: BankAccount) -> None:
    post(account)
    handle(account)
    (event,) = events(account.tenant)
    change(event, sealed_body=encrypt_for(uuid7(), MOVEMENT))

    replay("--go")

    assert reread(event).handled_at is not None


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ([], 2),
        (["--company", "11444777000161"], 1),
        (["--company", "11222333000181"], 1),
        (["--account", "{account}"], 1),
        (["--id", "{event}"], 1),
        (["--unread"], 0),
        (["--since", "{today}", "--until", "{today}"], 2),
        (["--since", "{tomorrow}"], 0),
        (["--until", "{yesterday}"], 0),
    ],
)
def test_it_takes_what_is_asked_for(
    account: BankAccount,
    other_tenant: Tenant,
    outsider: User,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    count: int,
) -> None:
    theirs = make_connection(other_tenant, outsider, provider="bs2", secret=SECRET)
    post(account)
    post(make_account(other_tenant, outsider, provider="bs2", connection=theirs))
    today = sao_paulo_day(timezone.now())
    values = {
        "account": account.id,
        "event": events(account.tenant)[0].id,
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "yesterday": today - timedelta(days=1),
    }

    replay(*(argument.format(**values) for argument in arguments))

    assert len(capsys.readouterr().out.splitlines()) == count + 1


# --- The purge ----------------------------------------------------------------------------


def age(event: BankEvent, **since: float) -> None:
    change(event, received_at=timezone.now() - timedelta(**since))


def test_after_ninety_days_only_what_it_said_is_left(account: BankAccount) -> None:
    for number in ("1", "2"):
        post(account, MOVEMENT.replace(b"mov-1", b"mov-" + number.encode()))
    old, young = events(account.tenant)
    change(old, claims=OrderState.PAID)
    age(old, days=90, minutes=1)
    age(young, days=89, hours=23)

    purge.purge_old_rows(timezone.now())

    old, young = reread(old), reread(young)
    assert (old.sealed_body, old.headers) == (None, {})
    assert (old.kind, old.reference, old.claims) == ("movimento.C", NUMBER, OrderState.PAID)
    assert decrypt_of(young.id, young.sealed_body)


def test_a_purged_notice_is_not_passed_on_again(account: BankAccount) -> None:
    post(account)
    handle(account)
    (event,) = events(account.tenant)
    age(event, days=91)
    purge.purge_old_rows(timezone.now())

    replay("--go")

    assert reread(event).handled_at is not None


def test_after_a_year_nothing_of_it_is_left(account: BankAccount) -> None:
    post(account)
    age(events(account.tenant)[0], days=366)

    purge.purge_old_rows(timezone.now())

    assert events(account.tenant) == []


def test_a_purge_takes_a_batch_and_the_next_one_goes_on(
    account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.purge.BATCH", 2)
    for number in range(3):
        post(account, MOVEMENT.replace(b"mov-1", b"mov-%d" % number))
    for event in events(account.tenant):
        age(event, days=366)

    purge.purge_old_rows(timezone.now())
    assert len(events(account.tenant)) == 1

    purge.purge_old_rows(timezone.now())
    assert events(account.tenant) == []


def test_calls_and_attempts_go_when_they_are_old(
    account: BankAccount, tenant: Tenant, admin: User
) -> None:
    now = timezone.now()
    for days in (89, 91):
        call = BankCall(
            tenant=tenant, connection=account.connection, made_at=now - timedelta(days=days),
            operation="statement", result="200", milliseconds=1, is_failure_of_bank=False,
        )  # fmt: skip
        with tenant_scope(tenant.id):
            call.save(force_insert=True)
    for days in (29, 31):
        with tenant_scope(tenant.id):
            attempt = ConsentAttempt.objects.create(
                tenant=tenant, provider="bs2", person=admin, state_digest=b"x"
            )
        change(attempt, started_at=now - timedelta(days=days))

    purge.purge_old_rows(now)

    with tenant_scope(tenant.id):
        (call,) = BankCall.objects.of(tenant)
        (attempt,) = ConsentAttempt.objects.of(tenant)
    assert now - call.made_at < timedelta(days=90)
    assert now - attempt.started_at < timedelta(days=30)


def test_every_company_is_purged_and_only_of_what_is_old(
    account: BankAccount, other_tenant: Tenant, outsider: User
) -> None:
    theirs: Connection = make_connection(other_tenant, outsider, provider="bs2", secret=SECRET)
    other = make_account(other_tenant, outsider, provider="bs2", connection=theirs)
    post(account)
    post(other)
    age(events(account.tenant)[0], days=400)
    age(events(other_tenant)[0], days=400)
    post(other, MOVEMENT.replace(b"mov-1", b"mov-2"))

    purge.purge_old_rows(timezone.now())

    assert (len(events(account.tenant)), len(events(other_tenant))) == (0, 1)


def test_days_are_those_of_sao_paulo(
    account: BankAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    """02:30 in UTC is 23:30 of the day before there."""
    post(account)
    (event,) = events(account.tenant)
    at = timezone.datetime(2026, 11, 24, 2, 30, tzinfo=timezone.get_fixed_timezone(0))
    change(event, received_at=at)
    day = date(2026, 11, 23).isoformat()

    replay("--since", day, "--until", day)

    assert str(event.id) in capsys.readouterr().out
