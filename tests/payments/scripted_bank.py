"""A bank that answers what the test tells it to, and remembers what it was asked."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankError, BankRejected, BankUnavailable
from banking.banks.contract.info import BankInfo
from banking.banks.contract.payments import (
    BoletoPayment,
    Finding,
    KeyHolder,
    OpenOrder,
    OrderState,
    Payment,
    PixKey,
    Receipt,
    Search,
    TedPayment,
    Title,
    Whereabouts,
)


class ScriptedBank(BankAdapter):
    info: ClassVar[BankInfo] = registry.info("cora")

    def __init__(
        self,
        finding: Finding | BankError | None = None,
        states: dict[str, Whereabouts] | None = None,
        cancels: Sequence[BankError | None] = (),
        title: Title | BankError | None = None,
        holder: KeyHolder | BankError | None = None,
    ) -> None:
        self.finding = finding or Finding(Search.CANNOT_TELL)
        self.states = states or {}
        self.cancels = list(cancels)
        self.title = title
        self.holder = holder
        self.looked_up: list[str] = []
        self.twins: list[int] = []
        self.asked_about: list[str] = []
        self.cancelled: list[tuple[str, UUID]] = []

    def fetch_balance(self) -> Decimal:
        return Decimal(0)

    def find_order(
        self, payment: Payment, *, sent_at: datetime, now: datetime, twins: int = 0
    ) -> Finding:
        self.twins.append(twins)
        if isinstance(self.finding, BankError):
            raise self.finding
        return self.finding

    def order_statuses(self, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
        self.asked_about += [order.reference for order in orders]
        return self.states

    def look_up_title(self, linha_digitavel: str) -> Title:
        self.looked_up.append(linha_digitavel)
        if not isinstance(self.title, Title):
            raise self.title or BankRejected("O banco não encontrou o título.")
        return self.title

    def look_up_key(self, key: PixKey) -> KeyHolder:
        self.looked_up.append(key.value)
        if not isinstance(self.holder, KeyHolder):
            raise self.holder or BankRejected("O banco não encontrou a chave.")
        return self.holder

    def cancel_order(self, order: OpenOrder, *, key: UUID) -> None:
        self.cancelled.append((order.reference, key))
        if error := self.cancels.pop(0):
            raise error

    def send_ted(self, payment: TedPayment) -> Receipt:
        raise BankUnavailable("O banco não respondeu.")

    def pay_boleto(self, payment: BoletoPayment) -> Receipt:
        raise BankUnavailable("O banco não respondeu.")


def found(state: OrderState, reference: str = "ref-1", reason: str = "") -> Finding:
    return Finding(Search.FOUND, Receipt(reference, state, reason=reason))
