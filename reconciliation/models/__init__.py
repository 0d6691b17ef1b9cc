from reconciliation.models.line_note import LineComment, LineFile
from reconciliation.models.match import Match, MatchEffect, MatchLine, MatchPart
from reconciliation.models.opening_balance import OpeningBalance, OpeningByPerson, OpeningPutOff
from reconciliation.models.transfer import Transfer

__all__ = [
    "LineComment",
    "LineFile",
    "Match",
    "MatchEffect",
    "MatchLine",
    "MatchPart",
    "OpeningBalance",
    "OpeningByPerson",
    "OpeningPutOff",
    "Transfer",
]
