"""Fix what an act on many lines is to do, before a person is asked: just that is confirmed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from banking.statements.allocation import check_role
from core.enqueue import enqueue
from core.errors import InvalidInput, InvalidState
from core.text import read_line
from parties.models import Payee, Payer
from reconciliation.bulk.selection import MOST, Selection, require_possible
from reconciliation.bulk.undo import Planned, plan_undoing
from reconciliation.matches.create import Slice, account_and_center
from reconciliation.models import BulkAct, BulkLine
from reconciliation.models.bulk import BulkLineQuerySet
from reconciliation.reads.pairs import with_state
from reconciliation.reads.proposals import CERTAIN, LIKELY, offer_of, scored
from tenants.models import Membership
from tenants.purge import oldest_of

Stage, State = BulkAct.Stage, BulkLine.State
# How sure a proposal has to be, as a person chooses.
LEAST: Mapping[str, int] = {"certas": CERTAIN, "provaveis": LIKELY, "todas": 0}
ZERO = Decimal("0.00")
KEPT = timedelta(days=7)


def draft(kind: BulkAct.Kind, selection: Selection, *, by: Membership) -> BulkAct:
    """Nothing is done yet. Runs inside the company's scope.

    Raises:
        InvalidInput: no line is chosen, or more than one act takes.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(by)
    ordered = selection.lines().order_by("booked_on", "occurred_at", "id")
    require_possible(ordered.order_by().values("id")[: MOST + 1].count())
    lines = with_state(ordered.defer("raw", "words_folded").select_related("tenant"))
    bulk: BulkAct = BulkAct.objects.create(
        tenant_id=by.tenant_id, bank_account=selection.account, kind=kind, made_by=by.user
    )
    rows = [
        BulkLine(
            tenant_id=by.tenant_id,
            bulk=bulk,
            position=position,
            statement_line=line,
            amount=line.amount if kind == BulkAct.Kind.UNDO else line.open,
            score=score,
            plan=plan,
            state=State.LEFT_OUT if why else State.WAITING,
            words=why,
        )
        for position, (line, plan, score, why) in enumerate(PLANS[kind](lines), start=1)
    ]
    BulkLine.objects.bulk_create(rows, batch_size=1000)
    return bulk


def plan_accepting(lines: Any) -> Iterator[Planned]:
    taken: set[UUID] = set()
    bare = []
    for line, proposal in scored(lines):
        if line.id in taken:
            continue
        if not line.open:
            yield line, {}, None, "Já está conciliada."
        elif proposal is None:
            bare.append(line)
        else:
            taken |= set(proposal.lines)
            yield line, offer_of(proposal, line, line.version).to_json(), proposal.score, ""
    for line in bare:
        if line.id not in taken:  # by a later one: what it gives back
            yield line, {}, None, "Não tem proposta."


def plan_whole(lines: Any) -> Iterator[Planned]:
    for line in lines.iterator(chunk_size=1000):
        why = "" if line.open else "Já está conciliada."
        yield line, {"seen": line.version}, None, why


PLANS = {
    BulkAct.Kind.ACCEPT: plan_accepting,
    BulkAct.Kind.IGNORE: plan_whole,
    BulkAct.Kind.CREATE: plan_whole,
    BulkAct.Kind.UNDO: plan_undoing,
}


# --- What it would do ---


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of an act, and their sum as money in and out: positive."""

    count: int
    came: Decimal
    left: Decimal


def part_of(bulk: BulkAct, wanted: Q) -> Part:
    told = (
        BulkLine.objects.of(bulk.tenant_id)
        .filter(wanted, bulk=bulk)
        .aggregate(
            count=Count("id"),
            came=Sum("amount", filter=Q(amount__gt=0)),
            left=Sum("amount", filter=Q(amount__lt=0)),
        )
    )
    return Part(told["count"], told["came"] or ZERO, -(told["left"] or ZERO))


def by_certainty(bulk: BulkAct) -> dict[str, Part]:
    waiting = Q(state=State.WAITING)
    return {name: part_of(bulk, waiting & Q(score__gte=least)) for name, least in LEAST.items()}


def left_out(bulk: BulkAct) -> list[tuple[str, int]]:
    """Why lines are left out, and of how many that is so."""
    rows = BulkLine.objects.of(bulk.tenant_id).filter(bulk=bulk, state=State.LEFT_OUT)
    return list(rows.values_list("words").annotate(n=Count("id")).order_by("-n"))


# --- Confirm ---


@dataclass(frozen=True, slots=True)
class Entries:
    """What the entries of many lines have in common. Without a memo each has its line's own."""

    classification: UUID
    memo: str = ""
    payee: Payee | None = None
    payer: Payer | None = None
    cost_center: UUID | None = None


def begin(
    bulk: BulkAct,
    *,
    by: Membership,
    why: str = "",
    least: int | None = None,
    entries: Entries | None = None,
    together: bool = False,
) -> BulkAct:
    """A worker does it now, or who calls `work`. Lines of a lower score are left out, and without
    `together` those on which something stands that is of no chosen line.

    Raises:
        InvalidInput: (field `why`) nothing says why lines are ignored; (field `account`) nothing
            says what the entries are, or the account is none that may be used; (field
            `cost_center`) as `center_for`.
        InvalidState: (code `begun`) it is under way already.
        NotAllowed: another person drafted it.
    """
    check_role(by)
    rows = BulkAct.objects.of(by.tenant_id).select_for_update(no_key=True)
    held: BulkAct = rows.get(id=bulk.id)
    if held.stage != Stage.DRAFT or held.made_by_id != by.user_id:
        raise InvalidState("Este ato já foi confirmado.", code="begun")
    held.why = read_line(why)[:300]
    if held.kind == BulkAct.Kind.IGNORE and not held.why:
        raise InvalidInput(
            "Informe por que estas linhas são ignoradas.", field="why", code="required"
        )
    if held.kind == BulkAct.Kind.CREATE:
        classify(held, entries, by)
    lines = BulkLine.objects.of(by.tenant_id).filter(bulk=held).waiting()
    if least is not None:
        leave_out(lines.filter(score__lt=least), "A proposta não é tão certa.")
    if held.kind == BulkAct.Kind.UNDO and not together:
        leave_out(lines.filter(plan__together=True), "O que veio depois não foi desfeito junto.")
    held.stage = Stage.RUNNING
    held.save()
    enqueue("reconciliation.tasks.work_on_bulk", str(by.tenant_id), str(held.id))
    return held


def leave_out(lines: BulkLineQuerySet, why: str) -> None:
    lines.update(state=State.LEFT_OUT, words=why)


def classify(held: BulkAct, entries: Entries | None, by: Membership) -> None:
    if entries is None:
        raise InvalidInput("Escolha a classificação.", field="account", code="required")
    wanted = Slice(entries.classification, cost_center=entries.cost_center)
    held.classification, held.cost_center = account_and_center(by.tenant, wanted, field="account")
    held.memo = read_line(entries.memo)[:300]
    held.payee, held.payer = entries.payee, entries.payer


def purge_bulk(now: datetime) -> None:
    """Acts of a week ago: what they did is on record. To be called outside of scopes."""
    old = BulkAct.objects.filter(made_at__lt=now - KEPT).exclude(stage=Stage.RUNNING)
    for acts in oldest_of(old, by="made_at"):
        acts.delete()
