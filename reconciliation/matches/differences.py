"""What a bank line has more or less than its items, each on an account of its own.

Amounts are reais with the sign that they have on the bank: interest that a customer paid adds to
what came, and interest that we paid to what left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from accounts.chart.purposes import account_for
from accounts.journal.postings import takes_no_center
from accounts.models import Account, AccountPurpose, CostCenter
from core.errors import InvalidInput
from core.money import MAX_AMOUNT, two_places
from tenants.models import Tenant

MOST_CENTS = Decimal("0.99")


class DifferenceKind(StrEnum):
    INTEREST = "interest"
    FINE = "fine"
    DISCOUNT = "discount"
    FEE = "fee"
    WITHHELD = "withheld"
    CENTS = "cents"
    ADVANCE = "advance"  # what a customer paid beyond a charge
    OTHER = "other"


LABELS: Mapping[str, str] = {
    DifferenceKind.INTEREST: "Juros",
    DifferenceKind.FINE: "Multa",
    DifferenceKind.DISCOUNT: "Desconto",
    DifferenceKind.FEE: "Tarifa",
    DifferenceKind.WITHHELD: "Imposto retido",
    DifferenceKind.CENTS: "Centavos",
    DifferenceKind.ADVANCE: "Adiantamento de cliente",
    DifferenceKind.OTHER: "Outra diferença",
}
# Where each goes unless a person says otherwise: of money that came, and of money that left.
COMING: Mapping[str, AccountPurpose] = {
    DifferenceKind.INTEREST: AccountPurpose.LATE_CHARGES,
    DifferenceKind.FINE: AccountPurpose.LATE_CHARGES,
    DifferenceKind.DISCOUNT: AccountPurpose.DISCOUNTS,
    DifferenceKind.FEE: AccountPurpose.FEES,
    DifferenceKind.WITHHELD: AccountPurpose.WITHHELD,
    DifferenceKind.CENTS: AccountPurpose.ROUNDING,
    DifferenceKind.ADVANCE: AccountPurpose.ADVANCES,
}
LEAVING: Mapping[str, AccountPurpose] = {
    DifferenceKind.INTEREST: AccountPurpose.LATE_PAID,
    DifferenceKind.FINE: AccountPurpose.LATE_PAID,
    DifferenceKind.DISCOUNT: AccountPurpose.DISCOUNTS_GOT,
    DifferenceKind.FEE: AccountPurpose.FEES,
    DifferenceKind.WITHHELD: AccountPurpose.WITHHELD_DUE,
    DifferenceKind.CENTS: AccountPurpose.ROUNDING,
}
# Those that make the line larger than its items, and those that make it smaller.
ADDING = frozenset({DifferenceKind.INTEREST, DifferenceKind.FINE, DifferenceKind.ADVANCE})
LESSENING = frozenset({DifferenceKind.DISCOUNT, DifferenceKind.WITHHELD})


@dataclass(frozen=True, slots=True)
class Difference:
    kind: DifferenceKind
    amount: Decimal
    account: UUID | None = None  # of the chart; None: the usual one of its kind
    of: UUID | None = None  # the item that it belongs to; None: the only one, or none

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "amount": str(self.amount),
            "account": str(self.account) if self.account else "",
            "of": str(self.of) if self.of else "",
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Difference":
        return cls(
            DifferenceKind(kept["kind"]),
            Decimal(kept["amount"]),
            UUID(kept["account"]) if kept["account"] else None,
            UUID(kept["of"]) if kept["of"] else None,
        )

    @property
    def label(self) -> str:
        return LABELS[self.kind]

    @property
    def is_given_up(self) -> bool:
        """Whether the company has less by it than its items say: what a second person looks at
        above the limit. Tax that was withheld is no loss, and has a limit of its own."""
        return self.amount < 0 and self.kind is not DifferenceKind.WITHHELD


def check_difference(difference: Difference, sign: int) -> None:
    """`sign` is that of the bank lines.

    Raises:
        InvalidInput: (field `differences`) its amount is none, or has the wrong sign for its kind.
    """
    amount, kind = difference.amount, difference.kind
    try:
        two_places(amount)
    except ValueError:
        raise refused("Use valores com duas casas decimais.") from None
    if not amount or abs(amount) > MAX_AMOUNT:
        raise refused(f"Informe o valor de «{difference.label}».")
    is_more = amount * sign > 0
    if (kind in ADDING and not is_more) or (kind in LESSENING and is_more):
        raise refused(
            f"«{difference.label}» "
            + ("aumenta" if kind in ADDING else "diminui")
            + " o que passou pelo banco: confira o sinal."
        )
    if kind is DifferenceKind.FEE and amount > 0:
        raise refused("Uma tarifa diminui o saldo: confira o sinal.")
    if kind is DifferenceKind.CENTS and abs(amount) > MOST_CENTS:
        raise refused("Diferença de centavos vai até R$ 0,99: diga o que é a diferença.")
    if kind is DifferenceKind.ADVANCE and sign < 0:
        raise refused("Adiantamento de cliente é de um recebimento.")
    if kind is DifferenceKind.OTHER and difference.account is None:
        raise refused("Escolha a classificação desta diferença.")


def refused(message: str) -> InvalidInput:
    return InvalidInput(message, field="differences", code="difference")


def account_of(tenant: Tenant, difference: Difference, sign: int) -> Account:
    """
    Raises:
        InvalidInput: (field `differences`) it is no open account that entries are made on.
    """
    if difference.account is None:
        usual = COMING if sign > 0 else LEAVING
        return account_for(tenant, usual[difference.kind])
    return classification(tenant, difference.account, field="differences")


def classification(tenant: Tenant, account_id: UUID, *, field: str) -> Account:
    """An account that a bank line may be classified as: open, and no bank account's own.

    Raises:
        InvalidInput: (field `field`) it is none.
    """
    accounts = Account.objects.of(tenant).open().filter(id=account_id, is_bank_leaf=False)
    found: Account | None = accounts.select_related("group").first()
    if found is None:
        raise InvalidInput(
            "Escolha uma conta em uso que não seja de um banco; entre contas bancárias, use "
            "«transferir».",
            field=field,
            code="no_account",
        )
    return found


def center_for(account: Account, center_id: UUID | None) -> CostCenter | None:
    """The cost centre of a part that is classified so; none was asked for, and none is looked for.

    Raises:
        InvalidInput: (field `cost_center`) it is archived or none of the company's; the account
            takes none.
    """
    if center_id is None:
        return None
    centers = CostCenter.objects.of(account.tenant_id)
    found: CostCenter | None = centers.filter(id=center_id).first()
    if found is None:
        raise InvalidInput("Escolha um centro de custo da empresa.", field="cost_center")
    if found.is_archived:
        raise InvalidInput(
            f"O centro de custo {found} está arquivado e não recebe lançamentos.",
            field="cost_center",
            code="center_archived",
        )
    if not account.takes_cost_center:
        raise takes_no_center(account)
    return found
