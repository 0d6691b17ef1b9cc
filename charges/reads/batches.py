"""Bulk issues that are under way."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from charges.issuing.batches import WAITING, Progress, progress
from charges.models import IssueBatch, Slip
from core.dates import clock
from core.plurals import counted
from tenants.models import Tenant

SHOWN = 3


@dataclass(frozen=True, slots=True)
class RunningBatch:
    batch: IssueBatch
    progress: Progress

    @property
    def is_paused(self) -> bool:
        return self.batch.paused_at is not None

    @property
    def is_over(self) -> bool:
        return not self.progress.waiting

    @property
    def percent(self) -> int:
        return 100 * (self.progress.size - self.progress.waiting) // self.progress.size

    @property
    def text(self) -> str:
        """«Emitindo: 3 de 12 prontas, termina por volta de 14h20»."""
        told = self.progress
        parts = [f"{told.done} de {counted(told.size, 'cobrança emitida', 'cobranças emitidas')}"]
        if told.failed:
            parts.append(counted(told.failed, "não saiu", "não saíram"))
        if told.unknown:
            parts.append(counted(told.unknown, "sem resposta do banco", "sem resposta do banco"))
        if self.is_over:
            head = "Emissão terminada"
        elif self.is_paused:
            head = "Emissão pausada"
        else:
            head = "Emitindo"
            if told.ends_at is not None:
                parts.append(f"termina por volta de {clock(told.ends_at).replace(':', 'h')}")
        return f"{head}: {', '.join(parts)}."


def running_batches(tenant: Tenant, now: datetime) -> list[RunningBatch]:
    """The newest ones of which something waits. Single issues are told on the charge's page."""
    waiting = Slip.objects.of(tenant).filter(batch=OuterRef("pk"), status__in=WAITING)
    batches = IssueBatch.objects.of(tenant).filter(Exists(waiting), size__gt=1)
    return [running(batch, now) for batch in batches.order_by("-created_at")[:SHOWN]]


def running(batch: IssueBatch, now: datetime) -> RunningBatch:
    return RunningBatch(batch, progress(batch, now))
