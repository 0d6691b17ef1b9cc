"""What BS2 shows of the days since an order was sent whose answer was lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Protocol

from banking.banks.base import BoletoPayment, StatementPage, TedPayment, Title
from banking.banks.bs2 import wire
from banking.banks.bs2.calls import is_about_token
from banking.banks.bs2.fields import UnreadableAnswer
from banking.banks.bs2.looking import Order, Shown
from banking.errors import BankAccessDenied, BankRejected

# The schedulings too: a TED after hours goes on the next banking day.
_TRANSFERS = (wire.TRANSFERS, wire.TRANSFER_SCHEDULING)
_PAYMENTS = (wire.PAYMENTS, wire.PAYMENT_SCHEDULING)


class Reads(Protocol):
    """What of the adapter is used here: it only reads."""

    def fetch_statement(self, since: date, until: date) -> Iterator[StatementPage]: ...

    def fetch_receipts(self, since: date, until: date, kind: int) -> list[wire.Proof]: ...

    def look_up_title(self, linha_digitavel: str) -> Title: ...


def shown_by(bank: Reads, order: Order, since: date, until: date) -> Shown:
    """
    Raises:
        BankError: the statement could not be read; without it nothing can be said.
    """
    pages = bank.fetch_statement(since, until)
    lines = [line for page in pages for line in page.movements]
    kinds = _TRANSFERS if isinstance(order, TedPayment) else _PAYMENTS
    shown = Shown(lines, _proofs(bank, since, until, kinds))
    return _with_title(bank, shown, order) if isinstance(order, BoletoPayment) else shown


def _proofs(
    bank: Reads, since: date, until: date, kinds: tuple[int, ...]
) -> list[wire.Proof] | None:
    """None where it does not show them: neither path nor shape of the answer is documented, and
    the application may be without the scope `comprovante`."""
    try:
        return [proof for kind in kinds for proof in bank.fetch_receipts(since, until, kind)]
    except (BankRejected, UnreadableAnswer):
        return None
    except BankAccessDenied as error:
        if is_about_token(error):
            raise
        return None


def _with_title(bank: Reads, shown: Shown, payment: BoletoPayment) -> Shown:
    try:
        return replace(shown, title=bank.look_up_title(payment.linha_digitavel))
    except BankRejected as error:
        return replace(shown, title_refusal=error.reason or str(error))
    except UnreadableAnswer:
        return shown
