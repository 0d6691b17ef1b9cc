"""What a test does to PostgreSQL from outside: locks that pin a worker, and broken connections."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from kamino.local.environment import in_database
from payments.models import Payable
from tests.payments.at_most_once.worker_pool import wait_for

ORDERS, CONNECTIONS = "payments_paymentorder", "banking_connection"


def restore_to_before_the_order(payable: Payable) -> None:
    """The rows as a backup has them that was made before: approved, and no order is remembered.

    As superuser, past the guards: so does a restore.
    """
    with psycopg.connect(in_database(os.environ["DATABASE_ADMIN_URL"], database_name())) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM payments_paymentorder WHERE payable_id = %s", [payable.id])
        admin.execute("UPDATE payments_payable SET status = 'approved' WHERE id = %s", [payable.id])


@contextmanager
def locked(table: str, mode: str = "SHARE") -> Iterator[None]:
    """Hold a lock on a table as its owner. SHARE lets others read and keeps them from writing."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute(f"LOCK TABLE {table} IN {mode} MODE")
        yield


def wait_until_stuck(table: str, *, many: int = 1) -> None:
    """Until somebody, or as many, wait for a lock on the table."""
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        wait_for(lambda: stuck(admin, table) >= many, f"{many} wait for {table}")


def stuck(admin: psycopg.Connection, table: str) -> int:
    rows = admin.execute(
        "SELECT DISTINCT pid FROM pg_stat_activity JOIN pg_locks USING (pid)"
        " WHERE datname = %s AND NOT granted AND query LIKE %s",
        [database_name(), f"%{table}%"],
    )
    return len(rows.fetchall())


def cut_stuck_connections(table: str) -> int:
    """End the sessions that wait for the table, as a failover does. How many there were."""
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        cut = admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_locks USING (pid)"
            " WHERE datname = %s AND NOT granted AND query LIKE %s",
            [database_name(), f"%{table}%"],
        )
        return len(cut.fetchall())


def database_name() -> str:
    return os.environ["DATABASE_URL"].rpartition("/")[2]
