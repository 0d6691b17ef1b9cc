"""What a failed call to a bank means: one of the errors of the contract, by its consequence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.contract.info import BankInfo
from banking.banks.http.json import read_json
from core.text import read_line, shorten

# These refuse the attempt, not the request: cut short (408), the first one with this key is still
# being done (409), too early (425). RFC 9110 section 15.5; draft-ietf-httpapi-idempotency-key.
UNDECIDED = frozenset({408, 409, 425})


Words = tuple[str, str]  # the bank's code and its reason, each empty where it gives none


class TokenRefused(BankAccessDenied):
    """The access token was not accepted: another one may be."""


def is_unauthorized(status: int, body: bytes) -> bool:
    return status == 401


@dataclass(frozen=True, slots=True)
class Failure:
    """Makes the error that a failure of one call means."""

    bank: BankInfo
    has_effect: bool
    sentences: Mapping[str, str]
    words: Callable[[bytes], Words]
    refuses_token: Callable[[int, bytes], bool]
    forbidden: str = ""  # the sentence for a 403

    def never_sent(self) -> BankUnavailable:
        return BankUnavailable(
            f"Não foi possível falar com o banco {self.bank.name}. "
            "Nada foi enviado; tente de novo em alguns minutos."
        )

    def answer_lost(
        self, *, code: str = "", reason: str = "", retry_after: float | None = None
    ) -> BankError:
        if self.has_effect:
            return BankOutcomeUnknown(
                f"O banco {self.bank.name} não confirmou o pedido. "
                "Ele pode ter sido aceito e será conferido antes de qualquer repetição.",
                code=code,
                reason=reason,
            )
        return BankUnavailable(
            f"O banco {self.bank.name} não respondeu como esperado. "
            "Tente de novo em alguns minutos.",
            code=code,
            reason=reason,
            retry_after=retry_after,
        )

    def of_status(self, response: httpx.Response, body: bytes) -> BankError:
        status = response.status_code
        code, reason = self.words(body)
        is_token = self.refuses_token(status, body)
        if is_token or status in (401, 403):
            kind = TokenRefused if is_token else BankAccessDenied
            generic = f"O banco {self.bank.name} não aceitou o acesso desta conexão."
            sentence = generic if is_token else self.forbidden or generic
            return kind(sentence, code=code, reason=reason)
        wait = _seconds_to_wait(response)
        if status == 429:
            return BankUnavailable(
                f"O banco {self.bank.name} pediu para esperar. Nada foi feito.",
                code=code,
                reason=reason,
                retry_after=wait,
            )
        if 400 <= status < 500 and status not in UNDECIDED:
            return BankRejected(self._refusal(code, reason), code=code, reason=reason)
        # A redirect too: it is not followed, and does not say what was done before it.
        return self.answer_lost(code=code, reason=reason, retry_after=wait)

    def _refusal(self, code: str, reason: str) -> str:
        if sentence := self.sentences.get(code):
            return sentence
        if reason:
            return f"O banco {self.bank.name} recusou o pedido: {reason}"
        return f"O banco {self.bank.name} recusou o pedido e não disse o motivo."


def words_of(body: bytes) -> Words:
    """The code and the reason of an error body: the bank's own shape or OAuth's (RFC 6749, 5.2)."""
    try:
        answer = read_json(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    code = answer.get("code") or answer.get("error")
    reason = answer.get("message") or answer.get("error_description")
    return one_line(code, 60), one_line(reason, 300)


def one_line(value: object, longest: int) -> str:
    """What people see of it, with single blanks; empty when it is no text.

    An ellipsis marks where a longer text is cut.
    """
    if not isinstance(value, str):
        return ""
    return shorten(read_line(value[: longest * 4]), longest)


def _seconds_to_wait(response: httpx.Response) -> float | None:
    """Retry-After in seconds, from a number or a date (RFC 9110 section 10.2.3); a day at most."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:9])
    else:
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        if until.tzinfo is None:
            return None
        seconds = (until - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), 86_400.0)
