"""Addresses and telephones as they are written."""

from django import template

from brazil.cep import format_cep
from brazil.phone import format_phone

register = template.Library()

register.filter("cep", format_cep)
register.filter("phone", format_phone)
