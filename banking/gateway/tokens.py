"""The access token of a connection: one refresh at a time, across threads, processes, machines."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db import connection as database
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from audit.acts import Act
from audit.services import record
from banking.banks import registry
from banking.banks.contract.auth import Grant
from banking.banks.contract.errors import BankAccessDenied, BankError, BankUnavailable, ConsentLost
from banking.gateway import circuit_breaker, rate_limit
from banking.gateway.call_log import keep_calls
from banking.gateway.credentials import CredentialsUnreadable, seal, unseal
from banking.models import Connection
from core.clock import database_now
from core.text import shorten
from tenants.scope import tenant_scope

# A token this close to its end is renewed before it is used.
MARGIN = timedelta(minutes=2)
# Longer than a token request may take; after it another process may try.
LEASE = timedelta(seconds=75)
POLL_SECONDS = 0.1
# How long a grant is used without a look at its row: somebody may have undone the connection.
TRUSTED_SECONDS = 5.0

OVER = (Connection.Status.LOST, Connection.Status.FAILED, Connection.Status.UNDONE)

Found = TypeVar("Found")


class StoredTokens:
    """The `TokenSource` of one connection, over its row. Safe to use from several threads."""

    def __init__(self, tenant_id: UUID, connection_id: UUID, provider: str) -> None:
        self._tenant_id = tenant_id
        self._connection_id = connection_id
        self._provider = provider
        self._lock = threading.Lock()
        self._grant: Grant | None = None
        self._seen_at = 0.0  # when the row was last read; seconds, as time.monotonic counts

    def access_token(self) -> str:
        with self._lock:
            grant = self._grant
            if grant is None or self._is_old(grant) or self._is_unseen():
                grant = self._keep(lambda: self._obtain(rejected=None))
            return grant.access_token

    def renew(self, rejected: str) -> str:
        with self._lock:
            grant = self._grant
            if grant is None or grant.access_token == rejected:
                grant = self._keep(lambda: self._obtain(rejected=rejected))
            return grant.access_token

    def check(self) -> None:
        """Hold what this process keeps against the row. Does not call the bank.

        Raises:
            ConsentLost: the connection is over: it was undone or lost since; nothing is kept.
            BankUnavailable, BankAccessDenied: the row cannot be read.
        """
        with self._lock:
            self._keep(lambda: self._over_the_row(self._read))

    def _keep(self, obtain: Callable[[], Grant]) -> Grant:
        """What cannot be had any more is not kept either. We hold the lock."""
        self._grant = None
        self._grant = obtain()
        self._seen_at = time.monotonic()
        return self._grant

    def _is_unseen(self) -> bool:
        return time.monotonic() - self._seen_at > TRUSTED_SECONDS

    def secrets(self) -> Mapping[str, str]:
        """What the connection holds besides its tokens; it does not change with them."""
        return self.stored_grant().secrets

    def stored_grant(self) -> Grant:
        """As it is in the row, expired or not. Does not call the bank."""
        with self._lock:
            if self._grant is None:
                return self._keep(lambda: self._over_the_row(self._read))
            return self._grant

    def keep_alive(self, now: datetime) -> bool:
        """Renew the grant if it is due and not being renewed. False when it was not needed.

        May raise any BankError, as `access_token`.
        """

        def is_fresh(grant: Grant) -> bool:
            return grant.keep_alive_at is None or grant.keep_alive_at > now

        def renew_if_due() -> Grant | None:
            if is_fresh(self._read()) or not self._take_lease():
                return None
            return self._refresh(is_fresh)

        with self._lock:
            renewed = self._over_the_row(renew_if_due)
            self._grant = renewed or self._grant
        return renewed is not None

    def _obtain(self, *, rejected: str | None) -> Grant:
        """The stored grant when it serves, else one refreshed by us or by another worker.

        Whatever goes wrong here, the caller's own request was not made.
        """

        def serves(grant: Grant) -> bool:
            return grant.access_token != rejected and not self._is_old(grant)

        def serving() -> Grant:
            deadline = time.monotonic() + LEASE.total_seconds()
            while time.monotonic() < deadline:
                grant = self._read()
                if serves(grant):
                    return grant
                if self._take_lease():
                    return self._refresh(serves)
                time.sleep(POLL_SECONDS)
            raise BankUnavailable(
                "A renovação do acesso ao banco está demorando. Tentaremos de novo."
            )

        return self._over_the_row(serving)

    def _over_the_row(self, act: Callable[[], Found]) -> Found:
        """What goes wrong with the row is told as what it means for the caller's own request."""
        try:
            return act()
        except (OperationalError, InterfaceError) as error:
            raise BankUnavailable(
                "Não foi possível ler os dados de acesso ao banco. Nada foi enviado."
            ) from error
        except CredentialsUnreadable as error:
            raise BankAccessDenied(
                "Não foi possível ler as credenciais guardadas. Refaça o vínculo."
            ) from error
        finally:
            if not database.in_atomic_block:
                database.close()  # this may be a thread of a pool, which must not keep one

    def _is_old(self, grant: Grant) -> bool:
        return grant.expires_at - MARGIN <= timezone.now()

    def _row(self) -> "Connection":
        row: Connection = Connection.objects.of(self._tenant_id).get(id=self._connection_id)
        if row.status in OVER:
            raise ConsentLost("A conexão com o banco precisa ser refeita.")
        return row

    def _read(self) -> Grant:
        with tenant_scope(self._tenant_id):
            return unseal(bytes(self._row().credentials), self._connection_id)

    def _take_lease(self) -> bool:
        now = database_now()
        free = Q(refresh_leased_until=None) | Q(refresh_leased_until__lte=now)
        with tenant_scope(self._tenant_id):
            taken = Connection.objects.of(self._tenant_id).filter(free, id=self._connection_id)
            return bool(taken.update(refresh_leased_until=now + LEASE))

    def _refresh(self, serves: Callable[[Grant], bool]) -> Grant:
        """Renew at the bank and store before anybody uses it. We hold the lease."""
        grant = self._read()
        if serves(grant):
            self._finish()  # somebody else was faster
            return grant
        try:
            fresh = self._ask(grant)
        except ConsentLost as error:
            self._finish(
                status=Connection.Status.LOST,
                status_reason=shorten(error.with_reason(), 300),
                lost_at=database_now(),
            )
            raise
        except BankAccessDenied:
            self._finish(denied_at=Coalesce("denied_at", Value(database_now())))
            raise
        except BankUnavailable:
            self._finish()
            raise
        except BankError as error:
            # Perhaps renewed. The lease stays: every try costs one of the token's few uses.
            raise BankUnavailable(str(error)) from error
        self._finish(
            credentials=seal(fresh, self._connection_id),
            keep_alive_at=fresh.keep_alive_at,
            refresh_by=fresh.refresh_by,
            denied_at=None,
        )
        return fresh

    def _ask(self, grant: Grant) -> Grant:
        """One token request, within what the bank takes in a minute."""
        bank = registry.find(self._provider)
        with bank.consent(grant) as provider:
            rate_limit.spend(bank.info, provider.client_id(grant), by_person=False)
            noted = keep_calls(self._tenant_id, self._connection_id, self._provider, "token")
            with noted, circuit_breaker.watch_call(self._provider):
                return provider.refresh(grant)

    def _finish(self, **changes: object) -> None:
        with tenant_scope(self._tenant_id):
            row = Connection.objects.of(self._tenant_id).filter(id=self._connection_id)
            if "status" in changes:
                row = row.exclude(status=Connection.Status.UNDONE)
            # A late answer brings no credentials back that were erased since.
            changed = row.exclude(status__in=OVER, credentials=b"").update(
                refresh_leased_until=None, **changes
            )
            if changed and changes.get("status") == Connection.Status.LOST:
                why = str(changes["status_reason"])
                record(Act.CONNECTION_LOST, on=row.get(), by=None, why=why)
