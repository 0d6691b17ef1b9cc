"""Acts out of the ordinary: what the company gives up or takes on one person's word."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from tenants.models import TenantOwned, TenantQuerySet, User

# Of a company that decided nothing.
LIMIT = Decimal("500.00")


class ExceptionalLimit(TenantOwned):
    """Up to how much one person does alone, of one kind, for one payer, in a day (limite de
    exceções). Without a row it is LIMIT; the database counts by the same."""

    amount = models.DecimalField("limite", max_digits=12, decimal_places=2, default=LIMIT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="exceptionallimit_one"),
            models.CheckConstraint(name="exceptionallimit_amount", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class ExceptionalActQuerySet(TenantQuerySet):
    def waiting(self) -> Self:
        return self.filter(outcome=ExceptionalAct.Outcome.WAITING)

    def waiting_for(self, user_id: int) -> Self:
        """Those that this person may release, as far as the rows tell it."""
        others = self.waiting().exclude(asked_by=user_id)
        return others.filter(Q(author=None) | ~Q(author=user_id))

    def done_alone(self) -> Self:
        return self.filter(outcome=ExceptionalAct.Outcome.ALONE)


class ExceptionalAct(TenantOwned):
    """An act out of the ordinary (exceção): done by one person, or waiting for a second.

    What was asked is never changed, and is kept; who asked, and the author of what it is about, do
    not release it; nobody does alone more than the limit: the database refuses all of it
    (people/migrations/0004_exceptional_acts.py).
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", "aguarda liberação"
        ALONE = "alone", "feito"  # by one person, within the limit
        RELEASED = "released", "liberado"
        REFUSED = "refused", "recusado"
        WITHDRAWN = "withdrawn", "retirado"  # by who asked
        VOID = "void", "sem efeito"

    kind = models.CharField(max_length=40)  # of people.exceptional_acts.kinds()
    subject_id = models.UUIDField()  # the row that it is about
    subject = models.CharField(max_length=200)  # as people read it
    url = models.CharField(max_length=300)  # its page, a path of ours
    # Whose acts of a day count together: the payer's id.
    counts_with = models.UUIDField()
    amount = models.DecimalField("valor", max_digits=12, decimal_places=2)
    title = models.CharField(max_length=200)  # what is done, in a Portuguese sentence
    why = models.CharField("motivo", max_length=300)
    # What people read of its effect: Portuguese names and values.
    effect = models.JSONField(default=dict)
    value = models.JSONField(default=dict)  # what the kind needs to do it
    # Who made what it is about, and so does not release it.
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    day = models.DateField()  # of asking, in São Paulo
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, default="")  # why it was refused, or has no effect

    objects = ExceptionalActQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "subject_id"],
                condition=Q(outcome="waiting"),
                name="exceptionalact_one_waiting",
            ),
            models.CheckConstraint(name="exceptionalact_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="exceptionalact_outcome",
                condition=Q(
                    outcome__in=["waiting", "alone", "released", "refused", "withdrawn", "void"]
                ),
            ),
            models.CheckConstraint(
                name="exceptionalact_decided",
                condition=Q(outcome="waiting", decided_at=None, decided_by=None)
                | (~Q(outcome="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="exceptionalact_two_people",
                condition=~Q(outcome="released")
                | (~Q(decided_by=F("asked_by")) & (Q(author=None) | ~Q(decided_by=F("author")))),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-asked_at", "-id"], name="exceptionalact_page"),
            models.Index(
                fields=["tenant"], condition=Q(outcome="waiting"), name="exceptionalact_waiting"
            ),
            models.Index(
                fields=["tenant", "asked_by", "day"],
                condition=Q(outcome="alone"),
                name="exceptionalact_alone",
            ),
            models.Index(fields=["tenant", "subject_id"], name="exceptionalact_subject"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_waiting(self) -> bool:
        return self.outcome == self.Outcome.WAITING
