"""The clearing house: boletos that one bank issued and any bank can pay."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IssuedTitle:
    """A boleto as its issuer sees it today. Money is centavos."""

    barcode: str
    digitable: str
    creditor: str
    document: str
    amount: int  # without what follows
    fine: int
    interest: int
    discount: int
    due_date: date
    is_registered: bool  # False as well when it was cancelled
    is_paid: bool

    @property
    def total(self) -> int:
        return self.amount + self.fine + self.interest - self.discount


class Issuer(Protocol):
    """A bank's own boletos."""

    def title(self, barcode: str) -> IssuedTitle | None: ...

    def title_paid(self, barcode: str, amount: int, name: str, document: str) -> None:
        """Somebody (`name`, CPF or CNPJ) paid one of its boletos. Part of the payer's write."""


@dataclass
class ClearingHouse:
    issuers: list[Issuer] = field(default_factory=list)

    def find(self, barcode: str) -> IssuedTitle | None:
        """None: no bank here issued it."""
        found = (issuer.title(barcode) for issuer in self.issuers)
        return next((title for title in found if title is not None), None)

    def pay(self, barcode: str, amount: int, name: str, document: str) -> bool:
        """Tell the issuer, if it is a bank here. False: its boleto cannot be paid any more."""
        for issuer in self.issuers:
            title = issuer.title(barcode)
            if title is not None:
                if title.is_paid or not title.is_registered:
                    return False
                issuer.title_paid(barcode, amount, name, document)
        return True
