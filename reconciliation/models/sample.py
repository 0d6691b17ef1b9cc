"""What people are asked of automatic matches, week by week (amostra da semana)."""

from typing import Self

from django.db import models
from django.db.models import Q

from reconciliation.models.match import Match
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User


class SampleQuerySet(TenantQuerySet):
    def waiting(self) -> Self:
        return self.filter(is_right=None)


class Sample(TenantOwned):
    """That an automatic match is to be looked at by a person, and what they said of it. A later
    answer takes the place of the former one."""

    week = models.DateField()  # its Monday; the match is of the week before
    match = TenantForeignKey(Match, models.PROTECT, related_name="+", db_index=False)
    is_right = models.BooleanField("está certo", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = SampleQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "match"], name="sample_once"),
            models.CheckConstraint(name="sample_monday", condition=Q(week__iso_week_day=1)),
            models.CheckConstraint(
                name="sample_answered",
                condition=Q(is_right=None, answered_by=None, answered_at=None)
                | Q(is_right__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-week"], name="sample_of_week")]

    def __str__(self) -> str:
        return f"{self.week} {self.match_id}"
