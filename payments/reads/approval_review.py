"""What approving or giving back the chosen bills does, said before it is done."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from banking.banks.contract.payments import Rail
from core.money import format_brl
from core.plurals import counted
from payments.models import Payable
from payments.reads.approvals import Item, Waiting, total, waiting_for
from tenants.models import Membership

CHANGED = "mudou desde que você abriu a lista"
WARNED = "tem um aviso: aprove individualmente"
RAILS = ((Rail.BOLETO, "boleto", "boletos"), (Rail.PIX, "Pix", "Pix"), (Rail.TED, "TED", "TED"))
DECIDED = "não está mais aguardando a sua aprovação"


@dataclass(frozen=True)
class Review:
    items: Sequence[Item]  # the largest first
    left_out: Sequence[tuple[Payable, str]]  # of the chosen ones, each with the reason
    waiting: Waiting

    @property
    def amount(self) -> Decimal:
        return total(self.items)

    @property
    def payees(self) -> int:
        return len({item.payable.payee_id for item in self.items})

    @property
    def by_rail(self) -> str:
        """«3 boletos, R$ 5.415,80 · 6 Pix, R$ 22.499,00»"""
        parts = []
        for rail, one, many in RAILS:
            of_rail = [item for item in self.items if item.payable.method == rail]
            if of_rail:
                amount = format_brl(total(of_rail))
                parts.append(f"{counted(len(of_rail), one, many)}, R$\u00a0{amount}")
        return " · ".join(parts)

    @property
    def for_today(self) -> int:
        return sum(item.is_for_today for item in self.items)

    @property
    def incomplete(self) -> list[Item]:
        """Those that wait for another person after this approval."""
        return [
            item for item in self.items if item.payable.approvals_needed > len(item.standing) + 1
        ]

    @property
    def warned(self) -> int:
        return len(self.waiting.warned)


def review_of(shown: Mapping[UUID, str], by: Membership, now: datetime) -> Review | None:
    """Of the chosen bills, each with the digest that was shown; None: one is not the company's."""
    return sort_out(shown, by, now, lambda item: why_not_approved(item, shown[item.payable.id]))


def rejection_of(chosen: Collection[UUID], by: Membership, now: datetime) -> Review | None:
    """The same before they are given back: neither a warning nor a change keeps one here."""
    return sort_out(chosen, by, now, lambda item: "" if item.can_decide else item.why_not)


def why_not_approved(item: Item, digest: str) -> str:
    if not item.can_decide:
        return item.why_not
    if item.digest != digest:
        return CHANGED
    return WARNED if item.cautions else ""


def sort_out(
    chosen: Collection[UUID], by: Membership, now: datetime, why_not: Callable[[Item], str]
) -> Review | None:
    """`why_not` says of a bill that waits why it is left out; empty where it is not."""
    waiting = waiting_for(by, now)
    known = [waiting.by_id[id] for id in chosen if id in waiting.by_id]
    unknown = [id for id in chosen if id not in waiting.by_id]
    decided = list(Payable.objects.of(by.tenant_id).filter(id__in=unknown).select_related("payee"))
    if len(decided) != len(unknown):
        return None
    reasons = [(item, why_not(item)) for item in known]
    items = [item for item, why in reasons if not why]
    left_out = [(item.payable, why) for item, why in reasons if why]
    left_out += [(payable, DECIDED) for payable in decided]
    items.sort(key=lambda item: (-item.payable.amount, item.payable.id))
    return Review(items, left_out, waiting)
