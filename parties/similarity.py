"""Names that a person takes for one another: «Aço Norte Ltda» and «ACO NORTE COMERCIAL ME»."""

import re
from difflib import SequenceMatcher

from brazil.document import is_same_company
from core.text import fold
from parties.models import Payee, SimilarName
from tenants.models import TenantQuerySet

# What tells no company from another: its kind, its trade in general, and small words.
COMMON = frozenset({
    "ltda", "limitada", "me", "epp", "eireli", "mei", "sa", "s", "a", "cia", "companhia",
    "comercio", "comercial", "industria", "industrial", "servico", "servicos", "distribuidora",
    "distribuicao", "e", "de", "da", "do", "das", "dos", "em",
})  # fmt: skip
NEARLY = 0.87  # of one: the same letters but for one in eight


def bare_name(name: str) -> str:
    """Folded, without signs and common words; all words where none other is left."""
    words = re.sub(r"[^\w\s]", "", fold(name)).replace("_", " ").split()
    return " ".join([word for word in words if word not in COMMON] or words)


def is_similar(first: str, second: str) -> bool:
    """Of two bare names."""
    if first == second:
        return True
    likeness = SequenceMatcher(None, first, second, autojunk=False)
    return (
        likeness.real_quick_ratio() >= NEARLY
        and likeness.quick_ratio() >= NEARLY
        and likeness.ratio() >= NEARLY
    )


def is_named_like(payee: Payee, name: str) -> bool:
    """Whether a person takes the name for one of the payee's."""
    other = bare_name(name)
    names = (payee.name, payee.trade_name)
    return any(is_similar(bare_name(mine), other) for mine in names if mine)


def similar_to(payee: Payee) -> list[Payee]:
    """The company's other payees with such a name, and the document of another company."""
    names = {bare_name(name) for name in (payee.name, payee.trade_name) if name}
    others: TenantQuerySet = Payee.objects.of(payee.tenant_id).exclude(id=payee.id)
    return [
        other
        for other in others.filter(archived_at=None).only("id", "name", "trade_name", "document")
        if not is_same_company(other.document, payee.document)
        and any(
            is_similar(mine, bare_name(name))
            for mine in names
            for name in (other.name, other.trade_name)
            if name
        )
    ]


def note_similar(payee: Payee) -> None:
    """To be called when the payee took its name: whom it is like is kept, for who approves."""
    rows = SimilarName.objects.of(payee.tenant_id)
    rows.filter(payee=payee).delete()
    SimilarName.objects.bulk_create(
        SimilarName(tenant_id=payee.tenant_id, payee=payee, other=other)
        for other in similar_to(payee)
    )
