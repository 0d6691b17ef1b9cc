"""Columns in which a search finds what is written with accents or without, in either case."""

from django.db import models

from core.text import ACCENTED

_LETTERS = f"'{''.join(ACCENTED)}', '{''.join(ACCENTED.values())}'"


class Folded(models.Func):
    """SQL that folds the columns named, joined by line breaks, as `core.text.fold` does.

    Immutable, so a generated column can keep it. Texts of ASCII alone, which most are, need no
    look-up letter by letter.
    """

    arg_joiner = " || E'\\n' || "
    template = (
        "lower(CASE WHEN octet_length(%(expressions)s) = length(%(expressions)s) "
        f"THEN %(expressions)s ELSE translate(%(expressions)s, {_LETTERS}) END)"
    )


def folded(*columns: str) -> models.GeneratedField:
    """A stored column to search in: `filter(<it>__contains=fold(text))`."""
    return models.GeneratedField(
        expression=Folded(*columns), output_field=models.TextField(), db_persist=True
    )
