"""Brazilian telephone numbers: country code, area code (DDD), and the number, of nine digits that
begin with 9 (mobile) or of eight that begin with 2 to 5 (landline)."""

import re

from brazil.digits import compact, is_digits
from brazil.errors import InvalidValue

# The 67 areas of Anatel's numbering plan: a region and its own areas.
AREAS = frozenset(
    region + area
    for region, areas in {
        "1": "123456789",
        "2": "12478",
        "3": "1234578",
        "4": "123456789",
        "5": "1345",
        "6": "123456789",
        "7": "134579",
        "8": "123456789",
        "9": "123456789",
    }.items()
    for area in areas
)

MOBILE = re.compile(r"\+55(?P<area>[1-9][1-9])9[0-9]{8}")
LANDLINE = re.compile(r"\+55(?P<area>[1-9][1-9])[2-5][0-9]{7}")


def parse_mobile(text: str) -> str:
    """Return the number as +55 and eleven digits.

    Raises:
        InvalidValue: it is no mobile number, or of an area that does not exist.
    """
    phone = compact(text, punctuation="()-.", what="o celular")
    if not is_digits(phone.removeprefix("+")):
        raise InvalidValue("O celular só pode ter números.")
    if len(phone) == 11:
        phone = f"+55{phone}"
    elif len(phone) == 13:
        phone = f"+{phone}"
    mobile = MOBILE.fullmatch(phone)
    if mobile is None:
        raise InvalidValue("Informe um celular brasileiro com DDD: 11 dígitos, como 11987654321.")
    if mobile["area"] not in AREAS:
        raise InvalidValue(f"Não existe o DDD {mobile['area']}: confira o celular.")
    return phone


def parse_phone(text: str) -> str:
    """Return a mobile or landline number as +55, area and number.

    Raises:
        InvalidValue: it is neither, or of an area that does not exist.
    """
    phone = compact(text, punctuation="()-.", what="o telefone")
    if not is_digits(phone.removeprefix("+")):
        raise InvalidValue("O telefone só pode ter números.")
    if len(phone) in {10, 11}:
        phone = f"+55{phone}"
    elif len(phone) in {12, 13}:
        phone = f"+{phone.removeprefix('+')}"
    found = MOBILE.fullmatch(phone) or LANDLINE.fullmatch(phone)
    if found is None:
        raise InvalidValue("Informe um telefone brasileiro com DDD, como 11987654321.")
    if found["area"] not in AREAS:
        raise InvalidValue(f"Não existe o DDD {found['area']}: confira o telefone.")
    return phone


def format_phone(phone: str) -> str:
    """+5511987654321 → (11) 98765-4321; what is none comes back as it is."""
    if not (MOBILE.fullmatch(phone) or LANDLINE.fullmatch(phone)):
        return phone
    area, number = phone[3:5], phone[5:]
    return f"({area}) {number[:-4]}-{number[-4:]}"
