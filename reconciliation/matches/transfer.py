"""A bank line is money that goes to another account of the company, or comes from one.

Two entries through «Valores em trânsito», each on the day of its own line. While only one of the
two lines is here the transfer is under way, and waits for the other one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction

from accounts.chart.purposes import account_for
from accounts.journal.entries import EntryDraft, post_entries
from accounts.models import Account, AccountPurpose
from audit.acts import Act
from audit.services import record
from banking.bank_accounts.ledger_account import hold_leaf
from banking.models import BankAccount, StatementLine
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.money import two_places
from reconciliation.matches.amounts import open_parts
from reconciliation.matches.author import Author, member_of
from reconciliation.matches.hold import Seen, hold_accounts, hold_lines
from reconciliation.matches.match import in_words
from reconciliation.matches.other_side import sure_line_of, sure_other, waiting_for
from reconciliation.matches.pairing import reais
from reconciliation.matches.write import (
    Effect,
    Origin,
    Writing,
    begin_match,
    go_on,
    posted_on,
    rule_named,
)
from reconciliation.models import Match, Transfer
from tenants.models import User

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Sides:
    """The two accounts, and the lines of them that are here."""

    sender: BankAccount
    receiver: BankAccount
    left: StatementLine | None
    came: StatementLine | None


@transaction.atomic
def transfer(
    line_id: UUID,
    *,
    by: Author,
    other_account: BankAccount | None = None,
    other_line: UUID | None = None,
    fee: Decimal = ZERO,
    seen: Seen | None = None,
    origin: Origin | None = None,
) -> Transfer:
    """Between the line's account and `other_account`, or that of `other_line`, whole lines.

    `fee` is what the sender's bank kept, a part of the sender's line. Without `other_line` the one
    that certainly is it is taken (`sure_other`), else it is waited for; where a transfer waits for
    this line, the line completes it. Runs inside the company's scope.

    Raises:
        InvalidInput: the accounts are one, or the lines are not of opposite sides and equal but for
            the fee.
        InvalidState: (code `line_used`) something is said of a line already.
        Changed, NotAllowed: as `hold_lines`.
    """
    ids = [line_id, *([other_line] if other_line else [])]
    also = [other_account.id] if other_account else []
    held = {line.id: line for line in hold_lines(ids, by=by, seen=seen, also=also)}
    line, other = held[line_id], held[other_line] if other_line else None
    fee = read_fee(fee)
    account = other.bank_account if other is not None else other_account
    if account is None or account.id == line.bank_account_id:
        raise InvalidInput(
            "Escolha outra conta da empresa.", field="other_account", code="same_account"
        )
    require_whole([line, *([other] if other else [])])
    origin = origin or Origin(by=member_of(by))
    if other is None:
        waiting = waiting_for(line, account, fee)
        if waiting is not None:
            return complete(waiting, line, origin, fee)
        other = hold_other(sure_other(line, account, fee), by)
    sides = sides_of(line, account, other)
    return begin(sides, amount_of(sides, fee), fee, origin)


def read_fee(fee: Decimal) -> Decimal:
    try:
        fee = two_places(fee)
    except ValueError:
        raise InvalidInput("Use uma tarifa com duas casas decimais.", field="fee") from None
    if fee < 0:
        raise InvalidInput("A tarifa não pode ser negativa.", field="fee")
    return fee


def require_whole(lines: Sequence[StatementLine]) -> None:
    open_now = open_parts(lines[0].tenant_id, [line.id for line in lines])
    for line in lines:
        if open_now[line.id] != line.amount:
            raise InvalidState(f"«{line}» já está conciliado.", code="line_used")


def sides_of(line: StatementLine, account: BankAccount, other: StatementLine | None) -> Sides:
    if line.is_incoming:
        return Sides(account, line.bank_account, other, line)
    return Sides(line.bank_account, account, line, other)


def amount_of(sides: Sides, fee: Decimal) -> Decimal:
    """What arrives.

    Raises:
        InvalidInput: the two lines are not one transfer, or the fee is more than what left.
    """
    left, came = sides.left, sides.came
    if (left is not None and left.amount > 0) or (came is not None and came.amount < 0):
        raise InvalidInput(
            "Uma transferência sai de uma conta e entra na outra.",
            field="other_line",
            code="same_side",
        )
    sent = -left.amount - fee if left is not None else None
    if sent is not None and sent <= 0:
        raise InvalidInput("A tarifa passa do valor que saiu.", field="fee", code="fee")
    if came is None:
        assert sent is not None
        return sent
    if sent is not None and sent != came.amount:
        raise InvalidInput(
            f"Saíram {reais(sent)}, sem a tarifa, e entraram {reais(came.amount)}.",
            field="fee",
            code="not_equal",
        )
    return came.amount


# --- Writing ---


def begin(sides: Sides, amount: Decimal, fee: Decimal, origin: Origin) -> Transfer:
    line = sides.left or sides.came
    assert line is not None
    writing = begin_match(line.tenant_id, Match.Kind.TRANSFER, origin)
    made = transfer_of(sides, amount, fee)
    made.match = writing.match
    if sides.left is not None and sides.came is not None:
        made.completed_at = database_now()
    made.save(force_insert=True)
    if sides.left is not None:
        write_leg(writing, made, sides.left)
    if sides.came is not None:
        write_leg(writing, made, sides.came)
    record_transfer(made, [each for each in (sides.left, sides.came) if each], origin)
    return made


def transfer_of(sides: Sides, amount: Decimal, fee: Decimal = ZERO) -> Transfer:
    """Of a match that is to be; who writes it says whether it is complete."""
    lines = [each for each in (sides.left, sides.came) if each is not None]
    return Transfer(
        tenant_id=lines[0].tenant_id,
        from_account=sides.sender,
        to_account=sides.receiver,
        amount=amount,
        fee=fee,
        begun_on=min(each.booked_on for each in lines),
        waits_for_arrival=sides.left is not None,
    )


def complete(waiting: Transfer, line: StatementLine, origin: Origin, fee: Decimal) -> Transfer:
    """The late line is here. A fee is known only of a sender's line that comes late."""
    if line.amount < 0 and fee:
        waiting.fee = fee
    elif fee:
        raise InvalidInput("A tarifa é da conta de onde o dinheiro saiu.", field="fee", code="fee")
    waiting.completed_at = database_now()
    waiting.save(update_fields=["fee", "completed_at"])
    write_leg(go_on(waiting.match, origin), waiting, line)
    record_transfer(waiting, [line], origin)
    return waiting


def write_leg(writing: Writing, transfer: Transfer, line: StatementLine) -> None:
    draft = draft_of_leg(
        transfer,
        line,
        hold_leaf(line.bank_account),
        partial(account_for, line.tenant),
        by=writing.origin.by.user if writing.origin.by else None,
    )
    (entry,) = post_entries(line.tenant, [draft])
    writing.note(Effect.CREATED, entry=entry)
    writing.join(line, posted_on(line.bank_account, entry), line.amount)
    writing.add_line(line, line.amount)


def draft_of_leg(
    transfer: Transfer,
    line: StatementLine,
    leaf: Account,
    account_of: Callable[[AccountPurpose], Account],
    by: User | None = None,
) -> EntryDraft:
    """The fee is of the sender's day."""
    transit = account_of(AccountPurpose.IN_TRANSIT)
    fee = ZERO if line.is_incoming else transfer.fee
    kept = [(account_of(AccountPurpose.FEES), fee)] if fee else []
    return EntryDraft(
        date=line.booked_on,
        memo=f"Transferência de {transfer.from_account} para {transfer.to_account}"[:300],
        lines=[(leaf, line.amount), (transit, -line.amount - fee), *kept],
        by=by,
    )


def record_transfer(transfer: Transfer, lines: Sequence[StatementLine], origin: Origin) -> None:
    record(
        Act.LINE_TRANSFERRED,
        on=transfer.match,
        by=origin.by.user if origin.by else None,
        after=in_record(transfer, lines) | rule_named(origin),
    )


def in_record(transfer: Transfer, lines: Sequence[StatementLine]) -> dict[str, str]:
    return {
        "De": str(transfer.from_account),
        "Para": str(transfer.to_account),
        "Valor": reais(transfer.amount),
        "Extrato": "; ".join(map(in_words, lines)),
        **({"Tarifa": reais(transfer.fee)} if transfer.fee else {}),
    }


def hold_other(line_id: UUID | None, by: Author) -> StatementLine | None:
    """Its account is held already."""
    if line_id is None:
        return None
    (line,) = hold_lines([line_id], by=by, seen=None)
    return line


def complete_waiting(account: BankAccount) -> None:
    """The lines that transfers under way wait for, where the bank says that they are the company's
    own and nothing else may be them.

    Named in `settings.ON_STATEMENT_READ`; runs inside the company's scope.
    """
    hold_accounts(account.tenant_id, [account.id])
    waiting = Transfer.objects.of(account.tenant_id).waiting_at(account)
    locked = waiting.select_for_update(of=("self",), no_key=True).order_by("begun_on", "id")
    rows = list(locked.select_related("match", "from_account", "to_account", "tenant"))
    for each in rows:
        line = sure_line_of(each, account, rows)
        if line is not None:
            complete(each, line, Origin(by=None), ZERO)
