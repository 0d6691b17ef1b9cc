"""The sums above the list of charges."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from charges.models import REST, Charge, Settlement
from charges.terms.check import reais
from charges.tracking.unfollowed import unfollowed
from core.plurals import counted
from tenants.models import Tenant

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Tile:
    title: str
    amount: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """Sums of what is left to pay of charges, without fine and interest."""

    owed: int
    owed_amount: Decimal
    week_amount: Decimal  # of what falls due in seven days
    overdue: int
    overdue_amount: Decimal
    debtors: int
    to_look_at: int
    unfollowed: int
    received: Decimal  # in this month
    payments: int
    month: str

    @property
    def tiles(self) -> list[Tile]:
        received = counted(self.payments, "recebimento", "recebimentos")
        overdue = counted(self.overdue, "cobrança", "cobranças")
        debtors = counted(self.debtors, "pagador", "pagadores")
        owed = counted(self.owed, "cobrança em aberto", "cobranças em aberto")
        soon = f", {reais(self.week_amount)} em 7 dias" if self.week_amount else ""
        return [
            Tile("A receber", self.owed_amount, owed + soon),
            Tile(
                "Vencidas",
                self.overdue_amount,
                f"{overdue} de {debtors}" if self.overdue else "nenhuma em atraso",
            ),
            Tile(f"Recebido em {self.month}", self.received, received),
        ]


def numbers_of(tenant: Tenant, today: date, month: str) -> Numbers:
    """Four queries; none reads charges that have ended, or money of other months."""
    overdue = Q(late_from__lte=today)
    week = Q(due_date__range=(today, date.fromordinal(today.toordinal() + 6)))
    owed = Charge.objects.of(tenant).owed()
    told = owed.aggregate(
        owed=Count("id"),
        owed_amount=Sum(REST),
        week_amount=Sum(REST, filter=week),
        overdue=Count("id", filter=overdue),
        overdue_amount=Sum(REST, filter=overdue),
        debtors=Count("payer", filter=overdue, distinct=True),
    )
    came = Settlement.objects.of(tenant).filter(
        entry__isnull=False, posted_on__range=(today.replace(day=1), today)
    )
    came = came.exclude(way=Settlement.Way.ADVANCE)  # it came before, for another charge
    received = came.aggregate(received=Sum("received"), payments=Count("id"))
    to_look_at = Charge.objects.of(tenant).to_look_at().count()
    left_alone = unfollowed(tenant).count()
    sums: dict[str, Any] = {
        name: ZERO if value is None else value for name, value in (told | received).items()
    }
    return Numbers(**sums, to_look_at=to_look_at, unfollowed=left_alone, month=month)
