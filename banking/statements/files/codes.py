"""Codes of banks and currencies as files print them."""

import re

from brazil.banks import BANKS

COMPE = re.compile(r"0*(\d{1,3})", re.ASCII)
BY_ISPB = {bank.ispb: bank.compe for bank in BANKS}
REAIS = "BRL"
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# Santander writes BRC: Trust-Code/odoo-brasil#25.
AS_REAIS = frozenset({"BRL", "BRC", "R$", "986", "REAL", "REAIS"})


def bank_code(text: str) -> str:
    """COMPE of «0341», «1» or an ISPB; empty where it is neither."""
    bare = text.strip()
    if bare in BY_ISPB:
        return BY_ISPB[bare]
    found = COMPE.fullmatch(bare)
    return found[1].zfill(3) if found and int(found[1]) else ""


def currency_code(text: str) -> str:
    """ISO 4217; empty where there is none."""
    bare = text.strip().upper()
    if bare in AS_REAIS:
        return REAIS
    return bare if CURRENCY.fullmatch(bare) else ""


def refusal_of(currency: str) -> str:
    """Why an account is not read; empty where it is in reais, or the file does not say."""
    if currency in ("", REAIS):
        return ""
    return f"Esta conta está em {currency}: só são importados extratos em reais."
