"""Several items that are one line, and several lines that are one item."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from reconciliation.proposals.amounts import CENT, is_about, is_round
from reconciliation.proposals.facts import Item, Proposal
from reconciliation.proposals.look import KNOWN, SURE, Look
from reconciliation.proposals.reading import Reading, is_number_told
from reconciliation.proposals.single import Candidate
from reconciliation.proposals.sums import MOST, sets_of

# How many sets would sum to a value by chance: beyond these a sum proves nothing, or says nothing.
CHANCE_OF_CERTAIN = 0.001
CHANCE_OF_PROPOSAL = 0.3
# A lot is paid a day before its items are due, or credited a weekend after.
LOT_DAYS = (-4, 1)
DAYS_OF_CREDIT = 3  # of an acquirer, whose sales of some days come as one
PRECISE = frozenset(("withholding", "discount", "rounding"))  # few values of an item
MOST_RATE = Decimal("5.5")  # per cent that an acquirer keeps


def sets(look: Look, candidates: list[Candidate]) -> list[Proposal]:
    if (
        any(candidate.is_exact and candidate.party for candidate in candidates)
        or look.reading.is_own_nature
    ):
        return []
    if look.named:
        lot = [look.book.items[item] for item in look.named if look.book.open[item]]
        return _sets_among(look, lot, 60.0, "lot")
    found: list[Proposal] = []
    # One item, less a share that is usual, is as likely as several.
    is_one = any(
        candidate.party and candidate.explained and candidate.explained.kind in PRECISE
        for candidate in candidates
    )
    for party, known in look.told:
        found += _sets_among(
            look, look.book.by_party(party, look.line), KNOWN[known] / len(look.told), known
        )
    if is_one:
        found = [replace(proposal, degree="") for proposal in found]
    if may_be_a_lot(look.reading, look.parties):
        found += _sets_of_a_day(look)
    return found


def may_be_of_its_days(reading: Reading, parties: Collection[str]) -> bool:
    """Whether it may be what is due about its day, whoever that is of."""
    is_credit = reading.is_of_cards and not reading.is_own_nature
    return is_credit or may_be_a_lot(reading, parties)


def may_be_a_lot(reading: Reading, parties: Collection[str]) -> bool:
    """Whether it tells of nobody, so that it may be all that is due about its day."""
    tells = reading.names_somebody or reading.is_own_nature or reading.says_what_for
    return not (parties or tells)


def _sets_among(look: Look, items: Iterable[Item], known: float, mark: str) -> list[Proposal]:
    near = sorted(
        (item for item in items if look.may_be(item) and is_about(item, look.line.day)),
        key=lambda item: (abs((look.line.day - item.day).days), item.id),
    )
    amounts = [look.book.open[item.id] for item in near]
    chance = _chance(amounts)
    if chance > CHANCE_OF_PROPOSAL and mark != "lot":
        return []
    sets = sets_of(amounts, look.moved)
    found = []
    for chosen in sets:
        members = [near[place] for place in chosen]
        parts = tuple((item.id, look.book.open[item.id]) for item in members)
        dates = [look.date_score(item) for item in members]
        numbers = sum(is_number_told(item.number, look.reading) for item in members)
        score = known + 36.0 + sum(dates) / len(dates) + 8.0 * numbers - 2.0 * len(members)
        certain = (
            len(sets) == 1
            and mark in SURE
            and look.is_party_sure
            and min(dates) > -4
            and chance <= CHANCE_OF_CERTAIN
            and (not is_round(look.moved) or len(members) == len(near))
            and not any(_has_equal(look, item, near, members) for item in members)
        )
        found.append(
            Proposal(
                (look.line.id,),
                parts,
                "settle",
                None,
                (mark, "sum"),
                score,
                "evidence" if certain else "",
            )
        )
    return found


def _has_equal(look: Look, item: Item, near: list[Item], members: list[Item]) -> bool:
    return any(
        look.book.open[other.id] == look.book.open[item.id] and other not in members
        for other in near
    )


def _sets_of_a_day(look: Look) -> list[Proposal]:
    """A lot in one line: what is due about that day on this account, alike in kind and rail."""
    near = [
        item
        for item in look.book.around(look.line.day, LOT_DAYS, look.line)
        if item.account in (None, look.line.account) and look.may_be(item)
    ]
    lots = {
        tuple((item.id, look.book.open[item.id]) for item in group)
        for group in _alike(near)
        if len(group) >= 2
        and sum((look.book.open[item.id] for item in group), Decimal(0)) == look.moved
    }
    found = [
        Proposal((look.line.id,), parts, "settle", None, ("day", "sum"), 80.0)
        for parts in sorted(lots)
    ]
    if not found and look.moved % 10 and len(near) >= 2:
        found += _sets_among(look, near, 14.0, "day")
    return found[:3]


def net_of_fee(look: Look) -> list[Proposal]:
    """An acquirer's credit: the sales of a day and account, less what it keeps."""
    if look.named or look.line.amount < 0:
        return []
    party, known = look.one_party or ("", "")
    found = _net_of_party(look, party, known) if party else []
    if found and known != "memory":
        return found
    return found + _net_of_days(look)  # one buyer may be remembered of a credit of one sale


def _net_of_party(look: Look, party: str, known: str) -> list[Proposal]:
    days: dict[date, list[Item]] = {}
    for item in look.book.by_party(party, look.line):
        if item.method == "other":
            days.setdefault(item.day, []).append(item)
    near = [
        item
        for day, items in days.items()
        if abs((look.line.day - day).days) <= DAYS_OF_CREDIT
        for item in items
    ]
    groups = [*days.values()] + [near] * (len(days) > 1)
    found = []
    for items in groups:
        whole = _net_of(look, items, party, known) if len(items) >= 2 else None
        found += [whole] if whole else _net_by_usual_rate(look, items, party, known)
    return found


def _net_of_days(look: Look) -> list[Proposal]:
    """The same where the sales are those of who bought: all of a day that this account expects."""
    if not look.reading.is_of_cards:
        return []
    days: dict[date, list[Item]] = {}
    for item in look.book.around(look.line.day, LOT_DAYS, look.line):
        if item.method == "other" and item.kind == "charge" and item.account == look.line.account:
            days.setdefault(item.day, []).append(item)
    groups = {
        tuple(sorted(group, key=lambda item: item.id))
        for items in days.values()
        for group in _alike(items)
    }
    found = [_net_of(look, [*group], "", "cards") for group in groups]
    return [proposal for proposal in found if proposal]


def _net_by_usual_rate(look: Look, items: list[Item], party: str, known: str) -> list[Proposal]:
    """Some of the sales of a day, by a rate that was kept before; to the centavo."""
    amounts = [look.book.open[item.id] for item in items]
    if _chance(amounts) > CHANCE_OF_PROPOSAL:
        return []
    found = []
    for rate in look.book.rates.get(party, ()):
        gross = (look.moved / (1 - rate)).quantize(CENT)
        for near in (gross - CENT, gross, gross + CENT):
            for chosen in sets_of(amounts, near):
                found.append(_net_of(look, [items[place] for place in chosen], party, known))
    return [proposal for proposal in found if proposal]


def _net_of(look: Look, items: list[Item], party: str, known: str) -> Proposal | None:
    gross = sum((look.book.open[item.id] for item in items), Decimal(0))
    fee = gross - look.moved
    if not 0 < fee <= gross * MOST_RATE / 100:
        return None
    # What it kept before, as people accepted it.
    is_usual = any(abs(gross * rate - fee) <= CENT for rate in look.book.rates.get(party, ()))
    parts = tuple((item.id, look.book.open[item.id]) for item in items)
    score = KNOWN.get(known, 0.0) + 26.0 + 15.0 * is_usual + look.date_score(items[0])
    return Proposal((look.line.id,), parts, "settle", ("fee", fee), (known, "net"), score)


def together(look: Look) -> list[Proposal]:
    """Several lines of one party and day that are one item."""
    if look.named or not look.one_party:
        return []
    party, known = look.one_party
    lines = [
        line
        for line in look.book.lines_of_party(party)
        if line.day == look.line.day and (line.amount > 0) == (look.line.amount > 0)
    ]
    if len(lines) < 2:
        return []
    total = abs(sum((line.amount for line in lines), Decimal(0)))
    return [
        Proposal(
            tuple(line.id for line in lines),
            ((item.id, total),),
            "settle",
            None,
            (known, "lines"),
            KNOWN[known] + 36.0 + look.date_score(item),
        )
        for item in look.book.by_party(party, look.line)
        if look.book.open[item.id] == total and look.may_be(item)
    ]


def _chance(amounts: list[Decimal]) -> float:
    """How many sets of these amounts make a given value by chance."""
    looked_at = amounts[:MOST]
    centavos = float(sum(looked_at, Decimal(0)) * 100)
    return 2.0 ** len(looked_at) / centavos if centavos else 1.0


def _alike(items: list[Item]) -> list[list[Item]]:
    groups: dict[tuple[object, ...], list[Item]] = {}
    for item in items:
        for key in (
            ("all", item.kind),
            ("day", item.kind, item.day),
            ("words", item.kind, item.day, item.description),
            ("first word", item.kind, item.day, item.description.partition(" ")[0]),
            ("rail", item.kind, item.day, item.method),
            ("account", item.kind, item.day, item.account),
        ):
            groups.setdefault(key, []).append(item)
    return list(groups.values())
