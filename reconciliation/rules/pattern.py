r"""Patterns that people type (expressões regulares).

They are kept as typed and given to the engine as they are: case is ignored by its flag, accents are
folded in the text that is searched. The engine is RE2, whose time is linear in the text whatever
the pattern is; it has no look-around and no back-references.

Sources: RE2, "Syntax" and "WhyRE2"; Python documentation, "re" (`error.pos`).
"""

import re
from functools import lru_cache
from typing import Any

import re2

from core.errors import InvalidInput

NAMED_PIECES = frozenset(
    (
        "bad repetition operator",
        "invalid character class range",
        "invalid escape sequence",
        "invalid perl operator",
        "invalid repetition size",
    )
)
MEMORY = 1 << 20  # bytes of a pattern and its automaton


class WrongPattern(InvalidInput):
    """It does not compile. `at` is the place of the first character that is wrong, from 1."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message, field="texts", code="pattern")
        self.at = at


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Any:
    """
    Raises:
        WrongPattern: it is none that the engine takes.
    """
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        told = error.args[0]
        raise wrong(pattern, told.decode() if isinstance(told, bytes) else str(told)) from None


def wrong(pattern: str, told: str) -> WrongPattern:
    """`told` is in the engine's words: «invalid escape sequence: \\1»."""
    kind, _, piece = told.partition(": ")
    at = place_of(pattern, kind, piece)
    words = {
        "invalid perl operator": "olhar adiante ou para trás não é aceito",
        "invalid escape sequence": f"«{piece}» não é aceito",
        "pattern too large": "o padrão é grande demais",
        "invalid repetition size": f"a repetição «{piece}» é grande demais",
        "missing )": "falta fechar um parêntese",
        "missing ]": "falta fechar um colchete",
        "unexpected )": "há um parêntese fechado a mais",
    }.get(kind, "não dá para ler o que vem aqui")
    return WrongPattern(f"Padrão inválido no {at}º caractere: {words}.", at)


def place_of(pattern: str, kind: str, piece: str) -> int:
    """RE2 names a piece, which is looked for; else Python's reader tells where."""
    if kind in NAMED_PIECES and piece in pattern:
        return pattern.index(piece) + 1
    try:
        re.compile(pattern)
    except re.error as error:
        if error.pos is not None:
            return error.pos + 1
    except (OverflowError, RecursionError):
        pass
    return 1
