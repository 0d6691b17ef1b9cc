"""Join parts of bank lines to journal lines, and undo it. The database holds both sides.

Amounts are reais with the sign of the bank line: negative for money out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.module_loading import import_string

from accounts.models import JournalEntry, JournalLine
from audit.acts import Act
from audit.services import record
from banking.models import Allocation, BankAccount, StatementLine
from core.clock import database_now
from core.errors import InvalidState, NotAllowed
from core.money import format_brl
from tenants.models import Membership


class NotFree(InvalidState):
    """Another act has taken the part, or the entry was reversed, since it was looked at."""


REFUSALS = {
    "allocation_line_used": "Esta linha do extrato já está conciliada com outro valor.",
    "allocation_entry_used": "Este lançamento contábil já está conciliado com outro valor.",
    "allocation_once": "Os dois já estão conciliados.",
    "allocation_line_stands": "Esta linha foi retirada do extrato: o arquivo dela foi desfeito.",
    "allocation_entry_stands": "Este lançamento contábil foi estornado.",
    "allocation_line_ignored": "Esta linha do extrato foi ignorada: desfaça isso antes.",
    "allocation_absorbed": "Este lançamento contábil já está no saldo de abertura da conta.",
}


def allocate(
    line: StatementLine,
    journal_line: JournalLine,
    *,
    amount: Decimal | None = None,
    by: Membership | None = None,
    ends_act: bool = False,
) -> Allocation:
    """Let a part of a bank line stand for a journal line of the account's Conta do Ativo.

    Without `amount` as much as both have free. `by` is None when the product itself does it. With
    `ends_act` a refusal undoes the caller's act too, which is spared a savepoint. Runs inside the
    company's scope.

    Raises:
        NotAllowed: `by` does not work on the statement.
        NotFree: there is not so much left of the one or the other, or the entry is reversed.
    """
    check_role(by)
    part = amount if amount is not None else free_part(line, journal_line)
    made = Allocation(
        tenant_id=line.tenant_id,
        statement_line=line,
        journal_line=journal_line,
        amount=part,
        created_by=by.user if by else None,
    )
    if not part:
        raise NotFree(REFUSALS["allocation_line_used"], code="allocation_line_used")
    with refusing(), transaction.atomic(savepoint=not ends_act):
        made.save(force_insert=True)
    return made


@contextmanager
def refusing() -> Iterator[None]:
    """What the database does not let stand for each other, in words.

    Raises:
        NotFree: as `allocate`.
    """
    try:
        yield
    except IntegrityError as error:
        code = constraint_of(error)
        if code not in REFUSALS:
            raise
        raise NotFree(REFUSALS[code], code=code) from error


def undo_allocation(allocation: Allocation, *, by: Membership) -> None:
    """Take a bank line and an entry apart. Nothing joins the two again by itself.

    The entry stays. What apps above note of it is named in `settings.ON_ALLOCATION_UNDONE`. Runs
    inside the company's scope.

    Raises:
        NotAllowed: `by` does not work on the statement.
        InvalidState: they are apart already.
    """
    locked = take_apart(allocation, by=by)
    record(
        Act.ALLOCATION_UNDONE,
        on=locked,
        by=by.user,
        before={
            "Extrato": f"{locked.statement_line.bank_account}: {locked.statement_line}",
            "Lançamento": str(locked.journal_line.entry),
            "Valor": f"R$ {format_brl(abs(locked.amount))}",
        },
    )


def take_apart(allocation: Allocation, *, by: Membership | None) -> Allocation:
    """As `undo_allocation`, by an act that puts it on record itself."""
    check_role(by)
    rows = Allocation.objects.of(allocation.tenant_id).select_related(
        "statement_line__bank_account", "journal_line__entry"
    )
    # As whoever acts on several lines of an account: it is held before anything else.
    account = rows.values_list("statement_line__bank_account", flat=True).get(id=allocation.id)
    accounts = BankAccount.objects.of(allocation.tenant_id).filter(id=account)
    list(accounts.select_for_update(of=("self",), no_key=True).values_list("id"))
    hold_lines(allocation)
    locked: Allocation = rows.select_for_update(of=("self",), no_key=True).get(id=allocation.id)
    if locked.ended_at is not None:
        raise InvalidState("Esta conciliação já foi desfeita.", code="already_undone")
    locked.ended_at, locked.undone_by = database_now(), by.user if by else None
    locked.save(update_fields=["ended_at", "undone_by"])
    for name in settings.ON_ALLOCATION_UNDONE:
        import_string(name)(locked, by=by.user if by else None)
    return locked


def hold_lines(allocation: Allocation) -> None:
    """Lock what it joins, in the order in which all who allocate do."""
    lines = StatementLine.objects.of(allocation.tenant_id).select_for_update(no_key=True)
    lines.values_list("id").get(id=allocation.statement_line_id)
    items = JournalLine.objects.of(allocation.tenant_id).select_for_update(no_key=True)
    items.values_list("id").get(id=allocation.journal_line_id)


def check_role(by: Membership | None) -> None:
    if by is not None and not by.can_enter:
        raise NotAllowed("Seu papel nesta empresa não permite conciliar.", code="wrong_role")


def constraint_of(error: IntegrityError) -> str:
    """The name of what the database holds; empty when it names nothing."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def free_part(line: StatementLine, journal_line: JournalLine) -> Decimal:
    """What both have left, with the sign of the bank line; zero when one has nothing."""
    left = min(
        abs(line.amount) - used(line.tenant_id, statement_line=line),
        abs(journal_line.amount) - used(line.tenant_id, journal_line=journal_line),
    )
    return left.copy_sign(line.amount)


def used(tenant_id: UUID, **side: StatementLine | JournalLine) -> Decimal:
    """How much of a bank line or a journal line stands for something, as a positive amount."""
    parts = Allocation.objects.of(tenant_id).standing().filter(**side)
    total: Decimal | None = parts.aggregate(total=Sum("amount"))["total"]
    return abs(total or Decimal(0))


def was_undone(line: StatementLine, posted: JournalLine) -> bool:
    """A person took the two apart: nothing joins them again by itself."""
    pairs = Allocation.objects.of(line.tenant_id).undone()
    return pairs.filter(statement_line=line, journal_line=posted).exists()


# Whether a part of a bank line stands for something.
PART = Exists(
    Allocation.objects.filter(
        tenant=OuterRef("tenant"), statement_line=OuterRef("pk"), ended_at=None
    )
)


def unallocated(lines: "QuerySet[StatementLine]") -> "QuerySet[StatementLine]":
    """Those of which no part stands for anything yet."""
    return lines.filter(~PART)


def line_on(account: BankAccount, entry: JournalEntry) -> JournalLine | None:
    """The line of an entry on the account's Conta do Ativo; None when it has none or several."""
    lines = JournalLine.objects.of(account.tenant_id).filter(
        entry=entry, account__bank_accounts__id=account.id
    )
    found = list(lines[:2])
    return found[0] if len(found) == 1 else None
