"""What came of an act that a second admin may have to confirm, as the page says it."""

from django.contrib import messages
from django.http import HttpRequest

from people.models import PendingChange


def tell_outcome(request: HttpRequest, asked: PendingChange | None, done: str) -> None:
    """What was done, or that it was asked for."""
    if asked is None or asked.outcome == PendingChange.Outcome.BY_TIME:
        messages.success(request, done)
    elif asked.outcome == PendingChange.Outcome.VOID:
        messages.error(request, asked.reason)
    else:
        messages.info(request, "Pedido feito: outro administrador precisa confirmar.")
