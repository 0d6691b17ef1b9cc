"""What the clock asks every minute is found by an index, however much was done before."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banking.connections import complete, disconnect, expiry_notices, token_renewal
from banking.models import BankCall, BankEvent, ConsentAttempt
from banking.purge import purge_old_rows as purge_banking
from banking.statements import sync
from kamino.local.environment import in_database
from payments.bills import boleto_lookup, key_lookup
from payments.dispatch import schedule, unread
from payments.models import DispatchRun, PaymentOrder
from payments.orders import send, tracking
from payments.orders.status_polling import claims_by_reference
from payments.states import OrderStatus
from tenants import notices
from tenants.models import Role, Tenant, User
from tenants.purge import purge_old_rows as purge_tenants
from tenants.scope import across_tenants, tenant_scope
from tests.payments.factories import BOLETO, make_bank_account, make_order, make_payable

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 30_000
# Those that grow with every day of use.
GROWING = (
    "banking_bankcall", "banking_bankevent", "banking_consentattempt", "django_session",
    "payments_dispatchrun", "payments_payable", "payments_paymentorder", "tenants_notice",
)  # fmt: skip


@pytest.fixture
def full(tenant: Tenant, admin: User) -> Iterator[None]:
    """Years of use: everything of it is over."""
    now = timezone.now()
    account = make_bank_account(tenant)
    bill = make_payable(tenant, approved=True, destination=BOLETO)
    order = make_order(bill, OrderStatus.PAID, reference="r")
    with tenant_scope(tenant.id):
        event = BankEvent.objects.create(
            tenant=tenant, connection=account.connection, event_id="e", kind="k",
            reference="r", claims="paid", handled_at=now, sealed_body=b"x",
        )  # fmt: skip
        call = BankCall.objects.create(
            tenant=tenant, connection=account.connection, made_at=now, operation="o",
            result="200", milliseconds=1, is_failure_of_bank=False,
        )  # fmt: skip
        attempt = ConsentAttempt.objects.create(
            tenant=tenant, provider="cora", person=admin, state_digest=b"x"
        )
        DispatchRun.objects.create(tenant=tenant, bank_account=account, day=date(2000, 1, 1))
        news = notices.News("subject", "1", "t", "t", "a", "/", now + timedelta(days=1))
        notices.notify(tenant, [Role.ADMIN], news)
    address = in_database(os.environ["DATABASE_ADMIN_URL"], connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("SET session_replication_role = replica")
        copy(raw, "payments_payable", "'linha_digitavel', lpad(n::text, 47, '0'), 'status', 'paid'")
        others = "'key', gen_random_uuid(), 'payable_id', gen_random_uuid(), 'reference', n::text"
        copy(raw, "payments_paymentorder", others)
        copy(raw, "payments_dispatchrun", "'day', date '2000-01-01' + n")
        copy(raw, "banking_bankevent", "'event_id', n::text, 'reference', n::text")
        copy(raw, "banking_bankcall", "'result', '200'")
        copy(raw, "banking_consentattempt", "'provider', 'cora'")
        copy(raw, "tenants_notice", "'subject', n::text, 'closed_at', now(), 'emailed_at', now()")
        raw.execute(
            "INSERT INTO django_session SELECT n::text, '', now() + interval '1 day'"
            " FROM generate_series(1, %s) n",
            [ROWS],
        )
        raw.execute("VACUUM ANALYZE")
        assert order and event and call and attempt
        yield
        raw.execute("DELETE FROM django_session")


def copy(raw: "psycopg.Connection", table: str, changes: str) -> None:
    """Many rows like the one that is there."""
    found = raw.execute(
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE"
        " attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    ).fetchone()
    assert found
    (columns,) = found  # all but the generated ones
    made = ", ".join(f"made.{column}" for column in columns.split(", "))
    raw.execute(
        f"INSERT INTO {table} ({columns}) SELECT {made} FROM {table} row,"
        f" generate_series(1, {ROWS}) n, jsonb_populate_record(row, jsonb_build_object("
        f"'id', gen_random_uuid(), 'n', n, {changes})) made"  # n: one each
    )


def sweeps() -> dict[str, Callable[[], object]]:
    """What ticks ask, and pages that look again by themselves."""
    now = timezone.now()
    return {
        "openings": complete.unfinished_openings,
        "closings": disconnect.unclosed_connections,
        "syncs": lambda: sync.due_accounts(now),
        "endings": lambda: expiry_notices.notify_of_endings(now),
        "renewals": lambda: token_renewal.due_connections(now),
        "notices": lambda: notices.send_waiting(now),
        "runs": lambda: schedule.due_accounts(now),
        "titles read since a run": lambda: unread.accounts_with_read_titles(now),
        "queues": lambda: send.accounts_with_queue(now),
        "rounds": lambda: tracking.unfinished(now),
        "titles": lambda: boleto_lookup.accounts_with_unread_titles(now),
        "keys": lambda: key_lookup.accounts_with_unread_keys(now),
        "purge of banking": lambda: purge_banking(now),
        "purge of tenants": lambda: purge_tenants(now),
    }


def test_no_sweep_reads_all_that_was_done(full: None, tenant: Tenant) -> None:
    found = {name: scans_of(sweep) for name, sweep in sweeps().items()}
    with tenant_scope(tenant.id):
        order = PaymentOrder.objects.of(tenant).select_related("bank_account").first()
    found["claims"] = scans_of(lambda: claims_by_reference(order.bank_account, [order]))

    assert {name: scanned for name, scanned in found.items() if scanned} == {}


def scans_of(sweep: Callable[[], object]) -> list[str]:
    """The queries that read a growing table whole, each with its table."""
    with CaptureQueriesContext(connection) as captured:
        sweep()
    asked = [query["sql"] for query in captured if query["sql"].startswith("SELECT ")]
    return [f"{table}: {sql}" for sql in asked for table in scans(sql)]


def scans(sql: str) -> set[str]:
    """The growing tables that it reads whole."""
    with across_tenants(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql.replace('%', '%%')}", [])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    return set(re.findall(r"Seq Scan on (\w+)", plan)) & set(GROWING)
