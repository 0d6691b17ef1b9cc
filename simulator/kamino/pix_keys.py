"""Pix keys: whose they are. A stranger's is made up once and stays as it is."""

import re

from starlette.responses import Response

from simulator.core.store import Row
from simulator.kamino.answers import Problem, answer, refuse
from simulator.kamino.bank import BANK_CODE, BANK_NAME, Kamino
from simulator.kamino.calls import Call, operation
from simulator.kamino.parties import is_document, made_up_document, masked, name_of

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
_RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PHONE = re.compile(r"\+55[1-9]{2}9[0-9]{8}")
_OTHER_BANK = ("260", "Nu Pagamentos S.A.")


@operation("payments")
async def look_up(call: Call) -> Response:
    key = call.request.path_params["key"]
    row = resolve(call.bank, key, type_of(key))
    bank = (BANK_CODE, BANK_NAME) if row["account_id"] else _OTHER_BANK
    return answer(
        {
            "key": {"type": row["type"], "value": row["key"]},
            "holder": {"name": row["name"], "document_masked": masked(row["document"])},
            "bank": {"compe": bank[0], "name": bank[1]},
        }
    )


def type_of(key: str) -> str:
    """What a key is by its form.

    Raises:
        Problem: it is none.
    """
    for type_, is_one in (
        ("phone", _PHONE.fullmatch(key)),
        ("random", _RANDOM.fullmatch(key)),
        ("email", _EMAIL.fullmatch(key) and len(key) <= 77),
        ("cpf", len(key) == 11 and is_document(key)),
        ("cnpj", len(key) == 14 and is_document(key)),
    ):
        if is_one:
            return type_
    raise refuse("invalid_key", "A chave Pix não é válida.")


def resolve(bank: Kamino, key: str, type_: str, expected: str | None = None) -> Row:
    """The key as it is registered; one never seen becomes `expected`'s, or a stranger's.

    Raises:
        Problem: the setting says that an unregistered key does not exist.
    """
    if row := _find(bank, key):
        return row
    if bank.settings.require_registered_keys:
        raise Problem(404, "key_not_found", "Esta chave Pix não está cadastrada.")
    is_own = type_ in ("cpf", "cnpj")
    document = key if is_own else expected or made_up_document(key)
    register(bank, key, type_, name_of(bank.store, document), document, None)
    row = _find(bank, key)
    assert row is not None
    return row


def register(
    bank: Kamino, key: str, type_: str, name: str, document: str, account_id: int | None
) -> None:
    """With `account_id` it is that account's; else another bank's."""
    code = _OTHER_BANK[0] if account_id is None else BANK_CODE
    bank.store.run(
        "INSERT OR REPLACE INTO kamino_key VALUES (?, ?, ?, ?, ?, ?)",
        *(key, type_, name, document, account_id, code),
    )


def _find(bank: Kamino, key: str) -> Row | None:
    return bank.store.row("SELECT * FROM kamino_key WHERE key = ?", key)
