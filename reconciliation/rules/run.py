"""Apply the rules to the lines that are open now: count and sum first, then a job.

Which lines is in the row of the run, and how many of them were taken; a worker that is killed
leaves the rest to the next one. To be called outside of scopes where it says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from audit.acts import Act
from audit.services import record
from banking.models import OpenLine, StatementLine
from banking.statements.allocation import check_role
from core import deadline, lease
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import Changed, InvalidState
from core.text import shorten
from reconciliation.models import Rule, RuleRun
from reconciliation.rules.apply import apply_rules, held_lines
from reconciliation.rules.compiled import first_for, rules_of
from reconciliation.rules.open_items import open_items_now, open_items_of
from reconciliation.rules.sentence import sentences
from tenants.acting import acting_member
from tenants.models import Membership, Tenant
from tenants.scope import across_tenants, tenant_scope

log = structlog.get_logger(__name__)

LASTS = timedelta(minutes=2)
LOOKED = 20_000  # open lines, the newest first
BATCH = 25  # lines that are read together
READ = 500
ZERO = Decimal("0.00")
NO_MORE_ACCESS = "Parou: quem pediu não tem mais permissão para trabalhar no extrato."


@dataclass(slots=True)
class OfRule:
    rule: Rule
    title: str
    count: int = 0
    total: Decimal = ZERO  # of either side


@dataclass(slots=True)
class Outlook:
    """What applying would do now."""

    lines: list[UUID] = field(default_factory=list)
    by_rule: dict[UUID, OfRule] = field(default_factory=dict)
    # Lines that come to a rule which cannot be read: left to people.
    unread: dict[UUID, OfRule] = field(default_factory=dict)
    left: int = 0  # a rule fits, and a person has to say so
    is_cut: bool = False  # there are more open lines than were looked at

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def total(self) -> Decimal:
        return sum((each.total for each in self.by_rule.values()), ZERO)

    @property
    def shown(self) -> str:
        """What a person saw of it, to be compared when they say yes."""
        return f"{self.count}:{self.total}"


def outlook_of(tenant: Tenant) -> Outlook:
    """Runs inside the company's scope."""
    outlook, rules = Outlook(), rules_of(tenant.id)
    if not rules:
        return outlook
    for lines in open_lines(tenant.id, outlook):
        firsts = [(line, first) for line in lines if (first := first_for(rules, line))]
        for line, first in firsts:
            if first.is_unread:
                count(outlook.unread, first.rule, line)
        found = {line: first.rule for line, first in firsts if not first.is_unread}
        ids = [line.id for line in found]
        held = held_lines(tenant.id, ids)
        has_open_item = open_items_of(tenant, list(found))
        for line, rule in found.items():
            if line.id in held or has_open_item(line):
                outlook.left += 1
                continue
            outlook.lines.append(line.id)
            count(outlook.by_rule, rule, line)
    return outlook


def count(by_rule: dict[UUID, OfRule], rule: Rule, line: StatementLine) -> None:
    of_rule = by_rule.setdefault(rule.id, OfRule(rule, sentences(rule).title))
    of_rule.count += 1
    of_rule.total += abs(line.amount)


def open_lines(tenant_id: UUID, outlook: Outlook) -> Iterator[list[StatementLine]]:
    """Those of which nothing is explained, the newest first."""
    rows = OpenLine.objects.of(tenant_id).order_by("-day", "-id")
    rests = list(rows.values_list("id", "rest")[: LOOKED + 1])
    outlook.is_cut = len(rests) > LOOKED
    for part in parts_of(rests[:LOOKED], READ):
        left = dict(part)
        lines = StatementLine.objects.of(tenant_id).filter(id__in=left)
        lines = lines.defer("raw", "words_folded").select_related("tenant")
        found = [line for line in lines if left[line.id] == line.amount]
        yield sorted(found, key=lambda line: (line.booked_on, line.id), reverse=True)


def parts_of(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@transaction.atomic
def ask_for_run(shown: str, *, by: Membership) -> RuleRun:
    """Have a worker apply the rules to what was `shown`. Runs inside the company's scope.

    Raises:
        Changed: (code `outlook_changed`) it would do something else now.
        InvalidState: (code `nothing`) no rule fits; (code `running`) one is at work.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(by)
    outlook = outlook_of(by.tenant)
    if outlook.shown != shown:
        raise Changed(
            "Mudou desde que você abriu: confira a conta de novo.", code="outlook_changed"
        )
    if not outlook.lines:
        raise InvalidState("Nenhuma linha em aberto é de uma regra ligada.", code="nothing")
    run = RuleRun(
        tenant_id=by.tenant_id, lines=[str(each) for each in outlook.lines], asked_by=by.user
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        raise InvalidState(
            "As regras já estão sendo aplicadas: espere terminar.", code="running"
        ) from error
    enqueue("reconciliation.tasks.go_on_with_rules", str(by.tenant_id), str(run.id))
    return run


def running(tenant_id: UUID) -> RuleRun | None:
    found: RuleRun | None = RuleRun.objects.of(tenant_id).filter(finished_at=None).first()
    return found


# --- The work: to be called outside of scopes ---


def unfinished(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, run) of each that nobody works at."""
    with across_tenants():
        rows = RuleRun.objects.filter(lease.is_free(now), finished_at=None)
        return list(rows.values_list("tenant_id", "id").order_by("asked_at"))


def go_on(tenant_id: UUID, run_id: UUID) -> bool:
    """Until it is done or the time is up. True: there is more to do."""
    mine = RuleRun.objects.of(tenant_id).filter(id=run_id, finished_at=None)
    with tenant_scope(tenant_id):
        token = lease.take(mine, LASTS)
    if token is None:
        return False
    try:
        while take_batch(tenant_id, run_id, token):
            if deadline.is_over():
                return True
        return False
    finally:
        with tenant_scope(tenant_id):
            lease.give_back(RuleRun.objects.of(tenant_id).filter(id=run_id), token)


def take_batch(tenant_id: UUID, run_id: UUID, token: UUID) -> bool:
    """False: there is no more to do."""
    with tenant_scope(tenant_id):
        run = hold_run(tenant_id, run_id, token)
        if run is None:
            return False
        if not may_go_on(run):
            return finish(run, NO_MORE_ACCESS)
        if run.next >= len(run.lines):
            return finish(run)
        ids = [UUID(line) for line in run.lines[run.next : run.next + BATCH]]
        rows = StatementLine.objects.of(tenant_id).filter(id__in=ids).defer("raw")
        lines = {line.id: line for line in rows}
    return all(take_line_apart(tenant_id, run_id, token, lines.get(line)) for line in ids)


def take_line_apart(tenant_id: UUID, run_id: UUID, token: UUID, line: StatementLine | None) -> bool:
    """A line at which a rule fails is left to people, and the run goes on. Where the database
    itself fails, the next tick begins there anew."""
    try:
        return take_line(tenant_id, run_id, token, line)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        name = str(line.id) if line else ""
        log.exception("rule_not_followed", tenant=str(tenant_id), run=str(run_id), line=name)
    return pass_by(tenant_id, run_id, token)


def take_line(tenant_id: UUID, run_id: UUID, token: UUID, line: StatementLine | None) -> bool:
    """The next one; what comes of it and how far the run is are written together. None goes on
    locking after it went on record, so each is a transaction. False: there is no more to do."""
    with tenant_scope(tenant_id):
        run = hold_run(tenant_id, run_id, token)
        if run is None:
            return False
        applied = apply_rules(tenant_id, [line] if line else [], open_items_now(run.tenant))
        return step_on(run, done=len(applied.done), left=len(applied.proposed))


def pass_by(tenant_id: UUID, run_id: UUID, token: UUID) -> bool:
    with tenant_scope(tenant_id):
        run = hold_run(tenant_id, run_id, token)
        return run is not None and step_on(run, left=1)


def step_on(run: RuleRun, *, done: int = 0, left: int = 0) -> bool:
    """False: it was the last line."""
    run.next += 1
    run.done += done
    run.left += left
    run.leased_until = database_now() + LASTS
    run.save(update_fields=["next", "done", "left", "leased_until"])
    return run.next < len(run.lines) or finish(run)


def hold_run(tenant_id: UUID, run_id: UUID, token: UUID) -> RuleRun | None:
    """None: it is over, or another worker has it."""
    rows = RuleRun.objects.of(tenant_id).filter(id=run_id, lease=token, finished_at=None)
    held = rows.select_for_update(no_key=True, of=("self",)).select_related("tenant")
    found: RuleRun | None = held.first()
    return found


def may_go_on(run: RuleRun) -> bool:
    by = acting_member(run.tenant_id, run.asked_by_id)
    return by is not None and by.can_enter


def finish(run: RuleRun, why: str = "") -> bool:
    run.finished_at, run.stopped_why = database_now(), shorten(why, 300)
    run.save(update_fields=["finished_at", "stopped_why"])
    after = {"Conciliadas": str(run.done), "Para uma pessoa": str(run.left)}
    record(Act.RULES_APPLIED, on=run, by=run.asked_by, why=why, after=after)
    return False
