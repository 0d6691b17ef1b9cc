"""What a person wants to match, as it was asked; kept as JSON while it waits for a second one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.money import format_brl
from people.models import ExceptionalAct
from reconciliation.matches.differences import Difference
from reconciliation.matches.hold import Seen
from reconciliation.matches.items import Choice
from reconciliation.models import Match

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Bank lines of one account, all of one side, and what they are the money of."""

    lines: Sequence[UUID]
    items: Sequence[Choice]
    differences: Sequence[Difference] = ()
    leaves_open: bool = False  # what of the lines is more than the items stays to be explained
    seen: Seen | None = None  # the version of each line that the person saw
    why: str = ""
    # Of a proposal that is accepted, or of what the product does by itself.
    degree: str = Match.Degree.HAND
    reasons: Sequence[Any] = ()
    score: int | None = None

    @property
    def given_up(self) -> Decimal:
        """What the company has less by its differences, as a positive amount."""
        return -sum((each.amount for each in self.differences if each.is_given_up), ZERO)

    def to_json(self) -> dict[str, Any]:
        return {
            "lines": [str(line) for line in self.lines],
            "items": [each.to_json() for each in self.items],
            "differences": [each.to_json() for each in self.differences],
            "leaves_open": self.leaves_open,
            "seen": seen_to_json(self.seen),
            "why": self.why,
            "degree": str(self.degree),
            "reasons": list(self.reasons),
            "score": self.score,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Pairing":
        return cls(
            lines=[UUID(line) for line in kept["lines"]],
            items=[Choice.from_json(each) for each in kept["items"]],
            differences=[Difference.from_json(each) for each in kept["differences"]],
            leaves_open=kept["leaves_open"],
            seen=seen_from_json(kept["seen"]),
            why=kept["why"],
            degree=kept["degree"],
            reasons=kept["reasons"],
            score=kept["score"],
        )


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to: a match, or a request that waits for a second person."""

    match: Match | None
    waiting: ExceptionalAct | None = None


def seen_to_json(seen: Seen | None) -> dict[str, int] | None:
    return None if seen is None else {str(line): version for line, version in seen.items()}


def seen_from_json(kept: Mapping[str, int] | None) -> Seen | None:
    return None if kept is None else {UUID(line): version for line, version in kept.items()}


def reais(amount: Decimal) -> str:
    return f"R$\u00a0{format_brl(amount)}"
