"""What an admin decides about an account."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO, is_settlement_day
from core.errors import InvalidState
from tenants.models import User

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

    @property
    def words(self) -> dict[str, str]:
        return {
            "Envio preferencial": BankAccount.PixPolicy(self.pix_policy).label,
            "Modo Banking": "ligado" if self.modo_banking else "desligado",
        }


def save_settings(
    account: BankAccount, wanted: Settings, *, seen: Settings, by: User, now: datetime
) -> list[str]:
    """Save both, unless somebody changed one since the page showed `seen`.

    Returns what was changed since, in Portuguese sentences; nothing is then saved. The account
    is left as it is in the database. Runs inside the company's scope.
    """
    lock_settings(account)
    changed = changes_between(seen, Settings.of(account))
    if not changed:
        write_settings(account, wanted, by=by, now=now)
    return changed


def switch_modo_banking(account: BankAccount, *, on: bool, by: User, now: datetime) -> None:
    """Turn it on from the next 07:00 on, or off. What is on already keeps its first day.

    Runs inside the company's scope.
    """
    lock_settings(account)
    write_settings(account, Settings(account.pix_policy, on), by=by, now=now)


def lock_settings(account: BankAccount) -> None:
    rows = BankAccount.objects.of(account.tenant_id).select_for_update(of=("self",))
    account.refresh_from_db(fields=["pix_policy", "modo_banking_from"], from_queryset=rows)
    refuse_by_file(account)


def refuse_by_file(account: BankAccount) -> None:
    """
    Raises:
        InvalidState: (code `by_file`) the account has no integration, so it pays nothing.
    """
    if account.is_by_file:
        raise InvalidState(
            f"{account} tem o extrato por arquivo e não faz pagamentos.", code="by_file"
        )


def write_settings(account: BankAccount, wanted: Settings, *, by: User, now: datetime) -> None:
    before = Settings.of(account)
    if wanted == before:
        return
    if wanted.modo_banking != before.modo_banking:
        account.modo_banking_from = next_sending(now) if wanted.modo_banking else None
    account.pix_policy = wanted.pix_policy
    BankAccount.objects.of(account.tenant_id).filter(id=account.id).update(
        pix_policy=account.pix_policy, modo_banking_from=account.modo_banking_from
    )
    changed = {name for name, value in wanted.words.items() if value != before.words[name]}
    record(
        Act.SETTINGS_CHANGED,
        on=account,
        by=by,
        before={name: value for name, value in before.words.items() if name in changed},
        after={name: value for name, value in wanted.words.items() if name in changed},
    )


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


def prefer(account: BankAccount, *, by: User) -> BankAccount | None:
    """Make it the one account that pays bills with no account of their own.

    Returns the one that was. Runs inside the company's scope.

    Raises:
        InvalidState: its connection was undone, or it has none.
    """
    refuse_by_file(account)
    # All of them, in one order: two people choosing at once wait for each other.
    accounts = list(BankAccount.objects.of(account.tenant_id).select_for_update().order_by("id"))
    before = next((other for other in accounts if other.is_preferred), None)
    if next(other for other in accounts if other.id == account.id).is_undone:
        raise InvalidState(
            f"O vínculo {account.said.of} foi desfeito e ela não faz pagamentos. Refaça-o antes "
            "de torná-la preferencial."
        )
    rows = BankAccount.objects.of(account.tenant_id)
    rows.filter(is_preferred=True).exclude(id=account.id).update(is_preferred=False)
    rows.filter(id=account.id).update(is_preferred=True)
    if before is None or before.id != account.id:
        record(
            Act.PREFERRED_CHANGED,
            on=account,
            by=by,
            before={"Conta preferencial": str(before) if before else "nenhuma"},
            after={"Conta preferencial": str(account)},
        )
    return before
