"""What people changed of a bill after somebody approved it: old and new, for who decides next."""

from dataclasses import dataclass

from django.db.models import Prefetch

from payments.bills.edit import SEALED
from payments.models import Approval, Payable, PayableEdit, PayableQuerySet


@dataclass(frozen=True, slots=True)
class Changes:
    """By field, in words, what an approval said and what the bill says now."""

    approval: Approval  # the last one before the edits
    edits: list[PayableEdit]  # since then
    fields: dict[str, tuple[str, str]]


def with_changes(bills: PayableQuerySet) -> PayableQuerySet:
    """With their approvals, and their edits of what an approval seals, of any round."""
    edits = PayableEdit.objects.filter(is_sealed=True).select_related("person")
    given = Approval.objects.select_related("person")
    found: PayableQuerySet = bills.prefetch_related(
        Prefetch("edits", edits.order_by("at", "id"), to_attr="sealed_edits"),
        Prefetch("approvals", given.order_by("at", "id"), to_attr="given"),
    )
    return found


def changes_of(payable: Payable) -> Changes | None:
    """Of a bill that waits, loaded `with_changes`. None where it is as it was approved before."""
    edits: list[PayableEdit] = getattr(payable, "sealed_edits", [])
    given: list[Approval] = getattr(payable, "given", [])
    if not edits or not payable.is_pending:
        return None
    earlier = [approval for approval in given if approval.at < edits[-1].at]
    is_known = any(
        approval.at > edits[-1].at and approval.round < payable.approval_round for approval in given
    )
    if not earlier or is_known:
        return None
    since = [edit for edit in edits if edit.at > earlier[-1].at]
    fields = net_of(since)
    return Changes(earlier[-1], since, fields) if fields else None


def net_of(edits: list[PayableEdit]) -> dict[str, tuple[str, str]]:
    """From the first edit's old to the last one's new; what was changed back is left out."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for edit in edits:
        before = edit.before | before
        after |= edit.after
    return {
        name: (before[name], after[name])
        for name in before
        if name in SEALED and before[name] != after[name]
    }
