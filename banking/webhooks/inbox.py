"""The webhook inbox: a bank's notice is stored as it came, once, and handled later."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from banking.bank_accounts.news import announce_news
from banking.banks import registry
from banking.banks.contract.errors import ForgedEvent, InvalidEvent
from banking.banks.contract.info import BankInfo
from banking.banks.contract.payments import OrderState
from banking.banks.contract.webhooks import BankEventNotice
from banking.connections.webhook_registration import digest, signing_key
from banking.gateway.sealing import decrypt_of, encrypt_for
from banking.models import BankAccount, BankEvent, Connection
from banking.statements.sync import request_sync
from core.clock import database_now
from core.enqueue import enqueue
from tenants.scope import across_tenants, tenant_scope

# Of every bank, beside those that its `info` names. No other header is kept.
HEADERS = frozenset({"content-type", "user-agent"})
LONGEST_HEADER = 300  # characters
# What the statement will show, or may: a notice that claims nothing about an order is of money
# that came or will.
MOVES_MONEY = frozenset({None, OrderState.PAID, OrderState.RETURNED})

log = structlog.get_logger(__name__)


def find_door(provider: str, connection_id: UUID, secret: str) -> Connection | None:
    """The connection whose address this is; None when the secret is not the one in it."""
    with across_tenants():
        connection: Connection | None = Connection.objects.filter(
            id=connection_id, provider=provider
        ).first()
    if connection is None:
        return None
    known = hmac.compare_digest(bytes(connection.webhook_digest), digest(secret))
    return connection if known else None


def store_event(
    connection: Connection, headers: Mapping[str, str], body: bytes, *, secret: str
) -> bool:
    """Keep what came, and have what it concerns looked at. False when it is here already.

    What cannot be read is kept too, and wakes nobody. `secret` is the one in the address. To be
    called outside of scopes.

    Raises:
        ForgedEvent: it is not signed by this bank; nothing is stored.
        Unreadable: the key that it is signed with is encrypted with one that is gone.
    """
    bank = registry.find(connection.provider)
    kept = headers_to_keep(bank.info, headers, secret)
    notice: BankEventNotice | None
    try:
        notice = bank.parse_event(headers, body, secret=signing_key(connection))
    except ForgedEvent:
        raise
    except InvalidEvent:
        notice = None
    event = BankEvent(
        tenant_id=connection.tenant_id,
        connection=connection,
        event_id=notice.event_id if notice else digest_of(bank.info, kept, body),
        headers=kept,
        **what_is_said(notice),
    )
    event.sealed_body = encrypt_for(event.id, body)
    with tenant_scope(connection.tenant_id):
        BankEvent.objects.bulk_create([event], ignore_conflicts=True)
        is_new: bool = BankEvent.objects.of(connection.tenant_id).filter(id=event.id).exists()
    if is_new and notice is None:
        log.warning("notice_not_read", bank=connection.provider, notice=str(event.id))
    elif is_new and notice is not None:
        wake(connection, notice)
    return is_new


def read_again(event: BankEvent) -> bool:
    """Pass a kept notice through the inbox once more, as if it had just come.

    By itself it moves nothing: its account is asked about at the bank, as for a new one. False
    when it cannot be read. To be called outside of scopes, with `event.connection` loaded.

    Raises:
        Unreadable: its body is encrypted with a key that is gone.
    """
    bank = registry.find(event.connection.provider)
    with tenant_scope(event.tenant_id):
        kept = BankEvent.objects.of(event.tenant_id).filter(id=event.id)
        sealed = kept.values_list("sealed_body", flat=True).first()
    if sealed is None:  # purged meanwhile
        return False
    body = decrypt_of(event.id, sealed)
    try:
        notice = bank.read_event(event.headers, body)
    except InvalidEvent:
        return False
    with tenant_scope(event.tenant_id):
        BankEvent.objects.of(event.tenant_id).filter(id=event.id).update(**what_is_said(notice))
    wake(event.connection, notice)
    return True


def what_is_said(notice: BankEventNotice | None) -> dict[str, Any]:
    """The columns of a notice, not handled yet. There is nothing to handle in an unread one."""
    if notice is None:
        return {"kind": "", "handled_at": database_now()}
    return {
        "kind": notice.kind,
        "reference": notice.reference,
        "claims": notice.state or "",
        "handled_at": None,
    }


def wake(connection: Connection, notice: BankEventNotice) -> None:
    """Have looked at now what a stored notice concerns, and nothing else."""
    tenant_id = connection.tenant_id
    if notice.state in MOVES_MONEY:
        for account_id in request_sync(connection):
            enqueue("banking.tasks.sync_account", str(tenant_id), str(account_id))
    with tenant_scope(tenant_id):
        accounts = BankAccount.objects.of(tenant_id).filter(connection=connection)
        ids = list(accounts.values_list("id", flat=True))
    for account_id in ids:
        announce_news(tenant_id, account_id)


def headers_to_keep(bank: BankInfo, headers: Mapping[str, str], secret: str) -> dict[str, str]:
    """Those that are allowed; also of them none that is odd or holds the secret of the address."""
    allowed = bank.event_headers | HEADERS
    return {
        name.lower(): text
        for name, text in headers.items()
        if name.lower() in allowed
        and len(text) <= LONGEST_HEADER
        and text.isprintable()
        and secret not in text
    }


def digest_of(bank: BankInfo, kept: Mapping[str, str], body: bytes) -> str:
    """Stands for the id of a notice that could not be read: the same when it comes again."""
    named = "\n".join(f"{name}: {kept.get(name, '')}" for name in sorted(bank.event_headers))
    return f"unread:{hashlib.sha256(named.encode() + bytes(1) + body).hexdigest()}"
