"""A running product as it was when it had started: its rows, its clock, its banks, and Redis."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import psycopg
import redis
from psycopg import sql

from kamino.local.environment import in_database
from tests.clock import DatabaseClock
from tests.e2e.product import Product

TRIES = 5


def keep(product: Product) -> None:
    """Its rows, as they are now."""
    with administrator(product) as admin:
        admin.execute("CREATE SCHEMA kept")
        for table, columns in tables(admin):
            copy = sql.SQL("CREATE TABLE kept.{} AS SELECT {} FROM public.{}")
            admin.execute(copy.format(table, columns, table))


def begin_anew(product: Product) -> None:
    """Its processes run on: what one of them is at ends first."""
    forget(product)
    for left in reversed(range(TRIES)):
        try:
            bring_back(product)
            break
        except psycopg.errors.DeadlockDetected:  # with a process that goes on
            if not left:
                raise
    forget(product)
    with closing(DatabaseClock(product.kept["DATABASE_OWNER_URL"])) as clock:
        clock.set(timedelta())
    httpx.post(f"{product.bank_address}/_sim/api/reset", json={}).raise_for_status()


def bring_back(product: Product) -> None:
    with administrator(product) as admin, admin.transaction():
        kept = tables(admin)
        admin.execute("SET LOCAL session_replication_role = replica")
        names = sql.SQL(", ").join(sql.SQL("public.{}").format(table) for table, _ in kept)
        admin.execute(sql.SQL("LOCK TABLE {}").format(names))
        for table, columns in kept:
            admin.execute(sql.SQL("DELETE FROM public.{}").format(table))
            fill = sql.SQL(
                "INSERT INTO public.{} ({}) OVERRIDING SYSTEM VALUE SELECT * FROM kept.{}"
            )
            admin.execute(fill.format(table, columns, table))


def tables(admin: psycopg.Connection) -> list[tuple[sql.Identifier, sql.Composed]]:
    """Each with its columns, but those that PostgreSQL works out."""
    rows = admin.execute(
        "SELECT relname, array_agg(attname::text ORDER BY attnum) FROM pg_class"
        " JOIN pg_attribute ON attrelid = pg_class.oid"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' AND relname <> 'played_clock'"
        " GROUP BY relname ORDER BY relname"
    ).fetchall()
    return [
        (sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns)))
        for name, columns in rows
    ]


def forget(product: Product) -> None:
    """What is in Redis, but where its queues are: workers say so once, when they start."""
    with redis.Redis.from_url(product.kept["REDIS_URL"]) as store:
        names = [name for name in store.scan_iter() if not name.startswith(b"_kombu.binding.")]
        if names:
            store.delete(*names)


@contextmanager
def administrator(product: Product) -> Iterator[psycopg.Connection]:
    name = urlsplit(product.kept["DATABASE_URL"]).path.removeprefix("/")
    address = in_database(os.environ["DATABASE_ADMIN_URL"], name)
    with psycopg.connect(address, autocommit=True) as admin:
        yield admin
