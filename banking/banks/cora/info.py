"""What is known of Cora without calling it."""

from datetime import time, timedelta
from decimal import Decimal

from banking.banks.contract.charge_rules import (
    BOLETO,
    BOLETO_PIX,
    PIX,
    ChargeRules,
    PollCost,
)
from banking.banks.contract.info import BankInfo, Capability, ConnectBy, FieldKind, Mode, ModeField
from banking.banks.contract.payments import Rail

PARTNER = Mode(
    slug="parceria",
    name="Consentimento",
    by=ConnectBy.CONSENT,
    pitch="Você entra na Cora, escolhe a empresa e permite. Leva dois minutos.",
    steps=(
        "Entre na Cora com o seu CPF e a sua senha.",
        "Escolha a empresa e permita o acesso do Kamino.",
        "Volte para cá: a conta e o extrato aparecem sozinhos.",
    ),
)
DIRECT = Mode(
    slug="direta",
    name="Integração Direta",
    by=ConnectBy.FORM,
    pitch="Para quem tem o plano CoraPro e prefere as próprias credenciais, com certificado.",
    steps=(
        "No app ou na Cora Web, abra Conta > Integrações via APIs e crie uma integração direta.",
        "Anote o client id e baixe os dois arquivos: certificate.pem e private-key.key.",
        "Envie os três aqui. Eles são guardados cifrados e não aparecem mais em nenhuma tela.",
    ),
    fields=(
        ModeField("client_id", "Client id", hint="Começa com int-.", longest=90),
        ModeField("certificate", "Certificado", FieldKind.FILE, hint="O arquivo certificate.pem."),
        ModeField(
            "private_key", "Chave privada", FieldKind.FILE, hint="O arquivo private-key.key."
        ),
    ),
    has_certificate=True,
)

CHARGES = ChargeRules(
    forms=(BOLETO_PIX, BOLETO, PIX),
    smallest=Decimal("5.00"),
    largest=Decimal("99999999.99"),  # ten digits of the bar code
    issue_rate=100,
    issue_period=timedelta(minutes=6),
    poll_cost=PollCost.LIST,
    needs_address=False,
    name_length=60,
    email_length=60,
    text_length=100,
    description_length=100,
    message_lines=0,
    message_width=0,
    takes_accents=True,
    qr_hosts=frozenset({"qrcode.cora.com.br", "qrcode-h.cora.com.br"}),
    says_registered=True,
    cancels_at_once=True,
    cancellation_fee=Decimal("0.30"),
)

INFO = BankInfo(
    slug="cora",
    name="Cora",
    article="a",
    compe="403",
    plans=frozenset({"north", "track"}),
    capabilities=frozenset(
        {
            Capability.FETCH_IDENTITY,
            Capability.FETCH_BALANCE,
            Capability.FETCH_STATEMENT,
            Capability.SEND_TED,
            Capability.PAY_BOLETO,
            Capability.PAY_TAX,
            Capability.CANCEL_ORDER,
            Capability.FIND_ORDER,
            Capability.ORDER_STATUSES,
            Capability.ISSUE_CHARGE,
            Capability.FETCH_CHARGE,
            Capability.LIST_CHARGES,
            Capability.CANCEL_CHARGE,
            Capability.CHARGE_PDF,
            Capability.ISSUE_CARNE,
            Capability.CHARGE_NOTIFICATIONS,
            Capability.CANCEL_CHARGE_NOTIFICATIONS,
            Capability.REGISTER_WEBHOOKS,
        }
    ),
    # Cora publishes neither. A TED ordered by about 17:00 arrives on the day; boletos are taken
    # until the evening (21:00 or 22:00, by bank), and a person must still approve them.
    cut_off={Rail.TED: time(17, 0), Rail.BOLETO: time(20, 0)},
    # Cora does not say how long it keeps an Idempotency-Key; the shortest time known of a bank.
    idempotency_window=timedelta(minutes=30),
    approval_in_bank=True,
    pitch="Extrato automático e pagamentos por TED e boleto, aprovados por você no app da Cora.",
    modes=(PARTNER, DIRECT),
    opening_steps=(
        "Peça a abertura na Cora, pelo aplicativo ou pelo site dela, com o CNPJ desta empresa.",
        "A Cora analisa os documentos. O prazo é dela, e pode demorar.",
        "Com a conta aberta, volte aqui para conectar.",
    ),
    # Integração Direta has a host of its own, and so have the files of charges.
    more_settings=("CORA_DIRECT_BASE_URL", "CORA_FILES_URL"),
    colour="#fe3e6d",
    ink="#2b0410",  # white on this pink is 3.3:1
    # A transfer is refused in the app only.
    cancels=frozenset({Rail.BOLETO}),
    event_headers=frozenset({"webhook-event-id", "webhook-event-type", "webhook-resource-id"}),
    charges=CHARGES,
)
