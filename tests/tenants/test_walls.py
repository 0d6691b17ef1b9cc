"""Every table that has a company is walled off: one added tomorrow is tried without a word here.

The rows are made in raw SQL from what the catalogue says of each column. Triggers, keys and
checks are out of the way, inside a transaction that is rolled back: what refuses is the policy.
"""

import os
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models
from psycopg import sql

from kamino.local.environment import in_database
from tenants.models import Tenant, TenantOwned
from tenants.rls import tenant_foreign_keys, tenant_tables

OWNED = tenant_tables(apps)
# Table, and the column that says whose the row is.
TABLES = [(model._meta.db_table, "tenant_id") for model in OWNED] + [(Tenant._meta.db_table, "id")]
OURS, THEIRS = uuid4(), uuid4()

# A value for each type of column, and anything will do.
VALUES = {
    "bigint": "1",
    "boolean": "false",
    "bytea": r"'\x00'",
    "character varying": "'x'",
    "date": "'2026-11-23'",
    "integer": "1",
    "jsonb": "'{}'",
    "numeric": "1",
    "smallint": "1",
    "text": "'x'",
    "text[]": "'{}'",
    "time without time zone": "'07:00'",
    "timestamp with time zone": "'2026-11-23T10:00:00Z'",
    "uuid": "gen_random_uuid()",
    "uuid[]": "'{}'",
    "character varying[]": "'{}'",
}


@pytest.fixture
def database(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """The tests' database, as its superuser, on a connection that never had a scope."""
    name = connection.settings_dict["NAME"]
    address = in_database(os.environ["DATABASE_ADMIN_URL"], name)
    with psycopg.connect(address) as raw:
        yield raw
        raw.rollback()


def each_table(database: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """Each in a transaction of its own, out of the way of what guards it; what is done in it is
    rolled back."""
    for table, key in TABLES:
        clear_the_way(database, table)
        yield table, key
        database.rollback()


def insert(database: psycopg.Connection, table: str, key: str, tenant_id: UUID) -> int:
    """Insert a row of the company, with the columns that may not be null."""
    columns = database.execute(
        "SELECT attname, regexp_replace(format_type(atttypid, atttypmod), '\\(.*\\)', '') "
        "FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
        "AND attnotnull AND attidentity = '' AND attgenerated = '' AND attname <> %s",
        [table, key],
    ).fetchall()
    values = {name: sql.SQL(VALUES[kind]) for name, kind in columns}
    values[key] = sql.Literal(tenant_id)
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(values.values()),
    )
    return database.execute(statement).rowcount


def clear_the_way(database: psycopg.Connection, table: str) -> None:
    database.execute("SET LOCAL session_replication_role = replica")
    checks = database.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
        [table],
    ).fetchall()
    for (name,) in checks:
        drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        database.execute(drop.format(sql.Identifier(table), sql.Identifier(name)))


def become_the_application(database: psycopg.Connection) -> None:
    role = connection.settings_dict["USER"]
    database.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))


def enter(database: psycopg.Connection, scope: object) -> None:
    database.execute("SELECT set_config('kamino.tenant', %s, true)", [str(scope)])


def count(database: psycopg.Connection, table: str) -> int:
    row = database.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return row.fetchone()[0]


def update(database: psycopg.Connection, table: str, key: str, value: UUID | None = None) -> int:
    """Write the key of every row that is seen: the same again, or another company's."""
    column = sql.Identifier(key)
    statement = sql.SQL("UPDATE {} SET {} = {}").format(
        sql.Identifier(table), column, column if value is None else sql.Literal(value)
    )
    return database.execute(statement).rowcount


def delete(database: psycopg.Connection, table: str) -> int:
    return database.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table))).rowcount


def assert_refused_by_policy(database: psycopg.Connection, act: object, *args: object) -> None:
    """`args` begins with the table: PostgreSQL names it."""
    told = f'row-level security policy.* for table "{args[0]}"'
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match=told),
        database.transaction(),
    ):
        act(database, *args)
        pytest.fail(f"{args[0]} took it")


def assert_every_act_fails(
    database: psycopg.Connection, table: str, key: str, error: type[psycopg.Error]
) -> None:
    acts = (
        lambda: count(database, table),
        lambda: update(database, table, key),
        lambda: delete(database, table),
        lambda: insert(database, table, key, OURS),
    )
    for act in acts:
        with pytest.raises(error), database.transaction():
            act()
            pytest.fail(f"{table} was reached")


def test_another_company_reaches_nothing(database):
    for table, key in each_table(database):
        become_the_application(database)
        enter(database, OURS)
        assert insert(database, table, key, OURS) == 1, table
        assert count(database, table) == 1, table

        enter(database, THEIRS)

        assert count(database, table) == 0, table
        assert update(database, table, key) == 0, table
        assert delete(database, table) == 0, table
        assert_refused_by_policy(database, insert, table, key, OURS)


def test_a_row_is_not_given_to_another_company(database):
    for table, key in each_table(database):
        become_the_application(database)
        enter(database, OURS)
        insert(database, table, key, OURS)

        assert update(database, table, key) == 1, table
        assert_refused_by_policy(database, update, table, key, THEIRS)


def test_work_across_companies_reads_and_does_not_write(database):
    for table, key in each_table(database):
        become_the_application(database)
        enter(database, OURS)
        insert(database, table, key, OURS)

        enter(database, "*")

        assert count(database, table) >= 1, table
        assert update(database, table, key) == 0, table
        assert delete(database, table) == 0, table
        assert_refused_by_policy(database, insert, table, key, OURS)


def test_before_any_scope_every_act_fails(database):
    """On a connection that never had one."""
    for table, key in each_table(database):
        insert(database, table, key, OURS)
        become_the_application(database)

        assert_every_act_fails(database, table, key, psycopg.errors.UndefinedObject)


def test_after_a_scope_has_ended_every_act_fails(database):
    enter(database, OURS)
    database.commit()
    for table, key in each_table(database):
        insert(database, table, key, OURS)
        become_the_application(database)

        assert_every_act_fails(database, table, key, psycopg.errors.InvalidTextRepresentation)


def test_policies_bind_the_owner_too(database):
    for table, _ in TABLES:
        row = database.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            [table],
        )
        assert row.fetchone() == (True, True), table


def test_uniqueness_does_not_span_companies(database):
    """A violation would tell one company what another has."""
    for table, key in TABLES:
        indexes = database.execute(
            "SELECT indexrelid::regclass::text, (SELECT array_agg(attname) FROM pg_attribute "
            "WHERE attrelid = indrelid AND attnum = ANY (indkey[0:indnkeyatts - 1])) "
            "FROM pg_index WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
            [table],
        ).fetchall()
        assert [name for name, columns in indexes if key not in (columns or [])] == []


def test_foreign_keys_carry_the_company(database):
    owned = {m._meta.db_table for m in OWNED}
    for model in OWNED:
        found = foreign_keys(database, model, owned)
        wanted = {(target, "tenant_id", column) for column, target in tenant_foreign_keys(model)}
        assert wanted <= found, model
        assert [key for key in found if key[1] != "tenant_id"] == [], model


def foreign_keys(
    database: psycopg.Connection, model: type[models.Model], owned: set[str]
) -> set[tuple[str, ...]]:
    """To tables of companies: the table, and up to two columns, that of the company first."""
    keys = database.execute(
        "SELECT confrelid::regclass::text, "
        "(SELECT array_agg(attname::text ORDER BY attname = 'tenant_id' DESC, attnum) "
        " FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)) "
        "FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
        [model._meta.db_table],
    ).fetchall()
    return {(target, *columns[:2]) for target, columns in keys if target in owned}


def test_every_table_with_a_company_is_known(database):
    """Also those that no model of ours declares, such as the table of a many-to-many field."""
    rows = database.execute(
        "SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
        "WHERE attname = 'tenant_id' AND relkind IN ('r', 'p') "
        "AND relnamespace = 'public'::regnamespace"
    )
    assert {table for (table,) in rows} == {model._meta.db_table for model in OWNED}
    assert {"tenants_membership", "accounts_journalline"} <= {m._meta.db_table for m in OWNED}


def test_what_points_at_a_companys_row_belongs_to_a_company():
    owned = tuple(OWNED)
    strays = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model not in owned
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.related_model in owned
    ]
    assert strays == []


def test_what_has_a_company_is_declared_so():
    assert [model for model in OWNED if not issubclass(model, TenantOwned)] == []


@pytest.mark.django_db
def test_the_application_logs_in_under_a_role_that_policies_bind():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, "
            "(SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid), "
            "(SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid) "
            "FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False, 0, 0)
