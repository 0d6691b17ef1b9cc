"""What a bank asks of a charge, known without calling it. Each bank's `info.py` fills it in."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from banking.banks.contract.charges import ChargeForm

Forms = frozenset[ChargeForm]

BOLETO: Forms = frozenset({ChargeForm.BOLETO})
PIX: Forms = frozenset({ChargeForm.PIX})
BOLETO_PIX: Forms = BOLETO | PIX


class PollCost(StrEnum):
    """What it costs to learn how the charges of an account are."""

    LIST = "list"  # one list tells of all
    EACH = "each"  # a call for each


class Extra(StrEnum):
    """What some banks take of a charge beyond the common core; a form offers what is declared."""

    PAY_UNTIL = "pay_until"  # a last day on which it may be paid
    DISCOUNT_UNTIL = "discount_until"  # a last day of the discount; else the day before it is due
    SECOND_DISCOUNT = "second_discount"
    ABATEMENT = "abatement"  # abatimento: less, whenever it is paid
    WRITE_OFF = "write_off"  # ended by itself so many days after it was due


@dataclass(frozen=True, slots=True)
class ChargeRules:
    """Amounts are reais; lengths are characters, of composed text."""

    forms: tuple[Forms, ...]  # the first one is what is offered first
    smallest: Decimal
    largest: Decimal
    issue_rate: int  # charges that may be issued in each `issue_period`
    issue_period: timedelta
    poll_cost: PollCost
    needs_address: bool
    name_length: int
    email_length: int  # a longer one is left out
    text_length: int  # of each part of an address
    description_length: int
    message_lines: int  # 0: it prints none
    message_width: int
    takes_accents: bool
    # Parts of the addresses that a Pix code of this bank may point to.
    qr_hosts: frozenset[str]
    # An answered cancellation is done; else it is asked for, and `charge_cancellation` tells.
    cancels_at_once: bool
    # Whether it says that a boleto is registered; else one that it issued is.
    says_registered: bool
    # The field of a movement, as the bank tells it, that names the charge which it paid.
    movement_field: str = ""
    # Whether the text of a credit has our code of the charge.
    movement_has_code: bool = False
    # How far from a nosso número that it gave those are that it gave before and after, where it
    # numbers one after the other; 0: numbers tell nothing of each other.
    numbers_follow: int = 0
    # What the bank takes for cancelling one.
    cancellation_fee: Decimal | None = None
    # For how long after the due date it may be paid, where the bank says so.
    lasts: timedelta | None = None
    extras: frozenset[Extra] = frozenset()

    # For how long after a payment it may be given back, where the bank says so.
    refund_within: timedelta | None = None

    @property
    def message_length(self) -> int:
        return self.message_lines * self.message_width
