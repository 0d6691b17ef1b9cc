from reconciliation.models.bulk import BulkAct, BulkLine
from reconciliation.models.line_note import LineComment, LineFile
from reconciliation.models.match import Match, MatchEffect, MatchLine, MatchPart
from reconciliation.models.opening_balance import OpeningBalance, OpeningPutOff
from reconciliation.models.transfer import Transfer

__all__ = [
    "BulkAct",
    "BulkLine",
    "LineComment",
    "LineFile",
    "Match",
    "MatchEffect",
    "MatchLine",
    "MatchPart",
    "OpeningBalance",
    "OpeningPutOff",
    "Transfer",
]
