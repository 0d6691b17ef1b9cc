"""Lines that belong to each other: both sides of a transfer, a movement and what gave it back."""

from dataclasses import replace
from datetime import timedelta

from rapidfuzz import fuzz

from brazil.banking_days import next_banking_day
from reconciliation.proposals.amounts import is_round
from reconciliation.proposals.book import Book
from reconciliation.proposals.days import banking_days_between
from reconciliation.proposals.facts import Item, Line, Proposal
from reconciliation.proposals.reading import begins_our_name, says_refund

MOST_DAYS_OF_TRANSFER = 5  # banking days
DAYS_OF_ANNOUNCED = 7  # from the day for which it was written down
RETURN_DAYS = 90  # MED
KNOWN_KINSHIP = 30  # both lines tell of one party, or of one number
SILENT_RETURN_DAYS = 30
MOST_DAYS_OF_REFUSED = 4  # banking days; a TED that its bank cannot credit comes back at once


def transfers(book: Book, line: Line) -> list[Proposal]:
    """A pair needs a sign that both sides are ours; a third person's Pix of equal value is none."""
    found = []
    mirrors = _mirrors(book, line)
    for mirror in mirrors:
        signs = book.readings[line.id].is_own + book.readings[mirror.id].is_own
        announced = _announced(book, line, mirror)
        if not signs and not announced:
            continue
        if signs == 1 and not announced and _names_another(book, line, mirror):
            continue
        apart = banking_days_between(line.day, mirror.day)
        score = 40 + 30 * signs + (25 if announced else 0) - 4 * apart
        score += 15 * _names_account(book, line, mirror)
        score -= 20 * (not _is_of_one_rail(book, line, mirror))
        marks = ("own account",) * bool(signs) + ("announced",) * bool(announced)
        parts = tuple((item.id, abs(item.amount)) for item in announced[:1])
        found.append(
            Proposal(
                (line.id, mirror.id),
                parts,
                "transfer",
                None,
                marks,
                score,
                _degree(book, line, mirror, signs, mirrors),
            )
        )
    return found


def _mirrors(book: Book, line: Line) -> list[Line]:
    first, last = line.day - timedelta(days=12), line.day + timedelta(days=12)
    return [
        mirror
        for mirror in book.lines_of(-line.amount, first, last)
        if mirror.account != line.account
        and banking_days_between(line.day, mirror.day) <= MOST_DAYS_OF_TRANSFER
        and not _contradicts(book, line, mirror)
    ]


def _contradicts(book: Book, line: Line, mirror: Line) -> bool:
    """A text names another of our accounts, or the money came before it left; of a Pix at a weekend
    one bank tells the day, the other one the next on which it is open."""
    out, into = (line, mirror) if line.amount < 0 else (mirror, line)
    if next_banking_day(into.day) < out.day:
        return True
    for one, other in ((line, mirror), (mirror, line)):
        named = book.readings[one.id].own_account
        if named and named != other.account:
            return True
    return any(book.readings[one.id].gives_back for one in (line, mirror))


def _names_another(book: Book, line: Line, mirror: Line) -> bool:
    return any(
        not reading.is_own
        and (
            reading.is_own_nature
            or (reading.names_somebody and not begins_our_name(reading, book.company))
        )
        for reading in (book.readings[line.id], book.readings[mirror.id])
    )


def _names_account(book: Book, line: Line, mirror: Line) -> int:
    return (book.readings[line.id].own_account == mirror.account) + (
        book.readings[mirror.id].own_account == line.account
    )


def _announced(book: Book, line: Line, mirror: Line) -> list[Item]:
    out, into = (line, mirror) if line.amount < 0 else (mirror, line)
    return [
        item
        for item in _announced_of_value(book, out)
        if item.account == out.account and item.to_account == into.account
    ]


def _is_announced_otherwise(book: Book, line: Line, mirror: Line) -> bool:
    """What left goes to another account of ours, or what came is from another, as we said."""
    out, into = (line, mirror) if line.amount < 0 else (mirror, line)
    return any(
        (item.account == out.account) != (item.to_account == into.account)
        for item in _announced_of_value(book, out)
    )


def _announced_of_value(book: Book, out: Line) -> list[Item]:
    return [
        item
        for item in book.transfers
        if book.open[item.id]
        and abs(item.amount) == -out.amount
        and abs((item.day - out.day).days) <= DAYS_OF_ANNOUNCED
    ]


def _degree(book: Book, line: Line, mirror: Line, signs: int, mirrors: list[Line]) -> str:
    """Certain when both sides are ours and neither has another that would do as well."""
    named = _names_account(book, line, mirror)
    told = named or bool(_announced(book, line, mirror))
    if signs + bool(told) < 2:
        return ""
    if not told and _is_announced_otherwise(book, line, mirror):
        return ""
    own = [other for other in mirrors if _may_be_other_leg(book, line, other)]
    back = [other for other in _mirrors(book, mirror) if _may_be_other_leg(book, mirror, other)]
    if own == [mirror] and back == [line]:
        is_sure = told or not is_round(line.amount) or not _could_come(book, line, mirror)
        return "evidence" if is_sure else ""
    rivals = [other for other in own if other is not mirror and _names_account(book, line, other)]
    rivals += [other for other in back if other is not line and _names_account(book, other, mirror)]
    return "evidence" if named == 2 and not rivals else ""


def _may_be_other_leg(book: Book, line: Line, other: Line) -> bool:
    reading = book.readings[other.id]
    is_own = reading.is_own or not (reading.names_somebody or reading.is_own_nature)
    return is_own and _is_of_one_rail(book, line, other)


def _is_of_one_rail(book: Book, line: Line, mirror: Line) -> bool:
    """A Pix arrives as a Pix: what came as a TED left as another transfer."""
    return len({book.readings[line.id].rail, book.readings[mirror.id].rail} - {""}) < 2


def _could_come(book: Book, line: Line, mirror: Line) -> bool:
    """Whether an account that is not read so far may still bring a line that fits as well."""
    last = max(line.day, mirror.day)
    return any(
        book.read_until.get(account.id, last) < last
        for account in book.company.accounts
        if account.id not in (line.account, mirror.account)
    )


def returns(book: Book, line: Line) -> list[Proposal]:
    """What this line gives back: an earlier movement of the same account, matched or not."""
    if not book.readings[line.id].gives_back:
        return _silent_returns(book, line)
    found = []
    for other in _earlier(book, line, RETURN_DAYS):
        kinship = _kinship(book, line, other)
        apart = banking_days_between(other.day, line.day)
        is_known = kinship >= KNOWN_KINSHIP
        if kinship >= 0 and (
            is_known or not _is_refused(book, line) or apart <= MOST_DAYS_OF_REFUSED
        ):
            found.append(_return_of(book, other, line, 60 + kinship - min(apart, 40)))
    found.sort(key=lambda proposal: -proposal.score)
    _earlier_first(book, line, found)
    if found and _is_certain_return(book, line, found):
        found[0] = replace(found[0], degree="evidence")
    return found


def _earlier_first(book: Book, line: Line, found: list[Proposal]) -> None:
    """What left on the day of the return may be the second try; the first one came back."""
    if not found or book.lines[found[0].lines[0]].day < line.day:
        return
    parties = set(book.parties_of(book.lines[found[0].lines[0]]))
    for place, other in enumerate(found):
        sent = book.lines[other.lines[0]]
        apart = banking_days_between(sent.day, line.day)
        if 0 < apart <= MOST_DAYS_OF_REFUSED and parties & set(book.parties_of(sent)):
            found.insert(0, replace(found.pop(place), score=found[0].score))
            return


def _silent_returns(book: Book, line: Line) -> list[Proposal]:
    """The same party sends the same value back without a word, or as a refund, which may be that
    of an expense as well."""
    parties = set(book.parties_of(line))
    days, score = (
        (RETURN_DAYS, 72.0) if says_refund(book.readings[line.id]) else (SILENT_RETURN_DAYS, 46.0)
    )
    return [
        _return_of(book, other, line, score - banking_days_between(other.day, line.day) / 2)
        for other in (_earlier(book, line, days) if parties else ())
        if parties & set(book.parties_of(other))
    ]


def _is_refused(book: Book, line: Line) -> bool:
    return book.readings[line.id].rail == "ted"


def _earlier(book: Book, line: Line, days: int) -> list[Line]:
    first = line.day - timedelta(days=days)
    return [
        other
        for other in book.lines_of(-line.amount, first, line.day, only_open=False)
        if other.account == line.account
        and other.id not in book.given_back
        and not book.readings[other.id].gives_back
    ]


def _return_of(book: Book, other: Line, line: Line, score: float) -> Proposal:
    undoes = () if other.id in book.open_lines else (other.id,)
    marks = ("gives back",)
    return Proposal((other.id, line.id), (), "return", None, marks, score, "", undoes)


def _kinship(book: Book, line: Line, other: Line) -> int:
    """What both lines have in common; negative when they name different people."""
    mine, theirs = book.readings[line.id], book.readings[other.id]
    shared = {token for token in mine.tokens & theirs.tokens if len(token) >= 6}
    if shared or mine.documents & theirs.documents:
        return 40
    if set(book.parties_of(line)) & set(book.parties_of(other)):
        return 35
    if mine.documents and theirs.documents:
        return -1
    if mine.is_own_nature != theirs.is_own_nature:
        return -1
    if mine.name and theirs.name:
        return 30 if fuzz.partial_ratio(mine.name, theirs.name) >= 80 else -1
    if mine.rail and theirs.rail and mine.rail != theirs.rail:
        return -1
    if theirs.is_own and not mine.is_own:
        return 0  # what goes to an account of ours is seldom refused
    return 20 if mine.rail and theirs.rail else 10


def _is_certain_return(book: Book, line: Line, found: list[Proposal]) -> bool:
    best = found[0]
    if len(found) > 1 and found[1].score > best.score - 20:
        return False
    other = book.lines[best.lines[0]]
    near = banking_days_between(other.day, line.day) <= 10
    is_known = _kinship(book, line, other) >= KNOWN_KINSHIP
    return near and (is_known or _is_refused(book, line) or not is_round(line.amount))
