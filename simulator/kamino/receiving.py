"""Money that comes in, as if somebody elsewhere had sent it."""

from simulator.core.ledger import CREDIT, NewEntry
from simulator.core.people import Account
from simulator.core.receiving import Credit
from simulator.core.store import Row
from simulator.kamino import charges_life, moving
from simulator.kamino.bank import Kamino
from simulator.kamino.moving import Move, move

_TEXTS = {"PIX": "Pix recebido", "TED": "TED recebida"}


def receive(bank: Kamino, held: Account, credit: Credit) -> str:
    """By PIX or TED. The entry's id."""
    end_to_end = moving.new_end_to_end(bank) if credit.kind == moving.PIX else None
    entry = NewEntry(
        *(bank.clock.now(), CREDIT, credit.kind, credit.amount),
        *(credit.description or _TEXTS[credit.kind], credit.name, credit.document or None),
    )
    return move(bank, held.id, [Move(entry, end_to_end=end_to_end)])[0]


def pay_charge(
    bank: Kamino,
    charge: Row,
    way: str,
    amount: int | None = None,
    name: str = "",
    document: str = "",
    *,
    again: bool = False,
) -> bool:
    """Have somebody, by default its payer, pay a charge. False when it is not open that way, or
    with `again` when it has not ended."""
    if charge["state"] != charges_life.OPEN and not again:
        return False
    amount = amount or charges_life.amount_due(bank, charge)
    payer = name or charge["name"], document or charge["document"]
    if again:
        return charges_life.pay_again(bank, charge, way, amount, *payer)
    if way == "pix" and charge["txid"]:
        return charges_life.pay_by_pix(bank, charge["txid"], amount, *payer)
    if way == "boleto" and charge["barcode"]:
        charges_life.pay_by_boleto(bank, charge, amount, *payer)
        return True
    return False
