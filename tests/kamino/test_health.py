"""What a load balancer and a watcher are told, whatever is away."""

from datetime import timedelta

import pytest
import time_machine
from celery.signals import task_postrun, task_prerun
from django.conf import settings as django_settings
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from banking.models import BankEvent, BankHealth
from kamino import health, heartbeat, tasks
from kamino.models import Heartbeat
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_account
from tests.kamino.conftest import DETAIL, TOKEN, Look
from tests.kamino.mute_server import mute_server
from tests.payments.clock import at
from tests.payments.factories import TODAY, make_bank_account, make_payable

LIVE, READY = "/saude/", "/saude/pronto/"


def bad(checks: dict[str, dict[str, object]]) -> set[str]:
    return {name for name, check in checks.items() if check["state"] == "bad"}


# --- Live and ready -----------------------------------------------------------------------


def test_live_asks_nobody() -> None:
    """Without the mark, pytest-django refuses every query."""
    client = Client()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = "uma-sessao"

    answer = client.get(LIVE, headers={"Host": "10.0.0.7"})

    assert (answer.status_code, answer.json()) == (200, {"state": "ok"})


def test_a_load_balancer_is_not_sent_to_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert Client().get(LIVE).status_code == 200


@pytest.mark.django_db
def test_ready_when_database_and_redis_answer(probes: None) -> None:
    answer = Client().get(READY)

    assert answer.status_code == 200
    assert set(answer.json()["checks"]) == {"database", "redis"}


@pytest.mark.django_db
def test_not_ready_while_redis_hangs(probes: None, settings: Settings) -> None:
    with mute_server() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        answer = Client().get(READY)

    assert answer.status_code == 503
    assert bad(answer.json()["checks"]) == {"redis"}


@pytest.mark.django_db
def test_not_ready_while_the_database_hangs(detail: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    with mute_server() as port:
        monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connection.settings_dict, "PORT", port)
        answer = Client().get(READY)
        status, told = detail()
        assert Client().get(LIVE).status_code == 200

    assert (answer.status_code, status) == (503, 503)
    assert bad(answer.json()["checks"]) == bad(told["checks"]) == {"database"}
    assert set(told["checks"]) == {"database", "redis"}  # the rest cannot be known


# --- Detail -------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        ("", "Bearer ", 404),
        (TOKEN, "", 401),
        (TOKEN, "Bearer outro", 401),
        (TOKEN, "Bearer é", 401),
    ],
)
def test_the_detail_is_for_who_has_the_token(
    settings: Settings, token: str, given: str, status: int
) -> None:
    settings.HEALTH_TOKEN = token

    assert Client().get(DETAIL, headers={"Authorization": given}).status_code == status


def test_all_is_well(detail: Look, all_alive: None) -> None:
    status, told = detail()

    assert (status, told["state"]) == (200, "ok")
    assert set(told["checks"]) == {
        "database", "redis", "beat", "worker_payments", "worker_reading", "tasks", "clock",
        "approved_bills", "bank_cora", "bank_bs2", "bank_kamino", "events",
        "engine_notes",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("beat", "beat"),
        ("queue:payments", "worker_payments"),
        ("queue:reading", "worker_reading"),
    ],
)
@pytest.mark.parametrize("never", [True, False])
def test_who_was_not_seen_lately_is_bad(
    detail: Look, all_alive: None, name: str, check: str, never: bool
) -> None:
    seen = Heartbeat.objects.filter(name=name)
    if never:
        seen.delete()
    else:
        seen.update(at=Now() - timedelta(seconds=django_settings.HEARTBEAT_SECONDS + 1))

    status, told = detail()

    assert status == 503
    assert bad(told["checks"]) == {check}


def test_the_tick_of_a_queue_says_that_a_worker_takes_it(detail: Look, all_alive: None) -> None:
    Heartbeat.objects.filter(name="queue:reading").delete()

    tasks.note_tick("reading")

    assert detail()[0] == 200


def test_a_bank_that_is_not_called_now_is_bad(detail: Look, all_alive: None) -> None:
    BankHealth.objects.create(
        provider="bs2",
        failures=django_settings.CIRCUIT_FAILURES,
        open_until=timezone.now() + timedelta(minutes=1),
    )

    assert bad(detail()[1]["checks"]) == {"bank_bs2"}


@pytest.mark.parametrize(("minutes", "is_bad"), [(9, False), (11, True), (-11, True)])
def test_a_bank_whose_clock_is_wrong_is_bad(
    detail: Look, all_alive: None, minutes: int, is_bad: bool
) -> None:
    BankHealth.objects.create(
        provider="cora", clock_ahead=timedelta(minutes=minutes), clock_seen_at=timezone.now()
    )

    checks = detail()[1]["checks"]

    assert bad(checks) == ({"bank_cora"} if is_bad else set())
    assert checks["bank_cora"]["clock_wrong_by"] == (minutes * 60 if is_bad else 0)


@pytest.mark.parametrize(("minutes", "is_bad"), [(10, False), (16, True)])
def test_events_that_nobody_reads_are_bad(
    detail: Look, all_alive: None, tenant: Tenant, admin: User, minutes: int, is_bad: bool
) -> None:
    account = make_account(tenant, admin)
    with tenant_scope(tenant.id):
        event = BankEvent.objects.create(
            tenant=tenant, connection=account.connection, event_id="evt-1", kind="payment"
        )
    change(event, received_at=timezone.now() - timedelta(minutes=minutes))

    told = detail()[1]["checks"]

    assert told["events"]["count"] == 1
    assert bad(told) == ({"events"} if is_bad else set())


@pytest.mark.parametrize(("many", "is_bad"), [(100_000, False), (100_001, True)])
def test_changes_that_no_engine_takes_are_bad(
    detail: Look, all_alive: None, tenant: Tenant, many: int, is_bad: bool
) -> None:
    with tenant_scope(tenant.id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)"
            " SELECT gen_random_uuid(), %s, 1, '', gen_random_uuid() FROM generate_series(1, %s)",
            [tenant.id, many],
        )

    told = detail()[1]["checks"]

    assert bad(told) == ({"engine_notes"} if is_bad else set())


@pytest.mark.parametrize(
    ("moment", "seconds", "is_bad"),
    [("23 06:59", 0, False), ("23 07:15", 900, False), ("23 07:16", 960, True)],
)
def test_an_approved_bill_that_waits_past_seven_is_bad(
    all_alive: None, tenant: Tenant, moment: str, seconds: int, is_bad: bool
) -> None:
    account = make_bank_account(tenant, modo_banking_from=TODAY)
    make_payable(tenant, approved=True, bank_account=account)

    told = dict(health.rows(at(moment)))

    assert told["approved_bills"]["seconds"] == seconds
    assert bad(told) == ({"approved_bills"} if is_bad else set())


@pytest.mark.parametrize(("minutes", "is_bad"), [(-11, True), (9, False), (11, True)])
def test_a_machine_whose_clock_is_wrong_is_bad(
    detail: Look, all_alive: None, minutes: int, is_bad: bool
) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        told = detail()[1]["checks"]

    assert ("clock" in bad(told)) is is_bad


def test_a_task_that_should_have_ended_is_bad_until_it_ends(
    detail: Look, all_alive: None, settings: Settings
) -> None:
    settings.TASK_SECONDS = -heartbeat.LAST_CALL
    task_prerun.send(sender=tasks.note_tick, task_id="1", task=tasks.note_tick)
    heartbeat.look("worker:um")
    told = detail()[1]["checks"]
    assert (bad(told), told["tasks"]["overdue"]) == ({"tasks"}, 1)

    task_postrun.send(sender=tasks.note_tick, task_id="1", task=tasks.note_tick)
    heartbeat.look("worker:um")

    assert detail()[0] == 200


def test_it_names_no_company(detail: Look, all_alive: None, tenant: Tenant, admin: User) -> None:
    account = make_account(tenant, admin)

    told = str(detail()[1])

    for named in (tenant.name, tenant.cnpj, str(tenant.id), account.number):
        assert named not in told


# --- The database's own limit ---------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["statement_timeout", "idle_in_transaction_session_timeout"])
def test_no_statement_of_the_application_runs_for_ever(limit: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting::int FROM pg_settings WHERE name = %s", [limit])
        assert 0 < cursor.fetchone()[0] <= 120_000
