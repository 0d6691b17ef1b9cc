"""A connection's grant, where its tokens come from, and the bank's side of a consent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Grant:
    """What a connection holds: its tokens, and what makes new ones. Kept encrypted; never logged.

    One with an empty access token, which has expired, is a connection that asked for none yet.
    """

    access_token: str
    refresh_token: str  # empty where the mode has none
    expires_at: datetime
    scope: str
    mode: str = ""  # a Mode's slug; empty: the bank's first one
    # What the mode needs besides, by names of its own: client id, secret, certificate, private key.
    secrets: Mapping[str, str] = field(default_factory=dict)
    # When the refresh token dies unless it is used; None: it does not, or there is none.
    refresh_by: datetime | None = None
    # When it should be renewed even if no token is needed, so that it stays alive.
    keep_alive_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Grant(mode={self.mode!r}, expires_at={self.expires_at.isoformat()})"


class TokenSource(Protocol):
    """Hands out the access token of one connection."""

    def access_token(self) -> str:
        """A token that is not known to have expired. May raise any BankError."""
        ...

    def renew(self, rejected: str) -> str:
        """A token other than `rejected`, which the bank has just refused.

        One refresh happens at a time for a connection, across all processes.
        """
        ...

    def secrets(self) -> Mapping[str, str]:
        """What the connection holds besides its tokens: the `secrets` of its grant."""
        ...


class ConsentProvider:
    """The bank's side of a connection: consent by redirect (OAuth 2.0 code grant, RFC 6749 section
    4.1) where it has one, and tokens for every mode."""

    def authorization_url(self, *, state: str, redirect_uri: str) -> str:
        """Where the person's browser goes; with `state` it comes back to `redirect_uri`."""
        raise NotImplementedError

    def exchange_code(self, *, code: str, redirect_uri: str) -> Grant:
        """Trade the code for tokens, once (RFC 6749, section 4.1.3). May raise any BankError.

        Raises:
            ConsentLost: the code has expired or was used.
        """
        raise NotImplementedError

    def refresh(self, grant: Grant) -> Grant:
        """The next grant, by exactly one token request. The caller stores it before using it.

        For an opening whose account is not open yet, it opens it first: safe to repeat.

        Raises:
            ConsentLost: the grant is dead; a person must consent again.
            BankUnavailable: nothing happened.
            BankOutcomeUnknown: it may have been renewed; the old refresh token may still work.
        """
        raise NotImplementedError

    def revoke(self, grant: Grant) -> bool:
        """Have the bank revoke the grant. False where it offers no way. May raise any BankError."""
        return False

    def client_id(self, grant: Grant) -> str:
        """Whose token requests the bank counts together."""
        raise NotImplementedError
