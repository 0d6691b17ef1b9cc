"""Bank lines beside what they stand for, as the page shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse

from accounts.models import JournalLine
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import PART
from charges.models import Settlement
from payments.models import OutsidePayment, PaymentOrder
from people.models import ExceptionalAct
from reconciliation.engine.words import WORDS
from reconciliation.matches.amounts import with_open
from reconciliation.models import Match, MatchLine, MatchPart, Transfer
from reconciliation.proposals.reading import gives_back
from reconciliation.reads.lines import of_entry, version
from reconciliation.reads.marks import with_marks
from reconciliation.reads.proposals import Proposal, kept_rows, proposals_of, read
from tenants.models import User

ZERO = Decimal("0.00")
ACCOUNTS_SHOWN = 3  # of an entry

# Between the columns there is no room for more.
IN_SHORT = {Match.Kind.TRANSFER: "Transferência", Match.Kind.GIVE_BACK: "Devolução"}


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
    is_of_return: bool = False  # of lines that give each other back

    @property
    def how_beside(self) -> str:
        """`how` beside the mark that says «automático»; empty where a reason says the same."""
        how = self.how.removeprefix("Automático, ")
        return "" if how.removeprefix("por ") in self.reasons else how


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
    found: QuerySet[Any] = with_marks(with_open(lines)).annotate(
        is_allocated=PART,
        waiting_act=waiting_act(),
        version=version(),
        is_read=Exists(read()),
        kept=kept_rows(),
    )
    return found


def pairs_of(
    tenant_id: UUID, lines: Sequence[Any], accounts: Iterable[BankAccount] | None = None
) -> dict[UUID, Pair]:
    """By line; lines are `with_state`. Five queries at most, whatever their number, where the
    company's `accounts` are known."""
    by_id = accounts_by_id(tenant_id, accounts)
    said = said_of(tenant_id, [line for line in lines if line.open != line.amount], by_id)
    proposals = proposals_of(tenant_id, [line for line in lines if line.open and line.kept], by_id)
    return {
        line.id: Pair(
            line,
            line.open,
            line.version,
            said.get(line.id, []),
            proposals.get(line.id),
            bool(line.open) and not line.is_read and line.id not in proposals,
            act_of(line),
        )
        for line in lines
    }


def accounts_by_id(
    tenant_id: UUID, accounts: Iterable[BankAccount] | None = None
) -> dict[UUID, BankAccount]:
    found = BankAccount.objects.of(tenant_id) if accounts is None else accounts
    return {account.id: account for account in found}


def waiting_act() -> Subquery:
    """What is shown of the act on a line that waits for somebody else's yes; `act_of` reads it."""
    acts = ExceptionalAct.objects.waiting().filter(
        tenant=OuterRef("tenant"), subject_id=OuterRef("pk")
    )
    told = JSONObject(
        title="title", why="why", at="asked_at", id="asked_by", first_name="asked_by__first_name",
        last_name="asked_by__last_name", email="asked_by__email",
    )  # fmt: skip
    return Subquery(acts.values(told=told)[:1], output_field=JSONField())


def act_of(line: Any) -> ExceptionalAct | None:
    told = line.waiting_act
    if told is None:
        return None
    names = ("id", "first_name", "last_name", "email")
    return ExceptionalAct(
        title=told["title"],
        why=told["why"],
        asked_at=datetime.fromisoformat(told["at"]),
        asked_by=User(**{name: told[name] for name in names}),
    )


def said_of(
    tenant_id: UUID, lines: Sequence[Any], accounts: Mapping[UUID, BankAccount]
) -> dict[UUID, list[Said]]:
    if not lines:
        return {}
    found: dict[UUID, list[Said]] = {}
    by_match: dict[tuple[UUID, UUID], Said] = {}
    moving: dict[UUID, Transfer] = {}
    for each in matches_of(tenant_id, [line.id for line in lines]):
        made = said_by(each.match)
        found.setdefault(each.statement_line_id, []).append(made)
        by_match[each.statement_line_id, each.match_id] = made
        if each.moved_from:
            moving[each.match_id] = transfer_of(each, accounts)
    for part in parts_of(tenant_id, [line.id for line in lines if line.is_allocated]):
        transfer = moving.get(part.match_id)
        target = transfer_target(part, transfer) if transfer else target_of(part)
        made_by = by_match.get((part.statement_line_id, part.match_id))
        if made_by is None:
            made_by = said_without_match(part)
            found.setdefault(part.statement_line_id, []).append(made_by)
        made_by.targets.append(target)
    return found


def matches_of(tenant_id: UUID, lines: Sequence[UUID]) -> "QuerySet[Any]":
    """That lines are of a match, with its transfer where it is one."""
    rows = MatchLine.objects.of(tenant_id).standing().filter(statement_line__in=lines)
    found: QuerySet[Any] = rows.annotate(
        moved_from=F("match__transfers__from_account_id"),
        moved_to=F("match__transfers__to_account_id"),
        waits_for_arrival=F("match__transfers__waits_for_arrival"),
        completed_at=F("match__transfers__completed_at"),
    )
    return found.select_related("match__made_by", "match__rule").order_by("added_at", "id")


def transfer_of(row: Any, accounts: Mapping[UUID, BankAccount]) -> Transfer:
    return Transfer(
        from_account=accounts[row.moved_from],
        to_account=accounts[row.moved_to],
        waits_for_arrival=row.waits_for_arrival,
        completed_at=row.completed_at,
    )


def said_by(match: Match) -> Said:
    return Said(
        by=match.made_by.display_name if match.made_by else "",
        at=match.made_at,
        words=IN_SHORT.get(Match.Kind(match.kind), match.get_kind_display()),
        undo_url=reverse("reconciliation:undo", args=[match.id]),
        is_automatic=match.is_automatic,
        why=match.why,
        reasons=reasons_of(match),
        how=how_of(match),
        is_of_return=match.kind == Match.Kind.GIVE_BACK,
    )


def how_of(match: Match) -> str:
    """«Automático, por regra «Tarifas» · 94 de 100»; empty for what a person chose by hand."""
    if match.degree == Match.Degree.HAND:
        return ""
    words = match.get_degree_display()
    if match.rule is not None:
        by_rule = words if match.degree == Match.Degree.RULE else f"{words}, da regra"
        words = f"{by_rule} «{match.rule}»"
    return words if match.score is None else f"{words}\u00a0· {match.score}\u00a0de\u00a0100"


def reasons_of(match: Match) -> list[str]:
    """What spoke for it, beside `how_of`, which names its rule."""
    told = [each for each in match.reasons if not is_of_rule(each)] if match.rule else match.reasons
    return [words for each in told if (words := reason_words(each))]


def is_of_rule(reason: Any) -> bool:
    return isinstance(reason, Mapping) and reason.get("slug") == "rule"


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
        booked=booked_on("journal_line"),
    )
    return list(rows.order_by("created_at", "id"))


def booked_on(line: str) -> ArraySubquery:
    """The other accounts of the entry of a journal line, with cost centres; `booked_words` tells
    them."""
    others = JournalLine.objects.filter(
        tenant=OuterRef("tenant"), entry=OuterRef(f"{line}__entry")
    ).exclude(id=OuterRef(line))
    told = JSONObject(account="account__name", center="cost_center__name")
    return ArraySubquery(others.order_by("position").values(told=told)[: ACCOUNTS_SHOWN + 1])


def booked_words(booked: Sequence[Mapping[str, Any]]) -> str:
    """«Fretes · Filial, Aluguel»."""
    names = dict.fromkeys(
        " · ".join(filter(None, (each["account"], each["center"]))) for each in booked
    )
    shown = list(names)[:ACCOUNTS_SHOWN]
    return ", ".join(shown) + (" e outras" if len(booked) > ACCOUNTS_SHOWN else "")


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
    day = "" if entry.date == part.statement_line.booked_on else f"em {entry.date:%d/%m/%Y}"
    detail = " · ".join(filter(None, (booked_words(part.booked), day)))
    return Target(entry.memo, reverse("accounts:entry", args=[entry.id]), amount, detail)


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
