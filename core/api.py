"""What every API view shares."""

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from rest_framework import serializers, status
from rest_framework.exceptions import ParseError, Throttled
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from brazil.digits import plain
from core.amounts import check_amount
from core.conflicts import without_conflict
from core.depth import is_shallow
from core.errors import Changed, DomainError, InvalidInput, Locked
from core.plurals import counted
from core.text import read_line, read_name


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """A `DomainError` is a 422 with its sentence and code, a 409 where something is locked, has
    changed or met another act, and a throttled call a 429 that says when to come back; the rest is
    as the framework does it."""
    error = without_conflict(error)
    if isinstance(error, DomainError):
        body: dict[str, str] = {"detail": str(error)}
        if isinstance(error, InvalidInput) and error.field:
            body["field"] = error.field
        if error.code:
            body["code"] = error.code
        is_conflict = isinstance(error, Locked | Changed)
        code = status.HTTP_409_CONFLICT if is_conflict else status.HTTP_422_UNPROCESSABLE_ENTITY
        return Response(body, status=code)
    response = drf_exception_handler(error, context)
    if response is not None and isinstance(error, Throttled):
        seconds = int(response.headers.get("Retry-After", 1))
        when = counted(seconds, "segundo", "segundos")
        told = f"Chamadas demais em pouco tempo. Tente de novo em {when}."
        response.data = {"detail": told, "code": "throttled"}
    return response


class AmountField(serializers.DecimalField):
    """Reais that may be paid: a number, or a string with a decimal point."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        amount = super().to_internal_value(plain(data) if isinstance(data, str) else data)
        try:
            return check_amount(amount)
        except InvalidInput as error:
            raise serializers.ValidationError(str(error), code=error.code) from None


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


class LineField(serializers.CharField):
    """A line of text, without what nobody sees in it (`core.text`)."""

    def to_internal_value(self, data: Any) -> str:
        return read_line(super().to_internal_value(data))


class NameField(serializers.CharField):
    """The name of somebody or something: it has a letter or a digit."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return read_name(super().to_internal_value(data))
        except InvalidInput as error:
            raise serializers.ValidationError(str(error), code=error.code) from None
