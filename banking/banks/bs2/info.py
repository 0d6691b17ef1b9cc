"""What is known of BS2 without calling it."""

from datetime import time, timedelta
from decimal import Decimal

from banking.banks.contract.charge_rules import BOLETO, ChargeRules, Extra, PollCost
from banking.banks.contract.info import BankInfo, Capability, ConnectBy, FieldKind, Mode, ModeField
from banking.banks.contract.payments import Rail

# No endpoint of BS2 tells whose account it is: the person does, and the statement is held against
# it (adapter.fetch_identity).
_ACCOUNT = (
    ModeField("branch", "Agência", hint="Quatro dígitos: 0001.", longest=10),
    ModeField("account", "Conta", hint="Com o dígito: 123456-7.", longest=20),
    ModeField("document", "CNPJ do titular", longest=20),
)
_API_KEY = ModeField("api_key", "API Key", longest=200)
_API_SECRET = ModeField("api_secret", "API Secret", FieldKind.HIDDEN, longest=400)

CONSENT = Mode(
    slug="consentimento",
    name="Consentimento",
    by=ConnectBy.CONSENT,
    pitch="Você entra no BS2, confere as permissões e confirma. Leva dois minutos.",
    steps=(
        "Diga qual é a conta: o BS2 não nos conta o número dela.",
        "Entre no BS2 e confirme com o código do aplicativo ou do SMS.",
        "Volte para cá: o extrato aparece sozinho.",
    ),
    fields=_ACCOUNT,
)
KEYS = Mode(
    slug="chaves",
    name="Chaves do BS2 Empresas",
    by=ConnectBy.FORM,
    pitch="Para quem prefere criar a própria aplicação no BS2 Empresas.",
    steps=(
        "No BS2 Empresas, entre como usuário master e abra API Banking > Aplicações > Novo.",
        "Dê um nome, marque as APIs contratadas e autorize os endereços IP do Kamino.",
        "Confirme com o código do aplicativo ou do SMS. A tela mostra API Key, API Secret, "
        "Scope e Refresh_Token.",
        "Copie os quatro para cá em até 48 horas, e não os use em outro sistema: "
        "cada renovação troca o Refresh_Token.",
    ),
    fields=(
        _API_KEY,
        _API_SECRET,
        ModeField("scope", "Scope", hint="Como aparece na tela, com os espaços."),
        ModeField("refresh_token", "Refresh_Token", FieldKind.HIDDEN),
        *_ACCOUNT,
    ),
)
PASSWORD = Mode(
    slug="senha",
    name="Aplicação antiga, com usuário e senha",
    by=ConnectBy.FORM,
    pitch="Para integrações antigas, que o BS2 entregou com usuário e senha.",
    steps=(
        "Tenha à mão o que o BS2 enviou por e-mail: API Key, API Secret, usuário e senha.",
        "Copie para cá. O Kamino os guarda cifrados e os usa só para renovar o acesso.",
    ),
    fields=(
        _API_KEY,
        _API_SECRET,
        ModeField("username", "Usuário", longest=200),
        ModeField("password", "Senha", FieldKind.HIDDEN, longest=400),
        *_ACCOUNT,
    ),
    renews_itself=True,
)

# BS2 publishes neither a rate nor lengths: 40 letters is what collection files of banks hold.
CHARGES = ChargeRules(
    forms=(BOLETO,),
    smallest=Decimal("5.00"),
    largest=Decimal("500000.00"),
    issue_rate=60,
    issue_period=timedelta(minutes=1),
    poll_cost=PollCost.EACH,
    needs_address=True,
    name_length=40,
    email_length=60,
    text_length=40,
    description_length=100,
    message_lines=4,
    message_width=80,
    takes_accents=True,
    qr_hosts=frozenset(),
    says_registered=True,
    cancels_at_once=False,
    movement_has_code=True,
    # It promises nothing of its numbers: what is read beside one proves only what is found.
    numbers_follow=3,
    lasts=timedelta(days=60),
    extras=frozenset({Extra.PAY_UNTIL, Extra.DISCOUNT_UNTIL}),
)

INFO = BankInfo(
    slug="bs2",
    name="BS2",
    compe="218",
    plans=frozenset({"north", "track"}),
    capabilities=frozenset(
        {
            Capability.FETCH_IDENTITY,
            Capability.FETCH_BALANCE,
            Capability.FETCH_STATEMENT,
            Capability.SEND_TED,
            Capability.PAY_BOLETO,
            Capability.LOOK_UP_TITLE,
            Capability.FIND_ORDER,
            Capability.ORDER_STATUSES,
            Capability.ISSUE_CHARGE,
            Capability.FETCH_CHARGE,
            Capability.CANCEL_CHARGE,
            Capability.CHARGE_CANCELLATION,
            Capability.CHARGE_PDF,
            Capability.REGISTER_WEBHOOKS,
        }
    ),
    # BS2 publishes neither. A TED ordered by about 17:00 arrives on the day; boletos are taken
    # until the evening.
    cut_off={Rail.TED: time(17, 0), Rail.BOLETO: time(20, 0)},
    # It has no key and no reference of ours: a repeat may always be a second payment.
    idempotency_window=None,
    movement_order_ids=("reference",),
    # Whether an account's orders wait for a second signature is not told.
    approval_in_bank=False,
    pitch="Extrato automático, TED e boletos da conta que a empresa já tem no BS2.",
    modes=(CONSENT, KEYS, PASSWORD),
    opening_steps=(
        "Peça a abertura no BS2, pelos canais dele, com o CNPJ desta empresa.",
        "O BS2 analisa os documentos. O prazo é dele, e pode demorar.",
        "Tenha à mão o celular da conta: o BS2 confirma o acesso do Kamino com um código do "
        "aplicativo ou do SMS. Para conectar por chaves, o usuário master precisa do produto API "
        "Banking no BS2 Empresas.",
        "Com a conta aberta, volte aqui para conectar.",
    ),
    # The code that it wants in every request's User-Agent, in production.
    more_settings=("BS2_USER_AGENT",),
    colour="#1c3f94",
    # What BS2 executes is in the statement within minutes. What waits for a signature shows
    # nowhere, however long one looks; asked at 07:30, a person can still act on the day.
    tell_a_person_after=timedelta(minutes=30),
    token_requests_per_minute=10,
    charges=CHARGES,
)
