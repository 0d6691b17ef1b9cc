"""Proposals of one item: scored by ids, numbers, party, value, day and rail."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from reconciliation.proposals.amounts import (
    CENT,
    MOST_EARLY_DAYS,
    Explained,
    explain,
    is_about,
    is_round,
)
from reconciliation.proposals.facts import Item
from reconciliation.proposals.look import KNOWN, Look
from reconciliation.proposals.reading import bare_number, forms_of

_SAYS_PART = re.compile(r"\b(?:parc(?:ial|ela)?|sinal|entrada|parte|adiantamento)\b")
SHARES = (*map(Decimal, (10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90)), Decimal(100) / 3)
LEAST_OWN_NUMBER = 4  # figures of a nosso número that is too short to be certain by itself
VALUE = {"equal": 40.0, "terms": 38.0, "rounding": 22.0, "law": 24.0, "likely": 14.0}


@dataclass(frozen=True, slots=True)
class Candidate:
    item: Item
    explained: Explained | None  # None: only a part of it
    by_id: bool
    by_number: bool
    party: str  # how the line tells of its party; "" when it does not
    score: float

    @property
    def is_exact(self) -> bool:
        return self.explained is not None and self.explained.is_exact


def candidates_of(look: Look) -> list[Candidate]:
    items: dict[str, Item] = {}
    if look.named:
        # Whatever else fits: the text says which one it is, or was.
        items = {item: look.book.items[item] for item in look.named if look.book.open[item]}
    else:
        near = [*look.book.by_amount(look.line), *look.book.by_terms(look.line)]
        for party in look.parties:
            near += look.book.by_party(party, look.line)
        items = {item.id: item for item in near}
    found = [_candidate(look, item) for item in items.values() if look.may_be(item)]
    return _oldest_first(look, [candidate for candidate in found if candidate])


def _candidate(look: Look, item: Item) -> Candidate | None:
    by_id = item.id in look.named
    by_number = not numbers_of(item.number, item.our_ids).isdisjoint(look.reading.numbers)
    party = look.parties.get(item.party or "", "")
    if not (party or by_id) and (item.day - look.line.day).days > MOST_EARLY_DAYS:
        return None
    if not (party or by_id or by_number) and _is_of_others(look, item):
        return None
    owed = look.book.open[item.id]
    explained = explain(item, owed, look.moved, look.line.day)
    if explained and not explained.is_exact and not is_about(item, look.line.day):
        return None
    if explained is None and not (
        look.moved < owed and (by_id or (party and (by_number or _is_part(look, item, owed))))
    ):
        return None
    if not (party or by_id) and (explained is None or not explained.is_exact):
        return None
    score = 100.0 * by_id + 40.0 * (by_number and bool(party or (explained and explained.is_exact)))
    score += KNOWN.get(party, 0.0) / max(len(look.told) if party else 1, 1) ** 0.5
    score += VALUE[explained.grade] if explained else 2.0
    if explained and explained.kind == "fee":
        rates = look.book.rates.get(item.party or "", ())
        score += 15.0 * any(abs(owed * rate - explained.amount) <= CENT for rate in rates)
    score += look.date_score(item) + _fit_of_rail(look, item)
    if item.party and not party and not by_id and look.reading.names_somebody:
        # A third person may pay for a customer; whom we pay the bank knows.
        score -= 18.0 if look.line.amount > 0 and not look.parties else 30.0
    if not (party or by_id) and look.is_anybodys_value:
        score -= 14.0
    return Candidate(item, explained, by_id, by_number, party, score)


def _is_of_others(look: Look, item: Item) -> bool:
    """Whether it is one of many of this value, of somebody else than the line names: however well
    its day and rail fit, it is not proposed. Asked of each of them."""
    return (
        look.is_anybodys_value
        and item.kind != "entry"
        and bool(item.party)
        and look.reading.names_somebody
    )


@lru_cache(maxsize=50_000)
def numbers_of(number: str, our_ids: frozenset[str]) -> frozenset[str]:
    """How an item's numbers may stand in a text."""
    own = (each for each in our_ids if len(bare_number(each)) >= LEAST_OWN_NUMBER)
    return forms_of(number).union(*map(forms_of, own))


def _is_part(look: Look, item: Item, owed: Decimal) -> bool:
    """Whether people pay such a part: it is said, a plain share, a round sum, or all that is open
    of this party is this item."""
    if not -30 <= (look.line.day - item.day).days <= 60:
        return False
    if _SAYS_PART.search(look.reading.text):
        return True
    is_near = -7 <= (look.line.day - item.day).days <= 15
    if is_near and 4 * look.moved >= owed and look.book.is_only_one(item, look.line):
        return True
    shares = (look.moved * 100 / abs(item.amount), look.moved * 100 / owed)
    return is_round(look.moved, 100) or any(
        abs(share - near) * abs(item.amount) <= 1 for share in shares for near in SHARES
    )


def _fit_of_rail(look: Look, item: Item) -> float:
    score = 0.0
    if item.account == look.line.account:
        score += 15.0 if item.kind == "entry" else 4.0
    elif item.account:
        score -= 6.0
    if look.reading.rail and item.method and item.method != "other":
        rails = {"boleto_pix": ("boleto", "pix")}.get(item.method, (item.method,))
        score += 4.0 if look.reading.rail in rails else -4.0
        if look.reading.rail == "cheque" and not look.parties:
            score -= 20.0  # of anybody, and never a boleto's
    return score


def _oldest_first(look: Look, candidates: list[Candidate]) -> list[Candidate]:
    """Of equal items of one party the oldest due comes first, unless a number says which; what was
    sent has a day of its own, and is none of those that wait to be."""
    candidates.sort(key=lambda candidate: (-candidate.score, candidate.item.id))
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, candidate in enumerate(candidates):
        item = candidate.item
        if candidate.party and not candidate.by_id and not candidate.by_number:
            key = (item.party, item.kind, candidate.explained, look.is_sent(item))
            groups.setdefault(key, []).append(place)
    for places in groups.values():
        if candidates[places[0]].explained is None:
            continue
        scores = [candidates[place].score for place in places]
        oldest = sorted(
            (candidates[place] for place in places), key=lambda c: (c.item.day, c.item.id)
        )
        for place, score, candidate in zip(places, scores, oldest, strict=True):
            candidates[place] = replace(candidate, score=score)
    return candidates
