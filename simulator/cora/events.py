"""Webhooks: an empty POST whose headers say what happened
(developers.cora.com.br/reference/exemplo-de-post-da-notificação)."""

from simulator.cora.bank import Cora
from simulator.core.ids import new_id

TRIGGERS = {
    "invoice": {"drafted", "created", "paid", "canceled", "overdue", "*"},
    "payment": {"initiated", "created", "approved", "reproved", "completed", "error", "*"},
    "transfer": {"completed", "canceled", "refunded", "*"},
    "register": {"completed"},
}


def announce(cora: Cora, account_id: int, resource: str, trigger: str, resource_id: str) -> None:
    """Queue the event for each endpoint registered for it by a partner that the customer allows.

    An endpoint of a partner's own token hears of all its customers; one registered with a
    customer's token, of that account only.
    """
    rows = cora.store.rows(
        "SELECT url FROM cora_endpoint e WHERE resource = ? AND trigger_name IN (?, '*')"
        " AND (e.account_id IS NULL OR e.account_id = ?) AND EXISTS (SELECT 1 FROM cora_grant g"
        " WHERE g.client_id = e.client_id AND g.account_id = ? AND g.ended_at IS NULL)",
        *(resource, trigger, account_id, account_id),
    )
    headers = {
        "user-agent": "Cora-Webhook",
        "webhook-event-id": new_id("evt_"),
        "webhook-event-type": f"{resource}.{trigger}",
        "webhook-resource-id": resource_id,
    }
    for row in rows:
        cora.sim.outbox.post(row["url"], headers)
