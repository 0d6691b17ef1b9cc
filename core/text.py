"""Text that people read: without what nobody sees, cut where it shows, compared without accents."""

import re
import unicodedata

from core.errors import InvalidInput

ELLIPSIS = "…"

# What shows nothing and is not of Unicode's categories for that: fillers, blanks that are letters
# or symbols, selectors of variants (Default_Ignorable_Code_Point; U+2800, the empty braille cell;
# U+FFFC, which stands for something that is not text; the blanks among the hieroglyphs).
_FILLERS = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc"
    "\U00013441\U00013442\U00016fe4\U0001d159\U000e0100-\U000e01ef"
)
# Most texts that are not ASCII have only Latin letters and the signs of typography.
_LATIN = re.compile("[ -~¡-\u02ff\u2010-\u2015\u2018-\u201f\u2026\u20ac\u2212]*")
_FILLER = re.compile(f"[{_FILLERS}]")
# Control characters, ends of lines and paragraphs, every blank of typography; halves of pairs,
# which were a character.
_BLANKS = {"Cc", "Zl", "Zp", "Zs", "Cs"}
# Zero widths, overrides and isolates of direction, tags; what is no character.
_UNSEEN = {"Cf", "Co", "Cn"}
_MARKS = {"Mn", "Mc", "Me"}
_ACCENTS = re.compile(
    "[\u0300-\u036f]+"
)  # as they stand beside their letter once it is taken apart


def clean(text: str) -> str:
    """The text without what nobody sees, on one line; a mark that stands on no letter goes too.

    What a bank sends passes here: it never refuses, and what is left may be empty.
    """
    if text.isprintable() and (text.isascii() or _LATIN.fullmatch(text)):
        return text.strip(" ")
    text = _FILLER.sub("", unicodedata.normalize("NFC", text))
    kept: list[str] = []
    for char in text:
        category = unicodedata.category(char)
        if category in _BLANKS:
            kept.append(" ")
        elif category in _MARKS:
            if kept and kept[-1] != " ":
                kept.append(char)
        elif category not in _UNSEEN:
            kept.append(char)
    return "".join(kept).strip()


def capital(text: str) -> str:
    """As a sentence begins with it; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def read_line(text: str) -> str:
    """As `clean`, with single blanks."""
    line = clean(text)
    return " ".join(line.split()) if "  " in line else line


def read_name(text: str, *, what: str = "O nome", field: str | None = None) -> str:
    """The name of somebody or something as a person gives it, without what nobody sees.

    `what` opens the sentence, with its article.

    Raises:
        InvalidInput: (code `no_letter`) no letter or digit is left.
    """
    name = read_line(text)
    if not has_letter(name):
        raise InvalidInput(
            f"{what} precisa ter pelo menos uma letra ou um número.", field=field, code="no_letter"
        )
    return name


def has_letter(text: str) -> bool:
    """Whether there is a letter or a digit in it, and not only signs."""
    return any(char.isalnum() for char in text)


def shorten(text: str, longest: int) -> str:
    """At most `longest` characters; where something is cut, an ellipsis says so."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + ELLIPSIS


def fold(text: str) -> str:
    """Lower case without accents and with single blanks, as `core.search` stores it."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", read_line(text))).lower()
