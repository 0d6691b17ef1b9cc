"""Accept what was proposed for a bank line, as it was shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from reconciliation.matches.give_back import give_back
from reconciliation.matches.match import match_lines
from reconciliation.matches.pairing import Done, Pairing
from reconciliation.matches.transfer import transfer
from reconciliation.matches.write import Origin
from tenants.models import Membership


class ProposedAct(StrEnum):
    MATCH = "match"
    TRANSFER = "transfer"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal with the versions of the lines that the person saw."""

    pairing: Pairing  # its first line is the one that the proposal is of
    act: ProposedAct = ProposedAct.MATCH
    other: UUID | None = None  # of a transfer or a return: the other line

    def to_json(self) -> dict[str, Any]:
        return {
            "pairing": self.pairing.to_json(),
            "act": self.act.value,
            "other": str(self.other) if self.other else "",
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Offer":
        return cls(
            Pairing.from_json(kept["pairing"]),
            ProposedAct(kept["act"]),
            UUID(kept["other"]) if kept["other"] else None,
        )


def accept(offer: Offer, *, by: Membership) -> Done:
    """Runs inside the company's scope.

    Raises:
        InvalidInput, InvalidState, Changed, NotAllowed: as the act that was proposed.
    """
    pairing = offer.pairing
    if offer.act is ProposedAct.MATCH:
        return match_lines(pairing, by=by)
    assert offer.other is not None
    line = pairing.lines[0]
    if offer.act is ProposedAct.RETURN:
        return give_back(line, offer.other, by=by, why=pairing.why, seen=pairing.seen)
    origin = Origin(by=by, degree=pairing.degree, reasons=pairing.reasons, score=pairing.score)
    made = transfer(line, by=by, other_line=offer.other, seen=pairing.seen, origin=origin)
    return Done(made.match)
