"""Banks that can be on the other side, by COMPE code: ISPB and name."""

import hashlib
from typing import NamedTuple

from simulator.bs2.bank import BANK_CODE, BANK_NAME, ISPB

BANKS = {
    "001": ("00000000", "BCO DO BRASIL S.A."),
    "033": ("90400888", "BCO SANTANDER (BRASIL) S.A."),
    "041": ("92702067", "BCO DO ESTADO DO RS S.A."),
    "070": ("00000208", "BRB - BCO DE BRASILIA S.A."),
    "077": ("00416968", "BANCO INTER"),
    "104": ("00360305", "CAIXA ECONOMICA FEDERAL"),
    "208": ("30306294", "BANCO BTG PACTUAL S.A."),
    "212": ("92894922", "BANCO ORIGINAL"),
    BANK_CODE: (ISPB, BANK_NAME),
    "237": ("60746948", "BCO BRADESCO S.A."),
    "260": ("18236120", "NU PAGAMENTOS - IP"),
    "290": ("08561701", "PAGSEGURO INTERNET IP S.A."),
    "336": ("31872495", "BCO C6 S.A."),
    "341": ("60701190", "ITAÚ UNIBANCO S.A."),
    "403": ("37880206", "CORA SCFI"),
    "422": ("58160789", "BCO SAFRA S.A."),
    "748": ("01181521", "BCO COOPERATIVO SICREDI S.A."),
    "756": ("02038232", "BANCO SICOOB S.A."),
}
_USUAL = ("341", "237", "001", "033", "104", "260")
BY_ISPB = {ispb: code for code, (ispb, _) in BANKS.items()}


class Place(NamedTuple):
    """An account somewhere. Digits; the account with its check digit."""

    bank: str
    branch: str
    account: str

    @property
    def bank_name(self) -> str:
        return BANKS.get(self.bank, ("", ""))[1]

    @property
    def ispb(self) -> str:
        return BANKS.get(self.bank, ("", ""))[0]


def place_of(document: str) -> Place:
    """Where somebody is supposed to have an account; always the same for a document."""
    number = int.from_bytes(hashlib.sha256(document.encode()).digest()[:6], "big")
    bank = _USUAL[number % len(_USUAL)]
    return Place(bank, str(1 + number // 7 % 8999), str(10_000 + number // 11 % 9_989_999))
