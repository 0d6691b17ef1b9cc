"""What the engine is told: lines, open items, parties, own accounts. Amounts are signed reais:
negative leaves the account."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    account: str
    day: date
    amount: Decimal
    kind: str = ""  # pix, ted, boleto, fee, other; "" where the bank does not say
    description: str = ""
    name: str = ""
    document: str = ""  # also with a part hidden


@dataclass(frozen=True, slots=True)
class Terms:
    """What an item itself says may be added or taken off."""

    fine_percent: Decimal = ZERO
    interest_percent: Decimal = ZERO  # a month
    discount: Decimal = ZERO
    discount_until: date | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """An order of ours that lives or was paid. `ids` are those that its bank's lines repeat."""

    account: str
    day: date
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    kind: str  # payable, charge, entry, transfer
    amount: Decimal
    day: date  # due, planned, or that of the entry
    party: str | None = None
    account: str | None = None
    method: str = ""
    number: str = ""
    description: str = ""
    our_ids: frozenset[str] = frozenset()  # nosso número, reference of a charge
    sending: Sending | None = None
    terms: Terms = Terms()
    to_account: str | None = None  # of an announced transfer


@dataclass(frozen=True, slots=True)
class Party:
    id: str
    name: str
    document: str = ""
    trade_name: str = ""
    accounts: tuple[tuple[str, str], ...] = ()  # branch, number
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnAccount:
    id: str
    branch: str
    number: str


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    document: str
    accounts: tuple[OwnAccount, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Lines and the parts of items that they settle; lines alone are a transfer or a return.

    `degree` is "id" or "evidence" where it is certain, "" where a person decides.
    """

    lines: tuple[str, ...]
    parts: tuple[tuple[str, Decimal], ...] = ()  # positive
    kind: str = "settle"  # settle, transfer, return
    difference: tuple[str, Decimal] | None = None
    marks: tuple[str, ...] = ()
    score: float = 0.0
    degree: str = ""
    undoes: tuple[str, ...] = field(default=())  # lines whose match falls with it
