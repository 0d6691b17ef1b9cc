"""What acts out of the ordinary on a charge have in common (people/exceptional_acts.py)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from charges.models import Charge
from core.errors import InvalidState
from people.exceptional_acts import Request
from people.models import ExceptionalAct


def request_of(
    charge: Charge,
    *,
    amount: Decimal,
    title: str,
    why: str,
    effect: Mapping[str, str],
    value: Mapping[str, Any] | None = None,
) -> Request:
    """`title` is a Portuguese sentence without its full stop. Its payer's acts count together."""
    return Request(
        on=charge,
        url=reverse("charges:detail", args=[charge.id]),
        amount=amount,
        title=title,
        why=why,
        counts_with=charge.payer_id,
        effect={"Pagador": str(charge.payer), "Cobrança": str(charge), **effect},
        value={**(value or {}), "seen": mark_of(charge)},
        author=charge.created_by,
    )


def mark_of(charge: Charge) -> str:
    """Another one after each change of what the charge is worth."""
    terms = (
        charge.status, charge.amount, charge.settled, charge.waived, charge.late_rest,
        charge.due_date, charge.fine_percent, charge.interest_percent, charge.discount,
        charge.discount_days,
    )  # fmt: skip
    return "|".join(map(str, terms))


def require_unchanged(charge: Charge, act: ExceptionalAct) -> None:
    """
    Raises:
        InvalidState: (code `changed`) the charge is not what it was when somebody asked.
    """
    if mark_of(charge) != act.value["seen"]:
        raise InvalidState(
            "A cobrança mudou depois do pedido: confira como ela está e peça de novo.",
            code="changed",
        )
