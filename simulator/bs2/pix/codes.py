"""Reading a Pix "copia e cola" that is to be paid."""

import json
from typing import Any, NamedTuple

from simulator.bs2.bank import Bs2
from simulator.bs2.banks import place_of
from simulator.bs2.pix import charges as pix_charges
from simulator.bs2.pix.keys import holder_wire, party_wire, receiver_of, type_of
from simulator.core.br_code import BadBrCode, BrCode, read
from simulator.core.documents import check_digits


class BadCode(ValueError):
    """It cannot be paid. The message is Portuguese."""


class PayableCode(NamedTuple):
    receiver: dict[str, Any]
    amount: int | None  # None: the payer chooses
    charge_id: str | None = None  # of ours
    payer: str = ""  # the only one who may pay, a CPF or CNPJ; empty: anybody


def read_code(bs2: Bs2, text: str) -> PayableCode:
    try:
        code = read(text)
    except BadBrCode as error:
        raise BadCode(str(error)) from None
    if code.url:
        return _dynamic(bs2, code)
    kind = type_of(code.key)
    receiver = receiver_of(bs2, kind, code.key) if kind else None
    if receiver is None:
        raise BadCode("A chave do código Pix não foi encontrada.")
    charge = pix_charges.charge_by(bs2, "txid", code.txid) if code.txid != "***" else None
    return PayableCode(receiver, code.amount_cents, charge["id"] if charge else None)


def _dynamic(bs2: Bs2, code: BrCode) -> PayableCode:
    """A charge of ours, or of somebody made up when the code itself says how much."""
    charge = pix_charges.charge_by(bs2, "location", code.url)
    if charge is not None:
        if pix_charges.status_of(bs2, charge) != pix_charges.ACTIVE:
            raise BadCode("A cobrança do código Pix não está mais ativa.")
        receiver = holder_wire(pix_charges.account_of(bs2, charge))
        payer = ""
        if charge["debtor"] and pix_charges.terms_of(bs2, charge)[1].get("only_debtor"):
            who = json.loads(charge["debtor"])
            payer = who.get("cnpj") or who["cpf"]
        amount = pix_charges.amount_due(bs2, charge)
        return PayableCode(receiver, amount, charge["id"], payer)
    if code.amount_cents is None:
        raise BadCode("A cobrança do código Pix não foi encontrada.")
    body = f"{20_000_000 + sum(code.url.encode()) * 997}0001"
    document = body + check_digits(body)
    return PayableCode(party_wire(place_of(document), code.name, document), code.amount_cents)
