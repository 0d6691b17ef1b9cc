"""What is the Conta Kamino's own in «Aplicativo do banco»."""

from simulator.core.app.look import Look
from simulator.core.app.visits import BankApp
from simulator.core.orders import Orders
from simulator.core.receiving import Receiving
from simulator.kamino import payments, payments_life
from simulator.kamino.bank import BANK_CODE, BANK_NAME, SLUG, Kamino, kamino_of
from simulator.kamino.receiving import receive

_LOOK = Look(
    name=BANK_NAME,
    code=BANK_CODE,
    mark=BANK_NAME,
    app=f"Aplicativo da {BANK_NAME}",
    nav=(("/app/cobrancas", "Cobranças"), ("/app/integracoes", "Integrações")),
    no_account="Suas empresas ainda não têm Conta Kamino. Ela é aberta pelo sistema do parceiro.",
)
_TYPES = {"ted": "TED", "boleto": "Boleto", "pix": "Pix"}

ORDERS: Orders[Kamino] = Orders(
    table="kamino_payment",
    state="state",
    waiting=payments_life.AWAITING,
    scheduled=payments_life.SCHEDULED,
    acts={
        "approve": payments_life.approve,
        "refuse": payments_life.refuse,
        "expire": payments_life.expire,
        "refund": payments_life.refund,
    },
    columns=("id", "type", "state", "code", "key", "amount", "name", "document", "reason"),
    wire=lambda bank, payment: payments.wire(payment),
    what=lambda payment: _TYPES[payment["type"]],
    deadline="approve_until",
)
RECEIVING: Receiving[Kamino] = Receiving(receive=receive, kinds={"PIX": "Pix", "TED": "TED"})
APP: BankApp[Kamino] = BankApp(
    slug=SLUG,
    state_of=kamino_of,
    look=_LOOK,
    orders=ORDERS,
    decisions={"aprovar": "approve", "recusar": "refuse", "vencer": "expire"},
    told={payments_life.SCHEDULED: "Agendado", payments_life.COMPLETED: "Pago"},
    receiving=RECEIVING,
)
