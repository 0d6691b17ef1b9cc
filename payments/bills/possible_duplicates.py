"""The same debt on two bills: shown to whoever enters or changes one, and to whoever approves it.

Which bills those are the database says (payments/migrations/0030_look_alikes.py): for the same
receivers, of one amount within days, or with the same number of a document in the description.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField

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
    description: str
    author: str
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
            UUID(stored["id"]), stored["payee"], stored["description"], stored["author"],
            Decimal(stored["amount"]), date.fromisoformat(stored["due_date"]), stored["status"],
            stored["method"], stored["by"] or "", datetime.fromisoformat(at) if at else None,
        )  # fmt: skip

    def __str__(self) -> str:
        """«Fornecedor, R$ 150,00 por TED, vence em 23/11/2026, paga»"""
        what = f"{self.payee}, R$\u00a0{format_brl(self.amount)} por {self.how}"
        return f"{what}, vence em {self.due_date:%d/%m/%Y}, {self.state}"

    @property
    def how(self) -> str:
        return Payable.Method(self.method).label

    @property
    def state(self) -> str:
        return PayableStatus(self.status).label.lower()

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
            f"Esta conta pode já ter sido lançada: {in_one_line(found)}.",
            code="possible_duplicate",
        )
        self.found = found
        self.ids = [each.id for each in found]


def compared_of(payable: Payable) -> tuple[Any, ...]:
    """What of the bill, as it is stored, makes others look like it."""
    numbers = Func(
        "description",
        function="payments_document_numbers",
        output_field=ArrayField(TextField()),
    )
    stored = Payable.objects.of(payable.tenant_id).filter(id=payable.id).annotate(numbers=numbers)
    found = stored.values_list("amount", "due_date", "receivers", "numbers").get()
    amount, due_date, receivers, written = found
    return amount, due_date, frozenset(receivers), frozenset(written)


def require_no_duplicate(payable: Payable, accepted: Collection[UUID]) -> list[Similar]:
    """What may be the same debt as this bill, as it is stored now, all of it accepted.

    Raises:
        PossibleDuplicate: some is not; it names all of them that are not.
    """
    bills = Payable.objects.of(payable.tenant_id).with_cautions()
    found = similar_to(bills.get(id=payable.id))
    if unaccepted := [each for each in found if each.id not in accepted]:
        raise PossibleDuplicate(unaccepted)
    return found


def say_different(payable: Payable, others: Iterable[Similar], *, by: User) -> None:
    """Record that these are other debts. Each pair is still shown to whoever approves."""
    told = list(others)
    if not told:
        return
    Acknowledgement.objects.bulk_create(
        Acknowledgement(
            tenant_id=payable.tenant_id, payable=payable, other_id=each.id, person=by,
            kind=Acknowledgement.Kind.DIFFERENT,
        )
        for each in told
    )  # fmt: skip
    note(payable, SAID_DIFFERENT, f"{in_one_line(told)}.", by=by)


def in_one_line(others: Iterable[Similar]) -> str:
    return "; ".join(map(str, others))
