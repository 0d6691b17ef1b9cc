"""Undo matches, alone or many, together or not at all."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from accounts.chart.reclassify import standing
from accounts.journal.entries import hold_entry, reverse_entry, rewrite_entry
from accounts.journal.postings import postings_of
from accounts.models import Account, JournalEntry
from audit.acts import Act
from audit.services import record
from banking.models import Allocation
from banking.statements.allocation import take_apart
from charges.settlement.undo import undo_received
from charges.transitions import lock_charges
from core.clock import database_now
from core.errors import InvalidState
from core.text import read_line, shorten
from payments.bills.approval import hold
from payments.bills.paid_outside import payment_of, undo_paid_outside
from payments.bills.tiers import lock_rules
from payments.models import Payable, PaymentOrder
from payments.orders.transitions import lock_in_order, require_review
from reconciliation.matches.blockers import Blocker, Kind, effects_of
from reconciliation.matches.effect import Undoing, effect_of, is_own_entry
from reconciliation.matches.hold import hold_lines, name_of
from reconciliation.matches.match import in_words
from reconciliation.models import Match, MatchEffect, MatchLine
from tenants.models import Membership, User

DEFAULT_WHY = "Conciliação desfeita."


class StandsOn(InvalidState):
    """Something later stands on it, and goes first: `blockers`."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        told = " ".join(dict.fromkeys(each.words for each in blockers))
        super().__init__(f"Antes é preciso desfazer o que veio depois: {told}", code="stands_on")
        self.blockers = list(blockers)


@transaction.atomic
def undo(ids: Collection[UUID], *, by: Membership, why: str = "") -> Undoing:
    """Their lines are open again, what they made is reversed on its own day, what was there before
    stays. Nothing makes the same match again by itself. Runs inside the company's scope.

    Raises:
        StandsOn: something stands on one of them and is not among them; nothing is undone.
        InvalidState: (code `already_undone`) one of them is over; and what undoing the payment of a
            bill or the receipt of a charge raises.
        NotAllowed: as `hold_lines`.
    """
    lines = MatchLine.objects.of(by.tenant_id).filter(match__in=list(ids))
    hold_lines(set(lines.values_list("statement_line_id", flat=True)), by=by, seen=None)
    matches = held_matches(ids, by)
    hold_items(matches, by.tenant_id)
    undoing = effect_of(matches)
    if undoing.blockers:
        raise StandsOn(undoing.blockers)
    why = read_line(why) or DEFAULT_WHY
    for match in undoing.matches:
        undo_one(match, by, why)
    for match in undoing.matches:
        put_on_record(match, by, why)
    return undoing


def held_matches(ids: Collection[UUID], by: Membership) -> list[Match]:
    rows = Match.objects.of(by.tenant_id).filter(id__in=list(ids)).order_by("id")
    matches = list(rows.select_for_update(of=("self",), no_key=True).select_related("undone_by"))
    for match in matches:
        if match.ended_at is not None:
            raise already_undone(match.undone_by)
    if len(matches) < len(set(ids)):
        raise InvalidState("Esta conciliação não existe.", code="no_match")
    return matches


def already_undone(who: User | None) -> InvalidState:
    by = f" por {name_of(who)}" if who else ""
    return InvalidState(f"Esta conciliação já foi desfeita{by}.", code="already_undone")


def hold_items(matches: Sequence[Match], tenant_id: UUID) -> None:
    """In the order in which all hold them, before the first is undone."""
    effects = MatchEffect.objects.of(tenant_id).filter(match__in=matches)
    bills = set(effects.exclude(bill=None).values_list("bill_id", flat=True))
    orders = set(effects.exclude(order=None).values_list("order_id", flat=True))
    if bills or orders:
        lock_rules(tenant_id)
        lock_in_order(PaymentOrder.objects.of(tenant_id).filter(id__in=orders))
        list(hold(Payable.objects.of(tenant_id).filter(id__in=bills)))
    charges = effects.exclude(settlement=None).values_list("settlement__charge_id", flat=True)
    lock_charges(tenant_id, set(charges))


def undo_by_product(match: Match, why: str) -> None:
    """What the product matched by itself, when the money came back. The caller holds its line."""
    hold_items([match], match.tenant_id)
    undo_one(match, None, why)
    put_on_record(match, None, why)


def undo_one(match: Match, by: Membership | None, why: str) -> None:
    match.ended_at, match.undone_by = database_now(), by.user if by else None
    match.undone_why = shorten(why, 300) if by else ""  # by a person
    match.save(update_fields=["ended_at", "undone_by", "undone_why"])
    parts = Allocation.objects.of(match.tenant_id).standing().filter(match_parts__match=match)
    for part in parts.order_by("id"):
        take_apart(part, by=by)
    for effect in effects_of(match.tenant_id, [match.id]).get(match.id, []):
        take_back(effect, by, why)


def take_back(effect: MatchEffect, by: Membership | None, why: str) -> None:
    """What a person has taken back elsewhere already stays so."""
    if effect.kind == Kind.BILL_PAID and effect.bill is not None:
        payment = payment_of(effect.bill)
        if payment is not None and payment.id == effect.payment_id:
            undo_paid_outside(effect.bill, by=by, why=why)
    elif effect.kind == Kind.CHARGE_SETTLED and effect.settlement is not None:
        if effect.settlement.undone_at is None:
            assert by is not None  # what a charge got comes back by a refund
            undo_received(effect.settlement, by=by, why=why)
    elif effect.kind == Kind.ORDER_PROVED and effect.order is not None:
        sentence = f"{name_of(by and by.user)} desfez a conciliação que provava este pagamento."
        require_review(effect.order, sentence)
    elif effect.kind == Kind.REWRITTEN and effect.entry is not None and effect.former is not None:
        assert by is not None  # the product gives nothing up
        write_former(effect.entry, effect.former, by, why)
    elif is_own_entry(effect):
        assert effect.entry is not None  # matcheffect_of
        reverse(standing(effect.entry), by, why)


def reverse(entry: JournalEntry, by: Membership | None, why: str) -> None:
    hold_entry(entry)
    if entry.reversal is None:
        reverse_entry(entry, by=by.user if by else None, date=entry.date, why=why)


def write_former(written: JournalEntry, former: JournalEntry, by: Membership, why: str) -> None:
    """The entry as it was before the match, in the place of the one with the difference; on the
    accounts to which what the match has written was moved since."""
    entry = standing(written)
    hold_entry(entry)
    if entry.reversal is None:
        moved = moved_accounts(written, entry)
        lines = [
            each._replace(account=moved.get(each.account, each.account))
            for each in postings_of(former)
        ]
        rewrite_entry(entry, lines=lines, why=why, by=by.user)


def moved_accounts(before: JournalEntry, now: JournalEntry) -> dict[Account, Account]:
    """An entry that is moved keeps its lines in their order."""
    pairs = zip(postings_of(before), postings_of(now), strict=False)
    return {was.account: here.account for was, here in pairs if was.amount == here.amount}


def put_on_record(match: Match, by: Membership | None, why: str) -> None:
    rows = MatchLine.objects.of(match.tenant_id).filter(match=match)
    lines = [each.statement_line for each in rows.select_related("statement_line__bank_account")]
    record(
        Act.MATCH_UNDONE,
        on=match,
        by=by.user if by else None,
        why=why,
        before={
            "Ato": match.get_kind_display(),
            "Conta": ", ".join(dict.fromkeys(str(line.bank_account) for line in lines)),
            "Extrato": "; ".join(map(in_words, lines)),
        },
    )


def follow_undone(allocation: Allocation, *, by: User | None) -> None:
    """An allocation that a match made was undone on another page: it is the same act.

    Named in `settings.ON_ALLOCATION_UNDONE`; runs inside the company's scope.
    """
    rows = Match.objects.of(allocation.tenant_id).standing()
    match = rows.filter(parts__allocation=allocation).first()
    if match is None or by is None:
        return
    members = Membership.objects.of(allocation.tenant_id).select_related("user", "tenant")
    undo([match.id], by=members.get(user=by))


def undone_before(tenant_id: UUID, lines: Collection[UUID]) -> set[tuple[UUID, str, UUID]]:
    """(bank line, «entry», «bill» or «charge», its id) of what people took apart: no engine joins
    these again by itself. Two queries."""
    rows = MatchLine.objects.of(tenant_id).filter(
        statement_line__in=list(lines), match__undone_by__isnull=False
    )
    names = ("statement_line_id", "match__effects__entry_id", "match__effects__bill_id",
             "match__effects__settlement__charge_id")  # fmt: skip
    found: set[tuple[UUID, str, UUID]] = set()
    for line, entry, bill, charge in rows.values_list(*names):
        named = (("entry", entry), ("bill", bill), ("charge", charge))
        found |= {(line, kind, item) for kind, item in named if item}
    parts = Allocation.objects.of(tenant_id).undone().filter(statement_line__in=list(lines))
    pairs = parts.values_list("statement_line_id", "journal_line__entry_id")
    return found | {(line, "entry", entry) for line, entry in pairs}
