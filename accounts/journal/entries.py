"""Acts on the journal, and the sums of its lines.

Amounts are `Decimal` reais: a debit is positive, a credit negative. Days are São Paulo days.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from accounts.journal.postings import Lines, check_cost_centers, posting, postings_of
from accounts.models import Account, AccountStep, JournalEntry, JournalLine
from audit.acts import Act
from audit.services import record
from core.errors import InvalidInput, InvalidState
from core.money import MAX_AMOUNT, format_brl, two_places
from core.text import read_line, shorten
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

MEMO_LENGTH = 300
LEAST_TOLD = 100  # of what is reversed


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What `post_entry` takes, of one of many."""

    date: dt.date
    memo: str
    lines: Lines
    by: User | None = None
    is_provisional: bool = False


def post_entry(
    tenant: Tenant,
    *,
    date: dt.date,
    memo: str,
    lines: Lines,
    by: User | None = None,
    is_provisional: bool = False,
    by_hand_id: UUID | None = None,
) -> JournalEntry:
    """Write a balanced entry. `by` is None when the product itself writes it.

    `is_provisional` says that `date` is the day on which we learned of it: `confirm_date` or
    `redate_entry` follows. `by_hand_id` is the id of one that a person wrote line by line.

    Raises:
        InvalidInput: the lines do not balance, are fewer than two, or hold an amount that is
            zero, too large or has a fraction of a centavo; the memo is empty or too long; a line
            with a cost centre is on an account that takes none.
        InvalidState: one of the accounts or cost centres is archived.
    """
    entry = JournalEntry(
        tenant=tenant, date=date, memo=memo, created_by=by, is_provisional=is_provisional
    )
    if by_hand_id is not None:
        entry.id, entry.is_by_hand = by_hand_id, True
    return _write(entry, lines)


def post_entries(tenant: Tenant, drafts: Sequence[EntryDraft]) -> list[JournalEntry]:
    """As `post_entry` for each, in the same order, all or none. Their number decides no query.

    Raises:
        InvalidInput, InvalidState: as `post_entry`.
    """
    written = [
        (
            JournalEntry(
                tenant=tenant,
                date=draft.date,
                memo=draft.memo,
                created_by=draft.by,
                is_provisional=draft.is_provisional,
            ),
            draft.lines,
        )
        for draft in drafts
    ]
    _write_all(tenant.id, written)
    return [entry for entry, _ in written]


def reverse_entry(entry: JournalEntry, *, by: User | None, date: dt.date, why: str) -> JournalEntry:
    """Undo an entry by its opposite, on `date`. Both stay in the books.

    `by` is None when the product itself does it.

    Raises:
        InvalidState: it was reversed before, is a reversal itself, or has an archived account.
        InvalidInput: no reason was given, or the date is before the entry's.
    """
    with tenant_scope(entry.tenant_id):
        hold_entry(entry)
        if entry.is_reversal:
            raise InvalidState(
                "Um estorno não pode ser estornado. Faça um novo lançamento.", code="is_reversal"
            )
        if entry.reversal is not None:
            raise InvalidState("Este lançamento já foi estornado.", code="already_reversed")
        if not read_line(why):
            raise InvalidInput("Informe o motivo do estorno.", field="why")
        if date < entry.date:
            raise InvalidInput(
                f"O estorno não pode ter data anterior à do lançamento, {entry.date:%d/%m/%Y}.",
                field="date",
            )
        reversal = JournalEntry(
            tenant_id=entry.tenant_id,
            date=date,
            memo=reversal_memo(entry, why),
            reverses=entry,
            created_by=by,
        )
        return _write(reversal, postings_of(entry, sign=-1))


def reversal_memo(entry: JournalEntry, why: str) -> str:
    """Of what and why: a long memo is cut before the reason is."""
    told = shorten(entry.memo, max(LEAST_TOLD, MEMO_LENGTH - len(why) - len("Estorno:  · ")))
    return shorten(f"Estorno: {told} · {why}", MEMO_LENGTH)


def reverse_by_hand(entry: JournalEntry, *, by: User, date: dt.date, why: str) -> JournalEntry:
    """As `reverse_entry`, because a person says so: an act of its own, on record.

    Raises:
        InvalidState, InvalidInput: as `reverse_entry`.
    """
    with tenant_scope(entry.tenant_id):
        reversal = reverse_entry(entry, by=by, date=date, why=why)
        record(
            Act.ENTRY_REVERSED,
            on=entry,
            by=by,
            why=why,
            before={
                "Lançamento": f"{entry.memo}, {entry.date:%d/%m/%Y}",
                "Valor": f"R$\u00a0{format_brl(entry.total)}",
            },
            after={"Estorno": f"{date:%d/%m/%Y}"},
        )
    return reversal


def hold_entry(entry: JournalEntry) -> None:
    """Nobody else reverses it until the transaction ends; a former reversal is seen."""
    entry.refresh_from_db(from_queryset=JournalEntry.objects.select_for_update(no_key=True))


def redate_entry(
    entry: JournalEntry, *, date: dt.date, why: str, by: User | None = None
) -> JournalEntry:
    """Reverse an entry on its own day and write it again on `date`, which is certain.

    The two of the wrong day are zero in every month. Returns the new one, which says what it
    replaces.

    Raises:
        InvalidState: it was reversed before, is a reversal itself, or has an archived account.
    """
    with tenant_scope(entry.tenant_id):
        reverse_entry(entry, by=by, date=entry.date, why=why)
        again = JournalEntry(
            tenant_id=entry.tenant_id,
            date=date,
            memo=entry.memo,
            is_by_hand=entry.is_by_hand,
            replaces=entry,
            created_by=by,
        )
        return _write(again, postings_of(entry))


def rewrite_entry(entry: JournalEntry, *, lines: Lines, why: str, by: User) -> JournalEntry:
    """Reverse an entry on its own day and write it again, on that day, with other lines. Returns
    the new one, which says what it replaces.

    Raises:
        InvalidInput: as `post_entry`.
        InvalidState: it was reversed before, is a reversal itself, or has an archived account.
    """
    with tenant_scope(entry.tenant_id):
        reverse_entry(entry, by=by, date=entry.date, why=why)
        again = JournalEntry(
            tenant_id=entry.tenant_id,
            date=entry.date,
            memo=entry.memo,
            is_by_hand=entry.is_by_hand,
            replaces=entry,
            created_by=by,
            is_provisional=entry.is_provisional,
        )
        return _write(again, lines)


def confirm_date(entry: JournalEntry) -> None:
    """The bank's statement says the same day: it is no longer provisional. Again: no change."""
    entries = JournalEntry.objects.of(entry.tenant_id).filter(id=entry.id, is_provisional=True)
    entries.update(is_provisional=False)
    entry.is_provisional = False


def balances(
    tenant: Tenant | UUID, accounts: Iterable[Account], *, until: dt.date | None = None
) -> dict[UUID, Decimal]:
    """The balance of each account, debits minus credits, at the end of `until` or of all time.

    Needs an open scope. One query, whatever the number of accounts.
    """
    sums = dict.fromkeys((account.id for account in accounts), Decimal("0.00"))
    steps = AccountStep.objects.of(tenant).filter(account_id__in=list(sums))
    if until is not None:
        steps = steps.filter(day__lte=until)
    summed = steps.values_list("account_id").annotate(held=Sum("debit") - Sum("credit"))
    return sums | dict(summed)


def _write(entry: JournalEntry, lines: Lines) -> JournalEntry:
    _write_all(entry.tenant_id, [(entry, lines)])
    return entry


def _write_all(tenant_id: UUID, drafted: Sequence[tuple[JournalEntry, Lines]]) -> None:
    written = [(entry, [posting(each) for each in lines]) for entry, lines in drafted]
    for entry, lines in written:
        entry.memo = _checked_memo(entry.memo)
        _check_amounts([each.amount for each in lines])
        entry.line_count = len(lines)
        entry.total = sum((each.amount for each in lines if each.amount > 0), Decimal(0))
    with tenant_scope(tenant_id):
        _refuse_archived(tenant_id, {each.account.id for _, lines in written for each in lines})
        check_cost_centers(tenant_id, written)
        JournalEntry.objects.bulk_create(entry for entry, _ in written)
        for entry, lines in written:
            entry.just_written = [
                JournalLine(
                    tenant_id=tenant_id,
                    entry=entry,
                    position=position,
                    account=each.account,
                    amount=each.amount,
                    cost_center=each.cost_center,
                    day=entry.date,
                )
                for position, each in enumerate(lines, 1)
            ]
        JournalLine.objects.bulk_create(line for entry, _ in written for line in entry.just_written)


def written_on(entry: JournalEntry, account: Account) -> JournalLine:
    """The line of an entry, written just now, on one of its accounts."""
    return next(line for line in entry.just_written if line.account_id == account.id)


def _checked_memo(memo: str) -> str:
    memo = read_line(memo)
    if not memo:
        raise InvalidInput("Informe o histórico do lançamento.", field="memo")
    if len(memo) > MEMO_LENGTH:
        raise InvalidInput(
            f"O histórico tem {len(memo)} caracteres; o máximo é {MEMO_LENGTH}.", field="memo"
        )
    return memo


def _check_amounts(amounts: Sequence[Decimal]) -> None:
    if len(amounts) < 2:
        raise InvalidInput("Um lançamento tem pelo menos duas linhas.", code="too_few_lines")
    for amount in amounts:
        _check_amount(amount)
    difference = sum(amounts, Decimal(0))
    if difference:
        raise InvalidInput(
            "Os débitos e os créditos não são iguais: "
            f"a diferença é de R$ {format_brl(abs(difference))}.",
            code="not_balanced",
        )


def _check_amount(amount: Decimal) -> None:
    if not amount.is_finite() or abs(amount) > MAX_AMOUNT:
        raise InvalidInput(
            f"O maior valor de uma linha é R$ {format_brl(MAX_AMOUNT)}.", code="too_large"
        )
    try:
        two_places(amount)
    except ValueError:
        raise InvalidInput(
            "O valor de uma linha tem no máximo duas casas decimais.", code="too_precise"
        ) from None
    if not amount:
        raise InvalidInput("O valor de uma linha não pode ser zero.", code="zero_amount")


def _refuse_archived(tenant_id: UUID, ids: Collection[UUID]) -> None:
    """As the database does, with a sentence."""
    archived = Account.objects.of(tenant_id).filter(id__in=ids).exclude(archived_at=None).first()
    if archived is not None:
        raise InvalidState(
            f"A conta {archived} está arquivada e não recebe lançamentos.", code="archived"
        )
