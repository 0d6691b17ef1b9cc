"""Run a Python module as `python -m` does, at another time of day.

python -m tests.payments.at_most_once.moved_clock <seconds to move by> <module> <arguments>
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine

if __name__ == "__main__":
    _, seconds, module, *arguments = sys.argv
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(seconds))).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")
