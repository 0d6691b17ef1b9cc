"""What undoing matches would do, said before it is done. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from accounts.models import JournalEntry
from banking.models import StatementLine
from charges.models import Settlement
from payments.models import Payable, PaymentOrder
from reconciliation.matches.blockers import (
    Blocker,
    Chains,
    Kind,
    blockers_among,
    chains_of,
    each_once,
    effects_of,
)
from reconciliation.models import Match, MatchEffect, MatchLine

Row = TypeVar("Row", bound=Any)
SHORT = 12  # things that are named one by one


@dataclass(slots=True)
class Undoing:
    """What undoing some matches does, together."""

    matches: list[Match] = field(default_factory=list)
    lines: list[StatementLine] = field(default_factory=list)  # open again
    kept: list[JournalEntry] = field(default_factory=list)  # entries that stay, open
    rewritten: list[JournalEntry] = field(default_factory=list)  # without their difference again
    reversed: list[JournalEntry] = field(default_factory=list)
    bills: list[Payable] = field(default_factory=list)  # wait for approval again
    orders: list[PaymentOrder] = field(default_factory=list)  # a person tells their result
    settlements: list[Settlement] = field(default_factory=list)  # their charges are owed again
    blockers: list[Blocker] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        """«reabre 2 linhas do extrato», «estorna 1 lançamento contábil»."""
        told = [
            counted(len(self.lines), "reabre {} linha{} do extrato"),
            counted(len(self.kept), "mantém {} lançamento{} contáb{}"),
            counted(len(self.rewritten), "tira a diferença de {} lançamento{} contáb{}"),
            counted(len(self.reversed), "estorna {} lançamento{} contáb{}"),
            counted(len(self.bills), "devolve {} conta{} para aprovação"),
            counted(len(self.orders), "pede que informem o resultado de {} pagamento{}"),
            counted(len(self.settlements), "reabre {} cobrança{}"),
        ]
        return [each for each in told if each]

    @property
    def words(self) -> str:
        """«Reabre 2 linhas do extrato, estorna 1 lançamento contábil.»"""
        sentence = ", ".join(self.said)
        return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""

    @property
    def is_short(self) -> bool:
        things: Sequence[Sequence[Any]] = (
            self.lines, self.kept, self.rewritten, self.reversed, self.bills, self.orders,
            self.settlements,
        )  # fmt: skip
        return sum(len(each) for each in things) <= SHORT


def counted(number: int, form: str) -> str:
    if not number:
        return ""
    plural = number > 1
    return form.format(number, "s" if plural else "", "eis" if plural else "il")


def effect_of(matches: Sequence[Match]) -> Undoing:
    """Of matches of one company that stand; the newest first. Runs inside the company's scope. As
    many queries for many as for one."""
    if not matches:
        return Undoing()
    newest = sorted(matches, key=lambda each: (each.made_at, each.id), reverse=True)
    ids = [match.id for match in newest]
    effects = effects_of(newest[0].tenant_id, ids)
    chains = chains_of(effects)
    undoing = Undoing(matches=newest, lines=lines_of(newest))
    for match in ids:
        for effect in effects.get(match, []):
            add(undoing, effect, chains)
    undoing.kept, undoing.reversed = once(undoing.kept), once(undoing.reversed)
    told = blockers_among(effects, chains)
    found = each_once(each for match in ids for each in told.get(match, []))
    mine = set(ids)
    undoing.blockers = [each for each in found if each.match is None or each.match.id not in mine]
    return undoing


def once(rows: Iterable[Row]) -> list[Row]:
    return list({each.id: each for each in rows}.values())


def lines_of(matches: Sequence[Match]) -> list[StatementLine]:
    rows = MatchLine.objects.of(matches[0].tenant_id).filter(match__in=[m.id for m in matches])
    told = rows.select_related("statement_line__bank_account").defer("statement_line__raw")
    place = {match.id: number for number, match in enumerate(matches)}
    found = sorted(told.order_by("added_at", "id"), key=lambda each: place[each.match_id])
    return once(each.statement_line for each in found)


def add(undoing: Undoing, effect: MatchEffect, chains: Chains) -> None:
    if effect.kind == Kind.LINKED and effect.entry_id is not None:
        undoing.kept.append(chains[effect.entry_id][-1])
    elif effect.kind == Kind.REWRITTEN and effect.former is not None:
        undoing.rewritten.append(effect.former)
    elif effect.kind == Kind.BILL_PAID and effect.bill is not None:
        undoing.bills.append(effect.bill)
    elif effect.kind == Kind.ORDER_PROVED and effect.order is not None:
        undoing.orders.append(effect.order)
    elif effect.kind == Kind.CHARGE_SETTLED and effect.settlement is not None:
        undoing.settlements.append(effect.settlement)
    elif is_own_entry(effect) and effect.entry_id is not None:
        undoing.reversed.append(chains[effect.entry_id][-1])


def is_own_entry(effect: MatchEffect) -> bool:
    """Whether the match alone made the entry. An order's return and a refund are their facts."""
    if effect.kind == Kind.GIVEN_BACK:
        return effect.order_id is None and effect.settlement_id is None
    return effect.kind == Kind.CREATED


def matches_of(tenant_id: UUID, lines: Sequence[UUID]) -> dict[UUID, list[Match]]:
    """What stands of some lines, for the page that shows them; two queries."""
    rows = MatchLine.objects.of(tenant_id).standing().filter(statement_line__in=list(lines))
    found: dict[UUID, list[Match]] = {}
    for each in rows.select_related("match__made_by").order_by("added_at", "id"):
        found.setdefault(each.statement_line_id, []).append(each.match)
    return found
