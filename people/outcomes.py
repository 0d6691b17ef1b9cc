"""What came of an act that a second admin may have to confirm, as the page says it."""

from django.contrib import messages
from django.http import HttpRequest

from people.models import ExceptionalAct, PendingChange

# Of an act out of the ordinary, above the limit.
WAITS_FOR_SECOND = (
    "Passa do limite de uma pessoa: o pedido aguarda a liberação de outra. Nada mudou ainda."
)


def tell_outcome(request: HttpRequest, asked: PendingChange | None, done: str) -> None:
    """What was done, or that it was asked for."""
    if asked is None or asked.outcome == PendingChange.Outcome.BY_TIME:
        messages.success(request, done)
    elif asked.outcome == PendingChange.Outcome.VOID:
        messages.error(request, asked.reason)
    else:
        messages.info(request, "Pedido feito: outro administrador precisa confirmar.")


def tell_act(request: HttpRequest, act: ExceptionalAct | None, done: str) -> None:
    """What was done, or that it waits for a second person."""
    if act is not None and act.is_waiting:
        messages.info(request, WAITS_FOR_SECOND)
    else:
        messages.success(request, done)
