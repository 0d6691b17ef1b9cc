"""Run a Python module as `python -m` does, at another time of day.

python -m tests.payments.at_most_once.moved_clock <seconds to move by> <module> <arguments>

With `-` instead of the seconds, each line of the standard input says them from then on; the first
is waited for.
"""

import runpy
import sys
from threading import Thread
from time import time

import time_machine


def move(traveller: time_machine.Traveller, seconds: str) -> None:
    # As a number: a datetime would move the process to its zone too.
    traveller.move_to(time_machine.escape_hatch.time.time() + float(seconds))


def obey(traveller: time_machine.Traveller) -> None:
    for line in sys.stdin:
        move(traveller, line)


if __name__ == "__main__":
    _, seconds, module, *arguments = sys.argv
    traveller = time_machine.travel(time()).start()
    if seconds == "-":
        move(traveller, sys.stdin.readline())
        Thread(target=obey, args=[traveller], daemon=True).start()
    else:
        move(traveller, seconds)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")
