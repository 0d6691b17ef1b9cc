"""The address that banks call, without sign-in: the secret in it identifies the connection."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from banking.banks.contract.errors import ForgedEvent
from banking.webhooks import inbox

MAX_BYTES = 64 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str, connection_id: UUID, secret: str) -> HttpResponse:
    """Store a notice and answer at once, the same for one that came before; what it means is
    found out later."""
    body = read_body(request)
    if body is None:
        return refuse(413)
    connection = inbox.find_door(provider, connection_id, secret)
    if connection is None:
        return refuse(404)
    try:
        inbox.store_event(connection, request.headers, body, secret=secret)
    except ForgedEvent:
        return refuse(400)
    return JsonResponse({"success": True})


def refuse(status: int) -> JsonResponse:
    return JsonResponse({"success": False}, status=status)


def read_body(request: HttpRequest) -> bytes | None:
    """At most MAX_BYTES; None when there is more, whatever was declared."""
    try:
        declared = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        declared = 0  # as Django takes it: no body
    if declared > MAX_BYTES:
        return None
    body = request.read(MAX_BYTES + 1)
    return None if len(body) > MAX_BYTES else body
