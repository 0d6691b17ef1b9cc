"""JSON as banks write it, with nothing lost: decimals are `Decimal`."""

import json
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring
from typing import Any, NoReturn

from core.depth import is_shallow

Json = Any  # what json.loads gives; the wire modules check it field by field
MAX_DIGITS = 200


def read_json(body: bytes | str) -> Json:
    """JSON with its decimals exact.

    Raises:
        ValueError: it is not JSON (RFC 8259; NaN and Infinity are not), has a number beyond reason,
            or is nested deeper than core.depth allows.
        RecursionError: it is nested deeper still.
    """
    value = json.loads(
        body, parse_float=exact_decimal, parse_int=exact_int, parse_constant=refuse_constant
    )
    return shallow(value)


def shallow(value: Json) -> Json:
    """The value itself. Raises ValueError when it is nested deeper than core.depth allows."""
    if not is_shallow(value):
        raise ValueError("nested too deep")
    return value


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
    """Raises ValueError where no bank can mean it: PostgreSQL cannot store 1e200000."""
    if len(text) > MAX_DIGITS:
        raise ValueError("digits beyond reason")
    try:
        value = Decimal(text)
    except InvalidOperation as error:  # an exponent that Decimal itself cannot hold
        raise ValueError("an exponent beyond reason") from error
    if abs(value.adjusted()) > 100:
        raise ValueError("an exponent beyond reason")
    return value


def exact_int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("digits beyond reason")
    return int(text)


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
