"""Play a data set through the product: `python -m benchmarks matching FOLDER [--json FILE]`.

Day by day what is created is entered, what arrives is stored, and the engine looks at it; the
clocks of this process and of PostgreSQL are those of the day. A person accepts a first proposal
when it is the truth, and leaves the line alone otherwise.

What else follows a reading of a statement (`settings.ON_STATEMENT_READ`) is left out: it asks what
banks told of orders and slips, of which a data set has nothing, and takes a fifth of the time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks.databases import own_database
from benchmarks.matching import generate
from benchmarks.matching.days import Day, days_of
from benchmarks.matching.judge import Judge, Outcome
from benchmarks.matching.load import Loaded, load_company
from benchmarks.matching.load_items import Items
from benchmarks.matching.load_lines import Lines
from benchmarks.matching.orders import send_orders
from benchmarks.matching.person import Person
from benchmarks.matching.read_back import ReadBack
from benchmarks.matching.table import show
from benchmarks.memory import peak_megabytes
from benchmarks.report import Result, at_least, at_most, plain
from brazil.banking_days import SAO_PAULO
from reconciliation.engine.run import work
from reconciliation.models import Automation
from tenants.scope import tenant_scope
from tests.clock import DatabaseClock, Traveller, follow, travel, unfollow

LINES, SEEDS = 5_000, (7, 11)
LONGEST = 180  # seconds for all of them
EVENING = 22  # of the day that is played, so that nothing of it is to come


class Play:
    def __init__(self, data: Mapping[str, Any], move_to: Callable[[datetime], object]) -> None:
        """`move_to` moves the clocks. Begins on the data set's first day."""
        self.days = days_of(data)
        self._move_to = move_to
        self._go_to(min(self.days))
        self.judge = Judge(data)
        self.loaded = load_company(data)
        self.items, self.lines = Items(self.loaded), Lines(self.loaded)
        self.back = ReadBack(self.loaded, self.lines, self.items)
        self.person = Person(self.loaded, self.back, self.judge)
        self.outcome = Outcome()
        self.seconds = 0.0  # from lines stored to proposals stored
        with tenant_scope(self.loaded.tenant.id):
            switch_on(self.loaded)

    def run(self) -> dict[str, Any]:
        for day in sorted(self.days):
            self._go_to(day)
            self.play(self.days[day])
        with tenant_scope(self.loaded.tenant.id):
            self.outcome = outcome = self.back.outcome()
        by_itself = [*outcome.by_id, *outcome.by_evidence]
        matched = {line for each in by_itself for line in each.lines}
        outcome.first, outcome.in_three = self.person.first, self.person.in_three
        outcome.proposed = self.person.proposed | matched
        return self.judge.count(outcome)

    def _go_to(self, day: date) -> None:
        self._move_to(datetime(day.year, day.month, day.day, EVENING, tzinfo=SAO_PAULO))

    def play(self, day: Day) -> None:
        with tenant_scope(self.loaded.tenant.id):
            self.items.create(day.created)
            send_orders(self.loaded, day.sent, [self.items.bills[row["id"]] for row in day.sent])
            self.items.close(day.closed)
            begun = time.perf_counter()
            for account, rows in day.arrived.items():
                self.lines.store(account, rows)
        self.seconds += time.perf_counter() - begun
        self._work()
        while self._people():
            self._work()

    def _people(self) -> bool:
        """One approves what waits for it, the other looks at proposals. Whether that is news."""
        with tenant_scope(self.loaded.tenant.id):
            approved = self.items.approve_waiting()
            true = self.person.look()
        return bool(self.person.accept(true) or approved)

    def _work(self) -> None:
        begun = time.perf_counter()
        work(self.loaded.tenant.id)
        self.seconds += time.perf_counter() - begun


def switch_on(loaded: Loaded) -> None:
    Automation.objects.bulk_create(
        Automation(
            tenant=loaded.tenant, bank_account=account, by_evidence=True,
            changed_by=loaded.operator,
        )
        for account in loaded.accounts.values()
    )  # fmt: skip


# --- As a program ---


@contextmanager
def another_time() -> Iterator[Traveller]:
    database = DatabaseClock(os.environ["DATABASE_OWNER_URL"])
    follow(database.set)
    try:
        with travel(datetime.now(SAO_PAULO)) as traveller:
            yield traveller
    finally:
        unfollow(database.set)
        database.close()


def child(folder: str) -> None:
    """In a process of its own, so that its peak of memory is that of the play."""
    with another_time() as traveller:
        begun = time.perf_counter()
        play = Play(generate.read(Path(folder)), traveller.move_to)
        figures = play.run()
        whole = time.perf_counter() - begun
    told = {
        **{name: value for name, value in figures.items() if name != "cases"},
        "lines_per_second": round(figures["lines"] / play.seconds, 1),
        "peak_mb": round(peak_megabytes()),
        "cases": figures["cases"],
    }
    print(f"{whole:.0f} s in all, {play.seconds:.0f} s of the engine", file=sys.stderr)
    for why, count in Counter(play.person.refused).most_common(20):
        print(f"{count} times the truth was refused: {why}", file=sys.stderr)
    print(json.dumps(told, ensure_ascii=False))


def begin(folder: Path, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks", "--child", "matching", str(folder)]
    environ = {**os.environ, **environment}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)


def ended(playing: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = playing.communicate()
    if playing.returncode:
        raise subprocess.CalledProcessError(playing.returncode, playing.args)
    told: dict[str, Any] = json.loads(output.splitlines()[-1])
    return told


def command(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks matching")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args(arguments)
    told = ended(begin(wanted.folder))
    show(told)
    text = json.dumps(told, ensure_ascii=False)
    if wanted.json is None:
        print(text)
    else:
        wanted.json.write_text(f"{text}\n", encoding="utf-8")
    return 0


def measure() -> list[Result]:
    return measure_of("matching", LINES, LONGEST)


def measure_of(part: str, lines: int, longest: int) -> list[Result]:
    """Two companies at once with so many lines each, within `longest` seconds; each in a database
    of its own, whose clock is that of its day."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        playing = []
        for seed in SEEDS:
            folder = Path(name) / str(seed)
            generate.write(folder, generate.generate(seed, lines))
            playing.append(begin(folder, **own_database(f"matching_{seed}")))
        told = [ended(each) for each in playing]
    seconds = time.perf_counter() - begun
    counts = Counter[str]()
    for each in told:
        counts.update({key: each[key] for key in each.keys() - {"cases", "lines_per_second"}})
    known, without = counts["with_counterpart"], counts["lines"] - counts["with_counterpart"]
    return [
        at_most(f"{part}: wrong by id", counts["wrong_by_id"], 0, "lines"),
        at_most(f"{part}: wrong by evidence", counts["wrong_by_evidence"], 0, "lines"),
        at_least(f"{part}: by itself", (counts["by_id"] + counts["by_evidence"]) / known, 0.75),
        at_least(f"{part}: right first", counts["right_first"] / known, 0.92),
        plain(f"{part}: right in three", counts["right_in_three"] / known, "ratio"),
        at_most(f"{part}: false proposals", counts["false_proposals"] / without, 0.03),
        at_most(f"{part}: {counts['lines']} lines", seconds, longest, "s"),
        plain(f"{part}: lines of a company", min(each["lines_per_second"] for each in told),
              "lines/s"),
        plain(f"{part}: peak memory", max(each["peak_mb"] for each in told), "MB"),
    ]  # fmt: skip
