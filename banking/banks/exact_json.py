"""JSON as banks write it, with nothing lost: decimals are `Decimal`."""

import json
from decimal import Decimal
from typing import Any, NoReturn

Json = Any  # what json.loads gives; the wire modules check it field by field


def read_json(body: bytes | str) -> Json:
    """JSON with its decimals exact.

    Raises:
        ValueError: it is not JSON (RFC 8259); NaN and Infinity are not.
        RecursionError: it is nested too deep.
    """
    return json.loads(body, parse_float=exact_decimal, parse_constant=refuse_constant)


def exact_decimal(text: str) -> Decimal:
    value = Decimal(text)
    # No bank means it, and PostgreSQL cannot store 1e200000.
    if value and abs(value.adjusted()) > 100:
        raise ValueError("an exponent beyond reason")
    return value


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
