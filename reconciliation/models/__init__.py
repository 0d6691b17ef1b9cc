from reconciliation.models.line_note import LineComment, LineFile
from reconciliation.models.line_question import LineQuestion
from reconciliation.models.match import Match, MatchEffect, MatchLine, MatchPart
from reconciliation.models.opening_balance import OpeningBalance, OpeningPutOff
from reconciliation.models.saved_filter import SavedFilter
from reconciliation.models.transfer import Transfer

__all__ = [
    "LineComment",
    "LineFile",
    "LineQuestion",
    "Match",
    "MatchEffect",
    "MatchLine",
    "MatchPart",
    "OpeningBalance",
    "OpeningPutOff",
    "SavedFilter",
    "Transfer",
]
