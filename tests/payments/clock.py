"""Instants of the month in which the tests of bills play."""

from datetime import datetime
from zoneinfo import ZoneInfo


def at(text: str) -> datetime:
    """«23 07:00» of November 2026 in São Paulo."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(
        tzinfo=ZoneInfo("America/Sao_Paulo")
    )
