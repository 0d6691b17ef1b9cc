"""What is Cora's own in «Aplicativo do banco»."""

import json

from simulator.cora import orders
from simulator.cora.bank import BANK_CODE, SLUG, Cora, cora_of
from simulator.cora.order_list import order_wire
from simulator.cora.seed import CLIENTS
from simulator.core.app.look import Look
from simulator.core.app.visits import BankApp
from simulator.core.ledger import CREDIT, NewEntry, add_entries
from simulator.core.orders import Orders
from simulator.core.people import Account
from simulator.core.receiving import Credit, Receiving
from simulator.core.store import Row

_LOOK = Look(
    name="Cora",
    code=BANK_CODE,
    mark="Cora",
    app="Aplicativo do banco",
    nav=(("/app/cobrancas", "Cobranças"), ("/app/integracoes", "Integrações via APIs")),
)
_RAILS = {orders.TRANSFER: "TED", orders.PAYMENT: "Boleto"}


def _what(row: Row) -> str:
    """TED, boleto, or the tax: those have no bar code."""
    if row["rail"] == orders.PAYMENT and not row["barcode"]:
        return str(json.loads(row["wire"])["data"]["type"])
    return _RAILS[row["rail"]]


def _receive(cora: Cora, held: Account, credit: Credit) -> str:
    label = credit.description or ("Pix recebido" if credit.kind == "PIX" else "TED recebida")
    entry = NewEntry(
        *(cora.clock.now(), CREDIT, credit.kind, credit.amount, label, credit.name),
        credit.document or None,
    )
    return add_entries(cora.store, held.id, [entry])[0]


ORDERS: Orders[Cora] = Orders(
    table="cora_order",
    state="status",
    waiting="INITIATED",
    scheduled="SCHEDULED",
    acts={
        "approve": orders.approve,
        "refuse": orders.refuse,
        "expire": orders.expire,
        "refund": orders.refund,
    },
    columns=("id", "rail", "status", "code", "key", "amount", "name", "document", "reason"),
    wire=order_wire,
    what=_what,
)
RECEIVING: Receiving[Cora] = Receiving(
    receive=_receive, kinds={"PIX": "Pix", "TRANSFER": "TED"}, payer=CLIENTS[0]
)
APP: BankApp[Cora] = BankApp(
    slug=SLUG,
    state_of=cora_of,
    look=_LOOK,
    orders=ORDERS,
    decisions={"aprovar": "approve", "recusar": "refuse", "vencer": "expire"},
    told={"SCHEDULED": "Agendado", "COMPLETED": "Pago"},
    receiving=RECEIVING,
)
