"""The bank lines that stand for entries of the journal, and the files that told them. Named in
`settings.ENTRY_SOURCES`."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.journal.sources import Origin, Source, Sources
from banking.models import Allocation, LineSource, StatementLine
from core.text import fold
from reconciliation.models import OpeningBalance


def of_entries(tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, list[Source]]:
    """One query."""
    found: dict[UUID, list[Source]] = {}
    for part in parts_of(tenant_id, ids):
        line = part.statement_line
        source = Source(
            words=f"Extrato {line.bank_account.said.of}",
            url=reverse("reconciliation:line", args=[line.id]),
            text=f"{line.booked_on:%d/%m/%Y} · {line.description}",
            icon="landmark",
        )
        sources = found.setdefault(part.journal_line.entry_id, [])
        sources.append(source)
        if part.file:
            url = reverse("reconciliation:import", args=[part.file["id"]])
            sources.append(Source(f"Arquivo {part.file['name']}", url, icon="file-text"))
    return found


def parts_of(tenant_id: UUID, ids: Collection[UUID]) -> "QuerySet[Any]":
    files = LineSource.objects.filter(
        tenant=OuterRef("tenant"), line=OuterRef("statement_line"), file__isnull=False
    )
    named = files.values(told=JSONObject(id="file", name="file__name"))[:1]
    parts = Allocation.objects.of(tenant_id).standing().filter(journal_line__entry__in=ids)
    parts = parts.select_related("journal_line", "statement_line__bank_account")
    told: QuerySet[Any] = parts.annotate(file=Subquery(named, output_field=JSONField()))
    return told.order_by("created_at", "id")


def mentioning(tenant_id: UUID, text: str) -> Q:
    lines = StatementLine.objects.of(tenant_id).filter(words_folded__contains=fold(text))
    parts = (
        Allocation.objects.of(tenant_id).standing().filter(statement_line__in=lines.values("id"))
    )
    return Q(id__in=parts.values("journal_line__entry"))


def is_of_line() -> Exists:
    """Written to explain a bank line, or joined with one."""
    return Exists(
        Allocation.objects.filter(
            tenant=OuterRef("tenant"), journal_line__entry=OuterRef("pk"), ended_at=None
        )
    )


def is_opening() -> Exists:
    return Exists(OpeningBalance.objects.filter(tenant=OuterRef("tenant"), entry=OuterRef("pk")))


BANK_LINES = Sources(
    origins=[
        Origin("extrato", "Vinculado ao extrato", is_of_line),
        Origin("abertura", "Saldo de abertura", is_opening),
    ],
    of_entries=of_entries,
    mentioning=mentioning,
)
