"""What a person types to connect an account at BS2, made into a grant without tokens."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from banking.banks.bs2.auth import LEGACY_SCOPE, SCOPES, keep_alive_at, refresh_lives
from banking.banks.bs2.info import CONSENT, INFO, KEYS, PASSWORD
from banking.banks.contract.auth import Grant
from banking.banks.contract.info import FieldKind, Mode
from brazil.digits import plain
from brazil.document import parse_document
from brazil.errors import InvalidValue
from core.errors import InvalidInput
from core.text import shorten

_WORD = re.compile(r"[!-~]+")  # what BS2 gives out goes into headers and forms


def read_form(mode: str, values: Mapping[str, str]) -> Grant:
    """As the contract says. The keys' mode has 48 hours from now: when they were made is not told.

    Raises:
        InvalidInput: with the field named.
    """
    described = INFO.mode(mode)
    secrets = _account(values) | {
        name: _typed(described, name, values) for name in _OWN_SECRETS[described.slug]
    }
    now = datetime.now(UTC)
    is_keys = described is KEYS
    return Grant(
        access_token="",
        refresh_token=_typed(KEYS, "refresh_token", values) if is_keys else "",
        expires_at=now,
        scope=_scope(values) if is_keys else _SCOPES[described.slug],
        mode=described.slug,
        secrets=secrets,
        refresh_by=now + refresh_lives(KEYS.slug) if is_keys else None,
        keep_alive_at=keep_alive_at(KEYS.slug, now) if is_keys else None,
    )


_OWN_SECRETS: Mapping[str, tuple[str, ...]] = {
    CONSENT.slug: (),
    KEYS.slug: ("api_key", "api_secret"),
    PASSWORD.slug: ("api_key", "api_secret", "username", "password"),
}
_SCOPES: Mapping[str, str] = {CONSENT.slug: SCOPES, PASSWORD.slug: LEGACY_SCOPE}


def _account(values: Mapping[str, str]) -> dict[str, str]:
    """Branch of four digits, number with its check digit after a hyphen, canonical document."""
    branch = re.sub(r"[ .-]", "", plain(values.get("branch", "")))
    if not (branch.isascii() and branch.isdigit() and len(branch) <= 4):
        raise InvalidInput("A agência do BS2 tem até quatro dígitos.", field="branch")
    number = re.sub(r"[ ./-]", "", plain(values.get("account", ""))).lstrip("0")
    if not (number.isascii() and number.isdigit() and 2 <= len(number) <= 10):
        raise InvalidInput(
            "Digite a conta com o dígito, só com números: 123456-7.", field="account"
        )
    try:
        document = parse_document(values.get("document", ""))
    except InvalidValue as error:
        raise InvalidInput(str(error), field="document") from error
    return {
        "branch": branch.zfill(4),
        "account": f"{number[:-1]}-{number[-1]}",
        "document": document,
    }


def _typed(mode: Mode, name: str, values: Mapping[str, str]) -> str:
    field = next(field for field in mode.fields if field.name == name)
    text = values.get(name, "").strip()
    if not text:
        raise InvalidInput(f"Preencha o campo {field.label}.", field=name)
    # A password is a person's: it may have spaces and accents.
    is_from_bank = name != "password"
    if len(text) > field.longest or (is_from_bank and not _WORD.fullmatch(text)):
        shown = "O que foi colado" if field.kind is FieldKind.HIDDEN else f"«{shorten(text, 40)}»"
        raise InvalidInput(
            f"{shown} não parece ser o campo {field.label} do BS2: confira se copiou "
            "só ele, sem espaços no meio.",
            field=name,
        )
    return text


def _scope(values: Mapping[str, str]) -> str:
    scopes = values.get("scope", "").split()
    if not scopes:
        raise InvalidInput("Preencha o campo Scope.", field="scope")
    if not all(re.fullmatch(r"[A-Za-z0-9._-]{1,60}", scope) for scope in scopes):
        raise InvalidInput(
            "O Scope é uma lista de palavras separadas por espaços: saldo extrato pagamento.",
            field="scope",
        )
    return " ".join(scopes)
