"""Orders and the lines of the statement: what proves a payment, and what stands for an entry."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from accounts.models import JournalEntry, JournalLine
from banking.banks.contract.payments import OrderState
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import NotFree, allocate, line_on
from banking.statements.entry_day import on_day_of, record_redating
from core.clock import database_now
from core.errors import DomainError
from core.money import format_brl
from payments.models import PaymentOrder
from payments.orders.bank_lines import (
    free_credits,
    free_debits,
    hold_account,
    looks_like_debit_of,
    may_be_debit_of,
    may_be_return_of,
    orders_of,
    payee_of,
    sent_on,
    undone_pairs,
    value_of,
)
from payments.orders.creditors import hear_line
from payments.orders.transitions import apply_state, lock_in_order, require_review
from payments.states import OPEN_AT_BANK, OrderStatus
from payments.timeline import BANK_LINE_UNDONE, DEBIT_SEEN, REDATED, RETURN_SEEN, Tone, note
from tenants.models import User

# A statement is read 90 days back the first time; what no line came for since then waits for a
# person.
LOOK_BACK = timedelta(days=120)
SETTLED = (OrderStatus.PAID, OrderStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class Pair:
    """An entry of an order, and the line of the statement that is to stand for it."""

    order: PaymentOrder
    line: StatementLine
    posted: JournalLine


@dataclass(frozen=True, slots=True)
class Books:
    """What the journal has of some orders: by entry, the lines on the account's Conta do Ativo."""

    waiting: Mapping[UUID, JournalLine]  # nothing stands for them yet
    matched: frozenset[UUID]  # entries whose line of the statement is known

    def waits(self, entry: UUID | None) -> JournalLine | None:
        return self.waiting.get(entry) if entry else None


def match_statement(account: BankAccount) -> None:
    """Give orders their lines of the statement; where nothing else tells, a line proves a payment.

    One line pays one order. Among orders of one value, those of which the bank says nothing are
    paid only when there is a line for every one that may have been debited: with fewer, it
    is not known which of them were, and people or a webhook will tell. An entry of another day
    than its line is written again on the line's. Of two workers the second finds nothing to do.
    Named in `settings.ON_STATEMENT_READ`; runs inside the company's scope.
    """
    account = hold_account(account.tenant_id, account.id)
    orders = unmatched(account)
    if not orders:
        return
    moved = follow_replacements(account, orders)
    books = books_of(account, orders)
    orders = concerned(orders, books)
    debits = free_debits(orders)
    undone = undone_pairs(account.tenant_id, debits)
    pairs = returns_of(account, orders, books)
    proved: list[tuple[PaymentOrder, StatementLine]] = []
    for group in by_value(orders):
        lines = [line for line in debits if looks_like_debit_of(group[0], line)]
        if lines:
            pairs += debits_of(group, lines, books, undone)
            proved += proofs_of(group, lines)
    changing = {order.id for order in moved} | ids_of(pairs, proved)
    lock_in_order(PaymentOrder.objects.of(account.tenant_id).filter(id__in=changing))
    PaymentOrder.objects.of(account.tenant_id).bulk_update(moved, ["entry", "return_entry"])
    for order, line in proved:
        with suppress(NotFree):  # another act took it: what comes next is seen at the next reading
            apply_state(order, OrderState.PAID, source="O débito está no extrato.", line=line)
    redated = [join(pair, account) for pair in pairs]
    for entries in filter(None, redated):  # the audit is locked last
        record_redating(*entries)


# --- What there is ---


# Written out, for every reading of a statement asks it: composing it costs more than its answer.
UNMATCHED = """
SELECT o.id FROM payments_paymentorder AS o
WHERE o.tenant_id = %(tenant)s AND o.bank_account_id = %(account)s AND (
    o.status = ANY(%(settled)s)
    AND (o.first_sent_at IS NULL OR o.first_sent_at >= %(since)s)
    AND EXISTS (
        SELECT FROM unnest(ARRAY[o.entry_id, o.return_entry_id]) WITH ORDINALITY AS e (id, place)
        WHERE (e.id IS NOT NULL OR e.place = 1) AND NOT EXISTS (
            SELECT FROM banking_allocation AS a
            JOIN accounts_journalline AS l
                ON l.tenant_id = a.tenant_id AND l.id = a.journal_line_id
            WHERE a.tenant_id = o.tenant_id AND l.entry_id = e.id AND a.ended_at IS NULL
        )
    )
    OR o.status = ANY(%(others)s) AND EXISTS (
        SELECT FROM payments_paymentorder AS told
        WHERE told.tenant_id = o.tenant_id AND told.bank_account_id = o.bank_account_id AND (
            told.status = 'unknown' AND told.needs_person
            OR told.status = ANY(%(open)s) AND told.left_list_at IS NOT NULL
        )
    )
)
"""


def unmatched(account: BankAccount) -> list[PaymentOrder]:
    """Orders with an entry that no line stands for yet; and, where a line may prove one of them,
    all that are not settled."""
    with connection.cursor() as cursor:
        cursor.execute(
            UNMATCHED,
            {
                "tenant": account.tenant_id,
                "account": account.id,
                "settled": list(SETTLED),
                "since": database_now() - LOOK_BACK,
                "others": [OrderStatus.UNKNOWN, *OPEN_AT_BANK],
                "open": list(OPEN_AT_BANK),
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    mine = PaymentOrder.objects.of(account.tenant_id).filter(id__in=ids).defer("content")
    orders = mine.select_related("payable__payee", "bank_account")
    return sorted(orders, key=lambda order: (sent_on(order), order.id))


def follow_replacements(account: BankAccount, orders: Sequence[PaymentOrder]) -> list[PaymentOrder]:
    """An entry that was moved to another account counts by the one that took its place.

    Returns the orders whose entries are others now; they are not written yet.
    """
    moved: dict[UUID, PaymentOrder] = {}
    while True:
        held = entries_of(orders)
        replacing = JournalEntry.objects.of(account.tenant_id).filter(replaces__in=held)
        now = dict(replacing.values_list("replaces_id", "id"))
        if not now:
            return list(moved.values())
        for order in orders:
            if {order.entry_id, order.return_entry_id} & now.keys():
                order.entry_id = now.get(order.entry_id, order.entry_id)
                order.return_entry_id = now.get(order.return_entry_id, order.return_entry_id)
                moved[order.id] = order


def entries_of(orders: Iterable[PaymentOrder]) -> set[UUID]:
    return {entry for order in orders for entry in (order.entry_id, order.return_entry_id) if entry}


def books_of(account: BankAccount, orders: Sequence[PaymentOrder]) -> Books:
    """An entry that somebody reversed waits for nothing."""
    entries = entries_of(orders)
    of_entries = Allocation.objects.of(account.tenant_id).standing()
    matched = of_entries.filter(journal_line__entry__in=entries)
    reversals = JournalEntry.objects.filter(tenant=OuterRef("tenant"), reverses=OuterRef("entry"))
    lines = JournalLine.objects.of(account.tenant_id).filter(
        ~Exists(reversals), entry__in=entries, account=account.ledger_account_id
    )
    known = frozenset(matched.values_list("journal_line__entry_id", flat=True))
    posted = {line.entry_id: line for line in lines.select_related("entry")}
    return Books({entry: posted[entry] for entry in posted.keys() - known}, known)


def concerned(orders: list[PaymentOrder], books: Books) -> list[PaymentOrder]:
    """Those that have to be looked at: all of them only where a line may prove a payment."""
    if any(map(only_the_statement_tells, orders)):
        return orders
    return [o for o in orders if books.waits(o.entry_id) or books.waits(o.return_entry_id)]


def by_value(orders: Iterable[PaymentOrder]) -> Iterable[list[PaymentOrder]]:
    """Orders that no line of a statement can tell apart."""
    groups: dict[tuple[object, ...], list[PaymentOrder]] = defaultdict(list)
    for order in orders:
        groups[order.rail, value_of(order), payee_of(order)].append(order)
    return groups.values()


# --- What belongs together ---


def debits_of(
    group: Sequence[PaymentOrder],
    lines: list[StatementLine],
    books: Books,
    undone: set[tuple[UUID, UUID]],
) -> list[Pair]:
    """The paid ones of a group with their lines, which are removed.

    So is a line for each of which the books have no entry that it could stand for (a person
    reversed it, or it stayed on a former Conta do Ativo): it pays no other order.
    """
    settled = [order for order in group if order.status in SETTLED]
    pairs = []
    for order in settled:
        posted = books.waits(order.entry_id)
        if posted is not None:
            found = take(lines, partial(is_debit_for, order, undone), posted.entry)
            pairs += [Pair(order, line, posted) for line in found]
    for order in settled:
        if order.entry_id not in books.waiting and order.entry_id not in books.matched:
            take(lines, partial(may_be_debit_of, order))
    return pairs


def is_debit_for(order: PaymentOrder, undone: set[tuple[UUID, UUID]], line: StatementLine) -> bool:
    return may_be_debit_of(order, line) and (line.id, order.entry_id) not in undone


def returns_of(account: BankAccount, orders: Sequence[PaymentOrder], books: Books) -> list[Pair]:
    """Those that came back, with the credits that brought the money."""
    waiting = [(order, books.waits(order.return_entry_id)) for order in orders]
    back = [(order, posted) for order, posted in waiting if posted is not None]
    credits = free_credits([order for order, _ in back])
    undone = undone_pairs(account.tenant_id, credits)
    return [
        Pair(order, line, posted)
        for order, posted in back
        for line in take(credits, partial(is_return_for, order, undone), posted.entry)
    ]


def is_return_for(order: PaymentOrder, undone: set[tuple[UUID, UUID]], line: StatementLine) -> bool:
    return may_be_return_of(order, line) and (line.id, order.return_entry_id) not in undone


def proofs_of(
    group: Sequence[PaymentOrder], lines: list[StatementLine]
) -> list[tuple[PaymentOrder, StatementLine]]:
    """Which of the unsettled ones the lines prove to be paid: all or none."""
    others = [order for order in group if order.status not in SETTLED]
    if not any(map(only_the_statement_tells, others)):
        return []
    found = [
        (order, line) for order in others for line in take(lines, partial(may_be_debit_of, order))
    ]
    if len(found) < len(others):
        return []
    return [(order, line) for order, line in found if only_the_statement_tells(order)]


def only_the_statement_tells(order: PaymentOrder) -> bool:
    """It left the bank's list without a word, or the bank could not tell of it."""
    if order.status == OrderStatus.UNKNOWN:
        return order.needs_person
    return order.status in OPEN_AT_BANK and order.left_list_at is not None


def take(
    lines: list[StatementLine],
    fits: Callable[[StatementLine], bool],
    entry: JournalEntry | None = None,
) -> list[StatementLine]:
    """The oldest of the lines that fits, removed from them; empty when none does.

    Where the bank told the day of the entry, a line of that day goes before.
    """
    found = [line for line in lines if fits(line)]
    day = entry.date if entry and not entry.is_provisional else None
    chosen = sorted(found, key=lambda line: line.booked_on != day)[:1]
    for line in chosen:
        lines.remove(line)
    return chosen


def ids_of(
    pairs: Iterable[Pair], proved: Iterable[tuple[PaymentOrder, StatementLine]]
) -> set[UUID]:
    return {pair.order.id for pair in pairs} | {order.id for order, _ in proved}


# --- What follows ---


def join(pair: Pair, account: BankAccount) -> tuple[JournalEntry, JournalEntry] | None:
    """Let the line stand for the entry, on the line's day.

    Returns the entry as it was and as it is, where the day was another one. Where the books refuse
    that, a person is told, and it is tried again after the next reading.
    """
    order, line, former = pair.order, pair.line, pair.posted.entry
    is_debit = former.id == order.entry_id
    try:
        with transaction.atomic():
            entry = on_day_of(line, former)
            posted = line_on(account, entry)
            assert posted is not None  # as the former one, which stood on it
            allocate(line, posted)
            if entry != former:
                setattr(order, "entry" if is_debit else "return_entry", entry)
                order.needs_person = False
                order.save(update_fields=["entry", "return_entry", "needs_person"])
    except NotFree:
        return None
    except DomainError as error:
        require_review(order, str(error))
        return None
    text = f"{line.booked_on:%d/%m/%Y} · {line.description} · R$ {format_brl(abs(line.amount))}"
    note(order.payable, DEBIT_SEEN if is_debit else RETURN_SEEN, text, tone=Tone.INFO)
    if is_debit:
        hear_line(order, line)
    if entry == former:
        return None
    days = (
        f"O lançamento de {former.date:%d/%m/%Y} foi estornado e refeito em {entry.date:%d/%m/%Y}"
    )
    note(order.payable, REDATED, f"{days}, o dia do extrato.", tone=Tone.INFO)
    return former, entry


def note_undone(allocation: Allocation, *, by: User | None) -> None:
    """The bill says that a person took its entry and a bank line apart.

    Named in `settings.ON_ALLOCATION_UNDONE`; runs inside the company's scope.
    """
    entry, line = allocation.journal_line.entry, allocation.statement_line
    order = orders_of(allocation.tenant_id, [entry]).get(entry.id)
    if order is not None:
        amount = f"R$ {format_brl(abs(allocation.amount))}"
        text = f"Linha do extrato de {line.booked_on:%d/%m/%Y}, {amount}."
        note(order.payable, BANK_LINE_UNDONE, text, tone=Tone.WARN, by=by)
