"""What every API view shares."""

from typing import Any

from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from core.errors import DomainError, InvalidInput


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """A `DomainError` is a 422 with its sentence; the rest is as the framework does it."""
    if isinstance(error, DomainError):
        body: dict[str, str] = {"detail": str(error)}
        if isinstance(error, InvalidInput) and error.field:
            body["field"] = error.field
        return Response(body, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
    return drf_exception_handler(error, context)
