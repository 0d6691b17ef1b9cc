"""BR Code, the text of a Pix QR code (BCB, "Manual de Padrões para Iniciação do Pix"; EMV QRCPS).

Fields are two digits of id, two of length, and the value; the last is a CRC of all before it.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_GUI = "br.gov.bcb.pix"
_NO_TXID = "***"


class BadBrCode(ValueError):
    """Not a Pix "copia e cola". The message is Portuguese."""


@dataclass(frozen=True, slots=True)
class BrCode:
    """What a code says. Either a key (static) or an address (dynamic)."""

    key: str
    url: str  # without scheme, as the code has it
    amount_cents: int | None  # None: not in the code
    name: str
    city: str
    txid: str
    description: str = ""


def dynamic(url: str, name: str, city: str) -> str:
    """The code of a charge kept at `url` (host and path, no scheme), which knows the amount."""
    return _build(_field("25", url), name, city, _NO_TXID, None, _field("01", "12"))


def static(
    key: str,
    name: str,
    city: str,
    amount_cents: int | None = None,
    *,
    txid: str = _NO_TXID,
    description: str = "",
) -> str:
    account = _field("01", key) + (_field("02", description) if description else "")
    return _build(account, name, city, txid, amount_cents)


def read(text: str) -> BrCode:
    """Raises BadBrCode: the text is damaged, or not of Pix."""
    text = text.strip()
    if text[-8:-4] != "6304" or crc16(text[:-4]) != text[-4:].upper():
        raise BadBrCode("O código Pix está incompleto ou foi alterado: a conferência não bate.")
    fields = dict(_fields(text))
    account = dict(_fields(fields.get("26", "")))
    if account.get("00", "").lower() != _GUI or not ("01" in account or "25" in account):
        raise BadBrCode("O código não é de um Pix.")
    return BrCode(
        key=account.get("01", ""),
        url=account.get("25", ""),
        amount_cents=_centavos(fields.get("54")),
        name=fields.get("59", ""),
        city=fields.get("60", ""),
        txid=dict(_fields(fields.get("62", ""))).get("05", _NO_TXID),
        description=account.get("02", ""),
    )


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE in four capital hexadecimals."""
    value = 0xFFFF
    for byte in text.encode():
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
    return f"{value & 0xFFFF:04X}"


def _build(
    account: str, name: str, city: str, txid: str, amount_cents: int | None, method: str = ""
) -> str:
    whole, cents = divmod(amount_cents or 0, 100)
    text = "".join(
        (
            _field("00", "01"),
            method,
            _field("26", _field("00", _GUI) + account),
            _field("52", "0000"),
            _field("53", "986"),
            _field("54", f"{whole}.{cents:02d}") if amount_cents is not None else "",
            _field("58", "BR"),
            _field("59", _plain(name)[:25].strip()),
            _field("60", _plain(city)[:15].strip()),
            _field("62", _field("05", txid)),
            "6304",
        )
    )
    return text + crc16(text)


def _field(number: str, value: str) -> str:
    if not 0 < len(value) < 100:
        raise ValueError(f"field {number} holds 1 to 99 characters")
    return f"{number}{len(value):02d}{value}"


def _fields(text: str) -> Iterator[tuple[str, str]]:
    while text:
        number, length = text[:2], text[2:4]
        if not (length.isascii() and length.isdigit()) or len(text) < 4 + int(length):
            raise BadBrCode("O código Pix está incompleto.")
        yield number, text[4 : 4 + int(length)]
        text = text[4 + int(length) :]


def _centavos(text: str | None) -> int | None:
    if text is None:
        return None
    whole, _, cents = text.partition(".")
    digits = whole + cents.ljust(2, "0")
    if len(cents) > 2 or not (digits.isascii() and digits.isdigit()):
        raise BadBrCode("O valor do código Pix não pode ser lido.")
    return int(digits)


def _plain(text: str) -> str:
    """Without accents: the readers of many banks take ASCII only."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if " " <= char <= "~")
