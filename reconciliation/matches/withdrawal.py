"""What becomes of the matches of bank lines that are withdrawn: each is undone, whole.

Named in `settings.WITHDRAWAL_EFFECT` and `settings.ON_WITHDRAWAL`; run inside the company's scope.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from banking.models import StatementLine
from core.plurals import counted
from reconciliation.matches.effect import effect_of
from reconciliation.matches.undo import undo
from reconciliation.models import Match, MatchLine
from reconciliation.models.match import MatchQuerySet
from tenants.models import Membership

if TYPE_CHECKING:
    from django.db.models import QuerySet

BATCH = 50  # to a transaction, and told one by one
WHY = "O arquivo que trazia a linha do extrato foi desfeito."


def effect_words(tenant_id: UUID, lines: "QuerySet[StatementLine]") -> list[str]:
    """Sentences, before it is done; the last ones say what forbids it."""
    matches = matches_of(tenant_id, lines)
    count = matches.count()
    if not count:
        return []
    said = [
        counted(count, "conciliação é desfeita, inteira.", "conciliações são desfeitas, inteiras.")
    ]
    if count <= BATCH:
        undoing = effect_of(list(matches))
        said += [undoing.words, *dict.fromkeys(each.words for each in undoing.blockers)]
    return said


def undo_some(lines: "QuerySet[StatementLine]", *, by: Membership) -> bool:
    """Undo the newest matches, for what stands on another one is later. False: there are none.

    Raises:
        StandsOn, InvalidState, NotAllowed: as `undo`; nothing is undone.
    """
    matches = matches_of(by.tenant_id, lines)
    ids = list(matches.values_list("id", flat=True)[:BATCH])
    if ids:
        undo(ids, by=by, why=WHY)
    return bool(ids)


def matches_of(tenant_id: UUID, lines: "QuerySet[StatementLine]") -> MatchQuerySet:
    """Those that stand, the newest first."""
    told = MatchLine.objects.of(tenant_id).filter(statement_line__in=lines).values("match_id")
    matches: MatchQuerySet = Match.objects.of(tenant_id).standing().filter(id__in=told)
    return matches.order_by("-made_at", "-id")
