"""Tags in the texts of a person: replaced as they stand, once. What a tag stands for is never read
again, and no such text is a program."""

import re
from collections.abc import Collection, Mapping

from core.errors import InvalidInput

TAG = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
# What was meant as one: not closed, or in single braces.
LOOSE = re.compile(r"\{\{|\}\}|\{\s*[a-z_]+\s*\}", re.I)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A tag that is none stays as it was typed; `require_known_tags` refused it before."""
    return TAG.sub(lambda tag: values.get(tag[1].lower(), tag[0]), text)


def require_known_tags(text: str, known: Collection[str], *, field: str) -> None:
    """
    Raises:
        InvalidInput: (code `unknown_tag`) a tag is none of these, or is not closed.
    """
    for tag in TAG.finditer(text):
        if tag[1].lower() not in known:
            names = ", ".join(f"{{{{{name}}}}}" for name in known)
            raise InvalidInput(
                f"«{tag[0]}» não é uma marcação. Use uma destas: {names}.",
                field=field,
                code="unknown_tag",
            )
    if LOOSE.search(TAG.sub("", text)):
        raise InvalidInput(
            "Uma marcação ficou aberta: ela começa com {{ e termina com }}.",
            field=field,
            code="unknown_tag",
        )
