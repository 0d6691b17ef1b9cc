"""Numbers on bills, as they are printed."""

from django import template

from brazil.boleto import format_linha_digitavel
from brazil.document import format_document

register = template.Library()


@register.filter
def counted(number: int, words: str) -> str:
    """«1 conta», «5.000 contas» of "conta,contas"."""
    one, many = words.split(",")
    return f"{number:,}".replace(",", ".") + f" {one if number == 1 else many}"


register.filter("document", format_document)
register.filter("linha_digitavel", format_linha_digitavel)
