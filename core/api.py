"""What every API view shares."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from core.depth import is_shallow
from core.errors import DomainError, InvalidInput, Locked


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """A `DomainError` is a 422 with its sentence and code (a 409 where something is locked); the
    rest is as the framework does it."""
    if isinstance(error, DomainError):
        body: dict[str, str] = {"detail": str(error)}
        if isinstance(error, InvalidInput) and error.field:
            body["field"] = error.field
        if error.code:
            body["code"] = error.code
        is_locked = isinstance(error, Locked)
        code = status.HTTP_409_CONFLICT if is_locked else status.HTTP_422_UNPROCESSABLE_ENTITY
        return Response(body, status=code)
    return drf_exception_handler(error, context)


class ReadableJson(JSONParser):
    """A body in JSON. One that cannot be read is a 400 with its sentence, however it is wrong."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            value = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("O JSON tem níveis demais.") from None
        except ParseError:
            raise ParseError("O corpo não é um JSON válido.") from None
        if not is_shallow(value):
            raise ParseError("O JSON tem níveis demais.")
        return value
