"""What follows for the bill, the books and the timeline when an order ends."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from accounts.chart.reclassify import standing
from accounts.journal.entries import (
    MEMO_LENGTH,
    EntryDraft,
    hold_entry,
    post_entries,
    post_entry,
    written_on,
)
from accounts.journal.postings import postings_of
from accounts.models import Account, JournalEntry
from banking.bank_accounts.ledger_account import hold_leaf
from banking.banks.contract.payments import Rail
from banking.models import Allocation, StatementLine
from banking.statements.allocation import NotFree, allocate, line_on, refusing
from brazil.banking_days import day_bounds, next_banking_day, sao_paulo_day
from core.clock import database_now
from core.dates import ONE_DAY
from core.errors import InvalidState
from payments.bills.approval import revoke_approval
from payments.models import Payable, PaymentOrder
from payments.orders.bank_lines import debit_of, event_day, return_of
from payments.orders.creditors import hear_line
from payments.states import OrderStatus, PayableStatus
from payments.timeline import Tone, note, note_many
from tenants.models import User

NOT_PAID = frozenset(
    {OrderStatus.REJECTED, OrderStatus.EXPIRED, OrderStatus.CANCELLED, OrderStatus.RETURNED}
)


# The payee's bank gives a transfer back on the same day or the next; five banking days are ample.
RETURN_DAYS = 5


LOOK_AGAIN_AT_PAID = timedelta(hours=6)
PAID_TITLE = "Paga"


@dataclass(frozen=True, slots=True)
class News:
    """What is told of an order."""

    source: str  # Portuguese, for the timeline: who says so
    reason: str = ""  # the bank's own words
    day: date | None = None  # São Paulo, on which the money moved, if the bank says it
    line: StatementLine | None = None  # the line of the statement that proves it
    by: User | None = None  # a person who looked at the bank


def record_at_bank(order: PaymentOrder, news: News) -> None:
    note(order.payable, order.get_status_display(), news.source, tone=Tone.INFO)


def record_payment(order: PaymentOrder, news: News) -> None:
    """The bill is paid, and the books say so: expense against the Conta do Ativo.

    The entry is of the day on which the money moved, and its line of the statement stands for it
    as soon as both are here.
    """
    payable = order.payable
    line = news.line or debit_of(order, news.day)
    amount = -line.amount if line else order.bank_amount or order.amount
    day, is_provisional = event_day(order, line, news.day)
    leaf = hold_leaf(order.bank_account)
    draft = entry_of(order, leaf, amount, day, is_provisional=is_provisional)
    (order.entry,) = post_entries(payable.tenant, [draft])
    if line is not None:
        join(order, line, order.entry, is_proof=news.line is not None)
    watch_for_return(order, database_now())
    set_bill_status(payable, PayableStatus.PAID)
    note(payable, PAID_TITLE, news.source, tone=Tone.OK)


def record_payments(
    proofs: Sequence[tuple[PaymentOrder, StatementLine]],
    leaves: Mapping[UUID, Account],
    source: str,
) -> list[Allocation]:
    """As `record_payment` of each, proved by its line; what joins the two, in the same order. Their
    number decides no query. The caller holds the bills, the lines, and by bank account the Contas
    do Ativo, and stores what is written of the orders.

    Raises:
        DomainError, IntegrityError: the books do not take one of them; the caller rolls back.
    """
    tenant, now = proofs[0][1].tenant, database_now()
    drafts = [
        entry_of(order, leaves[order.bank_account_id], -line.amount, line.booked_on)
        for order, line in proofs
    ]
    entries = post_entries(tenant, drafts)
    parts = []
    for (order, line), entry in zip(proofs, entries, strict=True):
        order.entry = entry
        watch_for_return(order, now)
        posted = written_on(entry, leaves[order.bank_account_id])
        parts.append(
            Allocation(tenant=tenant, statement_line=line, journal_line=posted, amount=line.amount)
        )
    with refusing():
        Allocation.objects.bulk_create(parts)
    for order, line in proofs:
        hear_line(order, line)
    bills = [order.payable_id for order, _ in proofs]
    Payable.objects.of(tenant).filter(id__in=bills).update(status=PayableStatus.PAID)
    note_many(tenant.id, [(bill, PAID_TITLE, source, Tone.OK) for bill in bills], at=now)
    return parts


def entry_of(
    order: PaymentOrder, leaf: Account, amount: Decimal, day: date, *, is_provisional: bool = False
) -> EntryDraft:
    return EntryDraft(
        date=day,
        memo=f"Pagamento a {order.payable.payee.name}"[:140],
        lines=[(order.payable.expense_account, amount), (leaf, -amount)],
        is_provisional=is_provisional,
    )


def watch_for_return(order: PaymentOrder, paid_at: datetime) -> None:
    if order.rail == Rail.TED:
        order.watch_until = returns_until(paid_at)
        order.wait_until = paid_at + LOOK_AGAIN_AT_PAID


def join(order: PaymentOrder, line: StatementLine, entry: JournalEntry, *, is_proof: bool) -> None:
    """Let the line stand for the entry.

    Raises:
        NotFree: it is the proof of the news, and another act has taken it meanwhile.
    """
    posted = line_on(order.bank_account, entry)
    assert posted is not None  # the entry was written on the Conta do Ativo just now
    if is_proof:
        allocate(line, posted)
        hear_line(order, line)
        return
    with suppress(NotFree):  # the next reading of the statement gives it another one
        allocate(line, posted)
        hear_line(order, line)


def returns_until(paid_at: datetime) -> datetime:
    """Until when a transfer that was paid is expected back, if it comes back."""
    day = sao_paulo_day(paid_at)
    for _ in range(RETURN_DAYS):
        day = next_banking_day(day + ONE_DAY)
    return day_bounds(day)[1]


def reopen_bill(order: PaymentOrder, news: News) -> None:
    """The bill waits for approval again: nothing sends it a second time before that."""
    hold = {
        OrderStatus.EXPIRED: Payable.Hold.EXPIRED,
        OrderStatus.RETURNED: Payable.Hold.RETURNED,
        OrderStatus.CANCELLED: Payable.Hold.TAKEN_BACK,
    }.get(OrderStatus(order.status), Payable.Hold.REFUSED)
    if order.entry is not None:
        record_return(order, news)
    revoke_approval(order.payable, hold=hold)
    note(order.payable, hold.label, news.source, tone=Tone.BAD)


def record_return(order: PaymentOrder, news: News) -> None:
    """The money is back in the account, on a day of its own: the opposite entry.

    It is no reversal: both movements are in the bank's statement, and either entry may be dated
    again. Where a person reversed the payment's entry the books are as if it was never made; only
    a person says that no more is to be written then.

    Raises:
        InvalidState: the entry of the payment is reversed, and `news` come from the bank.
    """
    assert order.entry is not None
    order.entry = paid = standing(order.entry)
    hold_entry(paid)
    if paid.reversal is not None:
        if news.by is not None:
            return
        raise InvalidState(
            "O banco informa que o dinheiro voltou, e o lançamento do pagamento já foi estornado "
            "por uma pessoa. Confira e informe o resultado.",
            code="already_reversed",
        )
    line = news.line or return_of(order, news.day)
    day, is_provisional = event_day(order, line, news.day)
    order.return_entry = post_entry(
        order.payable.tenant,
        date=day,
        memo=f"Devolução: {paid.memo}"[:MEMO_LENGTH],
        lines=postings_of(paid, sign=-1),
        is_provisional=is_provisional,
    )
    if line is not None and line_on(order.bank_account, order.return_entry) is not None:
        join(order, line, order.return_entry, is_proof=news.line is not None)


def set_bill_status(payable: Payable, status: PayableStatus) -> None:
    payable.status = status
    payable.save(update_fields=["status"])


ENDINGS: dict[str, Callable[[PaymentOrder, News], None]] = {
    OrderStatus.AT_BANK: record_at_bank,
    OrderStatus.SCHEDULED: record_at_bank,
    OrderStatus.PAID: record_payment,
    OrderStatus.REJECTED: reopen_bill,
    OrderStatus.EXPIRED: reopen_bill,
    OrderStatus.CANCELLED: reopen_bill,
    OrderStatus.RETURNED: reopen_bill,
}
