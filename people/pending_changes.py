"""Changes that weaken the company's guard: asked by one admin, confirmed by another.

Where nobody answers, one takes effect after the time of waiting. Everybody is told at once, and
any admin or approver may stop it until then. What the kinds do is theirs: an app names its `Kind`
in `settings.PENDING_CHANGES`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from audit.acts import Act
from audit.services import record
from core.clock import database_now
from core.errors import DomainError, InvalidState, NotAllowed
from core.text import shorten
from people import news
from people.admins import is_admin, lock_people, require_role
from people.models import PendingChange
from tenants.models import Membership, Role, Tenant, TenantOwned, User
from tenants.scope import across_tenants, tenant_scope

BATCH = 100
Outcome = PendingChange.Outcome


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be asked. Each function runs inside the company's scope, in the transaction of the
    answer, and may raise a `DomainError`: the change then has no effect, and the error says why.
    """

    slug: str
    # Does it, after looking anew at all that it needs. `decided_by` says who confirmed it.
    apply: Callable[[Tenant, PendingChange], None]
    # Undoes what was prepared, when the change is stopped.
    stop: Callable[[Tenant, PendingChange], None] = lambda tenant, change: None


def kinds() -> Mapping[str, Kind]:
    found = [import_string(name) for name in settings.PENDING_CHANGES]
    return {kind.slug: kind for kind in found}


def ask(
    kind: Kind,
    *,
    on: TenantOwned | Tenant,
    title: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    value: Mapping[str, Any],
    by: Membership,
    favours: User | None = None,
) -> PendingChange:
    """Ask for a change of the row `on`, or of the company. Without a time of waiting it takes
    effect at once.

    Raises:
        NotAllowed: (code `wrong_role`) `by` is no admin now.
        InvalidState: (code `already_asked`) the same waits already.
    """
    with tenant_scope(by.tenant_id), transaction.atomic():
        lock_people(by.tenant_id)
        by = require_role(by, Role.ADMIN)
        if waiting_for(by.tenant_id, kind, on.id) is not None:
            raise InvalidState(
                "Já há um pedido de mudança aguardando: confirme ou barre esse antes.",
                code="already_asked",
            )
        now = database_now()
        wait = timedelta(hours=settings.PEOPLE_CHANGE_WAIT_HOURS)
        change: PendingChange = PendingChange.objects.create(
            tenant=by.tenant,
            kind=kind.slug,
            subject_id=on.id,
            title=shorten(title, 200),
            before=dict(before),
            after=dict(after),
            value=dict(value),
            favours=favours,
            asked_by=by.user,
            asked_at=now,
            takes_effect_at=now + wait,
        )
        if wait:
            news.tell_asked(change)
            note(Act.CHANGE_ASKED, change, by=by.user)
        else:
            settle(change, Outcome.BY_TIME, by=None)
    return change


def waiting_for(tenant_id: UUID, kind: Kind, subject_id: UUID) -> PendingChange | None:
    waiting = PendingChange.objects.of(tenant_id).waiting()
    found: PendingChange | None = waiting.filter(kind=kind.slug, subject_id=subject_id).first()
    return found


def asker_of(change: PendingChange) -> Membership:
    """Who asked for it, an admin still.

    Raises:
        NotAllowed: they are none any more.
    """
    members = Membership.objects.of(change.tenant_id).select_related("user", "tenant")
    return require_role(members.get(user=change.asked_by_id), Role.ADMIN)


def confirm(change: PendingChange, *, by: Membership) -> PendingChange:
    """Have it take effect now. Whether it did is its `outcome`; if not, `reason` says why.

    Raises:
        NotAllowed: `by` is no admin now, asked for it, or would be able to do more by it.
        InvalidState: (code `decided`) somebody answered before.
    """
    with tenant_scope(by.tenant_id), transaction.atomic():
        by, change = hold(change, by, Role.ADMIN)
        if change.asked_by_id == by.user_id:
            raise NotAllowed(
                "Quem pede uma mudança não a confirma: peça a outro administrador.",
                code="own_change",
            )
        if change.favours_id == by.user_id:
            raise NotAllowed(
                "Esta mudança é a seu favor: outro administrador precisa confirmá-la.",
                code="favours_you",
            )
        settle(change, Outcome.CONFIRMED, by=by.user)
    return change


def stop(change: PendingChange, *, by: Membership) -> PendingChange:
    """Nothing comes of it.

    Raises:
        NotAllowed: `by` is neither admin nor approver now.
        InvalidState: (code `decided`) somebody answered before.
    """
    with tenant_scope(by.tenant_id), transaction.atomic():
        by, change = hold(change, by, Role.ADMIN, Role.APPROVER)
        kinds()[change.kind].stop(change.tenant, change)
        close(change, Outcome.STOPPED, by=by.user)
        note(Act.CHANGE_STOPPED, change, by=by.user)
    return change


def hold(change: PendingChange, by: Membership, *roles: Role) -> tuple[Membership, PendingChange]:
    """Who answers and what waits, as they are now, until the transaction ends."""
    lock_people(by.tenant_id)
    by = require_role(by, *roles)
    rows = PendingChange.objects.of(by.tenant_id).select_related("tenant", "asked_by", "favours")
    held: PendingChange = rows.select_for_update(of=("self",)).get(id=change.id)
    if held.outcome != Outcome.WAITING:
        raise InvalidState(
            f"Esta mudança já foi decidida: {held.get_outcome_display()}.", code="decided"
        )
    return by, held


def withdraw(tenant_id: UUID, kind: Kind, subject_id: UUID, reason: str) -> None:
    """What waits for this row is about nothing any more. The people are locked by the caller."""
    change = waiting_for(tenant_id, kind, subject_id)
    if change is not None:
        close(change, Outcome.VOID, by=None, reason=reason)


def settle(change: PendingChange, outcome: PendingChange.Outcome, *, by: User | None) -> None:
    """Do it, unless what it was asked upon is no longer so. The people are locked."""
    change.decided_by = by
    try:
        with transaction.atomic():
            if not is_admin(change.tenant_id, change.asked_by_id):
                raise InvalidState(
                    f"{change.asked_by.display_name} não administra mais a empresa.",
                    code="asker_left",
                )
            kinds()[change.kind].apply(change.tenant, change)
    except DomainError as error:
        close(change, Outcome.VOID, by=by, reason=str(error))
    else:
        close(change, outcome, by=by)
    acts = {
        Outcome.CONFIRMED: Act.CHANGE_CONFIRMED,
        Outcome.BY_TIME: Act.CHANGE_BY_TIME,
        Outcome.VOID: Act.CHANGE_VOID,
    }
    note(acts[Outcome(change.outcome)], change, by=by)


def close(
    change: PendingChange, outcome: PendingChange.Outcome, *, by: User | None, reason: str = ""
) -> None:
    change.outcome = outcome
    change.decided_by = by
    change.decided_at = database_now()
    change.reason = shorten(reason, 300)
    change.save(update_fields=["outcome", "decided_by", "decided_at", "reason"])
    news.tell_decided(change)


def note(act: Act, change: PendingChange, *, by: User | None) -> None:
    record(act, on=change, by=by, why=change.reason, before=change.before, after=change.after)


def due(now: datetime) -> Iterator[tuple[UUID, UUID]]:
    """Company and id of those that nobody answered in time. To be called outside of scopes."""
    with across_tenants():
        rows = PendingChange.objects.waiting().filter(takes_effect_at__lte=now)
        found = list(rows.order_by("takes_effect_at").values_list("tenant_id", "id")[:BATCH])
    yield from found


def take_effect(tenant_id: UUID, change_id: UUID) -> None:
    """Its time has come and nobody answered. What was answered meanwhile is left alone."""
    with tenant_scope(tenant_id):
        lock_people(tenant_id)
        rows = PendingChange.objects.of(tenant_id).waiting().select_for_update(of=("self",))
        change = rows.select_related("tenant", "asked_by", "favours").filter(id=change_id).first()
        if change is not None and change.takes_effect_at <= database_now():
            settle(change, Outcome.BY_TIME, by=None)
