"""Identifiers as banks write them: a prefix and 22 alphanumerics."""

# ruff: noqa: S311 - plausible data, no secret
import random
import string
from collections.abc import Iterator

_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    return prefix + "".join(random.choices(_ALPHABET, k=22))


def new_ids(prefix: str, count: int) -> Iterator[str]:
    """Many at once, cheaply: they share their first letters."""
    head = prefix + "".join(random.choices(_ALPHABET, k=12))
    return (f"{head}{number:010d}" for number in range(count))
