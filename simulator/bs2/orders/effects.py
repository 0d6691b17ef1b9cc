"""What an order does when it goes: the entries, the other account here, and who is told."""

from datetime import datetime
from typing import Any

from simulator.bs2 import movements, notices
from simulator.bs2.bank import BANK_CODE, Bs2
from simulator.bs2.banks import Place
from simulator.bs2.movements import Details
from simulator.bs2.moving import Move, move
from simulator.bs2.orders import titles
from simulator.bs2.orders.titles import Title
from simulator.bs2.pix import charges as pix_charges
from simulator.bs2.pix import receipts as pix_receipts
from simulator.bs2.pix import webhooks as pix_webhooks
from simulator.bs2.pix.keys import account_at, holder_wire, internal_account, place_of_wire
from simulator.bs2.settings import ORDER_CODES, ORDER_WORDS, PIX_WORDS
from simulator.core.ledger import CREDIT, DEBIT, NewEntry
from simulator.core.people import Account, account_by_id
from simulator.core.store import Row

TRANSFER, PAYMENT, PIX = "transfer", "payment", "pix"
Wire = dict[str, Any]


def problem_of(bs2: Bs2, order: Row, wire: Wire) -> str:
    """Why it cannot go now, in Portuguese; empty when it can."""
    account = account_by_id(bs2.store, order["account_id"])
    if account.balance - bs2.settings.blocked_cents < order["amount"] + _fee(bs2, order, wire):
        return "Saldo insuficiente."
    if order["rail"] == PAYMENT and _title(bs2, wire).is_paid:
        return "O título já foi pago ou baixado."
    return ""


def carry_out(bs2: Bs2, order: Row, wire: Wire, at: datetime) -> None:
    """Move the money, dated `at`."""
    if order["rail"] == PAYMENT:
        title = _title(bs2, wire)
        payer = account_by_id(bs2.store, order["account_id"])
        titles.pay(bs2, title, order["amount"], payer)
        _debit(bs2, order, at, movements.PAYMENT, "Pagamento de título", Details())
    elif order["rail"] == TRANSFER:
        _transfer(bs2, order, Place(*wire["place"]), at)
    else:
        _pix(bs2, order, wire, at)


def give_back(bs2: Bs2, order: Row, wire: Wire) -> None:
    """The money comes back now."""
    at, details = bs2.clock.now(), Details()
    if order["rail"] == TRANSFER:
        kind, text, details = (
            movements.TED_RETURN,
            "Devolução de TED",
            _place(Place(*wire["place"])),
        )
    else:
        is_internal = internal_account(bs2, wire["receiver"]) is not None
        kind = movements.PIX_INTERNAL_REFUND if is_internal else movements.PIX_REFUND
        text, details = "Devolução de Pix", _place(place_of_wire(wire["receiver"]))
    entry = NewEntry(at, CREDIT, kind, order["amount"], text, order["name"], order["document"])
    move(bs2, order["account_id"], [Move(entry, details)])


def announce(bs2: Bs2, order: Row, wire: Wire, state: str) -> None:
    """Tell those who asked that the order ended, one way or another."""
    if order["rail"] == PIX:
        value = {"pagamentoId": order["id"], "endToEndId": wire["end_to_end"]}
        value |= {"status": PIX_WORDS[state], "valor": order["amount"]}
        pix_webhooks.announce(bs2, order["account_id"], pix_webhooks.PAID, value)
        return
    event, codes, words = notices.PAYMENT_ENDED, ORDER_CODES, ORDER_WORDS
    if order["rail"] == TRANSFER:
        event, codes = notices.TRANSFER_ENDED, bs2.settings.transfer_statuses
        words = bs2.settings.transfer_situations
    notices.announce_ended(bs2, order["account_id"], event, order["id"], codes[state], words[state])


def _transfer(bs2: Bs2, order: Row, place: Place, at: datetime) -> None:
    receiver = None
    if place.bank == BANK_CODE:
        receiver = account_at(bs2, place.branch, place.account)
    kind = movements.TEF if receiver else movements.TED
    text = "Transferência enviada" if receiver else "TED enviada"
    _debit(bs2, order, at, kind, text, _place(place), _fee(bs2, order, {"place": list(place)}))
    if receiver is not None:
        payer = account_by_id(bs2.store, order["account_id"])
        own = Place(BANK_CODE, payer.branch, f"{payer.number}{payer.digit}")
        entry = NewEntry(
            at, CREDIT, kind, order["amount"], "Transferência recebida", payer.name, payer.cnpj
        )
        move(bs2, receiver.id, [Move(entry, _place(own))])


def _pix(bs2: Bs2, order: Row, wire: Wire, at: datetime) -> None:
    receiver = internal_account(bs2, wire["receiver"])
    kind = movements.PIX_INTERNAL if receiver else movements.PIX
    details = Details(wire["end_to_end"], place_of_wire(wire["receiver"]))
    _debit(bs2, order, at, kind, wire.get("free_text") or "Pix enviado", details)
    if receiver is not None:
        _receive(bs2, order, wire, receiver)


def _receive(bs2: Bs2, order: Row, wire: Wire, receiver: Account) -> None:
    payer = account_by_id(bs2.store, order["account_id"])
    charge_id = wire.get("charge_id")
    pix_receipts.receive(
        bs2,
        receiver,
        order["amount"],
        name=payer.name,
        document=payer.cnpj,
        place=place_of_wire(holder_wire(payer)),
        internal=True,
        pix_id=wire["end_to_end"],
        charge=pix_charges.charge_by(bs2, "id", charge_id) if charge_id else None,
        free_text=wire.get("free_text"),
    )


def _debit(
    bs2: Bs2, order: Row, at: datetime, kind: str, text: str, details: Details, fee: int = 0
) -> None:
    entry = NewEntry(at, DEBIT, kind, order["amount"], text, order["name"], order["document"])
    moves = [Move(entry, details)]
    if fee:
        moves.append(Move(NewEntry(at, DEBIT, movements.FEE, fee, "Tarifa TED")))
    move(bs2, order["account_id"], moves)


def _fee(bs2: Bs2, order: Row, wire: Wire) -> int:
    is_ted = order["rail"] == TRANSFER and wire["place"][0] != BANK_CODE
    return bs2.settings.ted_fee_cents if is_ted else 0


def _title(bs2: Bs2, wire: Wire) -> Title:
    return titles.find(bs2, titles.read_code(wire["barcode"], bs2.clock.today()))


def _place(place: Place) -> Details:
    return Details(place=place)
