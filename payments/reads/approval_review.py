"""What approving the chosen bills does, said before it is done."""

from collections.abc import Mapping, Sequence
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
    waiting = waiting_for(by, now)
    items, left_out = [], []
    unknown = {id: shown[id] for id in shown if id not in waiting.by_id}
    for id, digest in shown.items():
        item = waiting.by_id.get(id)
        if item is None:
            continue
        if not item.can_decide:
            left_out.append((item.payable, item.why_not))
        elif item.digest != digest:
            left_out.append((item.payable, CHANGED))
        elif item.cautions:
            left_out.append((item.payable, WARNED))
        else:
            items.append(item)
    decided = list(Payable.objects.of(by.tenant_id).filter(id__in=unknown).select_related("payee"))
    if len(decided) != len(unknown):
        return None
    left_out += [(payable, DECIDED) for payable in decided]
    items.sort(key=lambda item: (-item.payable.amount, item.payable.id))
    return Review(items, left_out, waiting)
