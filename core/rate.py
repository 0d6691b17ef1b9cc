"""How often somebody may ask for something, counted in the cache."""

import math
import time
from dataclasses import dataclass
from typing import Self

from django.core.cache import cache

SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many times within so many seconds: from the full minute, hour or second on."""

    times: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Self:
        """«300/m»: 300 times a minute."""
        times, _, unit = text.partition("/")
        return cls(int(times), SECONDS[unit])


def seconds_to_wait(what: str, who: object, rate: Rate) -> int:
    """Count one more; 0 when it may be done now. Without the cache everything may."""
    now = time.time()
    window = int(now // rate.seconds)
    key = f"rate:{what}:{who}:{window}"
    cache.add(key, 0, rate.seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # it was lost between the two
        return 0
    return math.ceil((window + 1) * rate.seconds - now) if count > rate.times else 0
