"""Pix keys whose owner the bank that pays them can tell, and what it said of them.

A key is no title: nothing is held for it, as the bank itself refuses one that nobody has, or that
is another's than the payee's.
"""

from datetime import datetime

from banking.banks import registry
from banking.banks.contract.info import Capability
from banking.models import BankAccount
from brazil.document import fits_mask
from parties.similarity import is_named_like
from payments.models import Payable
from payments.rails.titles import READING_TAKES


def is_key_unread(payable: Payable, account: BankAccount | None) -> bool:
    """Whether the bank that pays it can tell whose its key is, and has not."""
    if account is None or not payable.is_pix or payable.key_read_at is not None:
        return False
    can_tell = Capability.LOOK_UP_KEY in registry.info(account.provider).capabilities
    return can_tell and bool(payable.paid_key)


def is_key_being_read(payable: Payable, account: BankAccount | None, now: datetime) -> bool:
    is_new = now < payable.key_since + READING_TAKES
    return is_new and payable.key_asks_left > 0 and is_key_unread(payable, account)


def is_of_another(payable: Payable) -> bool:
    """Whether the key's owner is another than the payee, as far as the bank told.

    The document decides, by what its mask shows; the name only where it shows nothing.
    """
    fits = fits_mask(payable.payee.document, payable.key_holder_document)
    if fits is not None:
        return not fits
    name = payable.key_holder_name
    return bool(name) and not is_named_like(payable.payee, name)
