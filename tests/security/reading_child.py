"""Reads spreadsheets, each in a process of its own with a limit on memory and time.

`python -m tests.security.reading_child FOLDER` prints one line of JSON for each file: the name, and
what became of it. A process that came to its end says how.
"""

import json
import os
import resource
import sys
from pathlib import Path

import django

MEMORY = 200 * 1024 * 1024  # beyond what the process has when it begins
SECONDS = 20  # of the processor; the slowest takes some two


def limit() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    memory = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    used = int(sum(os.times()[:2])) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (used, used))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def outcome(path: Path) -> dict[str, object]:
    from accounts.importing.reader import read_chart
    from core.errors import InvalidInput

    content = path.read_bytes()
    limit()
    try:
        sheet = read_chart(content)
    except InvalidInput as error:
        return {"refused": str(error), "field": error.field}
    return {"rows": len(sheet.rows), "problems": [str(each) for each in sheet.problems]}


def main() -> None:
    django.setup()
    import accounts.importing.reader  # noqa: F401 (once, before the children)

    for path in sorted(Path(sys.argv[1]).iterdir()):
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            print(json.dumps({"name": path.stem, **outcome(path)}), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"name": path.stem, "ended": status}), flush=True)


if __name__ == "__main__":
    main()
