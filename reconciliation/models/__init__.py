from reconciliation.models.bulk import BulkAct, BulkLine
from reconciliation.models.line_note import LineComment, LineFile
from reconciliation.models.line_question import LineQuestion
from reconciliation.models.match import Match, MatchEffect, MatchLine, MatchPart
from reconciliation.models.opening_balance import OpeningBalance, OpeningByPerson, OpeningPutOff
from reconciliation.models.proposal import (
    Automation,
    EngineTurn,
    ItemChange,
    Lesson,
    LineReading,
    NewLines,
    OpenedLine,
    Proposal,
)
from reconciliation.models.rule import Rule, RuleRun, RuleSlice
from reconciliation.models.sample import Sample
from reconciliation.models.saved_filter import SavedFilter
from reconciliation.models.transfer import Transfer

__all__ = [
    "Automation",
    "BulkAct",
    "BulkLine",
    "EngineTurn",
    "ItemChange",
    "Lesson",
    "LineComment",
    "LineFile",
    "LineQuestion",
    "LineReading",
    "Match",
    "MatchEffect",
    "MatchLine",
    "MatchPart",
    "NewLines",
    "OpenedLine",
    "OpeningBalance",
    "OpeningByPerson",
    "OpeningPutOff",
    "Proposal",
    "Rule",
    "RuleRun",
    "RuleSlice",
    "Sample",
    "SavedFilter",
    "Transfer",
]
