"""Databases beside the one that is measured: migrated, and empty."""

import os

import psycopg
from django.db import connections
from psycopg import sql

from kamino.local.environment import in_database
from kamino.local.throwaway import OWNER

EMPTY = "bench_empty"


def keep_empty() -> None:
    """As ours is now, which is migrated and has no rows yet. Nobody may be in it meanwhile."""
    source = connections["default"].settings_dict["NAME"]
    connections["default"].close_pool()  # type: ignore[attr-defined]  # of PostgreSQL alone
    for alias in ("default", "owner"):
        connections[alias].close()
    copy(source, EMPTY)


def own_database(name: str) -> dict[str, str]:
    """The addresses of a new one, for a process of its own."""
    copy(EMPTY, name)
    variables = ("DATABASE_URL", "DATABASE_OWNER_URL")
    return {variable: in_database(os.environ[variable], name) for variable in variables}


def copy(source: str, name: str) -> None:
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name)))
        made = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        admin.execute(made.format(*map(sql.Identifier, (name, OWNER, source))))
