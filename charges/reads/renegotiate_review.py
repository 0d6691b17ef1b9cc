"""Which of the selected charges may become others, payer by payer, said before the form."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from charges.models import Charge
from charges.renegotiation.agree import reason_against_agreeing
from charges.tracking.bulk_cancellation import live_slips
from core.errors import InvalidInput
from parties.models import Payer
from tenants.models import Membership

# The form names them in its address.
MOST = 80
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class OfPayer:
    payer: Payer
    charges: Sequence[Charge]

    @property
    def amount(self) -> Decimal:
        return sum((charge.rest for charge in self.charges), ZERO)

    @property
    def url(self) -> str:
        """The form, with these chosen."""
        named = [("pagador", self.payer.id), *(("charge", charge.id) for charge in self.charges)]
        return f"{reverse('charges:renegotiate')}?{urlencode(named)}"


@dataclass(frozen=True, slots=True)
class RenegotiateReview:
    payers: Sequence[OfPayer]
    left_out: Sequence[tuple[Charge, str]]  # and why

    @property
    def only(self) -> OfPayer | None:
        """Nothing is to be asked: all that were selected go, and are of one payer."""
        return self.payers[0] if len(self.payers) == 1 and not self.left_out else None


def review_renegotiating(
    ids: Collection[UUID], by: Membership, today: date
) -> RenegotiateReview | None:
    """What is not due yet stays out, as the button counts: the form offers it beside the rest.
    None: one of them is not this company's.

    Raises:
        InvalidInput: (code `too_many`) there are more than MOST.
    """
    if len(ids) > MOST:
        raise InvalidInput(f"Renegocie até {MOST} cobranças por vez.", code="too_many")
    rows = Charge.objects.of(by.tenant_id).filter(id__in=ids).select_related("payer")
    charges = list(rows.order_by("payer__name_folded", "payer_id", "due_date", "id"))
    if len(charges) != len(ids):
        return None
    slips = live_slips(by.tenant_id, ids)
    agreeable: dict[UUID, list[Charge]] = {}
    left_out: list[tuple[Charge, str]] = []
    for charge in charges:
        why = reason_against_agreeing(charge, slips.get(charge.id))
        if not why and not charge.is_overdue(today):
            why = "ainda não venceu; se for o caso, marque-a no formulário."
        if why:
            left_out.append((charge, f"{why[0].upper()}{why[1:]}"))
        else:
            agreeable.setdefault(charge.payer_id, []).append(charge)
    groups = [OfPayer(mine[0].payer, mine) for mine in agreeable.values()]
    return RenegotiateReview(groups, left_out)
