"""What is known of the Conta Kamino without calling it."""

from datetime import time, timedelta
from decimal import Decimal

from banking.banks.contract.charge_rules import (
    BOLETO,
    BOLETO_PIX,
    PIX,
    ChargeRules,
    PollCost,
)
from banking.banks.contract.info import BankInfo, Capability, ConnectBy, Mode
from banking.banks.contract.payments import Rail

# As the bank publishes it (GET /v1/terms). It refuses an opening under any other text.
TERMS = """\
Conta Kamino: termos de abertura e uso

1. A Conta Kamino é uma conta de pagamento em nome da empresa, aberta pela internet e sem tarifa \
de manutenção.
2. Quem aceita declara ter poderes para abrir a conta em nome da empresa e que os dados informados \
são verdadeiros.
3. O Kamino poderá consultar saldo e extrato, emitir cobranças e pedir pagamentos por TED, boleto \
e Pix em nome da empresa.
4. Nenhum pagamento sai sem a aprovação de uma pessoa autorizada no aplicativo da Conta Kamino.
5. Os dados da conta são tratados conforme a Lei Geral de Proteção de Dados (Lei 13.709/2018) e \
usados apenas para prestar este serviço.
6. O vínculo com o Kamino pode ser desfeito a qualquer momento, por qualquer das partes; a conta e \
o dinheiro continuam da empresa.
7. A conta pode ser encerrada pela empresa quando não houver saldo nem pagamentos em andamento.
"""

OPENING = Mode(
    slug="abertura",
    name="Abertura de conta",
    by=ConnectBy.OPENING,
    pitch="A conta é aberta na hora, em nome da empresa, sem sair daqui.",
    steps=(
        "Leia os termos e aceite.",
        "A conta é aberta em alguns segundos, com agência e número próprios.",
        "Aprove os pagamentos no aplicativo da Conta Kamino.",
    ),
    terms=TERMS,
)

CHARGES = ChargeRules(
    forms=(BOLETO_PIX, BOLETO, PIX),
    smallest=Decimal("0.01"),
    largest=Decimal("99999999.99"),  # ten digits of the bar code
    issue_rate=3000,  # half of what a client may ask in all
    issue_period=timedelta(minutes=1),
    poll_cost=PollCost.LIST,
    needs_address=False,
    name_length=140,
    email_length=254,
    text_length=140,
    description_length=140,
    message_lines=1,
    message_width=140,
    takes_accents=True,
    qr_hosts=frozenset({"pix.contakamino.example"}),
    says_registered=False,
    cancels_at_once=True,
    movement_field="charge_id",
    refund_within=timedelta(days=90),
)

INFO = BankInfo(
    slug="kamino",
    name="Conta Kamino",
    article="a",
    compe="998",
    plans=frozenset({"compass", "north", "track"}),
    capabilities=frozenset(
        {
            Capability.FETCH_IDENTITY,
            Capability.FETCH_BALANCE,
            Capability.FETCH_STATEMENT,
            Capability.SEND_TED,
            Capability.PAY_BOLETO,
            Capability.SEND_PIX,
            Capability.LOOK_UP_TITLE,
            Capability.LOOK_UP_KEY,
            Capability.CANCEL_ORDER,
            Capability.FIND_ORDER,
            Capability.ORDER_STATUSES,
            Capability.ISSUE_CHARGE,
            Capability.FETCH_CHARGE,
            Capability.LIST_CHARGES,
            Capability.CANCEL_CHARGE,
            Capability.CHARGE_PDF,
            Capability.REFUND_CHARGE,
            Capability.FIND_REFUND,
            Capability.LIST_REFUNDS,
            Capability.REGISTER_WEBHOOKS,
        }
    ),
    cut_off={Rail.TED: time(17, 0), Rail.BOLETO: time(20, 0), Rail.PIX: time(23, 59, 59)},
    idempotency_window=timedelta(hours=72),
    movement_order_ids=("code", "reference"),
    approval_in_bank=True,
    pitch=(
        "Aberta na hora e sem tarifa, com TED, boleto e Pix, inclusive em fins de semana e "
        "feriados."
    ),
    modes=(OPENING,),
    opening_steps=(
        "Leia os termos e aceite: os dados da empresa já estão aqui.",
        "Em segundos a conta tem agência e número, e o extrato começa sozinho.",
    ),
    is_held_by_another=True,
    colour="#0a6b4a",
    event_headers=frozenset({"webhook-id"}),
    charges=CHARGES,
)
