"""«Para aprovar»: what waits for a person, oldest due first, and what an approval of it does."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from brazil.banking_days import sao_paulo_day
from core.dates import ONE_DAY, clock, long_day
from core.money import format_brl
from payments.bills.awaiting import awaiting
from payments.bills.bulk_approval import MOST_AT_ONCE
from payments.bills.warnings import Caution, cautions_of
from payments.models import Approval, Payable, PayableQuerySet
from payments.reads.row import Row, rows_of
from payments.reads.status_label import Accounts
from payments.states import PayableStatus
from tenants.models import Membership

OTHERS = 50  # of the bills that wait for somebody else, so many are shown


class Show(models.TextChoices):
    """Its values stand in the address."""

    ALL = "todas", "Todas"
    PLAIN = "sem-aviso", "Sem aviso"
    WARNED = "com-aviso", "Com aviso"
    TODAY = "para-hoje", "Para hoje"


@dataclass(frozen=True)
class Item:
    """A bill that waits, as the person sees it who may decide."""

    row: Row
    given: Sequence[Approval]  # in this round, of any version
    last_time: str
    today: date

    @property
    def payable(self) -> Payable:
        return self.row.payable

    @cached_property
    def digest(self) -> str:
        return self.row.digest

    @property
    def reference(self) -> str:
        """Which bill, and how it was shown."""
        return f"{self.payable.id}.{self.digest}"

    @cached_property
    def cautions(self) -> list[Caution]:
        return cautions_of(self.payable, self.row.account)

    @cached_property
    def standing(self) -> list[Approval]:
        """Approvals of the bill as it is."""
        return [approval for approval in self.given if approval.digest == self.digest]

    @property
    def is_given(self) -> bool:
        """This person has approved it, and others are to follow."""
        return any(approval.person_id == self.row.by.user_id for approval in self.standing)

    @property
    def can_decide(self) -> bool:
        return self.row.can_approve and not self.is_given

    @property
    def can_select(self) -> bool:
        """Together with others: one with a warning is approved by its own click."""
        return self.can_decide and not self.cautions

    @property
    def why_not(self) -> str:
        """Why this person does not decide about it, as a phrase."""
        if self.is_given:
            return "você já aprovou: falta outra pessoa"
        if self.row.is_mine:
            return "lançada por você: outra pessoa aprova"
        if self.row.edited_by_me:
            return "alterada por você: outra pessoa aprova"
        return "" if self.row.can_approve else "outra pessoa aprova"

    @property
    def is_for_today(self) -> bool:
        return self.payable.payment_date <= self.today

    @property
    def tier(self) -> str:
        """«falta 1 de 2», «será 1 de 2»; empty where one person is enough."""
        needed, given = self.payable.approvals_needed, len(self.standing)
        if needed < 2:
            return ""
        return f"falta {needed - given} de {needed}" if given else f"será 1 de {needed}"

    @property
    def tier_detail(self) -> str:
        """«Ana aprovou às 08:40»"""
        return ", ".join(
            f"{approval.person.display_name} aprovou às {clock(approval.at)}"
            for approval in self.standing
        )


@dataclass(frozen=True)
class Group:
    """The bills that are due on one day."""

    day: date
    today: date
    items: Sequence[Item]

    @property
    def is_late(self) -> bool:
        return self.day < self.today

    @property
    def title(self) -> str:
        """«Hoje, segunda, 23 de novembro», «Venceu segunda, …»."""
        named = long_day(self.day)
        if self.is_late:
            return f"Venceu {named}"
        near = {self.today: "Hoje, ", self.today + ONE_DAY: "Amanhã, "}.get(self.day, "")
        return near + named if near else named.capitalize()

    @property
    def amount(self) -> Decimal:
        return total(self.items)


@dataclass(frozen=True)
class Waiting:
    """All that waits for approval, as one person sees it."""

    items: Sequence[Item]
    today: date
    has_more: bool  # more wait than are shown
    show: Show = Show.ALL

    @cached_property
    def by_id(self) -> dict[UUID, Item]:
        return {item.payable.id: item for item in self.items}

    @cached_property
    def decidable(self) -> list[Item]:
        return [item for item in self.items if item.can_decide]

    @cached_property
    def selectable(self) -> list[Item]:
        return [item for item in self.items if item.can_select]

    @property
    def warned(self) -> list[Item]:
        return [item for item in self.decidable if item.cautions]

    @property
    def for_today(self) -> list[Item]:
        return [item for item in self.decidable if item.is_for_today]

    @property
    def others(self) -> list[Item]:
        """What this person may see, and others decide."""
        return [item for item in self.items if not item.can_decide]

    @property
    def amount(self) -> Decimal:
        return total(self.decidable)

    @cached_property
    def shown(self) -> list[Item]:
        """Those of the chosen filter that this person decides about."""
        return {
            Show.ALL: self.decidable,
            Show.PLAIN: self.selectable,
            Show.WARNED: self.warned,
            Show.TODAY: self.for_today,
        }[self.show]

    @property
    def groups(self) -> list[Group]:
        days = groupby(self.shown, key=lambda item: item.payable.due_date)
        return [Group(day, self.today, list(items)) for day, items in days]

    def counts(self) -> dict[Show, int]:
        return {
            Show.ALL: len(self.decidable),
            Show.PLAIN: len(self.selectable),
            Show.WARNED: len(self.warned),
            Show.TODAY: len(self.for_today),
        }


def total(items: Iterable[Item]) -> Decimal:
    return sum((item.payable.amount for item in items), Decimal(0))


def waiting_for(by: Membership, now: datetime, show: Show = Show.ALL) -> Waiting:
    """The oldest first, as many as one act takes, and some of those that others decide about.

    The number of queries does not depend on that of the bills.
    """
    mine = awaiting(by.user_id).of(by.tenant_id)
    bills = Payable.objects.of(by.tenant_id)
    decidable = list(oldest(mine, MOST_AT_ONCE + 1))
    others = list(oldest(bills.awaiting_approval().exclude(id__in=mine.values("id")), OTHERS))
    shown = bills.filter(id__in=decidable[:MOST_AT_ONCE] + others).order_by("due_date", "id")
    rows = rows_of(shown, Accounts.of(by.tenant, now), by, now)
    given = given_to([row.payable for row in rows], by)
    before = last_times([row.payable for row in rows], by)
    today = sao_paulo_day(now)
    items = [Item(row, given[row.payable.id], compared(row.payable, before), today) for row in rows]
    return Waiting(items, today, len(decidable) > MOST_AT_ONCE, show)


def oldest(bills: PayableQuerySet, most: int) -> "QuerySet[Any, UUID]":
    return bills.order_by("due_date", "id").values_list("id", flat=True)[:most]


def given_to(payables: Sequence[Payable], by: Membership) -> Mapping[UUID, list[Approval]]:
    """The approvals that the bills have in their present rounds."""
    rounds = {payable.id: payable.approval_round for payable in payables}
    approvals = Approval.objects.of(by.tenant_id).filter(payable__in=rounds)
    given: dict[UUID, list[Approval]] = defaultdict(list)
    for approval in approvals.select_related("person").order_by("at", "id"):
        if approval.round == rounds[approval.payable_id]:
            given[approval.payable_id].append(approval)
    return given


def last_times(payables: Sequence[Payable], by: Membership) -> Mapping[UUID, Payable]:
    """By payee, the bill that was paid, or is on its way, last."""
    payees = {payable.payee_id for payable in payables}
    sent = Payable.objects.of(by.tenant_id).filter(
        payee__in=payees, status__in=[PayableStatus.SENT, PayableStatus.PAID]
    )
    newest = sent.order_by("payee", "-payment_date", "-id").distinct("payee")
    return {payable.payee_id: payable for payable in newest.only("payee", "amount", "payment_date")}


def compared(payable: Payable, last_times: Mapping[UUID, Payable]) -> str:
    """Is it like last time? «mesmo valor de 03/11», «última: 471,20 em 03/11»."""
    last = last_times.get(payable.payee_id)
    if last is None:
        return "primeira deste favorecido"
    day = f"{last.payment_date:%d/%m}"
    if last.amount == payable.amount:
        return f"mesmo valor de {day}"
    return f"última: {format_brl(last.amount)} em {day}"
