"""Which bills wait for the approval of a person."""

from django.db.models import Exists, IntegerField, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from payments.models import Approval, Payable, PayableEdit, PayableQuerySet


def awaiting(person_id: int) -> PayableQuerySet:
    """Bills that wait for approval and that this person, an approver, may still approve.

    Not those that they entered, changed, or have approved as they are. `require_approver` has the
    last word about each.
    """
    edits = PayableEdit.objects.filter(tenant=OuterRef("tenant"), is_sealed=True)
    mine = edits.filter(payable=OuterRef("pk"), round=OuterRef("approval_round"), person=person_id)
    later = edits.filter(payable=OuterRef("payable"), at__gt=OuterRef("at"))
    given = Approval.objects.alias(
        rejections=Cast(KeyTextTransform("rejections", "seal"), IntegerField())
    ).filter(
        ~Exists(later),
        tenant=OuterRef("tenant"),
        payable=OuterRef("pk"),
        round=OuterRef("approval_round"),
        person=person_id,
        rejections=OuterRef("rejections") + OuterRef("approval_round") - 1,  # as seal_of says it
    )
    waiting: PayableQuerySet = Payable.objects.awaiting_approval().exclude(created_by=person_id)
    return waiting.filter(~Exists(mine), ~Exists(given))
