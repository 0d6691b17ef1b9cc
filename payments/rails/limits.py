"""How much may leave an account by a rail, in one payment and on one day (limites)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db.models import DecimalField, Func
from django.utils.module_loading import import_string

from banking.models import BankAccount
from core.money import format_brl
from payments.models import AccountLimit, Payable
from payments.rails.pix_policy import rail_for

Pairs = Sequence[tuple[Payable, BankAccount]]


@dataclass(frozen=True, slots=True)
class Limit:
    """Reais; None: no limit."""

    per_payment: Decimal | None
    per_day: Decimal | None

    @classmethod
    def of(cls, row: AccountLimit) -> Self:
        return cls(row.per_payment, row.per_day)

    def why_not(self, amount: Decimal, used: Decimal, rail: str) -> str:
        """Why this amount does not leave after those of today, in a Portuguese sentence."""
        by = Payable.Method(rail).label
        if self.per_payment is not None and amount > self.per_payment:
            return f"Passa do limite de {brl(self.per_payment)} por pagamento de {by}."
        if self.per_day is not None and amount + used > self.per_day:
            return (
                f"Passa do limite de {brl(self.per_day)} por dia de {by}: "
                f"{brl(used)} já saíram ou estão na fila hoje."
            )
        return ""


def brl(value: Decimal) -> str:
    return f"R$\u00a0{format_brl(value)}"


def over_limits(pairs: Pairs) -> dict[Payable, str]:
    """Of bills with the account that pays each, those that a limit keeps here, and why.

    The limits are held until the transaction ends, so that what others send at once is counted.
    One query where there are none, two otherwise.
    """
    if not pairs:
        return {}
    tenant_id = pairs[0][0].tenant_id
    limits = AccountLimit.objects.of(tenant_id).filter(
        bank_account__in={account.id for _, account in pairs}
    )
    held = limits.select_for_update(of=("self",), no_key=True).order_by("id")
    rows = {(row.bank_account_id, row.rail): Limit.of(row) for row in held}
    if not rows:
        return {}
    used: dict[tuple[UUID, str], Decimal] = {}
    for row in limits.annotate(
        used=Func(
            "tenant_id",
            "bank_account_id",
            "rail",
            function="payments_used_today",
            output_field=DecimalField(),
        )
    ):
        used[row.bank_account_id, row.rail] = row.used
    over: dict[Payable, str] = {}
    counted: set[tuple[UUID, str]] = set()
    for payable, account in pairs:
        rail = rail_for(payable, account)
        assert rail is not None  # what the bank cannot do was left out or refused before
        key = (account.id, rail.value)
        if key not in rows:
            continue
        if key not in counted:
            used[key] += also_leaves(tenant_id, *key)
            counted.add(key)
        if why := rows[key].why_not(payable.amount, used[key], rail):
            over[payable] = why
        else:
            used[key] += payable.amount
    return over


def also_leaves(tenant_id: UUID, account_id: UUID, rail: str) -> Decimal:
    """What other apps took of an account today by a rail."""
    told = (import_string(name)(tenant_id, account_id, rail) for name in settings.ALSO_LEAVES)
    return sum(told, Decimal("0.00"))


def why_not_leave(account: BankAccount, amount: Decimal, others: Decimal, rail: str) -> str:
    """Why so much does not leave an account by a rail today, after `others` of other apps; empty:
    it may. The limit is held until the transaction ends."""
    limits = AccountLimit.objects.of(account.tenant_id).filter(bank_account=account, rail=rail)
    held = limits.select_for_update(of=("self",), no_key=True).first()
    if held is None:
        return ""
    names = ("tenant_id", "bank_account_id", "rail")
    today = Func(*names, function="payments_used_today", output_field=DecimalField())
    used: Decimal = limits.annotate(used=today).values_list("used", flat=True).get()
    return Limit.of(held).why_not(amount, used + others, rail)


def limits_of(tenant_id: UUID) -> dict[tuple[UUID, str], Limit]:
    """By account and rail."""
    rows = AccountLimit.objects.of(tenant_id)
    return {(row.bank_account_id, row.rail): Limit.of(row) for row in rows}


def is_raising(
    before: Mapping[tuple[UUID, str], Limit], after: Mapping[tuple[UUID, str], Limit]
) -> bool:
    """Whether more may leave some account than before."""

    def values(
        limits: Mapping[tuple[UUID, str], Limit], key: tuple[UUID, str]
    ) -> Iterable[Decimal]:
        limit = limits.get(key, Limit(None, None))
        for value in (limit.per_payment, limit.per_day):
            yield Decimal("Infinity") if value is None else value

    return any(
        new > old
        for key in before
        for old, new in zip(values(before, key), values(after, key), strict=True)
    )
