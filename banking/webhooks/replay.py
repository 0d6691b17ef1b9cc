"""Kept notices that are passed through the inbox again, because a person says so."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from banking.gateway.sealing import Unreadable
from banking.models import BankEvent
from banking.webhooks.inbox import read_again
from brazil.banking_days import day_bounds
from tenants.scope import across_tenants


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices: all that is given holds. Days are São Paulo days, both included."""

    cnpj: str = ""
    account: UUID | None = None
    since: date | None = None
    until: date | None = None
    ids: Collection[UUID] = ()
    unread: bool = False  # only those that could not be read


def find_kept(wanted: Wanted) -> list[BankEvent]:
    """The oldest first; only those that are kept as they came. Without their bodies."""
    with across_tenants():
        events = BankEvent.objects.filter(sealed_body__isnull=False)
        if wanted.cnpj:
            events = events.filter(tenant__cnpj=wanted.cnpj)
        if wanted.account:
            events = events.filter(connection__accounts=wanted.account)
        if wanted.since:
            events = events.filter(received_at__gte=day_bounds(wanted.since)[0])
        if wanted.until:
            events = events.filter(received_at__lt=day_bounds(wanted.until)[1])
        if wanted.ids:
            events = events.filter(id__in=wanted.ids)
        if wanted.unread:
            events = events.filter(kind="")
        ordered = events.select_related("connection", "tenant").order_by("received_at", "id")
        return list(ordered.defer("sealed_body"))


class Outcome(StrEnum):
    READ = "read"
    UNREAD = "unread"  # as before
    SEALED = "sealed"  # under a key that is gone


def replay(events: Iterable[BankEvent]) -> Counter[Outcome]:
    """Pass them on, and count what came of it. To be called outside of scopes."""
    return Counter(map(replay_one, events))


def replay_one(event: BankEvent) -> Outcome:
    try:
        return Outcome.READ if read_again(event) else Outcome.UNREAD
    except Unreadable:
        return Outcome.SEALED
