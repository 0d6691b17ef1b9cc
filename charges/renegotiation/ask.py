"""One way into an agreement: without a discount it is made; with one it is an act out of the
ordinary, which above the company's limit waits for a second person."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import Account
from banking.models import BankAccount
from charges.drafts.draft import require_enterer
from charges.models import Charge, Renegotiation
from charges.renegotiation.agree import Agreement, check_agreement, renegotiate
from charges.terms.check import reais
from people.exceptional_acts import Kind, Request, propose
from people.models import ExceptionalAct
from tenants.models import Membership


@transaction.atomic
def ask_renegotiation(
    charges: Sequence[Charge], agreement: Agreement, *, by: Membership
) -> Renegotiation | None:
    """None: it waits for somebody else, and nothing has changed.

    Raises:
        InvalidInput, InvalidState, NotAllowed: as `renegotiate`; (code `already_asked`) another
            discount of this payer waits.
    """
    require_enterer(by)
    if not agreement.discount:
        return renegotiate(charges, agreement, by=by)
    worth = check_agreement(charges, agreement, None)
    payer = charges[0].payer
    request = Request(
        on=payer,
        url=reverse("registers:payer", args=[payer.id]),
        amount=agreement.discount,
        title=f"Desconto em uma renegociação de {payer}",
        why=agreement.why,
        counts_with=payer.id,
        effect={
            "Cobranças": "; ".join(f"{charge}" for charge in charges),
            "Devido hoje": reais(worth.total),
            "Desconto": reais(agreement.discount),
            "Novo valor": reais(worth.total - agreement.discount),
        },
        value=written(charges, agreement),
    )
    act = propose(DISCOUNT, request, by=by)
    if act.is_waiting:
        return None
    made = Renegotiation.objects.of(by.tenant_id).filter(payer=payer, created_by=by.user)
    newest: Renegotiation = made.latest("created_at")
    return newest


def written(charges: Sequence[Charge], agreement: Agreement) -> dict[str, Any]:
    """As JSON; money is text."""
    told = {
        name: str(getattr(agreement, name))
        for name in ("description", "form", "discount", "fine_percent", "interest_percent", "why")
    }
    return told | {
        "charges": [str(charge.id) for charge in charges],
        "bank_account": str(agreement.bank_account.id),
        "revenue_account": str(agreement.revenue_account.id),
        "parts": [[str(amount), day.isoformat()] for amount, day in agreement.parts],
    }


def apply(act: ExceptionalAct, by: Membership) -> None:
    """What the charges are worth is that of the day on which it was asked for."""
    told = act.value
    charges = Charge.objects.of(act.tenant_id).filter(id__in=[UUID(x) for x in told["charges"]])
    agreement = Agreement(
        bank_account=BankAccount.objects.of(act.tenant_id).get(id=told["bank_account"]),
        revenue_account=Account.objects.of(act.tenant_id).get(id=told["revenue_account"]),
        description=told["description"],
        form=told["form"],
        parts=[(Decimal(amount), date.fromisoformat(day)) for amount, day in told["parts"]],
        discount=Decimal(told["discount"]),
        fine_percent=Decimal(told["fine_percent"]),
        interest_percent=Decimal(told["interest_percent"]),
        why=told["why"],
    )
    renegotiate(list(charges), agreement, by=by, day=act.day)


DISCOUNT = Kind("renegotiation", "Desconto em renegociação", apply)
