"""How many random examples a heavy test plays: few in every run, more on demand (`EXAMPLES=5`)."""

import os

TIMES = int(os.environ.get("EXAMPLES") or 1)


def examples(count: int) -> int:
    """So many in every run, so many times `EXAMPLES` when that is set."""
    return count * TIMES
