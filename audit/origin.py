"""Where an act comes from: a person's address, or one of the product's own ways in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse

COMMAND_LINE = "linha de comando"
BY_ITSELF = "o próprio Kamino"
UNKNOWN = "endereço desconhecido"

_whence: ContextVar[str | HttpRequest] = ContextVar("whence", default=BY_ITSELF)


def current_whence() -> str:
    whence = _whence.get()
    return client_address(whence) if isinstance(whence, HttpRequest) else whence


@contextmanager
def acting_from(whence: str | HttpRequest) -> Iterator[None]:
    token = _whence.set(whence)
    try:
        yield
    finally:
        _whence.reset(token)


class WhenceMiddleware:
    """Lets the audit know who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_from(request):
            return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """The IP address behind the proxies that `TRUSTED_PROXIES` counts."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):  # a proxy that says it wrongly or not at all
        return UNKNOWN
