"""The charges that entries of the journal are of. Named in `settings.ENTRY_SOURCES`."""

import re
from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.journal.sources import Origin, Source, Sources
from brazil.document import format_document
from charges.models import Charge, Refund, Settlement
from core.text import fold

SHOWN = (
    "charge", "charge__payer__name", "charge__description", "charge__document_number",
    "charge__payer__document",
)  # fmt: skip


def of_entries(tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, list[Source]]:
    """One query; what a person undid too, which the entry was of."""
    settled = Settlement.objects.ever(tenant_id).filter(entry__in=ids).values_list("entry", *SHOWN)
    refunds = Refund.objects.of(tenant_id).filter(entry__in=ids)
    found: dict[UUID, list[Source]] = {}
    for entry_id, charge_id, name, text, number, document in settled.union(
        refunds.values_list("entry", *SHOWN)
    ):
        source = Source(
            words=f"Cobrança de {name}",
            url=reverse("charges:detail", args=[charge_id]),
            text=text,
            document=" · ".join(filter(None, (number, format_document(document)))),
            icon="receipt-text",
        )
        found.setdefault(entry_id, []).append(source)
    return found


def mentioning(tenant_id: UUID, text: str) -> Q:
    words = fold(text)
    named = Q(payer__name_folded__contains=words) | Q(payer__trade_name_folded__contains=words)
    named |= Q(description_folded__contains=words) | Q(document_number__icontains=text)
    document = re.sub(r"[./\s-]", "", text).upper()
    if re.search(r"\d{3}", document):
        named |= Q(payer__document__contains=document)
    charges = Charge.objects.of(tenant_id).filter(named).values("id")
    settled = Settlement.objects.ever(tenant_id).filter(charge__in=charges).exclude(entry=None)
    refunds = Refund.objects.of(tenant_id).filter(charge__in=charges).exclude(entry=None)
    return Q(id__in=settled.values("entry")) | Q(id__in=refunds.values("entry"))


def is_of_charge() -> Q:
    own, tenant = OuterRef("pk"), OuterRef("tenant")
    return Q(Exists(Settlement.objects.filter(tenant=tenant, entry=own))) | Q(
        Exists(Refund.objects.filter(tenant=tenant, entry=own))
    )


CHARGES = Sources(
    origins=[Origin("cobranca", "Cobrança", is_of_charge)],
    of_entries=of_entries,
    mentioning=mentioning,
)
