"""Texts as a bank takes them: composed, on one line, cut at a word."""

import unicodedata

from core.text import read_line

# What a decomposition leaves out, or turns into letters that mean another thing.
_SIGNS = str.maketrans({"º": "o", "ª": "a", "–": "-", "—": "-", "“": '"', "”": '"', "’": "'"})


def fit(text: str, longest: int, *, accents: bool = True) -> str:
    """The text within `longest` characters; without `accents` in ASCII. A word that does not fit
    whole is left out, unless it is the first one. A sign that the bank cannot take is left out."""
    line = read_line(text)
    if not accents:
        taken_apart = unicodedata.normalize("NFKD", line.translate(_SIGNS))
        line = read_line(taken_apart.encode("ascii", "ignore").decode())
    else:
        line = read_line("".join(char for char in line if ord(char) < 0x2100))
    if len(line) <= longest:
        return line
    cut = line[: longest + 1].rpartition(" ")[0].rstrip(" ,;-")
    return cut or line[:longest]
