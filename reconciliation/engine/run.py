"""Look at a company's open lines: propose, match by itself what is certain, keep the rest."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection

from banking.models import BankAccount, StatementLine
from core.deadline import is_over
from core.enqueue import enqueue
from reconciliation.engine.books.gathered import Gathered
from reconciliation.engine.due import (
    Due,
    Read,
    end_turn,
    hold_unchanged,
    is_mine,
    note_read,
    set_apart,
    take_due,
    take_turn,
)
from reconciliation.engine.gather import gather
from reconciliation.engine.guards import Guards, GuardsToRead
from reconciliation.engine.write import score_of, write_all
from reconciliation.models import Proposal
from reconciliation.proposals.facts import Line
from reconciliation.proposals.facts import Proposal as Found
from reconciliation.proposals.propose import propose
from reconciliation.proposals.sets import may_be_of_its_days
from reconciliation.rules.apply import apply_rules
from reconciliation.rules.compiled import has_rules, rule_for, rules_of
from reconciliation.rules.open_items import open_items_now
from tenants.models import Tenant
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)

BATCH = 1_000
DEGREES = ("id", "evidence")  # in this order


@dataclass(slots=True)
class Worked:
    lines: int = 0  # looked at; some more than once
    matched: int = 0  # by itself
    by_rules: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """What a batch left open, and what is proposed for it."""

    gathered: Gathered
    proposals: Mapping[str, Sequence[Found]]
    lines: Sequence[str]
    has_rules: bool  # whether the company has said anything of lines like these

    def may_be_of_item(self, line: StatementLine) -> bool:
        """Documents before memory: something is proposed, or its party has an item that is open."""
        name, book = str(line.id), self.gathered.book
        if self.proposals.get(name):
            return True
        told = book.lines[name]
        return any(book.by_party(party, told) for party in book.parties_of(told))


def work(tenant_id: UUID) -> Worked:
    """Until nothing is due, or the task's time is over; nothing while another worker has the
    company. To be called outside of scopes."""
    done = Worked()
    with tenant_scope(tenant_id):
        token = take_turn(tenant_id)
    if token is None:
        return done
    try:
        while step(tenant_id, token, done):
            pass
    finally:
        with tenant_scope(tenant_id):
            end_turn(tenant_id, token)
    return done


def work_soon(account: BankAccount) -> None:
    """Lines have come. Named in `settings.ON_STATEMENT_READ`."""
    enqueue("reconciliation.tasks.look_at_lines_of", str(account.tenant_id))


def step(tenant_id: UUID, token: UUID, done: Worked) -> bool:
    """A batch. False: nothing is due, nothing of it can be done now, or the time is up."""
    if is_over():
        return False
    with tenant_scope(tenant_id):
        due = take_due(tenant_id, BATCH) if is_mine(tenant_id, token) else []
    return bool(due) and look_apart(tenant_id, token, due, done)


def look_apart(tenant_id: UUID, token: UUID, due: Sequence[Due], done: Worked) -> bool:
    """A line at which the engine fails is found by halving; it is left to people, and the others
    are looked at. Where the database itself fails, the next tick begins anew."""
    try:
        return look(tenant_id, due, done)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(due) == 1:
            log.exception("line_set_apart", tenant=str(tenant_id), line=str(due[0].line))
            with tenant_scope(tenant_id):
                return set_apart(tenant_id, due)
        log.warning("lines_looked_at_in_halves", tenant=str(tenant_id), count=len(due))
    half, goes_on = len(due) // 2, False
    for part in (due[:half], due[half:]):
        with tenant_scope(tenant_id):
            is_on = not is_over() and is_mine(tenant_id, token)
        goes_on = (is_on and look_apart(tenant_id, token, part, done)) or goes_on
    return goes_on


def look(tenant_id: UUID, due: Sequence[Due], done: Worked) -> bool:
    """False: nothing of it can be done at this moment.

    No transaction holds anything while the engine thinks, and none goes on locking after it went on
    record: people act on the same lines, bills and accounts meanwhile, and never wait for a batch.
    What they changed is left out where it is written, and looked at again.
    """
    with tenant_scope(tenant_id):
        gathered = gather(Tenant.objects.get(id=tenant_id), [each.line for each in due])
    found = Looking(gathered, GuardsToRead(tenant_id)).run()
    made = write_chosen(tenant_id, gathered, found.chosen)
    done.matched += len(made)
    matched = {line for each in made for line in each.lines}
    with tenant_scope(tenant_id):
        kept = keep(tenant_id, gathered, due, found.proposals, matched)
        with_rules = has_rules(tenant_id)
    done.lines += kept
    if not kept and not made:
        return False  # whoever acts on these lines goes first
    left = [line.id for line in gathered.lines if line.id not in matched]
    follow_rules(tenant_id, Left(gathered, found.proposals, left, has_rules=with_rules), done)
    return True


def write_chosen(tenant_id: UUID, gathered: Gathered, chosen: Sequence[Found]) -> list[Found]:
    """Those that were written."""
    if not chosen:
        return []
    with tenant_scope(tenant_id):
        accounts = accounts_of(tenant_id)
    refused = write_all(tenant_id, gathered, chosen, accounts)
    return [each for each in chosen if each not in refused]


def follow_rules(tenant_id: UUID, left: Left, done: Worked) -> None:
    """What the company said of lines like these, where no document may be what they are, nor was
    entered since the books were gathered. Each is a transaction: it ends on record, and none goes
    on locking then."""
    if not left.has_rules:
        return
    with tenant_scope(tenant_id):
        fitting = lines_with_rules(tenant_id, left.lines)
        is_open_now = open_items_now(Tenant.objects.get(id=tenant_id))

    def has_open_item(line: StatementLine) -> bool:
        return left.may_be_of_item(line) or is_open_now(line)

    for line in fitting:
        try:
            with tenant_scope(tenant_id):
                applied = apply_rules(tenant_id, [line], has_open_item)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("rule_not_followed", tenant=str(tenant_id), line=str(line.id))
        else:
            done.by_rules += len(applied.done)


def lines_with_rules(tenant_id: UUID, ids: Sequence[str]) -> list[StatementLine]:
    """Those that a rule fits now, the oldest first."""
    rules = rules_of(tenant_id)
    if not rules:
        return []
    rows = StatementLine.objects.of(tenant_id).filter(id__in=[UUID(line) for line in ids])
    lines = rows.defer("raw").select_related("tenant").order_by("booked_on", "id")
    return [line for line in lines if rule_for(rules, line)]


def accounts_of(tenant_id: UUID) -> dict[UUID, BankAccount]:
    rows = BankAccount.objects.of(tenant_id).select_related("tenant")
    return {account.id: account for account in rows}


class Looking:
    """The proposals of a batch; the certain ones are taken as made while the others are looked
    for."""

    def __init__(self, gathered: Gathered, guards: Guards | GuardsToRead) -> None:
        self.gathered, self.guards = gathered, guards
        self.book = gathered.book
        self.proposals: dict[str, list[Found]] = {}  # by line
        self.chosen: list[Found] = []

    def run(self) -> "Looking":
        stale = {line.id: None for line in self.gathered.lines}
        while stale:
            for line in stale:
                if line in self.book.open_lines:
                    self.proposals[line] = propose(self.book, self.book.lines[line])
            touched: dict[str, None] = {}
            for degree in DEGREES:
                for line in stale:
                    touched |= self.choose(line, degree)
            mine = {line.id for line in self.gathered.lines}
            stale = {line: None for line in touched if line in mine}
        return self

    def choose(self, line: str, degree: str) -> dict[str, None]:
        """Take the first proposal of a line as made, if it is certain. Looked at again: what was
        chosen a moment ago may have changed it. Returns the lines that it may touch."""
        found = self.proposals.get(line)
        if not found or found[0].degree != degree or line not in self.book.open_lines:
            return {}
        if not self.guards.allow(self.gathered, found[0]):
            return {}
        found = self.proposals[line] = propose(self.book, self.book.lines[line])
        if not found or found[0].degree != degree:
            return {}
        if not self.guards.allow(self.gathered, found[0]):
            return {}
        self.book.match(found[0])
        self.chosen.append(found[0])
        return self.beside(found[0])

    def beside(self, proposal: Found) -> dict[str, None]:
        """Open lines of the values and parties of what was matched."""
        amounts = {self.book.lines[line].amount for line in proposal.lines}
        parties = set()
        for item, _ in proposal.parts:
            known = self.book.items[item]
            amounts.add(known.amount)
            if known.party:
                parties.add(known.party)
        near = [
            line
            for amount in amounts
            for line in (
                *self.book.lines_of(amount, date.min, date.max),
                *self.book.lines_of(-amount, date.min, date.max),
            )
        ]
        for party in parties:
            near += self.book.lines_of_party(party)
        return {line.id: None for line in near}


# --- Keep ---

# One parameter for all rows.
STORE = """
INSERT INTO reconciliation_proposal (id, tenant_id, line_id, rank, kind, degree, score, lines,
    parts, items, difference, reasons, undoes, made_at)
SELECT gen_random_uuid(), %s, line_id, rank, kind, degree, score, lines::uuid[], parts,
    items::uuid[], difference, reasons, undoes::uuid[], kamino_now()
FROM jsonb_to_recordset(%s::jsonb) AS r (
    line_id uuid, rank integer, kind text, degree text, score integer, lines text, parts jsonb,
    items text, difference jsonb, reasons jsonb, undoes text)
"""


def keep(
    tenant_id: UUID,
    gathered: Gathered,
    due: Sequence[Due],
    proposals: Mapping[str, Sequence[Found]],
    matched: set[str],
) -> int:
    """In the place of what was proposed before. Lines that are matched have none, and of those that
    are another since they were taken nothing is kept. Returns how many lines are done with."""
    ids = hold_unchanged(tenant_id, due)
    held = set(map(str, ids))
    open_lines = [line for line in gathered.lines if line.id in held - matched]
    read = [read_of(gathered, line) for line in open_lines]
    looked_at = {each.line for each in read}
    note_read(tenant_id, read, [line for line in ids if line not in looked_at])
    Proposal.objects.of(tenant_id).filter(line_id__in=ids).delete()
    rows = [
        row_of(gathered, line.id, rank, each)
        for line in open_lines
        for rank, each in enumerate(proposals.get(line.id, ()), 1)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(STORE, [tenant_id, json.dumps(rows)])
    return len(ids) + sum(str(each.line) in matched for each in due)


def read_of(gathered: Gathered, line: Line) -> Read:
    parties, reading = gathered.book.parties_of(line), gathered.book.readings[line.id]
    return Read(
        UUID(line.id), sorted(parties), reading.is_own, may_be_of_its_days(reading, parties)
    )


def row_of(gathered: Gathered, line: str, rank: int, proposal: Found) -> dict[str, Any]:
    parts = [part for item, amount in proposal.parts for part in parts_of(gathered, item, amount)]
    difference = proposal.difference
    return {
        "line_id": line,
        "rank": rank,
        "kind": proposal.kind,
        "degree": proposal.degree,
        "score": score_of(proposal),
        "lines": array(proposal.lines),
        "parts": parts,
        "items": array([part["id"] for part in parts]),
        "difference": difference and {"kind": difference[0], "amount": str(difference[1])},
        "reasons": list(proposal.marks),
        "undoes": array(proposal.undoes),
    }


def parts_of(gathered: Gathered, item: str, amount: Decimal) -> list[dict[str, str]]:
    """An announced transfer is the two sides of its entry."""
    if item in gathered.legs:
        return [{"kind": "entry", "id": leg, "amount": str(amount)} for leg in gathered.legs[item]]
    return [{"kind": gathered.kinds[item], "id": item, "amount": str(amount)}]


def array(ids: Sequence[str]) -> str:
    return "{" + ",".join(ids) + "}"
