"""What a person was typing when they had to sign in or to prove who they are: it comes back.

It is kept sealed in the session, for that person and page alone, and only fills the form again:
nothing is done before they press once more. No secret and no file is kept.
"""

import json
import re
import time
from typing import TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from core.middleware import previous_page
from people.sealing import seal, unseal

KEY = "kept_form"
KEPT_SECONDS = 60 * 60
LARGEST = 50_000  # characters
SECRET = re.compile(r"passw|senha|secret|segredo|token|private|certificate|credential|^code$")


class KeptForm(TypedDict):
    """Where the form goes, and what its fields hold."""

    action: str
    values: list[tuple[str, str]]


def page_of(request: HttpRequest) -> str:
    """The page that sent this, as a path of ours."""
    sent_by = request.headers.get("HX-Current-URL") or previous_page(request)
    parts = urlsplit(sent_by)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def keep(request: HttpRequest, person: int) -> None:
    """Keep what was posted, for the page that it was typed on."""
    if request.resolver_match and request.resolver_match.view_name in settings.FORMS_NOT_KEPT:
        return
    values = [
        (name, value)
        for name, values in request.POST.lists()
        if not name.startswith("_") and name != "csrfmiddlewaretoken" and not SECRET.search(name)
        for value in values
    ]
    text = json.dumps({"action": request.path, "values": values})
    if not values or len(text) > LARGEST:
        return
    request.session[KEY] = {
        "person": person,
        "page": page_of(request),
        "at": time.time(),
        "sealed": seal(text),
    }


def take(request: HttpRequest) -> KeptForm | None:
    """What was kept for this page, once."""
    kept = request.session.get(KEY)
    if kept is None or kept["page"] != request.get_full_path():
        return None
    del request.session[KEY]
    is_theirs = kept["person"] == request.user.pk
    text = unseal(kept["sealed"])
    if not is_theirs or text is None or time.time() - kept["at"] > KEPT_SECONDS:
        return None
    form: KeptForm = json.loads(text)
    return form
