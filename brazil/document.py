"""A person's CPF or a company's CNPJ, where either may stand."""

import re
from functools import lru_cache

from brazil import cnpj, cpf
from brazil.digits import compact
from brazil.errors import InvalidValue


def parse_document(text: str) -> str:
    """Return the canonical CPF (11 digits) or CNPJ (14 characters), told apart by their length.

    Raises:
        InvalidValue: it is neither, or a check digit is wrong.
    """
    document = compact(text, punctuation="./-", what="o CPF ou o CNPJ")
    if len(document) == cpf.LENGTH:
        return cpf.parse_cpf(document)
    if len(document) == cnpj.LENGTH:
        return cnpj.parse_cnpj(document)
    raise InvalidValue(
        f"Um CPF tem {cpf.LENGTH} dígitos e um CNPJ tem {cnpj.LENGTH} caracteres; "
        f"este tem {len(document)}."
    )


# Blanks, dashes and what nobody sees; any other sign hides a part (***) or says something else.
_DECORATION = re.compile("[\\s./\u00ad\u200b-\u200f\u2060\ufeff\u2010-\u2015\u2212-]+")
_SHAPE = re.compile(r"[0-9]{11}|[0-9A-Z]{12}[0-9]{2}")
_HIDDEN = "XXX"  # some hide a part so


def read_loose_document(value: object) -> str:
    """Return the CPF or CNPJ that a bank's answer holds, canonical; empty when there is none.

    It may be a number, in lower case, punctuated, without its leading zeros, or filled up with
    zeros to the length of the other kind: the check digits tell which of the two it is, and where
    they fit both it is neither. One in the right shape whose check digits are wrong stays as it
    was sent. One with a part hidden (***, XXX) is none.
    """
    if type(value) is int:
        value = str(value)
    return _read_loose(value) if isinstance(value, str) else ""


@lru_cache(maxsize=4096)  # a statement names the same few over and over
def _read_loose(text: str) -> str:
    kept = _DECORATION.sub("", text)
    if not kept.isascii() or not kept.isalnum() or not (bare := kept.lstrip("0")):
        return ""
    kept, bare = kept.upper(), bare.upper()
    if is_valid_document(kept):
        return kept
    filled = {bare.zfill(cpf.LENGTH), bare.zfill(cnpj.LENGTH)}
    found = [document for document in filled if is_valid_document(document)]
    if len(found) == 1:
        return found[0]
    return kept if _SHAPE.fullmatch(kept) and _HIDDEN not in kept else ""


def is_valid_document(text: str) -> bool:
    """Whether it is a canonical CPF or CNPJ."""
    try:
        return parse_document(text) == text
    except InvalidValue:
        return False


def is_same_company(first: str, second: str) -> bool:
    """Whether two canonical documents name one person or company.

    All establishments of a company share the first characters of its CNPJ.
    """
    if len(first) == len(second) == cnpj.LENGTH:
        return cnpj.cnpj_root(first) == cnpj.cnpj_root(second)
    return bool(first) and first == second


def format_document(document: str) -> str:
    """Return a canonical CPF or CNPJ with its punctuation; anything else comes back as it is.

    What a bank sent is shown even when it is neither, so this never refuses.
    """
    if len(document) == cpf.LENGTH:
        return cpf.format_cpf(document)
    if len(document) == cnpj.LENGTH:
        return cnpj.format_cnpj(document)
    return document


_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_HIDDEN_SIGN = re.compile("[*xX#_•●∙·]")
_MASKED = re.compile(r"[0-9*]{11}|[0-9A-Z*]{12}[0-9*]{2}")
LONGEST_MASKED = 20


def read_masked_document(value: object) -> str:
    """Return, as it was sent, the CPF or CNPJ of which a bank's answer hides a part; empty when
    it hides none, shows none, or is neither. It is never a document: it may be of several."""
    if not isinstance(value, str) or _read_loose(value):
        return ""
    text = " ".join(_UNSEEN.sub("", value).split())
    return text if len(text) <= LONGEST_MASKED and bare_mask(text) else ""


def bare_mask(text: str) -> str:
    """A partly hidden document without punctuation, each hidden place as «*»; empty when it is
    none, or shows nothing."""
    shown = _HIDDEN_SIGN.sub("*", _DECORATION.sub("", text)).upper()
    return shown if "*" in shown and shown.strip("*") and _MASKED.fullmatch(shown) else ""


def fits_mask(document: str, masked: str) -> bool | None:
    """Whether a canonical document may be the one of which `masked` shows a part.

    «***.456.789-**» shows six digits of a CPF. Of a CNPJ those of the company count, and not those
    of the establishment. None: it shows nothing that counts, or is the form of neither.
    """
    shown = _HIDDEN_SIGN.sub("*", _DECORATION.sub("", masked)).upper()
    if not _MASKED.fullmatch(shown) or not shown.strip("*"):
        return None
    if len(shown) != len(document):
        return False
    counts = len(shown) if len(shown) == cpf.LENGTH else cnpj.ROOT_LENGTH
    pairs = [pair for pair in zip(shown[:counts], document, strict=False) if pair[0] != "*"]
    return all(one == other for one, other in pairs) if pairs else None


def masked_kind(masked: str) -> str:
    """«CPF» or «CNPJ», by the length of a document of which a part may be hidden."""
    kinds = {cpf.LENGTH: "CPF", cnpj.LENGTH: "CNPJ"}
    return kinds.get(len(_DECORATION.sub("", masked)), "documento")
