"""A person says that a proposal is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from banking.models import StatementLine
from charges.settlement.received import KEEP
from core.errors import Changed, InvalidState
from core.money import CENTAVO
from payments.models import Payable
from payments.rails.debit_account import preferred_account
from payments.rails.seal import digest_of, seal_of
from payments.states import PayableStatus
from people.exceptional_acts import lock_person
from reconciliation.matches.differences import Difference, DifferenceKind
from reconciliation.matches.give_back import give_back
from reconciliation.matches.hold import Seen, hold_lines, versions_of
from reconciliation.matches.items import Choice, ItemKind
from reconciliation.matches.match import match_in_act
from reconciliation.matches.pairing import Done, Pairing, seen_from_json, seen_to_json
from reconciliation.matches.transfer import transfer
from reconciliation.matches.undo import undo
from reconciliation.matches.write import Origin
from reconciliation.models import Match, MatchEffect, MatchLine, Proposal
from tenants.models import Membership

ZERO = Decimal("0.00")
NO_LONGER = "Esta proposta não vale mais: confira como a linha está."
KINDS = {
    "interest": DifferenceKind.INTEREST,
    "discount": DifferenceKind.DISCOUNT,
    "withholding": DifferenceKind.WITHHELD,
    "fee": DifferenceKind.FEE,
    "rounding": DifferenceKind.CENTS,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal with what a person saw of it: `seen` by line, `shown` by bill."""

    proposal: Proposal
    seen: Seen
    shown: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        return {
            "line": str(self.proposal.line_id),
            "lines": [str(line) for line in self.proposal.lines],
            "parts": self.proposal.parts,
            "seen": seen_to_json(self.seen),
            "shown": dict(self.shown),
        }


def accept_offered(offered: Mapping[str, Any], *, by: Membership) -> Done:
    """An `Offer` that was kept as JSON.

    Raises:
        Changed, DomainError: as `accept`.
    """
    rows = Proposal.objects.of(by.tenant_id).filter(
        line_id=offered["line"], parts=offered["parts"], lines=offered["lines"]
    )
    proposal = rows.first()
    seen = seen_from_json(offered["seen"])
    if proposal is None:
        hold_lines([UUID(line) for line in offered["lines"]], by=by, seen=seen)  # who was faster
        raise Changed(NO_LONGER, code="proposal_changed")
    made = accept(proposal, by=by, seen=seen, shown=offered["shown"])
    return next((each for each in made if each.waiting), made[0])


@transaction.atomic
def accept(
    proposal: Proposal,
    *,
    by: Membership,
    seen: Seen | None = None,
    shown: Mapping[str, str] | None = None,
    debt: str = "",
    why: str = "",
) -> list[Done]:
    """What of fine and interest lacks stays owed; `debt` says of a charge whose money came back
    whether it is owed again. `shown` has by bill the digest of what the person saw, of those that
    wait for approval; None: as they are now. Runs inside the company's scope.

    Raises:
        Changed: (code `proposal_changed`) the line stands for something, or is proposed otherwise,
            by now.
        DomainError: as matching, transferring or giving back raises it.
    """
    require_current(proposal)
    if proposal.kind == Proposal.Kind.TRANSFER:
        return accept_transfer(proposal, by, seen)
    if proposal.kind == Proposal.Kind.RETURN:
        return [accept_return(proposal, by, seen, debt, why)]
    if shown is None:
        shown = digests_of(proposal, by.tenant_id)
    return [match_in_act(pairing_of(proposal, by.tenant_id, seen, shown, why), by=by)]


def require_current(proposal: Proposal) -> None:
    rows = Proposal.objects.of(proposal.tenant_id).filter(
        line_id=proposal.line_id, parts=proposal.parts, lines=proposal.lines
    )
    if not rows.exists():
        raise Changed(NO_LONGER, code="proposal_changed")


def origin_of(proposal: Proposal, by: Membership) -> Origin:
    return Origin(
        by=by,
        degree=Match.Degree.ACCEPTED,
        reasons=proposal.reasons,
        score=proposal.score,
    )


# --- Bills, charges, entries ---


def pairing_of(
    proposal: Proposal, tenant_id: UUID, seen: Seen | None, shown: Mapping[str, str], why: str
) -> Pairing:
    return Pairing(
        lines=proposal.lines,
        items=[
            Choice(
                ItemKind(part["kind"]),
                UUID(part["id"]),
                Decimal(part["amount"]),
                shown=shown.get(part["id"], ""),
                late=KEEP if part["kind"] == ItemKind.CHARGE else "",
            )
            for part in proposal.parts
        ],
        differences=differences_of(proposal, tenant_id),
        seen=seen,
        why=why,
        degree=Match.Degree.ACCEPTED,
        reasons=proposal.reasons,
        score=proposal.score,
    )


def sign_of(proposal: Proposal, tenant_id: UUID) -> int:
    lines = StatementLine.objects.of(tenant_id).filter(id=proposal.line_id)
    amount = lines.values_list("amount", flat=True).first()
    if amount is None:
        raise InvalidState("Esta linha foi retirada do extrato.", code="no_line")
    return 1 if amount > 0 else -1


def differences_of(proposal: Proposal, tenant_id: UUID) -> list[Difference]:
    """One of several items is shared out by their amounts, to the centavo."""
    if proposal.difference is None:
        return []
    kind, sign = KINDS[proposal.difference["kind"]], sign_of(proposal, tenant_id)
    amount = signed(proposal, kind, Decimal(proposal.difference["amount"]), sign)
    amounts = [Decimal(part["amount"]) for part in proposal.parts]
    shares = shared_out(abs(amount), amounts)
    return [
        Difference(kind, share.copy_sign(amount), of=UUID(part["id"]))
        for part, share in zip(proposal.parts, shares, strict=True)
        if share
    ]


def signed(proposal: Proposal, kind: DifferenceKind, amount: Decimal, sign: int) -> Decimal:
    """With the sign of the bank line where it moved more than the items, else the other one."""
    if kind is DifferenceKind.FEE:
        return -amount  # it lowers a receipt, and raises a payment
    if kind is DifferenceKind.CENTS:
        items = sum((Decimal(part["amount"]) for part in proposal.parts), ZERO)
        lines = StatementLine.objects.of(proposal.tenant_id).filter(id__in=proposal.lines)
        moved = abs(sum(lines.values_list("amount", flat=True), ZERO))
        return amount * sign if moved > items else -amount * sign
    return amount * sign if kind is DifferenceKind.INTEREST else -amount * sign


def shared_out(whole: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    total = sum(amounts, ZERO)
    shares = [(whole * each / total).quantize(CENTAVO, ROUND_DOWN) for each in amounts]
    shares[-1] += whole - sum(shares, ZERO)
    return shares


def digests_of(proposal: Proposal, tenant_id: UUID) -> dict[str, str]:
    """Of bills that wait for approval, as they are now."""
    ids = [part["id"] for part in proposal.parts if part["kind"] == ItemKind.BILL]
    rows = Payable.objects.of(tenant_id).filter(id__in=ids, status=PayableStatus.PENDING)
    waiting = list(rows.with_destinations().select_related("bank_account"))
    usual = preferred_account(tenant_id) if waiting else None
    return {str(bill.id): digest_of(seal_of(bill, bill.bank_account or usual)) for bill in waiting}


# --- Lines with each other ---


def accept_transfer(proposal: Proposal, by: Membership, seen: Seen | None) -> list[Done]:
    one, other = proposal.lines
    if not proposal.parts:
        made = transfer(one, by=by, other_line=other, seen=seen, origin=origin_of(proposal, by))
        return [Done(made.match)]
    lock_person(by.tenant_id, by.user_id)
    held = hold_lines(proposal.lines, by=by, seen=seen)
    left, came = sorted(held, key=lambda line: line.amount)
    return [
        match_in_act(
            Pairing(
                lines=[line.id],
                items=[Choice(ItemKind.ENTRY, UUID(part["id"]))],
                seen=seen,
                degree=Match.Degree.ACCEPTED,
                reasons=proposal.reasons,
                score=proposal.score,
            ),
            by=by,
        )
        for line, part in zip((left, came), proposal.parts, strict=True)
    ]


def accept_return(
    proposal: Proposal, by: Membership, seen: Seen | None, debt: str, why: str
) -> Done:
    other, line = proposal.lines
    lock_person(by.tenant_id, by.user_id)
    hold_lines(proposal.lines, by=by, seen=seen)
    if proposal.undoes:
        standing = MatchLine.objects.of(by.tenant_id).filter(
            statement_line=other, ended_at=None, match__degree__in=["rule", "id", "evidence"]
        )
        # What was matched by itself falls; what a person said comes back as what it is, and so does
        # a payment that the company sent: both it and its return are facts.
        sent = MatchEffect.objects.of(by.tenant_id).filter(kind=MatchEffect.Kind.ORDER_PROVED)
        standing = standing.exclude(match__in=sent.values("match"))
        automatic = set(standing.values_list("match", flat=True))
        if automatic and not debt:
            undo(automatic, by=by, why=why or "O dinheiro voltou.")
            seen = versions_of(by.tenant_id, proposal.lines)
    return give_back(line, other, by=by, why=why, debt=debt, seen=seen)
