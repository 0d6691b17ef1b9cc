"""What the text of a row tells: whether it only states a balance, and who is on the other side."""

import re

from banking.statements.files.contract import LONGEST_TEXT
from brazil.cnpj import is_valid_cnpj
from brazil.pix import is_valid_end_to_end_id
from core.text import fold, read_line

# A row states a balance when it has no word but these: «PIX SALDO ANTERIOR» is a movement.
BALANCE = frozenset({"saldo", "saldos", "sdo"})
OPENING = frozenset({"anterior", "inicial", "abertura"})
BLOCKED = frozenset({"bloq", "bloqueado", "bloqueados"})
OTHER_WORDS = """
a abertura apl aplic aplicacao aplicacoes atual ate aut automatica automaticas bloq bloqueado
bloqueados c conta contabil corrente cta da de dia diario disponivel do em facil fechamento final
financeiro hoje inicial invest investimento investimentos l limite liquido livre mais mes na no o
ontem para parcial periodo plus poupanca r rende s saque total
"""
OF_A_BALANCE = BALANCE | OPENING | frozenset(OTHER_WORDS.split())
WORDS = re.compile(r"[a-z]+")
SPACED = "s a l d o"  # as Banco do Brasil prints it
HIDDEN = "•*xX"
# Sicoob prints a blank for the slash.
DOCUMENT = re.compile(
    rf"(?<![\w.])(?:[\dA-Z{HIDDEN}]{{2}}\.[\dA-Z{HIDDEN}]{{3}}\.[\dA-Z{HIDDEN}]{{3}}[/ ]"
    rf"[\dA-Z{HIDDEN}]{{4}}-[\d{HIDDEN}]{{2}}"
    rf"|[\d{HIDDEN}]{{3}}\.[\d{HIDDEN}]{{3}}\.[\d{HIDDEN}]{{3}}-[\d{HIDDEN}]{{2}})(?!\w)"
)
BARE_CNPJ = re.compile(r"(?<!\w)\d{14}(?!\w)", re.ASCII)
END_TO_END = re.compile(r"(?<![A-Za-z0-9])[ED]\d{20}[A-Za-z0-9]{11}(?![A-Za-z0-9])", re.ASCII)
# As Inter prints it: «Cp :12345678-ACME COMERCIO LTDA», with the root of the document.
AFTER_ROOT = re.compile(r"Cp :\d{8}-([^\"]+)", re.ASCII)
CUT_AT = 32  # letters of NAME in OFX; what is longer may go on in MEMO


def states_balance(text: str) -> bool:
    """Whether it says no more than «SALDO ANTERIOR», «SALDO TOTAL DISPONÍVEL DIA» and the like."""
    if text[:1] not in ("s", "S"):  # nearly all rows
        return False
    words = balance_words(text)
    return bool(words) and words[0] in BALANCE and all(word in OF_A_BALANCE for word in words)


def states_opening(text: str) -> bool:
    words = balance_words(text)
    return not OPENING.isdisjoint(words) and BLOCKED.isdisjoint(words)


def balance_words(text: str) -> list[str]:
    folded = fold(text[:LONGEST_TEXT])
    if folded.startswith(SPACED):
        folded = f"saldo{folded[len(SPACED) :]}"
    return WORDS.findall(folded)


def tidy(text: str) -> str:
    return read_line(text[: 2 * LONGEST_TEXT])[:LONGEST_TEXT].rstrip()


def joined(name: str, memo: str) -> str:
    """NAME and MEMO of a row as one text; some banks fill either, some the same into both."""
    if not name or name in memo:
        return memo or name
    if not memo or memo in name:
        return name
    return name + memo if len(name) == CUT_AT and memo[0].isalnum() else f"{name} {memo}"


def end_to_end_id(*texts: str) -> str:
    for text in texts:
        found = END_TO_END.search(text)
        if found and is_valid_end_to_end_id(found[0]):
            return found[0]
    return ""


def other_side(text: str) -> tuple[str, str]:
    """Name and document in a text, each empty where it does not tell it."""
    found = DOCUMENT.search(text) if "-" in text else None
    if found is None:
        bare = BARE_CNPJ.search(text)
        named = AFTER_ROOT.search(text)
        document = bare[0] if bare and is_valid_cnpj(bare[0]) else ""
        return named[1].strip() if named else "", document
    before = text[: found.start()].rstrip(" -–:")
    _, dash, name = before.rpartition(" - ")
    return name.strip() if dash else "", canonical(found[0])


def canonical(document: str) -> str:
    """Without its punctuation; where parts are hidden, as printed."""
    if any(sign in document for sign in HIDDEN):
        return document
    return re.sub(r"[./ -]", "", document)
