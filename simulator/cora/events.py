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
        " AND (e.account_id IS NULL OR e.account_id = ?) AND (EXISTS (SELECT 1 FROM cora_grant g"
        " WHERE g.client_id = e.client_id AND g.account_id = ? AND g.ended_at IS NULL)"
        " OR EXISTS (SELECT 1 FROM cora_credential c WHERE c.client_id = e.client_id"
        " AND c.ended_at IS NULL))",
        *(resource, trigger, account_id, account_id),
    )
    _post(cora, [row["url"] for row in rows], f"{resource}.{trigger}", resource_id)


def announce_registration(cora: Cora, client_id: str, resource_id: str) -> None:
    """A customer whom the partner registered beforehand has an account now."""
    rows = cora.store.rows(
        "SELECT url FROM cora_endpoint WHERE client_id = ? AND account_id IS NULL"
        " AND resource = 'register'",
        client_id,
    )
    _post(cora, [row["url"] for row in rows], "register.completed", resource_id)


def _post(cora: Cora, urls: list[str], event_type: str, resource_id: str) -> None:
    headers = {
        "user-agent": "Cora-Webhook",
        "webhook-event-id": new_id("evt_"),
        "webhook-event-type": event_type,
        "webhook-resource-id": resource_id,
    }
    for url in urls:
        cora.sim.outbox.post(url, headers)
