"""What a line may stand for, best first, and whether the first is certain."""

from reconciliation.proposals.book import Book
from reconciliation.proposals.certainty import degree_of
from reconciliation.proposals.facts import Line, Proposal
from reconciliation.proposals.look import Look
from reconciliation.proposals.pairs import returns, transfers
from reconciliation.proposals.sets import net_of_fee, sets, together
from reconciliation.proposals.single import Candidate, candidates_of

LEAST_SCORE = 32.0
MOST_PROPOSALS = 5


def propose(book: Book, line: Line) -> list[Proposal]:
    """At most five, the certain one first. Writes nothing."""
    look = Look(book, line)
    pairs = [*returns(book, line), *transfers(book, line)]
    is_own = look.reading.is_own and not look.parties
    if is_own or look.reading.gives_back or any(pair.degree for pair in pairs):
        return sorted(pairs, key=_order)[:MOST_PROPOSALS]
    candidates = candidates_of(look)
    found = pairs + _singles(look, candidates) + sets(look, candidates)
    found += together(look) + net_of_fee(look)
    found = [proposal for proposal in found if proposal.score >= LEAST_SCORE or proposal.degree]
    return sorted(found, key=_order)[:MOST_PROPOSALS]


def _singles(look: Look, candidates: list[Candidate]) -> list[Proposal]:
    found = []
    for candidate in candidates[: 2 * MOST_PROPOSALS]:
        owed = look.book.open[candidate.item.id]
        explained = candidate.explained
        part = owed if explained else look.moved
        difference = (explained.kind, explained.amount) if explained and explained.kind else None
        score, degree = candidate.score, degree_of(look, candidate, candidates)
        if (
            explained is None
            and len([c for c in candidates if c.party]) > 1
            and not candidate.by_number
        ):
            score -= 10.0
        found.append(
            Proposal(
                (look.line.id,),
                ((candidate.item.id, part),),
                "settle",
                difference,
                _marks(candidate),
                score,
                degree,
            )
        )
    return found


def _marks(candidate: Candidate) -> tuple[str, ...]:
    marks = [("id", candidate.by_id), ("number", candidate.by_number)]
    marks += [(candidate.party, bool(candidate.party))]
    marks += [(candidate.explained.grade if candidate.explained else "part", True)]
    return tuple(mark for mark, holds in marks if holds)


def _order(proposal: Proposal) -> tuple[object, ...]:
    """Of equal ones always the same comes first."""
    return (not proposal.degree, -proposal.score, proposal.lines, proposal.parts)
