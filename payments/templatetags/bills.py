"""Numbers on bills, as they are printed."""

from django import template

from brazil.boleto import format_linha_digitavel
from brazil.document import format_document

register = template.Library()

register.filter("document", format_document)
register.filter("linha_digitavel", format_linha_digitavel)
