"""Pix keys: their form, and whose they are."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

from simulator.bs2.bank import BANK_CODE, BANK_NAME, ISPB, SLUG, Bs2
from simulator.bs2.banks import BANKS, Place, place_of
from simulator.core.documents import BadDocument, check_digits, document_type, read_document
from simulator.core.people import Account, account_by_id

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_key (
    value TEXT PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, account_id INTEGER,
    receiver TEXT) WITHOUT ROWID;
"""

CPF, CNPJ, EMAIL, PHONE, EVP = TYPES = ("CPF", "CNPJ", "EMAIL", "PHONE", "EVP")
_EMAIL = re.compile(r"[a-z0-9.!#$&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")
_NAMES = ("Comercial Araucária LTDA", "Serviços Ipê LTDA", "Oficina do Porto LTDA", "Mata Verde SA")
_PEOPLE = ("Helena Duarte", "Igor Teixeira", "Joana Freitas", "Lucas Amaral")


def is_key(kind: str, value: str) -> bool:
    """Whether the value has the form of its type. Documents in digits, e-mail in small letters."""
    match kind:
        case "CPF" | "CNPJ":
            try:
                return read_document(value) == value and document_type(value) == kind
            except BadDocument:
                return False
        case "EMAIL":
            return len(value) <= 77 and _EMAIL.fullmatch(value) is not None
        case "PHONE":
            return _PHONE.fullmatch(value) is not None
        case "EVP":
            try:
                return str(uuid.UUID(value)) == value
            except ValueError:
                return False
        case _:
            return False


def type_of(value: str) -> str | None:
    """What kind of key a text is; None when it is none."""
    return next((kind for kind in TYPES if is_key(kind, value)), None)


def register_key(
    bs2: Bs2, kind: str, value: str, *, account_id: int | None, receiver: dict[str, Any] | None
) -> str:
    """The key's id. Without account and receiver the key does not exist for any caller."""
    key_id = str(uuid.uuid4())
    bs2.store.run(
        "INSERT OR REPLACE INTO bs2_key VALUES (?, ?, ?, ?, ?)",
        *(value, kind, key_id, account_id, json.dumps(receiver) if receiver else None),
    )
    return key_id


def keys_of(bs2: Bs2, account: Account) -> Iterator[dict[str, Any]]:
    sql = "SELECT * FROM bs2_key WHERE account_id = ? ORDER BY type, value"
    for row in bs2.store.rows(sql, account.id):
        yield {"id": row["id"], "apelido": None, "valor": row["value"], "tipo": row["type"]}


def receiver_of(bs2: Bs2, kind: str, value: str) -> dict[str, Any] | None:
    """Who is paid with the key, as BS2 answers it; None when there is no such key.

    One that is not registered belongs to somebody made up.
    """
    row = bs2.store.row("SELECT * FROM bs2_key WHERE value = ?", value)
    if row is not None and row["account_id"] is not None:
        return holder_wire(account_by_id(bs2.store, row["account_id"]))
    if row is not None:
        kept: dict[str, Any] | None = json.loads(row["receiver"]) if row["receiver"] else None
        return kept
    company = bs2.store.row("SELECT name FROM company WHERE cnpj = ?", value)
    document = value if kind in (CPF, CNPJ) else _document_of(value)
    name = company["name"] if company else _name_of(document)
    return party_wire(place_of(document), name, document)


def internal_account(bs2: Bs2, receiver: dict[str, Any]) -> Account | None:
    """The account here that the receiver is, if it is one."""
    if receiver["ispb"] != ISPB:
        return None
    return account_at(bs2, receiver["conta"]["agencia"], receiver["conta"]["numero"])


def account_at(bs2: Bs2, branch: str, number: str) -> Account | None:
    """The account here with that branch and number, written with or without zeros."""
    row = bs2.store.row(
        "SELECT id FROM account WHERE bank = ? AND ltrim(branch, '0') = ?"
        " AND ltrim(number || digit, '0') = ?",
        *(SLUG, branch.lstrip("0"), number.lstrip("0")),
    )
    return account_by_id(bs2.store, row["id"]) if row else None


def holder_wire(account: Account) -> dict[str, Any]:
    place = Place(BANK_CODE, account.branch, f"{account.number}{account.digit}")
    return party_wire(place, account.name, account.cnpj)


def party_wire(
    place: Place, name: str, document: str, kind: str = "ContaCorrente", trade_name: Any = None
) -> dict[str, Any]:
    ispb, bank_name = BANKS.get(place.bank, ("", ""))
    return {
        "ispb": ispb,
        "conta": {
            "banco": place.bank,
            "bancoNome": BANK_NAME if place.bank == BANK_CODE else bank_name,
            "agencia": place.branch,
            "numero": place.account,
            "tipo": kind,
        },
        "pessoa": {
            "documento": document,
            "tipoDocumento": document_type(document),
            "nome": name,
            "nomeFantasia": trade_name,
        },
    }


def shown_party(bs2: Bs2, party: dict[str, Any]) -> dict[str, Any]:
    """As it is answered: the document of a person may be masked, and its type wrong."""
    person = dict(party["pessoa"])
    if bs2.settings.pix_masks_documents:
        person["documento"] = masked(person["documento"])
    if bs2.settings.pix_calls_cnpj_cpf:
        person["tipoDocumento"] = CPF
    return {**party, "pessoa": person}


def masked(document: str) -> str:
    """Of a CPF the six digits in the middle; a CNPJ is public."""
    return f"***{document[3:9]}**" if len(document) == 11 else document


def place_of_wire(party: dict[str, Any]) -> Place:
    account = party["conta"]
    return Place(account["banco"], account["agencia"], account["numero"])


def _number_of(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def _document_of(value: str) -> str:
    body = f"{10_000_000 + _number_of(value) % 89_999_999}0001"
    return body + check_digits(body)


def _name_of(document: str) -> str:
    names = _NAMES if len(document) == 14 else _PEOPLE
    return names[_number_of(document) % len(names)]
