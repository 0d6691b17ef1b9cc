"""Correct the name of a payee. No approval holds the new one: what was approved keeps the old."""

from django.db import transaction

from audit.acts import Act
from audit.services import record
from core.clock import database_now
from core.errors import Changed
from parties.enter import hold, require_enterer
from parties.models import Payee
from parties.news import Kind, PayeeNews, announce
from parties.similarity import note_similar
from tenants.models import Membership


@transaction.atomic
def rename_payee(payee: Payee, *, name: str, trade_name: str, seen: str, by: Membership) -> Payee:
    """`seen` is the name that the person saw when they began to write.

    Raises:
        Changed: somebody else corrected it meanwhile.
        InvalidState: it is archived.
        NotAllowed: `by` may not enter bills.
    """
    require_enterer(by)
    payee = hold(payee)
    before, trade_before = payee.name, payee.trade_name
    if before != seen:
        raise Changed(
            f"Outra pessoa corrigiu este favorecido enquanto você editava: agora é «{before}».",
            code="changed",
        )
    if (name, trade_name) == (before, trade_before):
        return payee
    payee.name, payee.trade_name = name, trade_name
    if name != before:
        payee.former_name, payee.renamed_at, payee.renamed_by = before, database_now(), by.user
    payee.save(update_fields=["name", "trade_name", "former_name", "renamed_at", "renamed_by"])
    note_similar(payee)
    if name != before:
        announce(
            PayeeNews(
                payee=payee,
                kind=Kind.RENAMED,
                step=f"{database_now():%Y%m%d%H%M%S%f}",
                text=f"{by.user.display_name} corrigiu o nome de «{before}» para «{name}».",
                by=by.user,
                before=before,
                after=name,
            )
        )
    record(
        Act.PAYEE_CORRECTED,
        on=payee,
        by=by.user,
        before={"Nome": before, "Nome fantasia": trade_before},
        after={"Nome": name, "Nome fantasia": trade_name},
    )
    return payee
