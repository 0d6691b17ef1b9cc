"""Bank lines beside what they stand for, as the page shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse

from banking.models import Allocation, StatementLine
from banking.statements.allocation import PART
from charges.models import Settlement
from payments.models import OutsidePayment, PaymentOrder
from people.models import ExceptionalAct
from reconciliation.engine.words import WORDS
from reconciliation.matches.amounts import with_open
from reconciliation.models import Match, MatchLine, MatchPart, Transfer
from reconciliation.proposals.reading import gives_back
from reconciliation.reads.lines import of_entry
from reconciliation.reads.marks import with_marks
from reconciliation.reads.proposals import Proposal, proposals_of, proposed, read
from tenants.models import TenantQuerySet

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Target:
    """What a part of a bank line stands for."""

    words: str
    url: str
    amount: Decimal
    detail: str = ""
    is_waiting: bool = False  # a transfer whose other line has not come


@dataclass(slots=True)
class Said:
    """What somebody, or the product, said of a line: a match, or an allocation without one."""

    by: str  # empty: the product itself
    at: datetime
    words: str
    undo_url: str
    is_automatic: bool
    why: str = ""
    targets: list[Target] = field(default_factory=list)
    reasons: Sequence[str] = ()
    how: str = ""  # how sure, and by what


@dataclass(frozen=True, slots=True)
class Pair:
    line: StatementLine
    open: Decimal
    version: int
    said: Sequence[Said]
    proposal: Proposal | None = None
    is_searching: bool = False  # what it may be of is being looked for
    asked: ExceptionalAct | None = None  # what waits for a second person

    @property
    def is_open(self) -> bool:
        return bool(self.open)

    @property
    def is_return(self) -> bool:
        """Whether its words are those of a return, and nothing is said of it yet."""
        words = f"{self.line.description} {self.line.counterparty_name}"
        return self.open == self.line.amount and gives_back(words)

    @property
    def is_part_open(self) -> bool:
        return self.is_open and self.open != self.line.amount


def with_state(lines: Any) -> "QuerySet[Any]":
    """As `pairs_of` needs them: the version is that of `reconciliation.matches.hold`."""
    told = Allocation.objects.filter(tenant=OuterRef("tenant"), statement_line=OuterRef("pk"))
    ignored = MatchLine.objects.filter(
        tenant=OuterRef("tenant"), statement_line=OuterRef("pk"), is_ignored=True
    )
    waiting = ExceptionalAct.objects.waiting().filter(
        tenant=OuterRef("tenant"), subject_id=OuterRef("pk")
    )
    found: QuerySet[Any] = with_marks(with_open(lines)).annotate(
        is_allocated=PART,
        awaits_second=Exists(waiting),
        version=changes_of(told) + changes_of(ignored),
        is_read=Exists(read()),
        is_proposed=Exists(proposed()),
    )
    return found


def changes_of(rows: TenantQuerySet) -> Coalesce:
    counted = rows.order_by().values("statement_line").annotate(n=Count("pk") + Count("ended_at"))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


def pairs_of(tenant_id: UUID, lines: Sequence[Any]) -> dict[UUID, Pair]:
    """By line; lines are `with_state`. A dozen queries at most, whatever their number."""
    said = said_of(tenant_id, [line for line in lines if line.open != line.amount])
    proposals = proposals_of(tenant_id, [line for line in lines if line.open and line.is_proposed])
    asked = asked_of(tenant_id, [line.id for line in lines if line.awaits_second])
    return {
        line.id: Pair(
            line,
            line.open,
            line.version,
            said.get(line.id, []),
            proposals.get(line.id),
            bool(line.open) and not line.is_read and line.id not in proposals,
            asked.get(line.id),
        )
        for line in lines
    }


def asked_of(tenant_id: UUID, lines: Sequence[UUID]) -> dict[UUID, ExceptionalAct]:
    """By line: the act that waits for somebody else's yes."""
    if not lines:
        return {}
    acts = ExceptionalAct.objects.of(tenant_id).waiting().filter(subject_id__in=lines)
    return {each.subject_id: each for each in acts.select_related("asked_by")}


def said_of(tenant_id: UUID, lines: Sequence[Any]) -> dict[UUID, list[Said]]:
    if not lines:
        return {}
    rows = MatchLine.objects.of(tenant_id).standing()
    rows = rows.filter(statement_line__in=[line.id for line in lines])
    matched = list(rows.select_related("match__made_by", "match__rule").order_by("added_at", "id"))
    found: dict[UUID, list[Said]] = {}
    by_match: dict[tuple[UUID, UUID], Said] = {}
    for each in matched:
        made = said_by(each.match)
        found.setdefault(each.statement_line_id, []).append(made)
        by_match[each.statement_line_id, each.match_id] = made
    parts = parts_of(tenant_id, [line.id for line in lines if line.is_allocated])
    moving = transfers_of(tenant_id, [each.match for each in matched])
    for part in parts:
        transfer = moving.get(part.match_id)
        target = transfer_target(part, transfer) if transfer else target_of(part)
        made_by = by_match.get((part.statement_line_id, part.match_id))
        if made_by is None:
            made_by = said_without_match(part)
            found.setdefault(part.statement_line_id, []).append(made_by)
        made_by.targets.append(target)
    return found


def said_by(match: Match) -> Said:
    return Said(
        by=match.made_by.display_name if match.made_by else "",
        at=match.made_at,
        words=match.get_kind_display(),
        undo_url=reverse("reconciliation:undo", args=[match.id]),
        is_automatic=match.is_automatic,
        why=match.why,
        reasons=[words for each in match.reasons if (words := reason_words(each))],
        how=how_of(match),
    )


def how_of(match: Match) -> str:
    """«Automático, por regra «Tarifas» · 94 de 100»; empty for what a person chose by hand."""
    if match.degree == Match.Degree.HAND:
        return ""
    words = match.get_degree_display()
    if match.rule is not None:
        by_rule = words if match.degree == Match.Degree.RULE else f"{words}, da regra"
        words = f"{by_rule} «{match.rule}»"
    return words if match.score is None else f"{words} · {match.score} de 100"


def reason_words(reason: Any) -> str:
    """Portuguese words of a reason, as a proposal keeps it."""
    if isinstance(reason, Mapping):
        return str(reason.get("words", ""))
    return WORDS.get(str(reason), str(reason))


def said_without_match(part: Allocation) -> Said:
    return Said(
        by=part.created_by.display_name if part.created_by else "",
        at=part.created_at,
        words="Conciliado",
        undo_url=reverse("banking:undo_allocation", args=[part.id]),
        is_automatic=part.created_by is None,
    )


def parts_of(tenant_id: UUID, lines: Sequence[UUID]) -> list[Any]:
    """Each with the `match_id` that made it, if one did, and what its entry is of: a `bill` or a
    `charge`, as {id, name, text}. One query."""
    if not lines:
        return []
    made = MatchPart.objects.filter(tenant=OuterRef("tenant"), allocation=OuterRef("pk"))
    parts = Allocation.objects.of(tenant_id).standing().filter(statement_line__in=lines)
    parts = parts.select_related("journal_line__entry", "created_by", "statement_line")
    orders = PaymentOrder.objects.filter(of_entry("entry") | of_entry("return_entry"))
    outside = OutsidePayment.objects.filter(of_entry("entry"), undone_at=None)
    settled = Settlement.objects.filter(of_entry("entry"), charge__isnull=False, undone_at=None)
    rows: QuerySet[Any] = parts.annotate(
        match_id=Subquery(made.values("match")[:1]),
        bill=Coalesce(
            first(orders, "payable", "payable__payee"), first(outside, "payable", "payable__payee")
        ),
        charge=first(settled, "charge", "charge__payer"),
    )
    return list(rows.order_by("created_at", "id"))


def first(rows: QuerySet[Any], document: str, party: str) -> Subquery:
    named = JSONObject(id=document, name=f"{party}__name", text=f"{document}__description")
    return Subquery(rows.values(told=named)[:1], output_field=JSONField())


def target_of(part: Any) -> Target:
    """A bill, a charge, or the entry itself."""
    entry, amount = part.journal_line.entry, abs(part.amount)
    if bill := part.bill:
        words = "Devolução de" if part.amount > 0 else "Conta paga a"
        url = reverse("payments:detail", args=[bill["id"]])
        return Target(f"{words} {bill['name']}", url, amount, bill["text"])
    if charge := part.charge:
        url = reverse("charges:detail", args=[charge["id"]])
        return Target(f"Cobrança de {charge['name']}", url, amount, charge["text"])
    detail = "" if entry.date == part.statement_line.booked_on else f"em {entry.date:%d/%m/%Y}"
    return Target(entry.memo, reverse("accounts:entry", args=[entry.id]), amount, detail)


def transfers_of(tenant_id: UUID, matches: Sequence[Match]) -> dict[UUID | None, Transfer]:
    """By match; no query where none is a transfer."""
    ids = {match.id for match in matches if match.kind == Match.Kind.TRANSFER}
    if not ids:
        return {}
    rows = Transfer.objects.of(tenant_id).filter(match__in=ids)
    return {each.match_id: each for each in rows.select_related("from_account", "to_account")}


def transfer_target(part: Any, transfer: Transfer) -> Target:
    is_waiting = transfer.completed_at is None
    side = "de entrada" if transfer.waits_for_arrival else "de saída"
    return Target(
        f"Entre contas: {transfer.from_account} → {transfer.to_account}",
        reverse("accounts:entry", args=[part.journal_line.entry_id]),
        abs(part.amount),
        f"a linha {side} ainda não chegou" if is_waiting else "",
        is_waiting,
    )
