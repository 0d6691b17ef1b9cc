"""Filters over core.dates, at the time of the page."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from banking.banks import registry
from banking.connections import addresses
from banking.gateway.call_log import operation_words, result_words
from banking.models import BankAccount, StatementLine
from banking.statements.progress import broken_proof, unread_words
from brazil.banking_days import sao_paulo_day
from brazil.document import format_document
from core import dates
from core.text import fold

register = template.Library()


def ago(instant: datetime | None) -> str:
    return dates.ago(instant, timezone.now()) if instant else "ainda não consultado"


@register.filter
def balance_age(account: BankAccount) -> str:
    """How old its balance at the bank is: a file tells the day alone, or nothing."""
    if not account.is_by_file:
        return ago(account.balance_at)
    if account.balance_at is None:
        return "não informado"
    day, today = sao_paulo_day(account.balance_at), sao_paulo_day(timezone.now())
    if 0 <= (today - day).days <= 1:
        return dates.near_day(day, today)
    return f"em {day:%d/%m}" if day.year == today.year else f"em {day:%d/%m/%Y}"


@register.filter
def day_name(day: date) -> str:
    return dates.day_name(day, sao_paulo_day(timezone.now()))


@register.filter
def line_title(line: StatementLine) -> str:
    """«Pix recebido · Cliente Exemplo Ltda»; what is missing, or said in the text, is left out."""
    text, name = line.description or line.get_kind_display(), line.counterparty_name
    return text if not name or fold(name) in fold(text) else f"{text} · {name}"


@register.filter
def line_detail(line: StatementLine) -> str:
    """«10:14 · Pix · 11.222.333/0001-81»; files tell no time."""
    parts = [] if line.is_from_file else [dates.clock(line.occurred_at)]
    if line.description:
        parts.append(line.get_kind_display())
    if line.counterparty_document:
        parts.append(format_document(line.counterparty_document))
    elif line.masked_document:
        parts.append(line.masked_document)
    return " · ".join(parts)


@register.filter
def row_id(line: StatementLine) -> str:
    """Where the line is on its page: pages of bills lead there."""
    return f"linha-{line.id}"


@register.filter
def account_number(account: BankAccount) -> str:
    """«0001 · 1234567-8»."""
    return f"{account.branch} · {account.number}"


register.filter("document", format_document)
register.filter("institution", registry.institution)
register.filter("operation_words", operation_words)
register.filter("result_words", result_words)
register.filter("broken_proof", broken_proof)
register.filter("unread_words", unread_words)
register.filter("redo_url", addresses.redo_address)
register.filter("redo_url_of", addresses.redo_address_of)


@register.filter
def mark_colour(bank: str) -> str:
    return registry.info(bank).colour


@register.filter
def mark_ink(bank: str) -> str:
    return registry.info(bank).ink
