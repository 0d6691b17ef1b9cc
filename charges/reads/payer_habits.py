"""How a payer pays, for the page of one of its charges."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from charges.models import REST, Charge
from charges.states import ChargeStatus
from charges.terms.check import reais
from core.plurals import counted

ZERO = Decimal("0.00")
LAST = 20  # charges, the newest ones
FEWEST = 2  # one alone is no habit


@dataclass(frozen=True, slots=True)
class Habits:
    """`lateness` is in days after the due date, on average; None: too few were paid."""

    lateness: int | None
    others: int  # open ones besides this
    others_amount: Decimal  # without fine and interest
    others_overdue: Decimal

    @property
    def texts(self) -> list[str]:
        return [text for text in (self.punctuality, self.rest) if text]

    @property
    def punctuality(self) -> str:
        if self.lateness is None:
            return ""
        if not self.lateness:
            return "Paga em média no vencimento."
        days = counted(abs(self.lateness), "dia", "dias")
        return f"Paga em média {days} {'depois de' if self.lateness > 0 else 'antes de'} vencer."

    @property
    def rest(self) -> str:
        if not self.others:
            return ""
        told = "Outra" if self.others == 1 else f"Outras {self.others}"
        late = f", {reais(self.others_overdue)} já vencidos" if self.others_overdue else ""
        return f"{told} em aberto: {reais(self.others_amount)}{late}."


def habits_of(charge: Charge, today: date) -> Habits:
    """Two queries over the payer's newest and open charges."""
    charges = Charge.objects.of(charge.tenant_id).filter(payer=charge.payer_id)
    paid = charges.filter(status=ChargeStatus.PAID, paid_on__isnull=False)
    newest = paid.order_by("-due_date", "-id").values_list("due_date", "paid_on")[:LAST]
    told = [(paid_on - due_date).days for due_date, paid_on in newest]
    others = (
        charges.owed()
        .exclude(id=charge.id)
        .aggregate(
            others=Count("id"),
            others_amount=Sum(REST),
            others_overdue=Sum(REST, filter=Q(late_from__lte=today)),
        )
    )
    return Habits(
        round(sum(told) / len(told)) if len(told) >= FEWEST else None,
        others["others"],
        others["others_amount"] or ZERO,
        others["others_overdue"] or ZERO,
    )
