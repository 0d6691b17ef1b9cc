"""What people type, paste and scan."""

from brazil.errors import InvalidValue

BLANKS = " \t\r\n\u00a0"  # the last is the blank that PDF and web pages put between groups


def compact(text: str, *, punctuation: str, what: str) -> str:
    """Return `text` without blanks and the given punctuation.

    Every other character stays, for the caller to judge. `what` opens the error messages, with
    its article: «o CNPJ».

    Raises:
        InvalidValue: nothing is left, or it is not text at all (a null or a number out of JSON).
    """
    kept = trim(text, what=what).translate(dict.fromkeys(map(ord, BLANKS + punctuation)))
    if not kept:
        raise InvalidValue(f"Informe {what}.")
    return kept


def trim(text: str, *, what: str) -> str:
    """Return `text` without the blanks around it; `what` and the error as in `compact`."""
    if not isinstance(text, str) or not (trimmed := text.strip(BLANKS)):
        raise InvalidValue(f"Informe {what}.")
    return trimmed


def is_digits(text: str) -> bool:
    """Whether `text` is made of 0 to 9 alone: `str.isdigit` alone takes ², ٣ and others."""
    return text.isascii() and text.isdigit()
