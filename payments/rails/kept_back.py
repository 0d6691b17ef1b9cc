"""What an order is not made for, though its bill is approved."""

from collections.abc import Mapping

from core.errors import InvalidState
from payments.models import Payable


class KeptBack(InvalidState):
    """A limit of the account, or the registered title of a boleto, keeps approved bills here."""

    def __init__(self, kept: Mapping[Payable, str]) -> None:
        """By the bill, why it stays, in a Portuguese sentence."""
        payable, why = next(iter(kept.items()))
        super().__init__(f"«{payable.payee}» não pode ser enviada. {why}", code="kept_back")
        self.kept = kept
