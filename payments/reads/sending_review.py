"""What sending the chosen bills at once does, said before it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from payments.dispatch.plan import before_its_day
from payments.models import Payable
from payments.rails.debit_account import usable_accounts
from payments.rails.pix_policy import needs_new_approval, rail_for, why_no_rail
from payments.reads.row import Row, rows_of
from payments.reads.status_label import Accounts, why_no_account
from tenants.models import Membership

NO_ACCOUNT = "nenhuma conta conectada pode fazer este pagamento"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A bill that would leave."""

    row: Row
    rail: str  # «TED»

    @property
    def payable(self) -> Payable:
        return self.row.payable

    @property
    def destination(self) -> str:
        """Where the money goes by that rail."""
        return (self.rail == Payable.Method.TED.label and self.row.ted_destination) or (
            self.row.destination
        )


@dataclass(frozen=True, slots=True)
class Debit:
    """What leaves one account."""

    account: BankAccount
    leaving: Sequence[Leaving]

    @property
    def amount(self) -> Decimal:
        return sum((item.payable.amount for item in self.leaving), Decimal(0))

    @property
    def balance_after(self) -> Decimal | None:
        """None: its balance is not known."""
        return None if self.account.balance is None else self.account.balance - self.amount

    @property
    def is_short(self) -> bool:
        after = self.balance_after
        return after is not None and after < 0


@dataclass(frozen=True, slots=True)
class SendingReview:
    debits: Sequence[Debit]
    left_out: Sequence[tuple[Payable, str]]  # each with the reason

    @property
    def leaving(self) -> list[Leaving]:
        return [item for debit in self.debits for item in debit.leaving]

    @property
    def amount(self) -> Decimal:
        return sum((debit.amount for debit in self.debits), Decimal(0))


def review_sending(
    ids: set[UUID], account: BankAccount | None, by: Membership, now: datetime
) -> SendingReview | None:
    """Of the chosen bills, all from that account or each from its own, as `send_now` does it.

    None: one is not the company's.
    """
    accounts = Accounts.of(by.tenant, now)
    chosen = Payable.objects.of(by.tenant_id).filter(id__in=ids)
    rows = rows_of(chosen.order_by("payment_date", "id"), accounts, by, now)
    if len(rows) != len(ids):
        return None
    usable = usable_accounts(by.tenant_id)
    of_account: dict[UUID, list[Leaving]] = {}
    left_out = []
    for row in rows:
        payer = account or accounts.paying(row.payable)
        why = why_not(row.payable, payer, usable, now)
        if why or payer is None:
            left_out.append((row.payable, why))
            continue
        rail = rail_for(row.payable, payer)
        assert rail is not None  # why_not
        of_account.setdefault(payer.id, []).append(Leaving(row, Payable.Method(rail).label))
    payers: Mapping[UUID, BankAccount] = accounts.by_id
    debits = [Debit(payers[id], leaving) for id, leaving in of_account.items()]
    return SendingReview(debits, left_out)


def why_not(
    payable: Payable, payer: BankAccount | None, usable: frozenset[UUID], now: datetime
) -> str:
    """Why the bill would not leave now, in Portuguese; empty when it would."""
    if not payable.is_sendable:
        return "não está mais aprovada para envio"
    if payer is None or payer.id not in usable:
        return why_no_account(payer) or NO_ACCOUNT
    if early := before_its_day(payable, sao_paulo_day(now)):
        return early
    if needs_new_approval(payable, payer) or rail_for(payable, payer) is None:
        return why_no_rail(payable, payer)
    return ""
