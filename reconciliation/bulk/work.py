"""Do an act on many lines: each line in a transaction of its own, with what came of it.

A worker that is killed leaves the lines that wait to the next one. To be called outside of scopes.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from banking.models import Allocation
from banking.statements.allocation import undo_allocation
from core import deadline, lease
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import DomainError, InvalidState, NotAllowed
from core.text import shorten
from reconciliation.engine.accept import accept_offered
from reconciliation.matches.bulk import do_each
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.ignore import ignore
from reconciliation.matches.pairing import Done
from reconciliation.matches.undo import already_undone, undo
from reconciliation.models import BulkAct, BulkLine, Match
from tenants.acting import acting_member
from tenants.models import Membership
from tenants.scope import across_tenants, tenant_scope

log = structlog.get_logger(__name__)

Kind, Stage, State = BulkAct.Kind, BulkAct.Stage, BulkLine.State
LASTS = timedelta(minutes=2)
RENEWED = 20  # lines
FAILED = "Não foi possível concluir esta linha. Abra-a e tente só com ela."
NO_MORE_ACCESS = "Seu papel nesta empresa não permite conciliar."


def unfinished(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, act) of each one that is under way, and that nobody works on."""
    with across_tenants():
        acts = BulkAct.objects.filter(lease.is_free(now), stage=Stage.RUNNING)
        return list(acts.values_list("tenant_id", "id").order_by("made_at"))


def work(tenant_id: UUID, bulk_id: UUID) -> bool:
    """True: the time is up, and there is more to do."""
    mine = BulkAct.objects.of(tenant_id).filter(id=bulk_id, stage=Stage.RUNNING)
    with tenant_scope(tenant_id):
        token = lease.take(mine, LASTS)
    if token is None:
        return False
    is_more = True
    number = 0
    while is_more and not deadline.is_over():
        number += 1
        if number % RENEWED == 0:
            with tenant_scope(tenant_id):
                if not is_mine(tenant_id, bulk_id, token):
                    return False
        is_more = do_next_apart(tenant_id, bulk_id)
    with tenant_scope(tenant_id):
        over: dict[str, Any] = {} if is_more else {"stage": Stage.DONE, "done_at": database_now()}
        lease.give_back(BulkAct.objects.of(tenant_id).filter(id=bulk_id), token, **over)
        if not is_more:
            # What was undone is proposed anew.
            enqueue("reconciliation.tasks.look_at_lines_of", str(tenant_id))
    return is_more


def is_mine(tenant_id: UUID, bulk_id: UUID, token: UUID) -> bool:
    until = database_now() + LASTS
    rows = BulkAct.objects.of(tenant_id).filter(id=bulk_id, lease=token)
    return bool(rows.update(leased_until=until))


def do_next_apart(tenant_id: UUID, bulk_id: UUID) -> bool:
    """A line at which the act fails is left to people, and the others are done. Where the database
    itself fails, the next tick begins there anew."""
    try:
        with tenant_scope(tenant_id):
            return do_next(tenant_id, bulk_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("bulk_line_failed", tenant=str(tenant_id), bulk=str(bulk_id))
    with tenant_scope(tenant_id):
        row = hold_next(tenant_id, bulk_id)
        if row is None:
            return False
        row.state, row.words = State.REFUSED, FAILED
        row.save(update_fields=["state", "words"])
    return True


def hold_next(tenant_id: UUID, bulk_id: UUID) -> BulkLine | None:
    rows = BulkLine.objects.of(tenant_id).filter(bulk=bulk_id).waiting().order_by("position")
    held = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    row: BulkLine | None = held.select_related("bulk__payee", "bulk__payer").first()
    return row


def do_next(tenant_id: UUID, bulk_id: UUID) -> bool:
    """The act on the next line, and what came of it, in one transaction. False: none waits."""
    row = hold_next(tenant_id, bulk_id)
    if row is None:
        return False
    by = member_of(row.bulk)
    outcomes = do_each({row.statement_line_id: act_on(row, by)})
    refused: DomainError | None = outcomes.refused.get(row.statement_line_id)
    if refused is not None:
        row.state, row.words = State.REFUSED, shorten(str(refused), 300)
    else:
        done = outcomes.done[row.statement_line_id]
        row.state = State.ASKED if done is not None and done.waiting else State.DONE
    row.save(update_fields=["state", "words"])
    return True


def member_of(bulk: BulkAct) -> Membership | None:
    """Who asked for it, as far as their role in the company goes by now."""
    return acting_member(bulk.tenant_id, bulk.made_by_id)


def act_on(row: BulkLine, by: Membership | None) -> Callable[[], Done | None]:
    def act() -> Done | None:
        if by is None or not by.can_enter:
            raise NotAllowed(NO_MORE_ACCESS, code="wrong_role")
        return ACTS[Kind(row.bulk.kind)](row, by)

    return act


def accept_line(row: BulkLine, by: Membership) -> Done:
    return accept_offered(row.plan, by=by)


def ignore_line(row: BulkLine, by: Membership) -> Done:
    seen = {row.statement_line_id: row.plan["seen"]}
    return ignore(row.statement_line_id, by=by, why=row.bulk.why, seen=seen)


def create_from_line(row: BulkLine, by: Membership) -> None:
    bulk = row.bulk
    assert bulk.classification_id is not None  # held by the database
    create_entry(
        row.statement_line_id,
        [Slice(bulk.classification_id, cost_center=bulk.cost_center_id)],
        by=by,
        memo=bulk.memo,
        payee=bulk.payee,
        payer=bulk.payer,
        seen={row.statement_line_id: row.plan["seen"]},
    )


def undo_line(row: BulkLine, by: Membership) -> None:
    """What of it still stands, with what stands on it. What another line of this act took back with
    its own is done; what anybody else took back is said."""
    require_untouched(row)
    matches = standing(row, [*row.plan["matches"], *row.plan.get("first", [])])
    if matches:
        undo(matches, by=by, why=row.bulk.why)
    parts = Allocation.objects.of(by.tenant_id).standing().filter(id__in=row.plan["parts"])
    for part in parts.order_by("id"):
        undo_allocation(part, by=by)


def require_untouched(row: BulkLine) -> None:
    """
    Raises:
        InvalidState: (code `already_undone`, `entry_changed`) something of it ended since it was
            shown, and not by this act.
    """
    matches = Match.objects.of(row.tenant_id).filter(id__in=row.plan["matches"])
    if (match := ended_elsewhere(matches, row.bulk)) is not None:
        raise already_undone(match.undone_by)
    parts = Allocation.objects.of(row.tenant_id).filter(id__in=row.plan["parts"])
    if (part := ended_elsewhere(parts, row.bulk)) is not None:
        if part.undone_by is not None:
            raise already_undone(part.undone_by)
        raise InvalidState(
            "O lançamento contábil desta linha mudou depois de mostrado: confira.",
            code="entry_changed",
        )


def ended_elsewhere(rows: "QuerySet[Any]", bulk: BulkAct) -> Any:
    """One that is over by now, and that who asked for this act has not undone."""
    ended = rows.exclude(ended_at=None).select_related("undone_by")
    return ended.exclude(undone_by=bulk.made_by_id).first()


def standing(row: BulkLine, ids: Sequence[str]) -> list[UUID]:
    rows = Match.objects.of(row.tenant_id).standing().filter(id__in=ids)
    return list(rows.values_list("id", flat=True))


ACTS = {
    Kind.ACCEPT: accept_line,
    Kind.IGNORE: ignore_line,
    Kind.CREATE: create_from_line,
    Kind.UNDO: undo_line,
}
