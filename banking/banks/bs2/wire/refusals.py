"""How BS2 refuses: `[{tag, descricao}]`, OAuth's errors, plain text, or nothing at all."""

import re
from typing import Final

from banking.banks.bs2.wire.fields import first_of
from banking.banks.contract.errors import BankRejected
from banking.banks.http.errors import Words, one_line
from banking.banks.http.json import Json, read_json
from core.text import fold, shorten

_THERE_ALREADY: Final = re.compile(r"\b(titulo|boleto)\b.*\bja (existe|cadastrad|registrad)")
INVALID_TOKEN: Final = b"invalid token"


def words_of(body: bytes) -> Words:
    """The first tag and every reason of `[{tag, descricao}]`, in whichever order the keys stand.

    Also an object with `descricao`, `mensagem` or `message`, OAuth's, and plain text.
    """
    try:
        answer = read_json(body)
    except (ValueError, RecursionError):
        return "", _plain_text(body)
    return _words_in(answer)


def is_repeated(error: BankRejected) -> bool:
    """Whether an issue is refused because a boleto with our number is there: that is the answer to
    a former issue, and no refusal. The number that we send is always well-formed."""
    named = error.code.lower() == "seunumero"
    return named or _THERE_ALREADY.search(fold(error.reason)) is not None


def refuse_if_refusal(answer: Json) -> None:
    """Raises BankRejected: the answer, whatever its status, is `[{tag, descricao}]`."""
    is_refusal = isinstance(answer, list) and answer and all(map(_is_error, answer))
    if is_refusal:
        code, reason = _words_in(answer)
        raise BankRejected(f"O banco BS2 recusou o pedido: {reason}", code=code, reason=reason)


def _is_error(item: Json) -> bool:
    return isinstance(item, dict) and "tag" in item and bool(one_line(item.get("descricao"), 300))


def _words_in(answer: Json) -> Words:
    if isinstance(answer, str):
        return "", one_line(answer, 300)
    items = answer[:20] if isinstance(answer, list) else [answer]
    errors = [item for item in items if isinstance(item, dict)]
    codes = (first_of(error, "tag", "error", "code") for error in errors)
    reasons = (
        first_of(error, "descricao", "mensagem", "message", "error_description") for error in errors
    )
    code = next((text for code in codes if (text := one_line(code, 60))), "")
    return code, shorten(
        " ".join(text for reason in reasons if (text := one_line(reason, 300))), 300
    )


def _plain_text(body: bytes) -> str:
    text = body[:1200].decode("utf-8", "replace").strip()
    return "" if text.startswith(("<", "{", "[")) or "\ufffd" in text else one_line(text, 300)


def refuses_token(status: int, body: bytes) -> bool:
    """BS2 says it in plain text, with whatever status."""
    return status == 401 or is_invalid_token(body)


def is_invalid_token(body: bytes) -> bool:
    return body[:40].strip().strip(b'".').lower() == INVALID_TOKEN
