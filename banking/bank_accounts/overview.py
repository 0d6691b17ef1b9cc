"""The balances frame: each account as its bank and its connection are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef

from banking.banks import registry
from banking.gateway import circuit_breaker
from banking.models import BankAccount, LineDoubt
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands, in one tag."""

    tone: str
    label: str
    icon: str


@dataclass(frozen=True, slots=True)
class Card:
    account: BankAccount
    is_in_plan: bool
    unavailable_until: datetime | None = None  # the bank does not answer; tried again then

    @property
    def address(self) -> str:
        """The account's statement, from «Conciliar»."""
        return f"?conta={self.account.id}"

    @property
    def standing(self) -> Standing | None:
        """What is wrong with it; None when nothing is."""
        account = self.account
        if account.is_by_file:
            return Standing("plain", "extrato por arquivo", "file-up")
        if account.is_undone:
            return Standing("warn", "vínculo desfeito", "unplug")
        if not account.is_connected:
            return Standing("bad", "precisa ser refeito", "unplug")
        if not self.is_in_plan:
            return Standing("warn", "fora do plano", "pause")
        if self.unavailable_until:
            return Standing("warn", circuit_breaker.words(self.unavailable_until), "cloud-off")
        if account.proof == BankAccount.Proof.BROKEN:
            since = f" desde {account.proof_broken_on:%d/%m}" if account.proof_broken_on else ""
            return Standing("bad", f"extrato não confere{since}", "triangle-alert")
        return None


@dataclass(frozen=True, slots=True)
class Overview:
    cards: list[Card]

    @property
    def total(self) -> Decimal:
        return sum((card.account.balance or Decimal(0) for card in self.cards), Decimal(0))

    @property
    def to_redo(self) -> int:
        """How many accounts need a new connection; those that somebody undid do not."""
        accounts = [card.account for card in self.cards if not card.account.is_by_file]
        return sum(not (account.is_connected or account.is_undone) for account in accounts)

    @property
    def is_known(self) -> bool:
        """Whether any bank has told a balance."""
        return any(card.account.balance is not None for card in self.cards)

    def choose(self, account_id: UUID | None) -> Card | None:
        """The card of an account; without an id the first, which is the preferred one."""
        if account_id is None:
            return self.cards[0] if self.cards else None
        return next((card for card in self.cards if card.account.id == account_id), None)


def accounts_of(tenant: Tenant) -> Sequence[BankAccount]:
    """All of a company's, the preferred one first, each with the `next_try` of its bank and whether
    it `has_doubts`: lines that may be one movement."""
    doubts = LineDoubt.objects.of(tenant).open().filter(bank_account=OuterRef("id"))
    return list(
        BankAccount.objects.of(tenant)
        .annotate(
            next_try=circuit_breaker.next_try_of(OuterRef("provider")), has_doubts=Exists(doubts)
        )
        .select_related("connection__connected_by", "connection__undone_by", "ledger_account")
        .order_by("-is_preferred", "provider", "branch", "number")
    )


def is_in_plan(tenant: Tenant, account: BankAccount) -> bool:
    return tenant.plan in registry.info(account.provider).plans


def overview_of(tenant: Tenant, now: datetime) -> Overview:
    """One query, whatever the number of accounts."""
    return Overview(
        [
            Card(
                account,
                is_in_plan(tenant, account),
                account.next_try and max(account.next_try, now),
            )
            for account in accounts_of(tenant)
        ]
    )
