"""The way to a bank: `with connect(account.connection, needing=...) as bank`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from uuid import UUID

import httpx
from django.db import connection as database

from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import ConsentLost
from banking.banks.contract.info import Capability
from banking.banks.http.client import BankClient, CallInsideTransaction
from banking.gateway import circuit_breaker
from banking.gateway.call_log import CallLog
from banking.gateway.tokens import StoredTokens
from banking.models import Connection
from core.errors import InvalidState


@contextmanager
def connect(connection: Connection, *, needing: Capability) -> Iterator[BankAdapter]:
    """An adapter for one connection. To be used outside of every transaction (law 2).

    Raises:
        InvalidState: this bank cannot do that.
        BankUnavailable: the bank's circuit is open (`gateway.circuit_breaker`); nothing was sent.
        BankAccessDenied: what the connection holds cannot be read, or is over: undone by somebody
            else, however lately the caller read it.
        CallInsideTransaction: a bug. The threads that call the bank have a database connection of
            their own each, so only here can it be seen that the caller is inside one.
    """
    if database.in_atomic_block:
        raise CallInsideTransaction("a bank call must not hold a database transaction open")
    bank = registry.find(connection.provider)
    if needing not in bank.info.capabilities:
        raise InvalidState(f"A integração com {bank.info.said.the} não faz isso.")
    tokens = tokens_of(connection)
    try:
        tokens.check()
    except ConsentLost:
        forget_clients()
        raise
    circuit_breaker.refuse_while_open(connection.provider)
    has_certificate = connection.bank_mode.has_certificate
    whose = (connection.tenant_id,) if has_certificate else ()
    client = _client(connection.provider, connection.id, *whose)
    try:
        yield bank.adapter(client, tokens)
    finally:
        if isinstance(client, BankClient) and isinstance(client.watcher, CallLog):
            client.watcher.keep(connection)


def forget_clients() -> None:
    """A connection is over: neither its token nor a certificate of its company stays in memory.

    Those of the others are made again at their next call.
    """
    _client.cache_clear()
    _tokens.cache_clear()


def tokens_of(connection: Connection) -> StoredTokens:
    return _tokens(connection.tenant_id, connection.id, connection.provider)


# One client a connection and process: its connections to the bank stay open between tasks.
@lru_cache(maxsize=256)
def _client(provider: str, connection_id: UUID, certificate_of: UUID | None = None) -> httpx.Client:
    """`certificate_of` is the company, for a mode with a certificate. It is the connection's for
    good: another certificate is another connection."""
    grant = None
    if certificate_of is not None:
        grant = _tokens(certificate_of, connection_id, provider).stored_grant()
    client = registry.find(provider).open_client(grant)
    if isinstance(client, BankClient):
        client.watcher = CallLog()
    return client


@lru_cache(maxsize=256)
def _tokens(tenant_id: UUID, connection_id: UUID, provider: str) -> StoredTokens:
    return StoredTokens(tenant_id, connection_id, provider)
