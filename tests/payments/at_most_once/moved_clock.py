"""Run a Python module as `python -m` does, at another time of day.

python -m tests.payments.at_most_once.moved_clock <seconds to move by> <module> <arguments>

With `-` instead of the seconds, each line of the standard input says them from then on; the first
is waited for.
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta
from threading import Thread

import time_machine


def moved(seconds: str) -> datetime:
    real = time_machine.escape_hatch.datetime.datetime.now(UTC)
    return real + timedelta(seconds=float(seconds))


def obey(traveller: time_machine.Traveller) -> None:
    for line in sys.stdin:
        traveller.move_to(moved(line))


if __name__ == "__main__":
    _, seconds, module, *arguments = sys.argv
    listens = seconds == "-"
    first = sys.stdin.readline() if listens else seconds
    traveller = time_machine.travel(moved(first)).start()
    if listens:
        Thread(target=obey, args=[traveller], daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")
