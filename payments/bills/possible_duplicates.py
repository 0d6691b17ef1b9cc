"""The same debt on two bills: shown to whoever enters one and to whoever approves it.

Which bills those are the database says (payments/migrations/0028_cautions.py): for the same
receivers, of one amount within days, or with the same number of a document in the description.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from brazil.banking_days import sao_paulo_day
from core.errors import Changed
from core.money import format_brl
from payments.models import Acknowledgement, Payable
from payments.states import PayableStatus
from payments.timeline import note
from tenants.models import User

SAID_DIFFERENT = "São contas diferentes"


@dataclass(frozen=True, slots=True)
class Similar:
    """Another bill that may be the same debt, and who said that it is not."""

    id: UUID
    payee: str
    amount: Decimal
    due_date: date
    status: str
    method: str
    said_by: str
    said_at: datetime | None

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        at = stored["at"]
        return cls(
            UUID(stored["id"]), stored["payee"], Decimal(stored["amount"]),
            date.fromisoformat(stored["due_date"]), stored["status"], stored["method"],
            stored["by"] or "", datetime.fromisoformat(at) if at else None,
        )  # fmt: skip

    def __str__(self) -> str:
        """«Fornecedor, R$ 150,00 por TED, vence em 23/11/2026, paga»"""
        how = Payable.Method(self.method).label
        what = f"{self.payee}, R$\u00a0{format_brl(self.amount)} por {how}"
        state = PayableStatus(self.status).label.lower()
        return f"{what}, vence em {self.due_date:%d/%m/%Y}, {state}"

    @property
    def said(self) -> str:
        if self.said_at is None:
            return ""
        day = sao_paulo_day(self.said_at)
        return f" {self.said_by} disse em {day:%d/%m} que são contas diferentes."


def similar_to(payable: Payable) -> list[Similar]:
    """Of a bill loaded `with_cautions`; none of another."""
    return [Similar.read(each) for each in getattr(payable, "same_debt", None) or []]


class PossibleDuplicate(Changed):
    """Other bills may be the same debt, and the person has not said that they are not."""

    def __init__(self, found: list[Similar]) -> None:
        super().__init__(
            f"Esta conta pode já ter sido lançada: {found[0]}.", code="possible_duplicate"
        )
        self.found = found
        self.ids = [each.id for each in found]


def require_no_duplicate(payable: Payable, accepted: Collection[UUID]) -> list[Similar]:
    """What may be the same debt as this new bill, all of it accepted.

    Raises:
        PossibleDuplicate: some is not.
    """
    bills = Payable.objects.of(payable.tenant_id).with_cautions()
    found = similar_to(bills.get(id=payable.id))
    if unaccepted := [each for each in found if each.id not in accepted]:
        raise PossibleDuplicate(unaccepted)
    return found


def say_different(payable: Payable, others: Iterable[Similar], *, by: User) -> None:
    """Record that these are other debts. The pair is still shown to whoever approves."""
    told = list(others)
    Acknowledgement.objects.bulk_create(
        Acknowledgement(
            tenant_id=payable.tenant_id, payable=payable, other_id=each.id, person=by,
            kind=Acknowledgement.Kind.DIFFERENT,
        )
        for each in told
    )  # fmt: skip
    for each in told:
        note(payable, SAID_DIFFERENT, f"{each}.", by=by)
