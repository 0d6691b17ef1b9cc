"""Ten times the lines of `make bench`, on demand: `python -m benchmarks matching_100000`."""

from benchmarks.matching.play import measure_of
from benchmarks.report import Result

LINES, LONGEST = 50_000, 1_800


def measure() -> list[Result]:
    return measure_of("matching_100000", LINES, LONGEST)
