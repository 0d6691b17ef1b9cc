"""What becomes of the matches of bank lines that are withdrawn: each is undone, whole.

Named in `settings.WITHDRAWAL_EFFECT` and `settings.ON_WITHDRAWAL`; run inside the company's scope.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from banking.models import StatementLine
from core.plurals import counted
from reconciliation.matches.effect import effect_of
from reconciliation.matches.undo import StandsOn, undo
from reconciliation.models import Match, MatchLine
from reconciliation.models.match import MatchQuerySet
from tenants.models import Membership

if TYPE_CHECKING:
    from django.db.models import QuerySet

BATCH = 50  # to a transaction, and told one by one
WHY = "O arquivo que trazia o lançamento do extrato foi desfeito."


def effect_words(tenant_id: UUID, lines: "QuerySet[StatementLine]") -> list[str]:
    """Sentences, before it is done; the last ones say what forbids it."""
    matches = matches_of(tenant_id, lines)
    count = matches.count()
    if not count:
        return []
    said = [f"{counted(count, 'conciliação é desfeita', 'conciliações são desfeitas')}, inteiras."]
    if count <= BATCH:
        undoing = effect_of(list(matches))
        said += [undoing.words, *dict.fromkeys(each.words for each in undoing.blockers)]
    return said


def undo_some(lines: "QuerySet[StatementLine]", *, by: Membership) -> bool:
    """Undo the newest matches, for what stands on another one is later, and matches of other lines
    that stand on them. False: there are none.

    Raises:
        StandsOn: something that is no match stands on one of them; nothing is undone.
        InvalidState, NotAllowed: as `undo`.
    """
    matches = matches_of(by.tenant_id, lines)
    ids = set(matches.values_list("id", flat=True)[:BATCH])
    if not ids:
        return False
    try:
        undo(ids, by=by, why=WHY)
    except StandsOn as error:
        later = {each.match.id for each in error.blockers if each.match is not None}
        if not later - ids:
            raise
        undo(ids | later, by=by, why=WHY)
    return True


def matches_of(tenant_id: UUID, lines: "QuerySet[StatementLine]") -> MatchQuerySet:
    """Those that stand, the newest first."""
    told = MatchLine.objects.of(tenant_id).filter(statement_line__in=lines).values("match_id")
    matches: MatchQuerySet = Match.objects.of(tenant_id).standing().filter(id__in=told)
    return matches.order_by("-made_at", "-id")
