"""What people type, paste and scan.

Text that comes out of a PDF, a web page, WhatsApp or an e-mail carries what nobody sees: a byte
order mark, zero-width joiners, soft hyphens, line breaks, blanks and dashes of many widths.
"""

import unicodedata

from brazil.errors import InvalidValue

# Control, format (zero width, direction, byte order mark), line and paragraph separators.
INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
# Unicode counts these as letters, marks and symbols; none is seen.
FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
VARIATIONS = ("\ufe00", "\ufe0f")  # the first and the last variation selector
MINUS = "\u2212"


def visible(text: str) -> str:
    """Return `text` without the characters that show nothing and take no room."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character for character in text if not _is_invisible(character))


def plain(text: str) -> str:
    """Return the visible text with every kind of blank as " " and every kind of dash as "-"."""
    seen = visible(text)
    return seen if seen.isascii() else "".join(map(_as_typed, seen))


def compact(text: str, *, punctuation: str, what: str) -> str:
    """Return `text` without blanks and the given punctuation.

    Every other visible character stays, for the caller to judge. `what` opens the error messages,
    with its article: «o CNPJ».

    Raises:
        InvalidValue: nothing is left, or it is not text at all (a null or a number out of JSON).
    """
    kept = trim(text, what=what).translate(dict.fromkeys(map(ord, " " + punctuation)))
    if not kept:
        raise InvalidValue(f"Informe {what}.")
    return kept


def trim(text: str, *, what: str) -> str:
    """Return `text`, plain, without the blanks around it; `what` and the error as in `compact`."""
    if not isinstance(text, str) or not (trimmed := plain(text).strip(" ")):
        raise InvalidValue(f"Informe {what}.")
    return trimmed


def is_digits(text: str) -> bool:
    """Whether `text` is made of 0 to 9 alone: `str.isdigit` alone takes ², ٣ and others."""
    return text.isascii() and text.isdigit()


def _is_invisible(character: str) -> bool:
    first, last = VARIATIONS
    if character in FILLERS or first <= character <= last:
        return True
    return unicodedata.category(character) in INVISIBLE


def _as_typed(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "-" if category == "Pd" or character == MINUS else character
