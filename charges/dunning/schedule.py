"""When mails to payers leave: from 9 to 18 in São Paulo, on days on which banks serve.

On 31 December they do not, though it is no holiday: what falls on it leaves on the next such day,
as what falls on a weekend. A due date is never moved by it.
"""

from datetime import date, datetime, time, timedelta

from brazil.banking_days import SAO_PAULO, is_settlement_day, sao_paulo_day

OPENS, CLOSES = time(9), time(18)
ONE_DAY = timedelta(days=1)


def is_open(now: datetime) -> bool:
    local = now.astimezone(SAO_PAULO)
    return is_settlement_day(local.date()) and OPENS <= local.time() < CLOSES


def mailing_day(day: date) -> date:
    """The first day from `day` on, itself included, on which mails leave."""
    while not is_settlement_day(day):
        day += ONE_DAY
    return day


def next_day_opening(now: datetime) -> datetime:
    """When mails leave again on a later day than that of `now`."""
    day = mailing_day(sao_paulo_day(now) + ONE_DAY)
    return datetime.combine(day, OPENS, tzinfo=SAO_PAULO)


def day_of_step(due_date: date, days: int) -> date:
    return mailing_day(due_date + timedelta(days=days))
