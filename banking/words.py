"""How times and days are said on the screen. Instants are aware; the words are São Paulo's."""

from datetime import date, datetime, timedelta

from django.utils import formats

from brazil.banking_days import SAO_PAULO

ONE_DAY = timedelta(days=1)


def ago(instant: datetime, now: datetime) -> str:
    """«agora», «há 4 min», «há 3 h», then «em 20/11 às 10:14»."""
    seconds = (now - instant).total_seconds()
    if seconds < 60:
        return "agora"
    if seconds < 60 * 60:
        return f"há {int(seconds // 60)} min"
    if seconds < 24 * 60 * 60:
        return f"há {int(seconds // 3600)} h"
    return f"em {instant.astimezone(SAO_PAULO):%d/%m às %H:%M}"


def clock(instant: datetime) -> str:
    return f"{instant.astimezone(SAO_PAULO):%H:%M}"


def day_name(day: date, today: date) -> str:
    """«sexta-feira, 20 de novembro», with the year when it is not this one."""
    pattern = r"l, j \d\e F" if day.year == today.year else r"l, j \d\e F \d\e Y"
    return formats.date_format(day, pattern).lower()


def near_day(day: date, today: date) -> str:
    """«hoje, 23/11», «amanhã, 24/11» or «segunda-feira, 30/11»."""
    if day == today:
        name = "hoje"
    elif day == today + ONE_DAY:
        name = "amanhã"
    else:
        name = formats.date_format(day, "l").lower()
    return f"{name}, {day:%d/%m}"
