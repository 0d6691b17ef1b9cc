"""One worker at a time for the work of a row.

The row has two columns, `lease` (whose it is) and `leased_until`, either with a prefix. A lease
that ran out is free again, so a worker that died frees the row after a while. The database's clock
decides, for it is one: the workers' may differ.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet

from core.clock import database_now


def is_free(now: datetime, *, prefix: str = "") -> Q:
    until = f"{prefix}leased_until"
    return Q(**{until: None}) | Q(**{f"{until}__lte": now})


def take(
    row: QuerySet[Any], lasts: timedelta, *, prefix: str = "", **changes: object
) -> UUID | None:
    """Take the row's work, and write `changes` with it. None: somebody has it.

    `row` is the query of one row. Commit before the work begins.
    """
    token, now = uuid4(), database_now()
    mine = {f"{prefix}lease": token, f"{prefix}leased_until": now + lasts}
    return token if row.filter(is_free(now, prefix=prefix)).update(**mine, **changes) else None


def give_back(row: QuerySet[Any], token: UUID, *, prefix: str = "", **changes: object) -> bool:
    """End the work, and write `changes` with it. False, and nothing is written: it ran out, and
    somebody else has it."""
    free = {f"{prefix}lease": None, f"{prefix}leased_until": None}
    return bool(row.filter(**{f"{prefix}lease": token}).update(**free, **changes))


def is_due(now: datetime) -> Q:
    """Of rows with `wait_until`: what is not to wait any longer."""
    return Q(wait_until=None) | Q(wait_until__lte=now)
