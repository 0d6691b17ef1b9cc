"""How far two days are apart, as banks count."""

from datetime import date, timedelta
from functools import lru_cache

from brazil.banking_days import is_banking_day

FAR = 60


@lru_cache(maxsize=100_000)
def banking_days_between(first: date, last: date) -> int:
    """Banking days after the earlier up to the later day; none is told of beyond `FAR` days."""
    if last < first:
        first, last = last, first
    days = range(1, min((last - first).days, FAR) + 1)
    return sum(is_banking_day(first + timedelta(days=day)) for day in days)
