"""The bills that entries of the journal are of. Named in `settings.ENTRY_SOURCES`."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.journal.sources import Origin, Source, Sources
from brazil.document import format_document
from payments.models import OutsidePayment, Payable, PaymentOrder

SHOWN = ("payable", "payable__payee__name", "payable__description", "payable__payee__document")


def of_entries(tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, list[Source]]:
    """One query."""
    orders = PaymentOrder.objects.of(tenant_id)
    paid = orders.filter(entry__in=ids).values_list("entry", *SHOWN)
    returned = orders.filter(return_entry__in=ids).values_list("return_entry", *SHOWN)
    outside = OutsidePayment.objects.of(tenant_id).filter(entry__in=ids)
    found: dict[UUID, list[Source]] = {}
    for entry_id, bill_id, name, text, document in paid.union(
        returned, outside.values_list("entry", *SHOWN)
    ):
        source = Source(
            words=f"Conta a pagar de {name}",
            url=reverse("payments:detail", args=[bill_id]),
            text=text,
            document=format_document(document) if document else "",
            icon="banknote-arrow-up",
        )
        found.setdefault(entry_id, []).append(source)
    return found


def mentioning(tenant_id: UUID, text: str) -> Q:
    bills = Payable.objects.of(tenant_id).mentioning(text).values("id")
    orders = PaymentOrder.objects.of(tenant_id).filter(payable__in=bills)
    outside = OutsidePayment.objects.of(tenant_id).filter(payable__in=bills)
    return (
        Q(id__in=orders.exclude(entry=None).values("entry"))
        | Q(id__in=orders.exclude(return_entry=None).values("return_entry"))
        | Q(id__in=outside.values("entry"))
    )


def is_of_bill() -> Q:
    own, tenant = OuterRef("pk"), OuterRef("tenant")
    return (
        Q(Exists(PaymentOrder.objects.filter(tenant=tenant, entry=own)))
        | Q(Exists(PaymentOrder.objects.filter(tenant=tenant, return_entry=own)))
        | Q(Exists(OutsidePayment.objects.filter(tenant=tenant, entry=own)))
    )


BILLS = Sources(
    origins=[Origin("pagamento", "Conta a pagar", is_of_bill)],
    of_entries=of_entries,
    mentioning=mentioning,
)
