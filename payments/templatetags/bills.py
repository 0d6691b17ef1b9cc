"""Numbers on bills, as they are printed, and what bank lines stand for."""

from collections.abc import Mapping
from uuid import UUID

from django import template

from banking.models import StatementLine
from brazil.boleto import format_linha_digitavel
from brazil.document import format_document
from payments.reads.bank_lines import Matched

register = template.Library()


@register.filter
def counted(number: int, words: str) -> str:
    """«1 conta», «5.000 contas» of "conta,contas"."""
    one, many = words.split(",")
    return f"{number:,}".replace(",", ".") + f" {one if number == 1 else many}"


@register.filter
def of_line(matches: Mapping[UUID, list[Matched]], line: StatementLine) -> list[Matched]:
    return matches.get(line.id, [])


register.filter("document", format_document)
register.filter("linha_digitavel", format_linha_digitavel)
