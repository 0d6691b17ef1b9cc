"""The scopes in which rows that belong to a company can be read and written.

PostgreSQL's row-level security reads two settings that live as long as a transaction:
`kamino.tenant` (a company's id, or `*` for reading ids across companies) and `kamino.person`
(whose companies may be listed). Outside of these scopes a query on a tenant's table fails.
Only `SET LOCAL` semantics are used, so a transaction pooler in between is harmless.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from core.errors import KaminoError

NOBODY = UUID(int=0)
EVERYONE = "*"


class ScopeError(KaminoError):
    """A scope was opened inside another one. A bug, never a person's mistake."""


def current_scope() -> str | None:
    """The company id or `*` that queries of this thread run under now; None outside."""
    return getattr(connection, "kamino_scope", None)


@contextmanager
def tenant_scope(tenant_id: UUID) -> Iterator[None]:
    """Open a transaction that sees the rows of one company and of no other.

    Inside a scope of the same company it does nothing. It commits when the block ends and
    rolls back when an exception leaves it.

    Raises:
        ScopeError: the thread is inside another scope already.
    """
    if current_scope() == str(tenant_id):
        yield
    else:
        with _scope(str(tenant_id), person=""):
            yield


@contextmanager
def person_scope(person_id: int) -> Iterator[None]:
    """Open a transaction that sees only which companies a person belongs to."""
    with _scope(str(NOBODY), person=str(person_id)):
        yield


@contextmanager
def across_tenants() -> Iterator[None]:
    """Open a transaction that reads the rows of all companies and writes none.

    For the clock and the sweeps, which take ids from it and then open each company's scope,
    and for the webhook view, which knows an address before it knows a company.
    """
    with _scope(EVERYONE, person=""):
        yield


@contextmanager
def _scope(tenant: str, *, person: str) -> Iterator[None]:
    if current_scope() is not None:
        raise ScopeError("scopes do not nest")
    nested = connection.in_atomic_block
    with transaction.atomic():
        _set(tenant, person)
        connection.kamino_scope = tenant  # type: ignore[attr-defined]
        try:
            yield
            if nested:
                _leave_nested()
        finally:
            connection.kamino_scope = None  # type: ignore[attr-defined]


def _set(tenant: str, person: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('kamino.tenant', %s, true), set_config('kamino.person', %s, true)",
            [tenant, person],
        )


def _leave_nested() -> None:
    """The transaction goes on without us: check what was deferred while it can still be read."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    _set("", "")
