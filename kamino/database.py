"""Roles, database and grants: the separation of companies needs two roles.

The owner makes the tables; the application logs in under a role that row-level security binds.
"""

from collections.abc import Sequence

import psycopg
from psycopg import sql


def prepare_roles(admin_url: str, roles: Sequence[str], *, password: str) -> None:
    """Make plain login roles, which row-level security binds, or give those that are there this
    password.

    Raises:
        psycopg.errors.InsufficientPrivilege: the address is of a role that may not.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role in roles:
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "CREATE" if found.fetchone() is None else "ALTER"
            statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def prepare_database(admin_url: str, name: str, *, owner: str) -> None:
    """Make an empty database that belongs to the owner role, unless it is there."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            create = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(owner)))


def grant_access(owner_url: str, *, app: str) -> None:
    """Let the application read and write whatever the owner makes in this database."""
    role = sql.Identifier(app)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
            "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {}",
        ):
            connection.execute(sql.SQL(statement).format(role))


# No page and no task waits longer for one statement, locks included; a transaction whose process
# vanished holds its locks no longer.
STATEMENT_SECONDS, IDLE_SECONDS = 60, 120


def limit_statements(app_url: str) -> None:
    """Give the application's role its limits, as that role, which may: they hold behind a pooler
    too, from its next connections on."""
    limits = {
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
    }
    with psycopg.connect(app_url, autocommit=True) as connection:
        for name, limit in limits.items():
            statement = sql.SQL("ALTER ROLE CURRENT_USER SET {} = {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Literal(limit)))


class UnboundRole(Exception):
    """Row-level security does not bind the role: companies would not be separated."""


def is_superuser(owner_url: str) -> bool:
    with psycopg.connect(owner_url) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
        ).fetchone()
    return found is not None


def require_bound_role(app_url: str) -> None:
    """
    Raises:
        UnboundRole: the application's address is of a superuser, of one with BYPASSRLS, or of
            the owner of the tables.
    """
    with psycopg.connect(app_url) as connection:
        found = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR"
            " rolbypassrls OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND"
            " relrowsecurity))"
        ).fetchone()
    if found is not None:
        raise UnboundRole(
            f"O papel {found[0]!r} de DATABASE_URL passa por cima da separação entre empresas. "
            "Use um papel comum em DATABASE_URL e o dono das tabelas em DATABASE_OWNER_URL."
        )
