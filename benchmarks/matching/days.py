"""A data set day by day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from benchmarks.matching.load import Row


@dataclass(slots=True)
class Day:
    """What happens on it, in this order."""

    created: list[Row]
    sent: list[Row]  # to the banks
    closed: list[Row]
    arrived: dict[str, list[Row]]  # by account


def days_of(data: Mapping[str, Any]) -> dict[date, Day]:
    """Nothing is sent or closed before it is there."""
    days: dict[date, Day] = defaultdict(lambda: Day([], [], [], defaultdict(list)))
    for row in data["items"]:
        created_on = row["created_on"]
        days[date.fromisoformat(created_on)].created.append(row)
        if row.get("order"):
            sent_on = max(created_on, row["order"]["sent_on"])
            days[date.fromisoformat(sent_on)].sent.append(row)
        if row["closed_on"]:
            days[date.fromisoformat(max(created_on, row["closed_on"]))].closed.append(row)
    for row in data["lines"]:
        days[date.fromisoformat(row["arrived_on"])].arrived[row["account"]].append(row)
    return days
