"""How days and times are said on the screen. Instants are aware; the words are São Paulo's."""

from datetime import date, datetime, timedelta

from django.utils import formats

from brazil.banking_days import SAO_PAULO, sao_paulo_day

ONE_DAY = timedelta(days=1)


def weekday(day: date) -> str:
    """«segunda», «sábado»."""
    return formats.date_format(day, "l").lower().removesuffix("-feira")


def near_day(day: date, today: date) -> str:
    """«hoje», «ontem», «amanhã», «20/11, sexta»; in another year «20/11/2027»."""
    near = {0: "hoje", -1: "ontem", 1: "amanhã"}.get((day - today).days)
    if near:
        return near
    if day.year != today.year:
        return f"{day:%d/%m/%Y}"
    return f"{day:%d/%m}, {weekday(day)}"


def on_day(day: date, today: date) -> str:
    """«hoje», «ontem», «amanhã», «em 20/11, sexta»."""
    words = near_day(day, today)
    return words if abs((day - today).days) <= 1 else f"em {words}"


def long_day(day: date) -> str:
    """«segunda, 23 de novembro»."""
    return f"{weekday(day)}, " + formats.date_format(day, r"j \d\e F").lower()


def lasted(span: timedelta) -> str:
    """«menos de 1 min», «4 min», «2 h 10 min», «3 dias»."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "menos de 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = hours // 24
    return "1 dia" if days == 1 else f"{days} dias"


def hour(instant: datetime) -> str:
    """«7h», «16h05»."""
    local = instant.astimezone(SAO_PAULO)
    return f"{local.hour}h{local:%M}" if local.minute else f"{local.hour}h"


def when(instant: datetime, now: datetime) -> str:
    """«hoje às 09:41», «20/11 às 17:05»."""
    local = instant.astimezone(SAO_PAULO)
    if local.date() == sao_paulo_day(now):
        return f"hoje às {local:%H:%M}"
    return f"{local:%d/%m} às {local:%H:%M}"


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


def dated_day(day: date, today: date) -> str:
    """«hoje, 23/11», «amanhã, 24/11» or «segunda-feira, 30/11»."""
    if day == today:
        name = "hoje"
    elif day == today + ONE_DAY:
        name = "amanhã"
    else:
        name = formats.date_format(day, "l").lower()
    return f"{name}, {day:%d/%m}"
