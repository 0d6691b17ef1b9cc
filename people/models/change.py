"""What one admin asked for and another is to confirm."""

from typing import Self

from django.db import models

from tenants.models import TenantOwned, TenantQuerySet, User


class ChangeQuerySet(TenantQuerySet):
    def waiting(self) -> Self:
        return self.filter(outcome=PendingChange.Outcome.WAITING)


class PendingChange(TenantOwned):
    """A change that weakens the company's guard, and waits (mudança pendente).

    What was asked is never changed, and who asked does not confirm: the database refuses both
    (people/migrations/0001_initial.py).
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", "aguarda confirmação"
        CONFIRMED = "confirmed", "confirmada"
        BY_TIME = "by_time", "valeu pelo prazo"
        STOPPED = "stopped", "barrada"
        VOID = "void", "sem efeito"

    kind = models.CharField(max_length=40)  # of people.pending_changes.kinds()
    subject_id = models.UUIDField()  # the row that it changes
    title = models.CharField(max_length=200)  # what changes, in a Portuguese sentence
    # What people read, as in the audit: Portuguese names and values.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    value = models.JSONField(default=dict)  # what the kind needs to do it
    # Who would be able to do more by it, and so does not confirm it.
    favours = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    takes_effect_at = models.DateTimeField()  # by itself, if nobody answers
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, default="")  # why it has no effect

    objects = ChangeQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "subject_id"],
                condition=models.Q(outcome="waiting"),
                name="change_one_waiting",
            ),
            models.CheckConstraint(
                name="change_outcome",
                condition=models.Q(
                    outcome__in=["waiting", "confirmed", "by_time", "stopped", "void"]
                ),
            ),
            models.CheckConstraint(
                name="change_decided",
                condition=models.Q(outcome="waiting", decided_at=None)
                | (~models.Q(outcome="waiting") & models.Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="change_two_people",
                condition=~models.Q(outcome="confirmed")
                | (
                    models.Q(decided_by__isnull=False)
                    & ~models.Q(decided_by=models.F("asked_by"))
                    & (models.Q(favours=None) | ~models.Q(decided_by=models.F("favours")))
                ),
            ),
            models.CheckConstraint(
                name="change_not_before_its_time",
                condition=~models.Q(outcome="by_time")
                | models.Q(decided_at__gte=models.F("takes_effect_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["takes_effect_at"],
                condition=models.Q(outcome="waiting"),
                name="change_due",
            ),
        ]

    def __str__(self) -> str:
        return self.title
