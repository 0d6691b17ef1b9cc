"""What undoing matches would do, said before it is done. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from accounts.chart.reclassify import standing
from accounts.models import JournalEntry
from banking.models import StatementLine
from charges.models import Settlement
from charges.settlement.undo import why_not_undone
from payments.bills.paid_outside import payment_of
from payments.bills.rest import OPEN, rest_moved
from payments.models import Payable, PaymentOrder
from payments.states import PayableStatus
from reconciliation.models import Match, MatchEffect, MatchLine

Kind = MatchEffect.Kind


@dataclass(frozen=True, slots=True)
class Blocker:
    """What stands on a match and goes first: another match, or something that only its own page
    takes back."""

    words: str  # a Portuguese sentence
    match: Match | None = None


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
    def words(self) -> str:
        """«Reabre 2 linhas do extrato, estorna 1 lançamento contábil.»"""
        told = [
            counted(len(self.lines), "Reabre {} linha{} do extrato"),
            counted(len(self.kept), "mantém {} lançamento{} contáb{}"),
            counted(len(self.rewritten), "tira a diferença de {} lançamento{} contáb{}"),
            counted(len(self.reversed), "estorna {} lançamento{} contáb{}"),
            counted(len(self.bills), "devolve {} conta{} para aprovação"),
            counted(len(self.orders), "pede que informem o resultado de {} pagamento{}"),
            counted(len(self.settlements), "reabre {} cobrança{}"),
        ]
        sentence = ", ".join(filter(None, told))
        return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def counted(number: int, form: str) -> str:
    if not number:
        return ""
    plural = number > 1
    return form.format(number, "s" if plural else "", "eis" if plural else "il")


def effect_of(matches: Sequence[Match]) -> Undoing:
    """Of matches of one company that stand; the newest first. Runs inside the company's scope."""
    undoing = Undoing()
    ids = {match.id for match in matches}
    for match in sorted(matches, key=lambda each: (each.made_at, each.id), reverse=True):
        undoing.matches.append(match)
        rows = MatchLine.objects.of(match.tenant_id).filter(match=match)
        found = rows.select_related("statement_line__bank_account").order_by("added_at", "id")
        undoing.lines += [each.statement_line for each in found]
        for effect in effects_of(match):
            add(undoing, effect)
        undoing.blockers += [
            each for each in blockers_of(match) if each.match is None or each.match.id not in ids
        ]
    return undoing


def effects_of(match: Match) -> list[MatchEffect]:
    """The last one first, as they are taken back."""
    rows = MatchEffect.objects.of(match.tenant_id).filter(match=match)
    related = rows.select_related(
        "entry", "former", "bill__payee", "payment__rest", "order__payable__payee",
        "settlement__charge",
    )  # fmt: skip
    return list(related.order_by("-position"))


def add(undoing: Undoing, effect: MatchEffect) -> None:
    if effect.kind == Kind.LINKED and effect.entry is not None:
        undoing.kept.append(standing(effect.entry))
    elif effect.kind == Kind.REWRITTEN and effect.former is not None:
        undoing.rewritten.append(effect.former)
    elif effect.kind == Kind.BILL_PAID and effect.bill is not None:
        undoing.bills.append(effect.bill)
    elif effect.kind == Kind.ORDER_PROVED and effect.order is not None:
        undoing.orders.append(effect.order)
    elif effect.kind == Kind.CHARGE_SETTLED and effect.settlement is not None:
        undoing.settlements.append(effect.settlement)
    elif is_own_entry(effect) and effect.entry is not None:
        undoing.reversed.append(standing(effect.entry))


def is_own_entry(effect: MatchEffect) -> bool:
    """Whether the match alone made the entry. An order's return and a refund are their facts."""
    if effect.kind == Kind.GIVEN_BACK:
        return effect.order_id is None and effect.settlement_id is None
    return effect.kind == Kind.CREATED


# --- What stands on it ---


def blockers_of(match: Match) -> list[Blocker]:
    found: list[Blocker] = []
    for effect in effects_of(match):
        if effect.entry is not None:
            found += given_back(match, [effect.entry, standing(effect.entry)])
        if effect.kind == Kind.BILL_PAID and effect.bill is not None:
            found += on_bill(effect.bill)
        if effect.kind == Kind.CHARGE_SETTLED and effect.settlement is not None:
            found += on_receipt(effect.settlement)
    return list({(each.match.id if each.match else each.words): each for each in found}.values())


def given_back(match: Match, entries: Sequence[JournalEntry]) -> list[Blocker]:
    later = MatchEffect.objects.of(match.tenant_id).filter(
        kind=Kind.GIVEN_BACK, former__in=entries, match__ended_at=None
    )
    later = later.exclude(match=match).select_related("match", "former")
    return [
        Blocker(f"A devolução de «{each.former}» foi conciliada depois.", each.match)
        for each in later
    ]


def on_receipt(settlement: Settlement) -> list[Blocker]:
    if settlement.undone_at is not None:
        return []  # on the charge's page
    sentence = why_not_undone(settlement)
    return [Blocker(sentence)] if sentence else []


def on_bill(bill: Payable) -> list[Blocker]:
    payment = payment_of(bill)
    if payment is None or payment.rest is None:
        return []
    rest = payment.rest
    if rest.status in OPEN or rest.status == PayableStatus.CANCELLED:
        return []
    of_rest = MatchEffect.objects.of(bill.tenant_id).filter(bill=rest, match__ended_at=None)
    effect = of_rest.select_related("match").first()
    return [Blocker(rest_moved(rest), effect.match if effect else None)]


def matches_of(tenant_id: UUID, lines: Sequence[UUID]) -> dict[UUID, list[Match]]:
    """What stands of some lines, for the page that shows them; two queries."""
    rows = MatchLine.objects.of(tenant_id).standing().filter(statement_line__in=list(lines))
    found: dict[UUID, list[Match]] = {}
    for each in rows.select_related("match__made_by").order_by("added_at", "id"):
        found.setdefault(each.statement_line_id, []).append(each.match)
    return found
