"""What a rule would have caught in the last months, before it is saved.

The newest lines of each account are read, up to LOOKED; where that cuts the days off, it is said.
What a database can narrow down it does, by conditions that are never stricter than the rule's own.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from accounts.models import JournalLine
from banking.models import Allocation, BankAccount, DayTotal, OpenLine, StatementLine
from brazil.cnpj import LENGTH, cnpj_root
from core.text import fold
from reconciliation.models import Match, MatchEffect, MatchLine, Rule, Transfer
from reconciliation.rules.conditions import Conditions, Facts, How, checks_of, fits
from reconciliation.rules.draft import Draft
from tenants.models import Tenant

PERIODS = (90, 365)  # days
LOOKED = 100_000  # lines of an account
CAUGHT = 10_000  # counted exactly
SHOWN = 50
ZERO = Decimal("0.00")
# An account, and the cost centre where the line has one.
Classified = tuple[UUID, UUID | None]


class Row(NamedTuple):
    """What conditions ask of a line."""

    id: UUID
    bank_account_id: UUID
    amount: Decimal
    description: str
    counterparty_name: str
    counterparty_document: str
    booked_on: date


@dataclass(frozen=True, slots=True)
class Caught:
    row: Row
    otherwise: str = ""  # how it was explained in another way


@dataclass(slots=True)
class Trial:
    days: int
    looked: int  # lines of an account, at most
    count: int = 0
    total: Decimal = ZERO  # of either side
    open: int = 0
    same: int = 0  # explained as the rule would have done
    otherwise: int = 0
    shown: list[Caught] = field(default_factory=list)  # those explained otherwise first
    is_many: bool = False  # more than were counted
    since: date | None = None  # the first day that was read, where days were left out


def try_rule(
    tenant: Tenant, draft: Draft, *, days: int, today: date, looked: int = LOOKED
) -> Trial:
    """Of checked conditions; what it does may be incomplete. Runs inside the company's scope.

    Raises:
        WrongPattern: a pattern does not compile.
    """
    trial = Trial(days, looked)
    rows: list[Row] = []
    checks = checks_of(draft.conditions)
    for row in candidates(tenant, draft.conditions, today - timedelta(days=days), trial):
        if fits(checks, Facts.of(row)):
            if len(rows) == CAUGHT:
                trial.is_many = True
                break
            rows.append(row)
    trial.count = len(rows)
    trial.total = sum((abs(row.amount) for row in rows), ZERO)
    sort_out(tenant.id, draft, rows, trial)
    return trial


# --- Which lines are read ---


def candidates(tenant: Tenant, conditions: Conditions, since: date, trial: Trial) -> Iterator[Row]:
    """The newest first, account by account."""
    accounts = BankAccount.objects.of(tenant)
    if conditions.bank_account:
        accounts = accounts.filter(id=conditions.bank_account)
    narrow = narrowing(conditions)
    for account in accounts.order_by("-is_preferred", "id"):
        lines = StatementLine.objects.of(tenant).filter(bank_account=account)
        lines = lines.filter(booked_on__gte=since)
        if cut := first_day_read(account, since, trial.looked):
            lines = lines.filter(booked_on__gte=cut)
            trial.since = max(trial.since or cut, cut)
        found = lines.filter(narrow).order_by("-booked_on", "-occurred_at", "-id")
        read = found.values_list(*Row._fields)[: 2 * trial.looked]
        yield from map(Row._make, read.iterator(chunk_size=2_000))


def first_day_read(account: BankAccount, since: date, looked: int) -> date | None:
    """The one with which the newest days have more than so many lines, where days are before it."""
    days = DayTotal.objects.of(account.tenant_id).filter(bank_account_id=account.id, day__gte=since)
    cut: date | None = None
    read = 0
    for day, lines in days.order_by("-day").values_list("day", "lines"):
        if cut is not None:
            return cut
        read += lines
        cut = day if read > looked else None
    return None


def narrowing(conditions: Conditions) -> Q:
    """In the database's words, where it has them: what it leaves out no rule would have caught."""
    found = Q()
    if conditions.side:
        found &= Q(amount__gt=0) if conditions.side == Rule.Side.IN else Q(amount__lt=0)
    if (least := conditions.least) is not None:
        found &= Q(amount__gte=least) | Q(amount__lte=-least)
    if (most := conditions.most) is not None:
        found &= Q(amount__range=(-most, most))
    if document := conditions.document:
        is_company = len(document) == LENGTH
        start = cnpj_root(document) if is_company else document
        found &= Q(counterparty_document__startswith=start)
    if name := fold(conditions.party_name):
        found &= has_words([name])
    for text in conditions.texts:
        if text.how != How.PATTERN:
            found &= has_words(text.alternatives)
    return found


def has_words(texts: Sequence[str]) -> Q:
    """One of them, word by word: the bank's blanks may be double where ours are single."""
    found = Q()
    for text in texts:
        words = Q()
        for word in text.split():
            words &= Q(words_folded__contains=word)
        found |= words
    return found


# --- What became of those that are caught ---


def sort_out(tenant_id: UUID, draft: Draft, rows: Sequence[Row], trial: Trial) -> None:
    ids = [row.id for row in rows]
    whole = {row.id: row.amount for row in rows}
    rests = OpenLine.objects.of(tenant_id).filter(id__in=ids).values_list("id", "rest")
    untouched = {line for line, rest in rests if rest == whole[line]}
    explained = [line for line in ids if line not in untouched]
    alike = same_way(tenant_id, draft, explained)
    trial.open, trial.same = len(untouched), len(alike)
    trial.otherwise = len(explained) - len(alike)
    other = [row for row in rows if row.id not in untouched and row.id not in alike]
    usual = [row for row in rows if row.id in untouched or row.id in alike]
    words = ways_of(tenant_id, [row.id for row in other[:SHOWN]])
    trial.shown = [
        *(Caught(row, words.get(row.id, "conciliada")) for row in other[:SHOWN]),
        *(Caught(row) for row in usual[: max(SHOWN - len(other), 0)]),
    ]


def same_way(tenant_id: UUID, draft: Draft, ids: Collection[UUID]) -> set[UUID]:
    said = MatchLine.objects.of(tenant_id).standing().filter(statement_line__in=ids)
    if draft.act == Rule.Act.IGNORE:
        ignored = said.filter(is_ignored=True)
        return set(ignored.values_list("statement_line_id", flat=True))
    if draft.act == Rule.Act.TRANSFER:
        account = draft.other_account
        sides = Q(match__transfers__from_account=account) | Q(match__transfers__to_account=account)
        found = said.filter(sides, match__transfers__ended_at=None)
        return set(found.values_list("statement_line_id", flat=True))
    wanted = {(each.account, each.cost_center) for each in draft.slices}
    return {line for line, found in classified(tenant_id, ids).items() if found == wanted}


def classified(tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, set[Classified]]:
    """What the entries that people or rules made of lines are on."""
    made = MatchEffect.objects.of(tenant_id).filter(
        kind=MatchEffect.Kind.CREATED,
        match__kind=Match.Kind.CREATE,
        match__ended_at=None,
        match__lines__statement_line__in=list(ids),
    )
    entries: dict[UUID, UUID] = dict(made.values_list("entry", "match__lines__statement_line"))
    lines = JournalLine.objects.of(tenant_id).filter(entry__in=entries, account__is_bank_leaf=False)
    found: dict[UUID, set[Classified]] = {}
    for entry, account, center in lines.values_list("entry", "account", "cost_center"):
        found.setdefault(entries[entry], set()).add((account, center))
    return found


def ways_of(tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    """«em 4.1.9.99 Diversos», «em 5.2.01 Aluguel, centro Matriz», «ignorada», «transferência …»."""
    parts = Allocation.objects.of(tenant_id).standing().filter(statement_line__in=list(ids))
    posted = dict(parts.values_list("statement_line_id", "journal_line__entry"))
    entries = JournalLine.objects.of(tenant_id).filter(
        entry__in=posted.values(), account__is_bank_leaf=False
    )
    accounts: dict[UUID, str] = {
        each.entry_id: f"em {each.account}"
        + (f", centro {each.cost_center}" if each.cost_center else "")
        for each in entries.select_related("account", "cost_center").order_by("-position")
    }
    words = {line: accounts.get(entry, "conciliada") for line, entry in posted.items()}
    ignored = MatchLine.objects.of(tenant_id).ignored().filter(statement_line__in=list(ids))
    words |= dict.fromkeys(ignored.values_list("statement_line_id", flat=True), "ignorada")
    under = Transfer.objects.of(tenant_id).filter(
        ended_at=None, match__lines__statement_line__in=list(ids)
    )
    moved = under.values_list("match__lines__statement_line", flat=True)
    return words | dict.fromkeys(moved, "transferência entre contas")
