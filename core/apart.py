"""One odd thing hides nothing else (docs/architecture.md, law 12)."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import IntegrityError, transaction

from core.errors import DomainError

log = structlog.get_logger()


@contextmanager
def apart(refused: str, **about: str) -> Iterator[None]:
    """Inside a transaction: what is done here is done whole or not at all. What our own rules, or
    the database's, refuse of it is in the log as `refused`, and what comes after goes on."""
    try:
        with transaction.atomic():
            yield
    except (DomainError, IntegrityError):
        log.exception(refused, **about)
