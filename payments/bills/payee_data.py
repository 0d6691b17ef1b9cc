"""What the register says of where a bill's money goes, beside what the bill says itself.

Of bills loaded `with_register`. Nothing here writes.
"""

from datetime import date

from parties.models import Destination, PayeeAccount, PayeeKey
from payments.models import Payable


def keys_of(payable: Payable) -> list[PayeeKey]:
    """The rows of the bill's Pix key, archived ones too, the oldest first."""
    keys: list[PayeeKey] = payable.payee.known_keys  # type: ignore[attr-defined]
    wanted = payable.pix_key_type, payable.pix_key
    return [row for row in keys if (row.key_type, row.key) == wanted]


def own_destination(payable: Payable) -> PayeeAccount | PayeeKey | None:
    """What the register says of where the bill itself goes; None for a boleto or a code."""
    if not payable.pix_key:
        return payable.payee_account
    rows = keys_of(payable)
    return next((row for row in rows if row.is_confirmed), rows[-1] if rows else None)


def enterers_of(payable: Payable) -> frozenset[int]:
    """Who entered where the bill goes, as long as nobody else has confirmed it."""
    to = own_destination(payable)
    if to is None or to.is_confirmed:
        return frozenset()
    rows: list[Destination] = [*keys_of(payable)] if payable.pix_key else [to]
    return frozenset(row.entered_by_id for row in rows if row.entered_by_id is not None)


def waiting_of(payable: Payable) -> list[PayeeAccount | PayeeKey]:
    """What was entered for the payee and nobody has confirmed, the newest first."""
    payee = payable.payee
    rows: list[PayeeAccount | PayeeKey] = [
        *payee.known_accounts,  # type: ignore[attr-defined]
        *(key for key in payee.known_keys if key.archived_at is None),  # type: ignore[attr-defined]
    ]
    waiting = [row for row in rows if row.confirmed_at is None]
    return sorted(waiting, key=lambda row: (row.created_at, row.id), reverse=True)


def last_paid(payable: Payable) -> tuple[PayeeAccount | PayeeKey, date] | None:
    """The account or key to which the payee was paid last, as its bill said it, and the day."""
    stored = getattr(payable, "last_paid_to", None)
    if stored is None:
        return None
    day = date.fromisoformat(stored["day"])
    if stored["key"]:
        return PayeeKey(key_type=stored["key_type"], key=stored["key"]), day
    names = ("bank_code", "branch", "account")
    return PayeeAccount(**{name: stored[name] for name in names}), day
