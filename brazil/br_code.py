"""BR Code: the text inside a Pix QR code, which people copy and paste.

A run of fields, each an id (two digits), a length (two digits) and a value; a value may be a
run of fields itself. Sources: Banco Central's Manual de Padrões para Iniciação do Pix 2.9.0 and
EMVCo's Merchant-Presented Mode; limits and wrong codes in the wild: bacen/pix-api issue 189.
"""

import binascii
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from brazil.amounts import to_centavos
from brazil.digits import is_digits, trim
from brazil.errors import InvalidValue

PIX_DOMAIN = "br.gov.bcb.pix"
ACCOUNT_IDS = [f"{number:02d}" for number in range(26, 52)]  # Pix uses 26; EMV allows any
CRC_HEADER = "6304"
CRC_LENGTH = 4
NO_TXID = "***"
SINGLE_USE = "12"

KEY_LENGTH, NAME_LENGTH, CITY_LENGTH, ACCOUNT_LENGTH = 77, 25, 15, 99
AMOUNT_DIGITS = 12  # thirteen characters with the point
AMOUNT = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,2})?")
TXID = re.compile(r"[A-Za-z0-9]{1,25}")

REQUIRED = {"00": "01", "53": "986", "58": "BR"}  # version, currency (real), country


@dataclass(frozen=True, slots=True)
class BRCode:
    """What a code asks for. Exactly one of `key` and `url` is there.

    The key's kind is not said by the code and cannot be told from its digits.
    """

    key: str | None  # a static code: the receiver's key
    url: str | None  # a dynamic code, without scheme: for a bank to open, never for us
    name: str
    city: str
    amount: Decimal | None  # reais; None when the payer chooses
    txid: str | None
    description: str
    is_single_use: bool


def parse_br_code(text: str) -> BRCode:
    """Read a code: its structure to the exact end, then its CRC, then what it asks for.

    Names and identifiers longer than the manual allows are accepted: banks accept them too.

    Raises:
        InvalidValue: a field does not end where it says, the CRC differs, or it is not Pix.
    """
    code = trim(text, what="o código Pix")
    if not code.isprintable():
        raise InvalidValue("O código Pix tem caracteres que não são aceitos.")
    fields = _read_fields(code)
    _check_crc(code)
    for field_id, value in REQUIRED.items():
        if fields.get(field_id) != value:
            raise InvalidValue("Este código não é de um pagamento Pix em reais.")
    account = _find_account(fields)
    return BRCode(
        key=account.get("01"),
        url=account.get("25"),
        name=fields.get("59", ""),
        city=fields.get("60", ""),
        amount=_read_amount(fields.get("54")),
        txid=_read_txid(fields.get("62")),
        description=account.get("02", ""),
        is_single_use=fields.get("01") == SINGLE_USE,
    )


def build_static_br_code(
    key: str,
    name: str,
    city: str,
    amount: Decimal | None = None,
    txid: str = NO_TXID,
    description: str = "",
) -> str:
    """Return a code that pays `key`, in its canonical form, as often as it is used.

    Name, city and description lose their accents; name and city are cut to 25 and 15
    characters. `amount` is reais; None lets the payer choose.

    Raises:
        InvalidValue: something is missing, or does not fit.
    """
    if not key or len(key) > KEY_LENGTH or not _is_plain(key):
        raise InvalidValue("A chave Pix não cabe em um código.")
    if txid != NO_TXID and not TXID.fullmatch(txid):
        raise InvalidValue("O identificador do Pix tem de 1 a 25 letras e números.")
    plain_name, plain_city = _plain(name)[:NAME_LENGTH].strip(), _plain(city)[:CITY_LENGTH].strip()
    if not plain_name or not plain_city:
        raise InvalidValue("Informe o nome e a cidade de quem recebe.")
    code = (
        _field("00", "01")
        + _field("26", _build_account(key, _plain(description)))
        + _field("52", "0000")
        + _field("53", "986")
        + (_field("54", _format_amount(amount)) if amount is not None else "")
        + _field("58", "BR")
        + _field("59", plain_name)
        + _field("60", plain_city)
        + _field("62", _field("05", txid))
        + CRC_HEADER
    )
    return code + crc16(code)


def crc16(text: str) -> str:
    """Return CRC-16/CCITT-FALSE of the text in UTF-8, as four upper-case hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def _read_fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        header = text[at : at + 4]
        if len(header) < 4 or not is_digits(header):
            raise InvalidValue("O código Pix está incompleto ou foi alterado.")
        field_id, end = header[:2], at + 4 + int(header[2:])
        if end > len(text) or field_id in fields:
            raise InvalidValue("O código Pix está incompleto ou foi alterado.")
        fields[field_id] = text[at + 4 : end]
        at = end
    return fields


def _check_crc(code: str) -> None:
    """The CRC is the last field and covers everything before it, its own id and length too."""
    body, crc = code[:-CRC_LENGTH], code[-CRC_LENGTH:]
    if not body.endswith(CRC_HEADER) or crc16(body) != crc:
        raise InvalidValue("O código Pix foi alterado ou copiado com erro.")


def _find_account(fields: dict[str, str]) -> dict[str, str]:
    for field_id in ACCOUNT_IDS:
        if field_id not in fields:
            continue
        account = _read_fields(fields[field_id])
        if account.get("00", "").lower() != PIX_DOMAIN:
            continue
        if bool(account.get("01")) == bool(account.get("25")):
            raise InvalidValue("O código Pix não diz a quem pagar.")
        return account
    raise InvalidValue("Este código não é de um pagamento Pix em reais.")


def _read_amount(value: str | None) -> Decimal | None:
    if value is None:
        return None
    if not AMOUNT.fullmatch(value):
        raise InvalidValue("O valor do código Pix não pôde ser lido.")
    amount = Decimal(value).quantize(Decimal("0.01"))
    return amount or None


def _read_txid(value: str | None) -> str | None:
    txid = _read_fields(value or "").get("05", NO_TXID)
    return None if txid == NO_TXID else txid


def _build_account(key: str, description: str) -> str:
    account = _field("00", PIX_DOMAIN) + _field("01", key)
    room = ACCOUNT_LENGTH - len(account) - 4
    if len(description) > max(room, 0):
        raise InvalidValue(f"A descrição tem no máximo {max(room, 0)} caracteres com esta chave.")
    return account + (_field("02", description) if description else "")


def _format_amount(amount: Decimal) -> str:
    return f"{Decimal(to_centavos(amount, digits=AMOUNT_DIGITS)).scaleb(-2):f}"


def _field(field_id: str, value: str) -> str:
    return f"{field_id}{len(value):02d}{value}"


def _plain(text: str) -> str:
    """ASCII alone, so that a length in characters and one in bytes are the same."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if _is_plain(character)).strip()


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
