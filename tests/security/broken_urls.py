"""Addresses whose views fail, for tests of what is written then."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path


def broken(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    password = "senha-na-" + "variavel-local"
    raise RuntimeError(f"there is no {request.path} for {len(password)} letters")


urlpatterns = [
    path("webhooks/<slug:provider>/<uuid:connection_id>/<str:secret>/", broken),
    path("quebra/", broken),
]
