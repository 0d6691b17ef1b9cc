from reconciliation.models.line_note import LineComment, LineFile
from reconciliation.models.match import Match, MatchEffect, MatchLine, MatchPart
from reconciliation.models.opening_balance import OpeningBalance, OpeningPutOff
from reconciliation.models.rule import Rule, RuleRun, RuleSlice
from reconciliation.models.transfer import Transfer

__all__ = [
    "LineComment",
    "LineFile",
    "Match",
    "MatchEffect",
    "MatchLine",
    "MatchPart",
    "OpeningBalance",
    "OpeningPutOff",
    "Rule",
    "RuleRun",
    "RuleSlice",
    "Transfer",
]
