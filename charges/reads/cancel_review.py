"""What cancelling many charges does, said before it is done."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from banking.models import BankAccount
from charges.models import Charge
from charges.states import SlipStatus
from charges.terms.check import reais, rules_of
from charges.tracking.bulk_cancellation import live_slips, reason_against, refuse_too_many
from core.plurals import counted
from tenants.models import Membership

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class CancelReview:
    ending: Sequence[Charge]
    at_bank: Sequence[Charge]  # of them, those whose slip a bank has to end
    left_out: Sequence[tuple[Charge, str]]  # and why

    @property
    def amount(self) -> Decimal:
        return sum((charge.rest for charge in self.ending), ZERO)

    @property
    def payers(self) -> int:
        return len({charge.payer_id for charge in self.ending})

    @property
    def effects(self) -> list[str]:
        """Of each bank: how many slips it ends, and what it takes for that."""
        accounts = {charge.bank_account_id: charge.bank_account for charge in self.at_bank}
        by_bank = Counter(charge.bank_account.bank_name for charge in self.at_bank)
        kinds = {account.bank_name: account for account in accounts.values()}
        said = [effect(kinds[name], count) for name, count in sorted(by_bank.items())]
        if never := len(self.ending) - len(self.at_bank):
            told = counted(never, "não está em banco nenhum", "não estão em banco nenhum")
            said.append(f"{told}: nada é pedido.")
        return said


def effect(account: BankAccount, count: int) -> str:
    slips = counted(count, "boleto é encerrado", "boletos são encerrados")
    rules, at = rules_of(account), account.bank_said.at
    fee = rules.cancellation_fee if rules else None
    if fee is None:
        return f"{slips} {at}."
    each = f"{reais(fee)} por cancelamento"
    total = f", {reais(fee * count)} ao todo" if count > 1 else ""
    return f"{slips} {at}, que cobra {each}{total}."


def review_cancelling(ids: Collection[UUID], by: Membership) -> CancelReview | None:
    """None: one of them is not this company's. Two queries.

    Raises:
        InvalidInput: there are too many.
    """
    told = Charge.objects.of(by.tenant_id).filter(id__in=ids).order_by("due_date", "id")
    charges = list(told.select_related("payer", "bank_account"))
    if len(charges) != len(ids):
        return None
    refuse_too_many(charges)
    slips = live_slips(by.tenant_id, [charge.id for charge in charges])
    reasons = {
        charge.id: reason_against(charge, slips.get(charge.id), still_owed=False)
        for charge in charges
    }
    ending = [charge for charge in charges if not reasons[charge.id]]
    return CancelReview(
        ending,
        [
            charge
            for charge in ending
            if charge.id in slips and slips[charge.id].status != SlipStatus.QUEUED
        ],
        [(charge, reasons[charge.id]) for charge in charges if reasons[charge.id]],
    )
