"""Columns in which a search finds what is written with accents or without, in either case."""

from django.db import models


class Folded(models.Func):
    """SQL that folds a column as `core.text.fold` does. Immutable, so a generated column keeps it.

    Texts of ASCII alone, which most are, are not taken apart.
    """

    arity = 1
    template = (
        "lower(CASE WHEN octet_length(%(expressions)s) = length(%(expressions)s) "
        "THEN %(expressions)s ELSE regexp_replace("
        "normalize(%(expressions)s, NFKD), '[\u0300-\u036f]+', '', 'g') END)"
    )


class Lines(models.Func):
    """SQL that writes texts one below the other."""

    arg_joiner = " || E'\\n' || "
    template = "%(expressions)s"


class AsText(models.Func):
    """SQL that writes JSON as text."""

    template = "(%(expressions)s)::text"
    output_field = models.TextField()


def folded(*columns: str) -> models.GeneratedField:
    """A stored column to search in: `filter(<it>__contains=fold(text))`."""
    return models.GeneratedField(
        expression=Lines(*map(Folded, columns)), output_field=models.TextField(), db_persist=True
    )
