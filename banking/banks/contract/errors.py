"""What may be done next when a bank did not do what was asked.

The message is Portuguese, a whole sentence, and safe to show. `code` and `reason` are the bank's
own words where it gave them: `reason` is a stranger's text, to be shown escaped.
"""

from core.errors import KaminoError


class BankError(KaminoError):
    """A bank did not do what was asked. The subclass says what may follow."""

    def __init__(self, message: str, *, code: str = "", reason: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason

    def with_reason(self) -> str:
        """The message, and after it the bank's own reason where it is not said yet."""
        text = str(self)
        if self.reason and self.reason not in text:
            return f"{text} Resposta do banco: {self.reason}"
        return text


class BankRejected(BankError):
    """The bank refused this request. Final: show the reason, do not repeat."""


class BankAccessDenied(BankError):
    """The bank refused our credentials. Nothing happened; they need renewing."""


class ConsentLost(BankAccessDenied):
    """The consent is over, by time or by the customer's will: a person must give it again."""


class BankUnavailable(BankError):
    """Nothing happened. The same request may be repeated later.

    `retry_after` is in seconds, where the bank said how long to wait.
    """

    def __init__(
        self, message: str, *, code: str = "", reason: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, code=code, reason=reason)
        self.retry_after = retry_after


class BankOutcomeUnknown(BankError):
    """It may have happened. Ask the bank before anything else."""


class InvalidEvent(BankError):
    """What came to the webhook address cannot be read as a notice of this bank."""


class ForgedEvent(InvalidEvent):
    """What came to the webhook address was not sent by this bank, or not now. Never kept."""
