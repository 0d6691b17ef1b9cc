"""BR Code: the text inside a Pix QR code, which people copy and paste.

A run of fields, each an id (two digits), a length (two digits) and a value; a value may be a
run of fields itself. Sources: Banco Central's Manual de Padrões para Iniciação do Pix 2.10 and
EMVCo's Merchant-Presented Mode; limits and wrong codes in the wild: bacen/pix-api issue 189.

What no source allows and many write is read all the same: a CRC in lower case, lengths that count
bytes of UTF-8. The CRC says whether it was read as it was meant.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from brazil.amounts import to_centavos
from brazil.digits import is_digits, plain, visible
from brazil.errors import InvalidValue
from brazil.pix_key import is_directory_key

PIX_DOMAIN = "br.gov.bcb.pix"
ACCOUNT_IDS = [f"{number:02d}" for number in range(26, 52)]  # Pix uses 26; EMV allows any
MORE_IDS = [f"{number:02d}" for number in range(80, 100)]  # what a composite code adds
RECURRENCE = "rec"  # of an authorisation of Pix Automático: …/rec/ and its own id
CRC_HEADER = "6304"
CRC_LENGTH = 4
NO_TXID = "***"
SINGLE_USE = "12"

KEY_LENGTH, NAME_LENGTH, CITY_LENGTH, ACCOUNT_LENGTH = 77, 25, 15, 99
AMOUNT_DIGITS = 12  # thirteen characters with the point
AMOUNT = re.compile(r"[0-9]{1,10}(?:\.[0-9]{0,2})?")  # EMV: 98.73, 98 and 98. are valid
WRAPPED = re.compile(r"\s*[\r\n]+[>\s]*")
ONE_A_BYTE = "latin-1"  # makes a character of each byte
TXID = re.compile(r"[A-Za-z0-9]{1,25}")

REQUIRED = {"00": "01", "53": "986", "58": "BR"}  # version, currency (real), country


@dataclass(frozen=True, slots=True)
class BRCode:
    """What a code asks for. At most one of `key` and `url` is there, and one if it can be paid.

    The key's kind is not said by the code and cannot be told from its digits.
    """

    payload: str  # the code as a bank reads it
    key: str | None  # a static code: the receiver's key
    url: str | None  # a dynamic code, without scheme: for a bank to open, never for us
    recurrence: str | None  # as `url`, of the authorisation of Pix Automático that it also asks for
    withdrawal_agent: str | None  # Pix Saque: the ISPB of who hands out the cash
    name: str
    city: str
    # Reais; None when the payer chooses. With a `url` a hint: what the address tells prevails.
    amount: Decimal | None
    txid: str | None
    description: str
    is_single_use: bool
    names_others: bool = False  # more than one receiver: which is paid, its reader chooses

    @property
    def why_not_paid(self) -> str:
        """Why it is not the code of a bill, as a Portuguese sentence; empty when it is."""
        if self.withdrawal_agent:
            return "Este código é de um Pix Saque: retira dinheiro em espécie e não paga uma conta."
        if self.names_others:
            return "O código Pix tem mais de um recebedor: peça outro código a quem cobra."
        if self.recurrence and not (self.key or self.url):
            return (
                "Este código só pede uma autorização de Pix Automático, sem pagamento: "
                "autorize no aplicativo do banco."
            )
        if self.key and not is_directory_key(self.key):
            return (
                "A chave Pix deste código não está no formato do Banco Central: "
                "peça outro código a quem cobra."
            )
        return ""


def parse_br_code(text: str) -> BRCode:
    """Read a code: its structure to the exact end, then its CRC, then what it asks for.

    What pasting adds is left out: a blank may be content of a name, a line break never is. Names
    and identifiers longer than the manual allows are accepted: banks accept them too. Whether it
    pays a bill, `BRCode.why_not_paid` says.

    Raises:
        InvalidValue: a field does not end where it says, the CRC differs, or it is not Pix.
    """
    refusals: list[InvalidValue] = []
    for code in _readings(text):
        try:
            return _read_code(code)
        except InvalidValue as refusal:
            refusals.append(refusal)
    raise refusals[0] if refusals else InvalidValue("Informe o código Pix.")


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


def _readings(text: str) -> Iterator[str]:
    """What a pasted text may stand for, the likeliest first: the CRC fits one of them.

    A mail program wraps a code with a line break alone, in place of a blank, or before the marks
    and blanks of a quotation; a page shows other blanks and dashes than the code has.
    """
    if not isinstance(text, str):
        return
    joined, spaced = WRAPPED.sub("", text), WRAPPED.sub(" ", text)
    readings = (visible(text), plain(text), plain(joined), plain(spaced))
    yield from dict.fromkeys(reading.strip() for reading in readings if reading.strip())


def _read_code(code: str) -> BRCode:
    if not plain(code).isprintable():
        raise InvalidValue("O código Pix tem caracteres que não são aceitos.")
    try:
        return _read_units(code, code)
    except InvalidValue:
        if code.isascii():
            raise
    try:
        return _read_units(code, code.encode().decode(ONE_A_BYTE))
    except UnicodeDecodeError:  # a length ends within a character
        raise InvalidValue("O código Pix está incompleto ou foi alterado.") from None


def _read_units(code: str, units: str) -> BRCode:
    """Read a code of which each of the units, characters or bytes, counts as one in lengths."""
    fields = _read_fields(units)
    _check_crc(code)
    for field_id, value in REQUIRED.items():
        if fields.get(field_id) != value:
            raise InvalidValue("Este código não é de um pagamento Pix em reais.")
    recurrence = _find_recurrence(fields)
    accounts = _find_accounts(fields)
    account = accounts[0]
    url = account.get("25")
    if url and _is_recurrence(url):
        url, recurrence = None, url
    if not (account.get("01") or url or recurrence):
        raise InvalidValue("O código Pix não diz a quem pagar.")

    def text_of(value: str) -> str:
        return value if units is code else value.encode(ONE_A_BYTE).decode()

    return BRCode(
        payload=code[:-CRC_LENGTH] + code[-CRC_LENGTH:].upper(),
        key=account.get("01") or None,
        url=url or None,
        recurrence=recurrence,
        withdrawal_agent=account.get("03") or None,
        names_others=len(accounts) > 1,
        name=text_of(fields.get("59", "")),
        city=text_of(fields.get("60", "")),
        amount=_read_amount(fields.get("54")),
        txid=_read_txid(fields.get("62")),
        description=text_of(account.get("02", "")),
        is_single_use=fields.get("01") == SINGLE_USE,
    )


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
    if not body.endswith(CRC_HEADER) or crc16(body) != crc.upper():
        raise InvalidValue("O código Pix foi alterado ou copiado com erro.")


def _find_accounts(fields: dict[str, str]) -> list[dict[str, str]]:
    """Of Pix, one of a code that is right."""
    found = []
    for field_id in ACCOUNT_IDS:
        if field_id not in fields:
            continue
        account = _read_fields(fields[field_id])
        if account.get("00", "").lower() != PIX_DOMAIN:
            continue
        if account.get("01") and account.get("25"):
            raise InvalidValue("O código Pix não diz a quem pagar.")
        found.append(account)
    if not found:
        raise InvalidValue("Este código não é de um pagamento Pix em reais.")
    return found


def _find_recurrence(fields: dict[str, str]) -> str | None:
    """The address of the authorisation that a composite code asks for; None when it has none."""
    for field_id in MORE_IDS:
        try:
            more = _read_fields(fields.get(field_id, ""))
        except InvalidValue:  # somebody else's: these ids are free to all
            continue
        url = more.get("25", "")
        if more.get("00", "").lower() == PIX_DOMAIN and _is_recurrence(url):
            return url
    return None


def _is_recurrence(url: str) -> bool:
    return url.split("/")[-2:-1] == [RECURRENCE]


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
