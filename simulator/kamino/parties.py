"""People and companies by their CPF or CNPJ, known or made up."""

import hashlib
import re

from simulator.core.documents import check_digits
from simulator.core.store import Store

_CPF = re.compile(r"[0-9]{11}")
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")
_NAMES = (
    "Distribuidora Horizonte LTDA",
    "Papelaria Central LTDA",
    "Energia do Vale S.A.",
    "Águas da Serra S.A.",
    "Seguradora Atlântica S.A.",
    "Contabilidade Exata LTDA",
    "Peças Paulista LTDA",
    "Embalagens Rio Claro LTDA",
)
_PEOPLE = ("Carla Mendes", "Diego Rocha", "Elisa Prado", "Fábio Nunes")


def is_document(text: str) -> bool:
    """Whether it is a CPF or a CNPJ with right check digits, letters in a CNPJ included.

    Each character counts its ASCII code less 48 (Receita Federal, Nota Cocad 49/2024).
    """
    if _CPF.fullmatch(text):
        return len(set(text)) > 1 and text[9:] == check_digits(text[:9])
    if not _CNPJ.fullmatch(text) or len(set(text)) == 1:
        return False
    first = _cnpj_digit(text[:12])
    return text[12:] == first + _cnpj_digit(text[:12] + first)


def name_of(store: Store, document: str) -> str:
    """The name of who has it here; for a stranger one that is always the same."""
    for table, column in (("company", "cnpj"), ("person", "cpf")):
        row = store.row(f"SELECT name FROM {table} WHERE {column} = ?", document)  # noqa: S608
        if row is not None:
            return str(row["name"])
    return stranger(document)


def stranger(document: str) -> str:
    """A name that follows from the document."""
    names = _PEOPLE if len(document) == 11 else _NAMES
    return names[_number(document) % len(names)]


def made_up_document(about: str) -> str:
    """A CNPJ that follows from a text."""
    body = f"{_number(about) % 90_000_000 + 10_000_000}0001"
    return body + check_digits(body)


def masked(document: str) -> str:
    """A CPF without its first and last digits; a CNPJ is public."""
    d = document
    if len(d) == 11:
        return f"***.{d[3:6]}.{d[6:9]}-**"
    return f"{d[:2]}.{d[2:5]}.{d[5:8]}/{d[8:12]}-{d[12:]}"


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _cnpj_digit(body: str) -> str:
    total = sum((ord(char) - 48) * (2 + i % 8) for i, char in enumerate(reversed(body)))
    remainder = total % 11
    return "0" if remainder < 2 else str(11 - remainder)
