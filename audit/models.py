"""The chain of what was changed, done and run in each company.

The database keeps it append-only (migration 0002): a record is neither changed nor deleted, and
an insert has to follow the chain's head, which only an insert moves.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Self

from django.db import models

from audit.acts import Act
from core.clock import DatabaseNow
from core.search import AsText, Folded, Lines
from tenants.models import TenantOwned, TenantQuerySet, User

NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    before: str
    after: str

    @property
    def items(self) -> list[str]:
        """What a value that is a list holds: one thing a line. Empty for any other value."""
        lines = self.after.split("\n")
        return lines if len(lines) > 1 else []


class RecordQuerySet(TenantQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-number")

    def about(self, row: TenantOwned) -> Self:
        """What was done on one row."""
        return self.of(row.tenant_id).filter(on_kind=row._meta.label_lower, on_id=row.id)


class Record(TenantOwned):
    """One act: who, when, from where, on what, before and after (registro de auditoria).

    `hash` is the SHA-256, in hexadecimal, of the UTF-8 of `canonical()`, which holds the hash of
    the record before it (64 zeros for the first one). Anyone who has a record's hash can tell
    whether it or anything before it was changed.
    """

    number = models.PositiveBigIntegerField("número")  # 1, 2, 3 … of each company
    made_at = models.DateTimeField("quando")
    act = models.CharField("ato", max_length=40, choices=Act)
    on_kind = models.CharField(max_length=60)  # the row's table, as «banking.bankaccount»
    on_id = models.UUIDField()
    on_label = models.CharField("sobre", max_length=200)  # as it was called then
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="quem")
    by_label = models.CharField(max_length=200)  # as the person was called then
    why = models.CharField("por quê", max_length=500)
    # What a person reads: Portuguese names and values, all of them text.
    before = models.JSONField("antes", default=dict)
    after = models.JSONField("depois", default=dict)
    whence = models.CharField("de onde", max_length=60)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    # To search in; no part of what is hashed.
    words_folded = models.GeneratedField(
        expression=Lines(
            *(Folded(name) for name in ("on_label", "by_label", "why")),
            *(Folded(AsText(name)) for name in ("before", "after")),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = RecordQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        verbose_name = "registro de auditoria"
        verbose_name_plural = "registros de auditoria"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="record_number"),
        ]
        indexes = [
            models.Index(fields=["tenant", "on_id", "number"], name="record_on"),
            models.Index(fields=["tenant", "act", "number"], name="record_act"),
            models.Index(fields=["tenant", "by", "number"], name="record_by"),
            models.Index(fields=["tenant", "made_at"], name="record_made_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_act_display()}"

    @property
    def changes(self) -> list[Change]:
        """What changed, name by name."""
        names = dict.fromkeys([*self.after, *self.before])
        return [Change(name, self.before.get(name, ""), self.after.get(name, "")) for name in names]

    def canonical(self) -> str:
        """What is hashed: JSON with sorted keys and no blanks, letters as they are.

        The instant is in UTC with six decimals, ids are in lower case with hyphens, and `by` is
        the person's number or null.
        """
        content = {
            "tenant": str(self.tenant_id),
            "number": self.number,
            "made_at": self.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "act": self.act,
            "on_kind": self.on_kind,
            "on_id": str(self.on_id),
            "on_label": self.on_label,
            "by": self.by_id,
            "by_label": self.by_label,
            "why": self.why,
            "before": self.before,
            "after": self.after,
            "whence": self.whence,
            "previous_hash": self.previous_hash,
        }
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def computed_hash(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()


class ChainHead(TenantOwned):
    """Where a company's chain ends: without it a cut tail could not be seen.

    Its row is what acts at the same time wait for.
    """

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=NO_HASH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="chainhead_one")]

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"


class SignIn(models.Model):
    """People who came in, and attempts that did not: counted, hour by hour.

    A row that counts what was refused is one of a person and an hour, whoever tries, and from
    wherever; addresses of nobody make one row an hour. The database keeps the rows of the last
    30 days (migration 0006).
    """

    class Outcome(models.TextChoices):
        IN = "in", "Entrou"
        REFUSED = "refused", "Senha recusada"
        FACTOR_REFUSED = "factor_refused", "Código recusado"

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome)
    hour = models.DateTimeField()
    # Where from and by what, of those who came in: each of them is counted on its own.
    device = models.CharField(max_length=120, blank=True)
    count = models.PositiveIntegerField(default=1)
    # As they were the last time.
    last_at = models.DateTimeField(db_default=DatabaseNow())
    origin = models.CharField(max_length=60)
    agent = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "outcome", "hour", "device"],
                nulls_distinct=False,
                name="signin_once",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-last_at"], name="signin_of_person"),
            models.Index(fields=["last_at"], name="signin_old"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.last_at:%d/%m/%Y %H:%M}"
