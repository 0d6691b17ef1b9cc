"""Whether a company's chain is whole: every record, in its place, as it was written."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from audit.models import NO_HASH, ChainHead, Record
from tenants.scope import tenant_scope

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`number` and `hash` are those of the last sound record; `broken` is empty when all are."""

    number: int
    hash: str
    broken: str = ""


def verify(tenant_id: UUID) -> Verdict:
    """Walk the chain from its first record. Constant memory; acts may go on at the same time."""
    verdict = walk(tenant_id, Verdict(0, NO_HASH))
    head = head_of(tenant_id)
    # What was written since, up to the head that was read.
    if not verdict.broken and verdict.number < head.number:
        verdict = walk(tenant_id, verdict, until=head.number)
    if verdict.broken or (verdict.number, verdict.hash) == (head.number, head.hash):
        return verdict
    return Verdict(verdict.number, verdict.hash, end_is_wrong(verdict, head))


def end_is_wrong(verdict: Verdict, head: ChainHead) -> str:
    if verdict.number < head.number:
        return f"registro {verdict.number + 1}: falta, e a cadeia vai até o {head.number}"
    return f"registro {verdict.number}: não é o último que a cadeia conhece ({head.number})"


def walk(tenant_id: UUID, verdict: Verdict, *, until: int | None = None) -> Verdict:
    for record in records_after(tenant_id, verdict.number, until):
        if broken := what_is_wrong(record, verdict):
            return Verdict(verdict.number, verdict.hash, broken)
        verdict = Verdict(record.number, record.hash)
    return verdict


def what_is_wrong(record: Record, before: Verdict) -> str:
    if record.number != before.number + 1:
        return f"registro {before.number + 1}: falta"
    if record.computed_hash() != record.hash:
        wrong = "o conteúdo não é o que foi escrito"
    elif record.previous_hash != before.hash:
        wrong = "não segue o registro anterior"
    else:
        return ""
    when = timezone.localtime(record.made_at)
    act = record.get_act_display()
    return f"registro {record.number} ({when:%d/%m/%Y %H:%M:%S}, {act}): {wrong}"


def records_after(tenant_id: UUID, number: int, until: int | None) -> Iterator[Record]:
    while True:
        with tenant_scope(tenant_id):
            rows = Record.objects.of(tenant_id).filter(number__gt=number).order_by("number")
            if until is not None:
                rows = rows.filter(number__lte=until)
            batch = list(rows[:BATCH])
        if not batch:
            return
        yield from batch
        number = batch[-1].number


def head_of(tenant_id: UUID) -> ChainHead:
    with tenant_scope(tenant_id):
        return ChainHead.objects.of(tenant_id).first() or ChainHead(tenant_id=tenant_id)
