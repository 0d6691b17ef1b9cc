"""What a load balancer and a watcher ask. No session, no company, no host of ours is needed."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare

from kamino import health

View = Callable[[HttpRequest], HttpResponse]


def live(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody."""
    return answer({"state": "ok"})


def ready(request: HttpRequest) -> HttpResponse:
    """Requests can be served: the database and Redis answer."""
    found = health.services()
    checks = {name: health.told_as(is_ok) for name, is_ok in found.items()}
    return answer({"state": state_of(checks), "checks": checks})


def detail(request: HttpRequest) -> HttpResponse:
    """All that is watched, in counts. Only with the token; without one in the settings, never."""
    if not settings.HEALTH_TOKEN:
        return HttpResponse(status=404)
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.HEALTH_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    checks = health.checks()
    return answer({"state": state_of(checks), "checks": checks})


def state_of(checks: dict[str, health.Facts]) -> str:
    return "bad" if any(check["state"] == "bad" for check in checks.values()) else "ok"


def answer(told: dict[str, object]) -> HttpResponse:
    response = JsonResponse(told, status=200 if told["state"] == "ok" else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


HEALTH: dict[str, View] = {
    "/saude/": live,
    "/saude/pronto/": ready,
    "/saude/detalhe/": detail,
}


class HealthFirst:
    """Answers these addresses before any other middleware: a load balancer asks by http and by an
    address of its own, and neither sessions nor companies may make it wait."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = HEALTH.get(request.path_info, self.get_response)
        return view(request)
