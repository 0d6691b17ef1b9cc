"""Money that comes in, as if somebody elsewhere had sent it."""

from simulator.core.ledger import CREDIT, NewEntry
from simulator.core.store import Row
from simulator.kamino import charges_life, moving
from simulator.kamino.bank import Kamino
from simulator.kamino.moving import Move, move

TEXTS = {"PIX": "Pix recebido", "TED": "TED recebida"}


def receive(
    bank: Kamino,
    account_id: int,
    kind: str,
    amount: int,
    name: str,
    document: str,
    description: str = "",
) -> str:
    """Credit centavos by PIX or TED. The entry's id."""
    end_to_end = moving.new_end_to_end(bank) if kind == moving.PIX else None
    text = description or TEXTS[kind]
    entry = NewEntry(bank.clock.now(), CREDIT, kind, amount, text, name, document or None)
    return move(bank, account_id, [Move(entry, end_to_end=end_to_end)])[0]


def pay_charge(
    bank: Kamino,
    charge: Row,
    way: str,
    amount: int | None = None,
    name: str = "",
    document: str = "",
) -> bool:
    """Have somebody, by default its payer, pay a charge. False when it is not open that way."""
    if charge["state"] != charges_life.OPEN:
        return False
    amount = amount or charges_life.amount_due(bank, charge)
    payer = name or charge["name"], document or charge["document"]
    if way == "pix" and charge["txid"]:
        return charges_life.pay_by_pix(bank, charge["txid"], amount, *payer)
    if way == "boleto" and charge["barcode"]:
        charges_life.pay_by_boleto(bank, charge, amount, *payer)
        return True
    return False
