from reconciliation.models.line_note import LineComment, LineFile
from reconciliation.models.match import Match, MatchEffect, MatchLine, MatchPart
from reconciliation.models.opening_balance import OpeningBalance, OpeningPutOff
from reconciliation.models.proposal import (
    Automation,
    ItemChange,
    Lesson,
    LineReading,
    NewLines,
    OpenedLine,
    Proposal,
)
from reconciliation.models.transfer import Transfer

__all__ = [
    "Automation",
    "ItemChange",
    "Lesson",
    "LineComment",
    "LineFile",
    "LineReading",
    "Match",
    "MatchEffect",
    "MatchLine",
    "MatchPart",
    "NewLines",
    "OpenedLine",
    "OpeningBalance",
    "OpeningPutOff",
    "Proposal",
    "Transfer",
]
