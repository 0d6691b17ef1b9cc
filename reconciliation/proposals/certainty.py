"""Whether a match of one item is certain: by an exact id, or by evidence without a rival.

Both ask for a value that is the item's own, or what its own terms make of it, to the centavo.
Evidence asks for more: a party that the line tells of, and of no other (document, account, root,
a name that fits one party alone), or a value that was there once in 120 days, is not round, and
stands on a line that names nobody else; a day on which such an item is paid, and the rail that it
is paid by; no other open item and no other open line that would do as well; no equal line of the
party that was matched just before; and nobody who keeps a fee of what it pays on. Memory, a mask
alone and a namesake with another document only ever propose.
"""

from dataclasses import replace

from reconciliation.proposals.amounts import is_round
from reconciliation.proposals.days import banking_days_between
from reconciliation.proposals.facts import Item, Line
from reconciliation.proposals.look import Look
from reconciliation.proposals.single import Candidate

MOST_DAYS_OF_AMBIGUOUS = 1  # banking days; a name that fits several, and the value that is one's


def degree_of(look: Look, candidate: Candidate, candidates: list[Candidate]) -> str:
    if not candidate.is_exact:
        return ""
    rivals = [other for other in candidates if other is not candidate and other.is_exact]
    rivals = [other for other in rivals if not _is_beside(other, candidate)]
    if any(not _is_same(candidate.item, other.item) for other in rivals):
        return ""
    if candidate.by_id:
        return "" if _has_earlier_line(look, candidate) else "id"
    if _is_paid_on_net(look, candidate.item) and not candidate.by_number:
        return ""
    if not _is_timely(look, candidate) or _has_rival_line(look, candidate):
        return ""
    if _may_be_for_the_next(look, candidate.item):
        return ""
    if candidate.party == "sibling" and look.is_anybodys_value:
        return ""
    if candidate.party and look.is_party_sure:
        return "evidence"
    if candidate.by_number and candidate.party:
        return "evidence"
    return "evidence" if _is_alone(look, candidate) else ""


def _is_beside(other: Candidate, best: Candidate) -> bool:
    """Whether `other` is no rival: the line tells of the best one's party, number or id."""
    if best.by_id and not other.by_id:
        return True
    if best.by_number and best.party and not other.by_number:
        return True
    if other.party == "sibling" and best.party in ("document", "account"):
        return True
    return bool(best.party) and not other.party and not other.by_number


def _is_same(item: Item, other: Item) -> bool:
    """Nothing but their ids tells them apart."""
    return replace(item, id="") == replace(other, id="")


def _may_be_for_the_next(look: Look, item: Item) -> bool:
    """Paid twice, perhaps, so that the next one of equal value is not meant; or a half of one, of
    which another one like it lacks a half as well."""
    apart = banking_days_between(look.day_of(item), look.line.day)
    if apart > 3 and look.book.has_twin(look.line, 15):
        return True
    rest = look.book.open[item.id]
    return rest < abs(item.amount) and any(
        other.amount == item.amount and other.id != item.id and look.book.open[other.id] >= rest
        for other in (look.book.by_party(item.party, look.line) if item.party else ())
    )


def _is_timely(look: Look, candidate: Candidate) -> bool:
    item = candidate.item
    days = (look.line.day - look.day_of(item)).days
    if item.kind == "entry":
        return -5 <= days <= 10
    if look.line.amount > 0 and look.reading.rail == "boleto" and _is_slip_of(look, item):
        return -30 <= days <= 30  # what comes in by boleto is for a slip of ours
    if _is_off_rail(look, item) and not candidate.by_number:
        # Nobody settles a boleto by Pix ahead of time: this is for something else, perhaps.
        return -1 <= days <= 12
    if look.is_anybodys_value:
        # Such a value may be for anything; only near its day it is for this. Who is paid late is
        # the one who asks again: of receipts more are late.
        return -5 <= days <= (5 if item.kind == "payable" else 12)
    if item.kind == "payable":
        return -12 <= days <= 30
    terms = item.terms
    if candidate.explained and candidate.explained.grade == "terms":
        return -30 <= days <= 120
    # So late without the fine that it asks for: something else, perhaps.
    return -30 <= days <= (15 if terms.fine_percent or terms.interest_percent else 45)


def _is_slip_of(look: Look, item: Item) -> bool:
    return item.method in ("boleto", "boleto_pix") and item.account == look.line.account


def _has_earlier_line(look: Look, candidate: Candidate) -> bool:
    """The same boleto paid twice: the earlier money is that of the charge."""
    line, book = look.line, look.book
    return any(
        candidate.item.id in book.by_ids(other)
        for other in book.lines_of(line.amount, book.first_rival_day(line), line.day)
        if other.day < line.day
    )


def _has_rival_line(look: Look, candidate: Candidate) -> bool:
    """Another open line that the item would fit as well, and that is not like this one."""
    book, line = look.book, look.line
    for other in book.lines_of(line.amount, book.first_rival_day(line), book.last_day):
        if other.id == line.id or _are_alike(other, line):
            continue
        reading = book.readings[other.id]
        if (
            reading.gives_back
            or reading.is_own
            or (reading.is_own_nature and candidate.item.kind != "entry")
        ):
            continue
        if candidate.item.kind == "entry" and other.account != line.account:
            continue
        parties = book.parties_of(other)
        fits_as_well = candidate.item.party in parties or not reading.names_somebody
        if fits_as_well and not (candidate.by_number and candidate.party):
            return True
    return False


def _is_alone(look: Look, candidate: Candidate) -> bool:
    """A value that was open once in 120 days, not round, on a line that names nobody else."""
    if is_round(look.moved) or look.book.with_value_about(look.line) != 1:
        return False
    if candidate.explained and candidate.explained.grade != "equal":
        return False
    item, apart = candidate.item, banking_days_between(candidate.item.day, look.line.day)
    if item.kind == "entry":
        return (
            item.account == look.line.account
            and apart <= 3
            and (not item.party or bool(candidate.party) or not look.reading.names_somebody)
        )
    if candidate.party in ("namesake", "memory"):
        return False
    if look.reading.names_somebody and not candidate.party:
        return False
    is_name = candidate.party in ("name", "likeness")
    if len(look.told) > 1 and (apart > MOST_DAYS_OF_AMBIGUOUS or not is_name):
        return False
    if _is_off_rail(look, item):
        return False
    return apart <= 5


def _is_paid_on_net(look: Look, item: Item) -> bool:
    """A sale that no slip collects, of who kept a fee before: its credits are whole by chance."""
    return item.method == "other" and bool(look.book.rates.get(item.party or ""))


def _is_off_rail(look: Look, item: Item) -> bool:
    """Whether the money went otherwise than the item says."""
    rail = look.reading.rail
    return bool(rail) and item.method not in ("", "other", "boleto_pix", rail)


def _are_alike(line: Line, other: Line) -> bool:
    return replace(line, id="") == replace(other, id="")
