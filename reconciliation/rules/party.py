"""Whom an entry of a rule is with, named by document or by name."""

from typing import Any

from brazil.document import parse_document
from brazil.errors import InvalidValue
from core.errors import InvalidInput
from core.text import fold, read_line
from parties.models import Payee, Payer
from tenants.models import Tenant


def party_named(tenant: Tenant, text: str) -> Payee | Payer | None:
    """Whoever is registered with the document, or alone with the name. Empty: nobody is asked for.
    Runs inside the company's scope.

    Raises:
        InvalidInput: (field `party`) nobody is, or several are.
    """
    text = read_line(text)
    if not text:
        return None
    try:
        wanted: dict[str, Any] = {"document": parse_document(text)}
    except InvalidValue:
        wanted = {"name_folded": fold(text)}
    payees = Payee.objects.of(tenant).filter(merged_into=None, archived_at=None, **wanted)
    payers = Payer.objects.of(tenant).filter(archived_at=None, **wanted)
    found: list[Payee | Payer] = [*payees[:2], *payers[:2]]
    if not found:
        raise InvalidInput(
            "Ninguém está cadastrado com este nome ou documento: confira em Favorecidos e "
            "Pagadores.",
            field="party",
            code="no_party",
        )
    if len(found) > 1:
        raise InvalidInput(
            "Mais de um cadastro tem este nome ou documento: deixe em branco, e vale o da linha.",
            field="party",
            code="many_parties",
        )
    return found[0]
