"""One way to call a bank over HTTP, with every failure sorted by its consequence."""

import ssl as tls
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeVar

import httpx
from django.conf import settings
from django.db import connections

from banking.banks.contract.errors import BankUnavailable
from banking.banks.contract.info import BankInfo
from banking.banks.http.auth import TokenAuth
from banking.banks.http.call import Attempt, Watcher
from banking.banks.http.errors import Failure, Words, is_unauthorized, words_of
from banking.banks.http.json import read_json
from core import deadline

Decoded = TypeVar("Decoded")

MAX_BYTES = 20_000_000  # decompressed; the largest page we ask for is some 200 kB
MAX_SECONDS = 120.0  # for reading one answer whole, however steadily it arrives
# However little time a task has left: a bank that is well answers in these seconds.
SHORTEST = 10.0
MAX_CONNECTIONS = 16  # a client
# Of one connection. When idle it is dropped here before the bank drops it (uvicorn after 5 s): a
# request written to one that the server has just closed fails as if it might have been done.
KEPT = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=4.0)
ONE_USE = httpx.Limits(max_connections=1, max_keepalive_connections=0)
TIMEOUT = httpx.Timeout(connect=5.0, read=45.0, write=20.0, pool=10.0)  # seconds

# The request did not leave this machine.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# They describe a body on the wire, not one that was read whole.
CODINGS = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
NO_SENTENCES: Mapping[str, str] = MappingProxyType({})


class CallInsideTransaction(RuntimeError):
    """A bug: a bank was about to be called with a database transaction open."""


class _TooMuch(Exception):
    """The answer is too long, or takes too long to arrive."""


class NoCookies(httpx.Cookies):
    """Each request stands alone. Looking for them takes a tenth of its time."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """None is kept."""


NO_COOKIES = NoCookies()


class BankClient(httpx.Client):
    """A client for one connection. `watcher` is told of each call, in the thread that made it."""

    watcher: Watcher | None = None

    @property  # type: ignore[misc]  # nobody sets them
    def cookies(self) -> httpx.Cookies:
        return NO_COOKIES


class BankTransport(httpx.BaseTransport):
    """Up to MAX_CONNECTIONS requests at once, each on a connection of its own.

    Each answer is read whole, within bounds, so that the connection is free when it is judged. A
    pool of httpx looks through all its connections at every request; here the one that was used
    last is taken. Requests that find none free wait as long as their time-outs say.
    """

    def __init__(self, ssl: tls.SSLContext, *, keeps_alive: bool) -> None:
        self._ssl = ssl
        self._limits = KEPT if keeps_alive else ONE_USE
        self._room = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._idle: deque[httpx.HTTPTransport] = deque()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._room.acquire(timeout=request.extensions["timeout"]["pool"]):
            raise httpx.PoolTimeout("all connections are in use", request=request)
        try:
            connection = self._take()
            try:
                if (attempt := request.extensions.get("attempt")) is not None:
                    attempt.begin()
                return _whole(connection.handle_request(request))
            finally:
                self._idle.append(connection)
        finally:
            self._room.release()

    def _take(self) -> httpx.HTTPTransport:
        try:
            return self._idle.pop()
        except IndexError:
            return httpx.HTTPTransport(verify=self._ssl, trust_env=False, limits=self._limits)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


def _whole(response: httpx.Response) -> httpx.Response:
    until = time.monotonic() + MAX_SECONDS
    body = bytearray()
    try:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_BYTES or time.monotonic() > until:
                raise _TooMuch
    finally:
        response.close()
    headers = [(name, value) for name, value in response.headers.raw if name.lower() not in CODINGS]
    return httpx.Response(
        response.status_code, headers=headers, content=bytes(body), extensions=response.extensions
    )


@dataclass(frozen=True, slots=True)
class Partner:
    """Who we are for a bank."""

    base_url: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Partner(base_url={self.base_url!r}, client_id={self.client_id!r})"


def partner_of(slug: str) -> Partner:
    """Our registration at a bank: the settings CORA_BASE_URL, CORA_CLIENT_ID and so on."""
    prefix = slug.upper()
    return Partner(
        base_url=bank_setting(f"{prefix}_BASE_URL").rstrip("/"),
        client_id=bank_setting(f"{prefix}_CLIENT_ID"),
        client_secret=bank_setting(f"{prefix}_CLIENT_SECRET"),
    )


def bank_setting(name: str) -> str:
    """One of those that the bank's `info` names; they are there, or the product had not started."""
    return str(getattr(settings, name))


def authorities() -> tls.SSLContext:
    """A new context that trusts the usual authorities and the one of BANK_CA_FILE, if it is set.

    The simulator makes an authority of its own at its first start. For who adds a certificate of
    the customer's; everybody else shares one context (22 ms and a megabyte each).
    """
    context = httpx.create_ssl_context(trust_env=False)
    if settings.BANK_CA_FILE:
        context.load_verify_locations(cafile=settings.BANK_CA_FILE)
    return context


@cache
def _shared_authorities(ca_file: str) -> tls.SSLContext:
    return authorities()


def open_client(
    base_url: str,
    *,
    ssl: tls.SSLContext | None = None,
    keeps_alive: bool = True,
    user_agent: str = "Kamino",
) -> BankClient:
    """A client for one connection, for up to 16 threads. The caller closes it.

    Proxies and certificates of the environment are ignored; redirects are not followed. With
    `keeps_alive` off every request has a connection of its own: for what a bank cannot
    deduplicate, as a request written to a connection that has just been closed may be done.
    """
    authorities = ssl or _shared_authorities(settings.BANK_CA_FILE)
    return BankClient(
        base_url=base_url,
        transport=BankTransport(authorities, keeps_alive=keeps_alive),
        trust_env=False,
        follow_redirects=False,
        timeout=TIMEOUT,
        headers={"Accept": "application/json", "User-Agent": user_agent},
    )


def exchange(
    client: httpx.Client,
    request: httpx.Request,
    *,
    bank: BankInfo,
    operation: str,
    has_effect: bool,
    auth: TokenAuth | None = None,
    decode: Callable[[bytes], Decoded] = read_json,
    sentences: Mapping[str, str] = NO_SENTENCES,
    words: Callable[[bytes], Words] = words_of,
    forbidden: str = "",
) -> Decoded:
    """Send a request and read its answer, once; with `auth`, once more when its token is refused.

    `has_effect` says whether doing it changes anything at the bank: only then is a lost answer an
    unknown outcome. `decode` may raise what read_json raises, and any BankError of its own: a
    refusal inside a 200, say. `sentences` are the bank's error codes in Portuguese, `forbidden` is
    the sentence for a 403; `words` finds code and reason in the body of an error.

    Raises:
        BankUnavailable: nothing happened (never sent, told to wait, or a read that failed).
        BankOutcomeUnknown: it has an effect, and the answer did not come or cannot be read.
        TokenRefused, BankAccessDenied: 401, 403.
        BankRejected: any other 4xx, but those that refuse only the attempt.
        BankError: as `auth` raises it; the request was not sent, or was refused for its token.
        CallInsideTransaction: a bug of the caller; nothing was sent.

    What only reads keeps the task's deadline (core.deadline): after it nothing is sent, and before
    it no time-out is longer than what is left. What has an effect is never given up for it.
    """
    _refuse_inside_transaction()
    if not has_effect:
        _keep_deadline(request)
    refuses = auth.refuses if auth is not None else is_unauthorized
    failure = Failure(bank, has_effect, sentences, words, refuses, forbidden)
    attempt = Attempt(
        bank.slug, operation, client.watcher if isinstance(client, BankClient) else None
    )
    request.extensions["attempt"] = attempt
    is_bad = True
    result: object = None
    date: str | None = None
    try:
        response = client.send(request, auth=auth)
        date = date_of(response)
        result = response.status_code
        is_bad = response.status_code >= 500
        if not response.is_success or refuses(response.status_code, response.content):
            raise failure.of_status(response, response.content)
        return decode(response.content)
    except NEVER_SENT as error:
        result = type(error).__name__
        raise failure.never_sent() from error
    except (httpx.RequestError, _TooMuch) as error:
        result = type(error).__name__
        raise failure.answer_lost() from error
    except (ValueError, RecursionError) as error:
        result, is_bad = "unreadable", True
        raise failure.answer_lost() from error
    finally:
        attempt.end(result, is_failure_of_bank=is_bad, date=date)


def date_of(response: httpx.Response) -> str:
    """What the bank's clock says; an answer that somebody in between kept tells of another time."""
    return "" if "age" in response.headers else response.headers.get("date", "")


def _keep_deadline(request: httpx.Request) -> None:
    left = deadline.seconds_left()
    if left is None:
        return
    if left <= 0:
        raise BankUnavailable("A consulta ao banco passou do tempo e continua em instantes.")
    longest = max(left, SHORTEST)
    limits = request.extensions["timeout"]
    request.extensions["timeout"] = {
        phase: longest if limit is None else min(limit, longest) for phase, limit in limits.items()
    }


def _refuse_inside_transaction() -> None:
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            raise CallInsideTransaction("a bank call must not hold a database transaction open")
