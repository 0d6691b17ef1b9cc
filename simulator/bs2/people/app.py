"""What is BS2's own in its app, BS2 Empresas."""

from simulator.bs2.bank import BANK_CODE, SLUG, Bs2, bs2_of
from simulator.bs2.banks import place_of
from simulator.bs2.movements import PIX, PIX_INTERNAL, TED, TEF, Details, texts_of
from simulator.bs2.moving import Move, move
from simulator.bs2.orders import book as orders
from simulator.bs2.pix import receipts as pix_receipts
from simulator.bs2.seed import CLIENTS
from simulator.core.app.look import Look
from simulator.core.app.visits import BankApp
from simulator.core.ledger import CREDIT, NewEntry
from simulator.core.orders import Orders
from simulator.core.people import Account
from simulator.core.receiving import Credit, Receiving
from simulator.core.store import Row

_LOOK = Look(
    name="BS2",
    code=BANK_CODE,
    mark="BS2 Empresas",
    app="BS2 Empresas",
    nav=(("/app/cobrancas", "Cobranças"), ("/app/aplicacoes", "API Banking")),
)
_RAILS = {orders.TRANSFER: "Transferência", orders.PAYMENT: "Título", orders.PIX: "Pix"}


def receive(bs2: Bs2, held: Account, credit: Credit, charge: Row | None = None) -> str:
    """The entry's id; a Pix may be of a charge."""
    kind, words = credit.kind, credit.description
    if kind in (TED, TEF):
        label = words or ("TED recebida" if kind == TED else "Transferência recebida")
        party = credit.name, credit.document
        entry = NewEntry(bs2.clock.now(), CREDIT, kind, credit.amount, label, *party)
        return move(bs2, held.id, [Move(entry, Details(place=place_of(credit.document)))])[0]
    return pix_receipts.receive(
        bs2,
        held,
        credit.amount,
        name=credit.name,
        document=credit.document,
        internal=kind == PIX_INTERNAL,
        charge=charge,
        free_text=words or None,
    )


ORDERS: Orders[Bs2] = Orders(
    table="bs2_order",
    state="state",
    waiting=orders.WAITING,
    scheduled=orders.SCHEDULED,
    acts={
        "approve": orders.approve,
        "refuse": orders.refuse,
        "expire": orders.expire,
        "cancel": orders.cancel,
        "refund": orders.refund,
    },
    columns=("id", "rail", "state", "amount", "name", "document", "scheduled", "reason"),
    wire=lambda bs2, order: orders.wire_of(order),
    what=lambda order: _RAILS[order["rail"]],
)
RECEIVING: Receiving[Bs2] = Receiving(
    receive=receive,
    kinds={PIX: "Pix", TED: "TED"},
    more_kinds=(PIX_INTERNAL, TEF),
    payer=CLIENTS[0],
)
APP: BankApp[Bs2] = BankApp(
    slug=SLUG,
    state_of=bs2_of,
    look=_LOOK,
    orders=ORDERS,
    decisions={
        "aprovar": "approve",
        "recusar": "refuse",
        "vencer": "expire",
        "cancelar": "cancel",
    },
    told={orders.SCHEDULED: "Agendado", orders.COMPLETED: "Efetivado"},
    receiving=RECEIVING,
    entry_text=lambda row: texts_of(row)[0],
)
