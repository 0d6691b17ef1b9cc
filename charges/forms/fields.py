"""Fields of the form of a charge."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from brazil.digits import plain
from core.text import fold
from parties.models import Payer
from tenants.models import Tenant

SUGGESTED = 30
NOT_IN_DOCUMENT = re.compile(r"[^0-9A-Z]")


class PercentField(forms.CharField):
    """A percentage as it is written here, «2» or «0,33 %»; zero when empty."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, max_length=12, widget=widget, **kwargs)

    def clean(self, value: Any) -> Decimal:
        text = plain(super().clean(value)).replace("%", "").replace(" ", "").replace(",", ".")
        try:
            percent = Decimal(text or 0)
        except InvalidOperation:
            percent = Decimal("NaN")
        if not percent.is_finite():
            raise ValidationError("Escreva a porcentagem como 2 ou 0,33.", code="unreadable")
        if not 0 <= percent <= 100:
            raise ValidationError("A porcentagem vai de 0 a 100.", code="out_of_range")
        return percent


def write_percent(percent: Decimal) -> str:
    return f"{percent.normalize():f}".replace(".", ",") if percent else ""


def write_payer(payer: Payer) -> str:
    """As the list of suggestions offers it, and `read_payer` reads it."""
    return f"{payer.name} · {payer.written_document}"


def read_payer(tenant: Tenant, text: str) -> Payer:
    """Whom a person means by a name, a document, or both.

    Raises:
        ValidationError: nobody, or several.
    """
    payers = Payer.objects.of(tenant).filter(archived_at=None)
    document = NOT_IN_DOCUMENT.sub("", text.rpartition("·")[2].upper())
    by_document: Payer | None = payers.filter(document=document).first() if document else None
    if by_document is not None:
        return by_document
    for condition in ({"name_folded": fold(text)}, {"name_folded__contains": fold(text)}):
        found: list[Payer] = list(payers.filter(**condition)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            several = "Há mais de um pagador com este nome: escolha na lista, pelo documento."
            raise ValidationError(several, code="several")
    raise ValidationError("Nenhum pagador com este nome ou documento.", code="unknown")


def suggested_payers(tenant: Tenant, text: str) -> list[str]:
    """By a part of a name, or of a document."""
    payers = Payer.objects.of(tenant).filter(archived_at=None)
    document = NOT_IN_DOCUMENT.sub("", text.upper())
    if words := fold(text):
        named = payers.filter(name_folded__contains=words)
        named |= payers.filter(trade_name_folded__contains=words)
        payers = named | payers.filter(document__contains=document) if document else named
    return [write_payer(payer) for payer in payers.order_by("name_folded", "id")[:SUGGESTED]]
