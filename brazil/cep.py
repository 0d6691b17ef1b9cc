"""CEP: the eight digits of a postal code, and the state that they lie in.

Source: the ranges that Correios publish («Faixas de CEP»).
"""

import re

from brazil.errors import InvalidValue

LENGTH = 8
_SHAPE = re.compile(r"[0-9]{2}\.?[0-9]{3}-?[0-9]{3}")
# From the first five digits on, until the next line's.
RANGES = (
    ("01000", "SP"), ("20000", "RJ"), ("29000", "ES"), ("30000", "MG"), ("40000", "BA"),
    ("49000", "SE"), ("50000", "PE"), ("57000", "AL"), ("58000", "PB"), ("59000", "RN"),
    ("60000", "CE"), ("64000", "PI"), ("65000", "MA"), ("66000", "PA"), ("68900", "AP"),
    ("69000", "AM"), ("69300", "RR"), ("69400", "AM"), ("69900", "AC"), ("70000", "DF"),
    ("72800", "GO"), ("73000", "DF"), ("73700", "GO"), ("76800", "RO"), ("77000", "TO"),
    ("78000", "MT"), ("79000", "MS"), ("80000", "PR"), ("88000", "SC"), ("90000", "RS"),
)  # fmt: skip
STATES = frozenset(state for _, state in RANGES)
# No street has it; people type it to get past a form.
_NOWHERE = {"99999999"}


def parse_cep(text: str) -> str:
    """Return the eight digits.

    Raises:
        InvalidValue: it is no postal code, or of no state.
    """
    typed = text.strip()
    if not _SHAPE.fullmatch(typed):
        raise InvalidValue("O CEP tem oito números, como em 01310-100.")
    digits = re.sub("[.-]", "", typed)
    if digits < RANGES[0][0] or digits in _NOWHERE:
        raise InvalidValue("Este CEP não é de nenhum estado.")
    return digits


def state_of(cep: str) -> str:
    """The state of a postal code that `parse_cep` returned."""
    return next(state for first, state in reversed(RANGES) if cep >= first)


def format_cep(cep: str) -> str:
    """01310100 → 01310-100; what is none comes back as it is."""
    return f"{cep[:5]}-{cep[5:]}" if len(cep) == LENGTH else cep
