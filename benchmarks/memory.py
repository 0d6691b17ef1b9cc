"""How much memory this process has held at most."""

import re
from pathlib import Path


def peak_megabytes() -> float:
    """Of this program alone: `getrusage` would count what its parent held when it began.

    Source: proc(5), `VmHWM`.
    """
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
    assert found is not None
    return int(found[1]) / 1024
