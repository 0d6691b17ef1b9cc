"""Columns by which amounts are found.

Where the walls between companies stand, PostgreSQL finds a row by an index only with comparisons
that it trusts to tell nothing of other companies' rows. Those of whole numbers are trusted, those
of `numeric` are not; nor do statistics count for these.
Source: PostgreSQL documentation, "Rules and Privileges" (LEAKPROOF functions).
"""

from django.db import models
from django.db.models.functions import Cast


def in_cents(column: str) -> models.GeneratedField:
    """A stored column of whole centavos: `filter(<it>__gte=to_cents(amount))`."""
    return models.GeneratedField(
        expression=Cast(models.F(column) * 100, models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
