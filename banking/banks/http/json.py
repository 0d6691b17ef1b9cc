"""JSON as banks write it, with nothing lost: decimals are `Decimal`."""

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, NoReturn

Json = Any  # what json.loads gives; the wire modules check it field by field


def read_json(body: bytes | str) -> Json:
    """JSON with its decimals exact.

    Raises:
        ValueError: it is not JSON (RFC 8259); NaN and Infinity are not.
        RecursionError: it is nested too deep.
    """
    return json.loads(body, parse_float=exact_decimal, parse_constant=refuse_constant)


def write_json(value: Json) -> str:
    """JSON in which a `Decimal` is a number with all its digits; no float on the way.

    Raises:
        TypeError: there is something in it that JSON does not have.
    """
    # Strings first: each line of a statement is written, and is mostly those.
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        members = [f"{encode_basestring(name)}: {write_json(v)}" for name, v in value.items()]
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join([write_json(item) for item in value]) + "]"
    if isinstance(value, float):
        raise TypeError("a float is not exact")
    return json.dumps(value)


def exact_decimal(text: str) -> Decimal:
    value = Decimal(text)
    # No bank means it, and PostgreSQL cannot store 1e200000.
    if value and abs(value.adjusted()) > 100:
        raise ValueError("an exponent beyond reason")
    return value


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
