"""Two transactions that waited for each other: PostgreSQL ends one, and nothing of it is done.

Source: PostgreSQL documentation, "Deadlocks" (SQLSTATE 40P01).
"""

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from core.errors import Changed


def without_conflict(error: Exception) -> Exception:
    """What is told instead of it; any other error is itself."""
    if isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected):
        return Changed(
            "Outra pessoa gravava no mesmo momento. Nada foi gravado: tente de novo.",
            code="conflict",
        )
    return error
