"""What a bill tells of its past."""

from payments.models import PaymentOrder
from tenants.scope import tenant_scope


def timeline(order: PaymentOrder) -> str:
    with tenant_scope(order.tenant_id):
        events = order.payable.events.order_by("at", "id")
        return "\n".join(f"{event.title}: {event.text}" for event in events)
