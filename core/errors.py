"""Errors that the project raises on purpose. Those of banks: banking.banks.contract.errors."""


class KaminoError(Exception):
    """Base of every error the project raises on purpose."""


class DomainError(KaminoError):
    """It cannot be done, and the person asking can act on it.

    The message is Portuguese, a whole sentence, and safe to show. `code` is a stable English
    slug (`not_pending`), for callers that tell two refusals of one type apart without reading it.
    """

    def __init__(self, message: str = "", *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class InvalidState(DomainError):
    """The thing is not in a state that allows this act."""


class Locked(InvalidState):
    """Nothing of this kind is done until a person releases it. A 409 of the API."""


class Changed(InvalidState):
    """It is not what the person saw when they decided: nothing was done. A 409 of the API."""


class NotAllowed(DomainError):
    """This person may not do this."""


class InvalidInput(DomainError):
    """What was typed cannot be accepted. `field` names the form field at fault, if one is."""

    def __init__(self, message: str, *, field: str | None = None, code: str = "") -> None:
        super().__init__(message, code=code)
        self.field = field
