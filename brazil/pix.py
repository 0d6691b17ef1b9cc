"""Pix: keys, the BR Code, and the identity of a payment.

Keys are in `pix_key`, the code in `br_code`; their names can be imported from here. Source for
the endToEndId: bacen/pix-api issues 56, 542 and 592.
"""

import re

from brazil.br_code import BRCode, build_static_br_code, crc16, parse_br_code
from brazil.pix_key import PixKeyKind, parse_pix_key

__all__ = [
    "BRCode",
    "PixKeyKind",
    "build_static_br_code",
    "crc16",
    "is_valid_end_to_end_id",
    "parse_br_code",
    "parse_pix_key",
]

END_TO_END_ID = re.compile(r"[ED][0-9]{20}[0-9A-Za-z]{11}")


def is_valid_end_to_end_id(text: str) -> bool:
    """Whether it has the form of a Pix (E…) or of its return (D…): 32 characters.

    After the letter: ISPB of who sent it, UTC minute, eleven letters or digits. Case counts.
    """
    return END_TO_END_ID.fullmatch(text) is not None
