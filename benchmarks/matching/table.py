"""The figures of a play as a table, a row for each case."""

from collections.abc import Mapping
from typing import Any


def show(figures: Mapping[str, Any]) -> None:
    for case, count in [*figures["cases"].items(), ("all", figures)]:
        known = count["with_counterpart"] or 1
        print(
            f"{case:28}{count['lines']:6} id {count['by_id']:5} ev {count['by_evidence']:5} "
            f"wrong {count['wrong_by_id']}/{count['wrong_by_evidence']} "
            f"self {(count['by_id'] + count['by_evidence']) / known:6.1%} "
            f"first {count['right_first'] / known:6.1%} "
            f"three {count['right_in_three'] / known:6.1%} "
            f"false {count['false_proposals']}"
        )
