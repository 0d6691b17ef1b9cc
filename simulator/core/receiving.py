"""Money that comes in from somebody elsewhere, as the app and the controls of a bank bring it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic

from simulator.core.orders import B
from simulator.core.people import Account


@dataclass(frozen=True, slots=True)
class Credit:
    """Somebody, by CPF or CNPJ, sends centavos."""

    kind: str
    amount: int
    name: str
    document: str
    description: str = ""  # empty: the bank's own words


@dataclass(frozen=True, slots=True)
class Receiving(Generic[B]):
    """What a bank receives money by."""

    receive: Callable[[B, Account, Credit], str]  # now; the id of the entry
    kinds: Mapping[str, str]  # for people: code and label, the usual one first
    more_kinds: tuple[str, ...] = ()  # for tests only
    payer: tuple[str, str] = ("Cliente Exemplo ME", "60316817000103")  # who, unless it is said

    @property
    def all_kinds(self) -> tuple[str, ...]:
        return (*self.kinds, *self.more_kinds)
