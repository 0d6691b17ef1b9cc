"""Play a data set through the engine alone: `python -m benchmarks.matching.memory FOLDER`.

Nothing is stored. With a seed and a number of lines instead of a folder one is generated.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.matching.facts import company_of, item_of, line_of, party_of
from benchmarks.matching.generate import generate, read
from benchmarks.matching.judge import Judge, Outcome, Pairing
from benchmarks.matching.table import show
from reconciliation.proposals.book import Book, Register
from reconciliation.proposals.facts import Proposal
from reconciliation.proposals.propose import propose


class Play:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data, self.judge = data, Judge(data)
        self.providers = {row["id"]: row["provider"] for row in data["company"]["accounts"]}
        self.book = Book(company_of(data["company"]), Register(map(party_of, data["parties"])))
        self.matched: dict[str, tuple[Proposal, str]] = {}  # by line
        self.outcome = Outcome()
        self.stale: dict[str, None] = {}  # open lines to be proposed again
        self.seconds = 0.0

    def run(self) -> Outcome:
        created, closed, arrived = (defaultdict(list) for _ in range(3))
        for row in self.data["items"]:
            created[row["created_on"]].append(row)
            if row["closed_on"]:
                closed[row["closed_on"]].append(row["id"])
        for row in self.data["lines"]:
            arrived[row["arrived_on"]].append(row)
        for day in sorted({*created, *closed, *arrived}):
            begun = time.perf_counter()
            for row in created[day]:
                item = item_of(row, self.providers)
                self.book.add_item(item)
                self._touch(item.amount, item.party)
            for item in closed[day]:
                self.book.close_item(item)
            for row in arrived[day]:
                line = line_of(row)
                self.book.add_line(line)
                self.stale[line.id] = None
                self._touch(-line.amount, None)
            self.stale |= dict.fromkeys(self._waiting_transfers())
            self._work()
            self.seconds += time.perf_counter() - begun
        for proposal, degree in {id(m[0]): m for m in self.matched.values()}.values():
            rows = {"id": self.outcome.by_id, "evidence": self.outcome.by_evidence}
            rows.get(degree, self.outcome.by_person).append(_pairing(proposal))
        return self.outcome

    def _touch(self, amount: Any, party: str | None) -> None:
        touched = self.book.lines_of(amount, date.min, date.max)
        if party:
            touched += self.book.lines_of_party(party)
        self.stale |= dict.fromkeys(line.id for line in touched)

    def _waiting_transfers(self) -> list[str]:
        """They may become certain when another account is read."""
        return [line for line in self.book.open_lines if self.book.readings[line].is_own]

    def _work(self) -> None:
        """Certain ones first, exact ids before evidence; then the person; until nothing moves."""
        while self.stale:
            lines = [line for line in self.stale if line in self.book.open_lines]
            self.stale.clear()
            found = {line: propose(self.book, self.book.lines[line]) for line in lines}
            for degree in ("id", "evidence"):
                for line, proposals in found.items():
                    if proposals and proposals[0].degree == degree:
                        self._match_if_certain(line, degree)
            for line in lines:
                if line in self.book.open_lines:
                    self._show(line, propose(self.book, self.book.lines[line]))

    def _match_if_certain(self, line: str, degree: str) -> None:
        """Looked at again: what was matched a moment ago may have changed it."""
        now = propose(self.book, self.book.lines[line]) if line in self.book.open_lines else []
        if now and now[0].degree == degree:
            self._match(now[0], degree)

    def _show(self, line: str, proposals: list[Proposal]) -> None:
        if not proposals:
            return
        self.outcome.proposed.add(line)
        true = [place for place, proposal in enumerate(proposals[:3]) if self._is_true(proposal)]
        if true:
            self.outcome.in_three |= set(proposals[true[0]].lines)
        if true[:1] == [0]:
            self._match(proposals[0], "person")
            self.book.learn(proposals[0])

    def _is_true(self, proposal: Proposal) -> bool:
        return self.judge.is_true(_pairing(proposal))

    def _match(self, proposal: Proposal, degree: str) -> None:
        for line in proposal.undoes:
            undone, _ = self.matched[line]
            for name in undone.lines:
                self.matched.pop(name)
                self.stale[name] = None
            self.book.undo(undone)
        self.book.match(proposal)
        for line in proposal.lines:
            self.matched[line] = (proposal, degree)
            self.outcome.proposed.add(line)
        for item, _ in proposal.parts:
            known = self.book.items[item]
            self._touch(known.amount, known.party)


def _pairing(proposal: Proposal) -> Pairing:
    return Pairing(frozenset(proposal.lines), frozenset(proposal.parts))


def main(wanted: list[str]) -> None:
    data = read(Path(wanted[0])) if len(wanted) == 1 else generate(*map(int, wanted))
    play = Play(data)
    figures = play.judge.count(play.run())
    lines = figures["lines"]
    show(figures)
    print(json.dumps({"lines_per_second": round(lines / play.seconds), "lines": lines}))


if __name__ == "__main__":
    main(sys.argv[1:])
