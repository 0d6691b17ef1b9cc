"""Write down a match: what it joined, and what it did besides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import JournalEntry, JournalLine
from audit.services import Entry
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import allocate, line_on
from core.text import shorten
from people.models import ExceptionalAct
from reconciliation.models import Match, MatchEffect, MatchLine, MatchPart, Rule
from tenants.models import Membership

Effect = MatchEffect.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Why a match is made, and by whom: a person, or with `by` None the product itself."""

    by: Membership | None
    degree: str = Match.Degree.HAND
    reasons: Sequence[Any] = ()
    score: int | None = None
    exception: ExceptionalAct | None = None
    rule: Rule | None = None


@dataclass(slots=True)
class Writing:
    """A match that is being made."""

    match: Match
    origin: Origin
    effects: list[MatchEffect] = field(default_factory=list)
    lines: list[tuple[StatementLine, Decimal]] = field(default_factory=list)
    records: list[Entry] = field(default_factory=list)  # to be put on record with the match
    before: int = 0  # effects that the match had already

    def add_line(self, line: StatementLine, amount: Decimal, *, is_ignored: bool = False) -> None:
        """
        Raises:
            IntegrityError: the line has no such part; whoever held it has seen what is open of it.
        """
        by = self.origin.by
        MatchLine.objects.create(
            tenant_id=self.match.tenant_id,
            match=self.match,
            statement_line=line,
            amount=amount,
            is_ignored=is_ignored,
            added_by=by.user if by else None,
        )
        self.lines.append((line, amount))

    def join(self, line: StatementLine, posted: JournalLine, amount: Decimal) -> None:
        """
        Raises:
            NotFree: another act has taken the part.
        """
        self.add_part(allocate(line, posted, amount=amount, by=self.origin.by, ends_act=True))

    def add_part(self, allocation: Allocation) -> None:
        MatchPart.objects.create(
            tenant_id=self.match.tenant_id, match=self.match, allocation=allocation
        )

    def note(self, kind: str, **of: Any) -> None:
        effect = MatchEffect(
            tenant_id=self.match.tenant_id,
            match=self.match,
            position=self.before + len(self.effects) + 1,
            kind=kind,
            **of,
        )
        effect.save(force_insert=True)
        self.effects.append(effect)


def begin_match(
    tenant_id: UUID, kind: str, origin: Origin, *, why: str = "", **more: Any
) -> Writing:
    match = Match.objects.create(
        tenant_id=tenant_id,
        kind=kind,
        degree=origin.degree,
        reasons=list(origin.reasons),
        score=origin.score,
        why=shorten(why, 300),
        exception=origin.exception,
        rule=origin.rule,
        made_by=origin.by.user if origin.by else None,
        **more,
    )
    return Writing(match, origin)


def go_on(match: Match, origin: Origin) -> Writing:
    """With a match that waited for another line. The caller holds its account."""
    effects = MatchEffect.objects.of(match.tenant_id).filter(match=match)
    return Writing(match, origin, before=effects.count())


def rule_named(origin: Origin) -> dict[str, str]:
    """For the audit."""
    return {"Regra": str(origin.rule)} if origin.rule else {}


def posted_on(account: BankAccount, entry: JournalEntry) -> JournalLine:
    """The line of an entry that was just written on the account's Conta do Ativo, which the caller
    holds."""
    there = [line for line in entry.just_written if line.account_id == account.ledger_account_id]
    posted = there[0] if len(there) == 1 else line_on(account, entry)
    assert posted is not None
    return posted
