"""Days as files print them. None is moved by a time zone: what is printed is the bank's day."""

import re
from datetime import date
from functools import lru_cache

from banking.statements.files.contract import FIRST_YEAR, LAST_YEAR, NotRead

YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d\d)\2(\d\d)", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?!\d)", re.ASCII)
NAMED = re.compile(
    r"(\d{1,2})[ /.-]+(?:de )?(jan|fev|feb|mar|abr|apr|mai|may|jun|jul|ago|aug|set|sep|out|oct|nov"
    r"|dez|dec)[a-zç]*\.?[ /.-]+(?:de )?(\d{4}|\d\d)(?!\d)",
    re.ASCII | re.IGNORECASE,
)
WITHOUT_YEAR = re.compile(r"(\d{1,2})[/.-](\d{1,2})", re.ASCII)
MONTHS = {
    "jan": 1, "fev": 2, "feb": 2, "mar": 3, "abr": 4, "apr": 4, "mai": 5, "may": 5, "jun": 6,
    "jul": 7, "ago": 8, "aug": 8, "set": 9, "sep": 9, "out": 10, "oct": 10, "nov": 11, "dez": 12,
    "dec": 12,
}  # fmt: skip
LONGEST = 60
NO_DAY = "A linha não tem data."
UNREADABLE = "A data não pôde ser lida."
NO_SUCH_DAY = "A data não existe."
NO_YEAR = "A data não tem ano."


@lru_cache(maxsize=4096)
def compact_day(text: str) -> date:
    """The day of 20261103120000[-3:BRT], as it is printed.

    Raises:
        NotRead: it is no day.
    """
    bare = text.strip()
    if not bare.strip("0"):
        raise NotRead(NO_DAY)
    found = YEAR_FIRST.match(bare[:LONGEST])
    if found is None:
        return read_day(bare)
    return day_of(int(found[1]), int(found[3]), int(found[4]))


@lru_cache(maxsize=4096)
def read_day(text: str, *, is_month_first: bool = False, year_by: date | None = None) -> date:
    """The day of «03/11/2026», «2026-11-03», «03 nov 2026» and the like, time or not.

    `year_by`: where there is no year, it is the last such day up to this one.

    Raises:
        NotRead: it is no day.
    """
    bare = text.strip()[:LONGEST]
    if not bare.strip("0/-. "):
        raise NotRead(NO_DAY)
    if found := DAY_FIRST.match(bare):
        first, second = int(found[1]), int(found[3])
        day, month = (second, first) if is_month_first else (first, second)
        return day_of(full_year(found[4]), month, day)
    if found := YEAR_FIRST.match(bare):
        return day_of(int(found[1]), int(found[3]), int(found[4]))
    if found := NAMED.match(bare):
        return day_of(full_year(found[3]), MONTHS[found[2].lower()], int(found[1]))
    if found := WITHOUT_YEAR.fullmatch(bare):
        if year_by is None:
            raise NotRead(NO_YEAR)
        return last_such_day(int(found[1]), int(found[2]), year_by)
    raise NotRead(UNREADABLE)


def last_such_day(day: int, month: int, year_by: date) -> date:
    found = day_of(year_by.year, month, day)
    return found if found <= year_by else day_of(year_by.year - 1, month, day)


def full_year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def day_of(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise NotRead(NO_SUCH_DAY) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotRead(NO_SUCH_DAY)
    return found


def is_month_first(texts: list[str]) -> bool:
    """Whether a column writes the month before the day: it fits every row, and the other way does
    not fit many. Of the days of a month most are after the 12th, so one such row is a mistake."""
    pairs = [(int(m[1]), int(m[3])) for m in map(DAY_FIRST.match, texts) if m]
    only_so = sum(second > 12 for _, second in pairs)
    return only_so * 3 >= len(pairs) > 0 and all(first <= 12 for first, _ in pairs)
