"""Django's PostgreSQL, with a pool that gets over a restart of the server at once."""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """One that works.

        The pool's own check of what it gives pauses after each dead connection, twice as long as
        before: of five that died together, a request would wait until it fails.
        """
        connection = super().get_new_connection(conn_params)
        if self.pool and is_dead(connection):
            self.pool.putconn(connection)  # which discards it
            self.pool.check()  # those that died with it too
            connection = super().get_new_connection(conn_params)
        return connection


def is_dead(connection: psycopg.Connection[Any]) -> bool:
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.OperationalError:
        return True
    return False
