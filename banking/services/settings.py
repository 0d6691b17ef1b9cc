"""What an admin decides about an account."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO, is_settlement_day
from core.errors import InvalidState

# When Modo Banking sends the day's bills. São Paulo.
SENDS_AT = time(7, 0)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the page of an account saves together, and what it showed when it was opened."""

    pix_policy: str
    modo_banking: bool

    @classmethod
    def of(cls, account: BankAccount) -> Self:
        return cls(account.pix_policy, account.modo_banking_from is not None)

    @classmethod
    def read(cls, seen: str) -> Self:
        """From `str()`; what is neither is unlike every account, and so is told as changed."""
        policy, _, modo = seen.partition(":")
        return cls(policy, modo == "on")

    def __str__(self) -> str:
        return f"{self.pix_policy}:{'on' if self.modo_banking else 'off'}"


def save_settings(
    account: BankAccount, wanted: Settings, *, seen: Settings, now: datetime
) -> list[str]:
    """Save both, unless somebody changed one since the page showed `seen`.

    Returns what was changed meanwhile, in Portuguese sentences; nothing is then saved. The account
    is left as it is in the database. Runs inside the company's scope.
    """
    rows = BankAccount.objects.of(account.tenant_id)
    account.refresh_from_db(
        fields=["pix_policy", "modo_banking_from"],
        from_queryset=rows.select_for_update(of=("self",)),
    )
    changed = changes_between(seen, Settings.of(account))
    if changed:
        return changed
    switch_modo_banking(account, on=wanted.modo_banking, now=now)
    account.pix_policy = wanted.pix_policy
    rows.filter(id=account.id).update(pix_policy=wanted.pix_policy)
    return []


def changes_between(before: Settings, after: Settings) -> list[str]:
    changed = []
    if after.pix_policy != before.pix_policy:
        label = BankAccount.PixPolicy(after.pix_policy).label
        changed.append(f"O envio preferencial agora é «{label}».")
    if after.modo_banking != before.modo_banking:
        changed.append(
            f"O Modo Banking agora está {'ligado' if after.modo_banking else 'desligado'}."
        )
    return changed


def switch_modo_banking(account: BankAccount, *, on: bool, now: datetime) -> None:
    """Turn it on from the next 07:00 on, or off. What is on already keeps its first day.

    Runs inside the company's scope.
    """
    if on and account.modo_banking_from is not None:
        return
    account.modo_banking_from = next_sending(now) if on else None
    BankAccount.objects.of(account.tenant_id).filter(id=account.id).update(
        modo_banking_from=account.modo_banking_from
    )


def next_sending(now: datetime) -> date:
    """The São Paulo day of the next 07:00, banking day or not."""
    local = now.astimezone(SAO_PAULO)
    return local.date() if local.time() < SENDS_AT else local.date() + ONE_DAY


def first_sending(account: BankAccount, now: datetime) -> date | None:
    """The banking day whose bills go first; None when that has come, or the mode is off."""
    if account.modo_banking_from is None:
        return None
    day = account.modo_banking_from
    while not is_settlement_day(day):
        day += ONE_DAY
    return day if day >= next_sending(now) else None


def prefer(account: BankAccount) -> BankAccount | None:
    """Make it the one account that pays bills with no account of their own.

    Returns the one that was. Runs inside the company's scope.

    Raises:
        InvalidState: its connection was undone.
    """
    # All of them, in one order: two people choosing at once wait for each other.
    accounts = list(BankAccount.objects.of(account.tenant_id).select_for_update().order_by("id"))
    before = next((other for other in accounts if other.is_preferred), None)
    if next(other for other in accounts if other.id == account.id).is_undone:
        raise InvalidState(
            f"O vínculo de {account} foi desfeito, e por ela nada se paga. Refaça-o antes de "
            "torná-la preferencial."
        )
    rows = BankAccount.objects.of(account.tenant_id)
    rows.filter(is_preferred=True).exclude(id=account.id).update(is_preferred=False)
    rows.filter(id=account.id).update(is_preferred=True)
    return before
