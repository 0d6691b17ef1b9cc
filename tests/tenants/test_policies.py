"""A policy asks for the company once a query."""

import os
from collections.abc import Iterator
from importlib import import_module

import psycopg
import pytest
from django.db import connection

from kamino.local.environment import in_database

MIGRATION = import_module("tenants.migrations.0007_policies_ask_once")
FORMER = "nullif(current_setting('kamino.tenant'), '*')::uuid"


@pytest.fixture
def database(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """The tests' database, as its superuser."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(in_database(os.environ["DATABASE_ADMIN_URL"], name)) as raw:
        yield raw
        raw.rollback()


def asked_of_each_row(database: psycopg.Connection) -> set[str]:
    """Policies that ask for the company row by row."""
    rows = database.execute(
        "SELECT policyname, concat(qual, ' ', with_check) FROM pg_policies"
        " WHERE policyname LIKE '%\\_scope' OR policyname LIKE '%\\_sweep'"
    )
    return {name for name, told in rows if "current_setting" in told.partition("SELECT")[0]}


def test_no_policy_of_a_company_asks_row_by_row(database):
    assert asked_of_each_row(database) == set()


def test_a_database_that_was_there_before_gets_the_same_policies(database):
    told = "SELECT policyname, qual, with_check FROM pg_policies ORDER BY tablename, policyname"
    wanted = database.execute(told).fetchall()
    database.execute(
        "ALTER POLICY parties_payer_scope ON parties_payer"
        f" USING (tenant_id = {FORMER}) WITH CHECK (tenant_id = {FORMER})"
    )
    database.execute(
        "ALTER POLICY parties_payer_sweep ON parties_payer"
        " USING (current_setting('kamino.tenant') = '*')"
    )
    assert asked_of_each_row(database) == {"parties_payer_scope", "parties_payer_sweep"}

    database.execute(MIGRATION.FORWARDS)

    assert database.execute(told).fetchall() == wanted
