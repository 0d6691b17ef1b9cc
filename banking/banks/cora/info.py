"""What is known of Cora without calling it."""

from datetime import time, timedelta

from banking.banks.base import BankInfo, Capability, ConnectBy, Mode, Rail

INFO = BankInfo(
    slug="cora",
    name="Cora",
    compe="403",
    plans=frozenset({"north", "track"}),
    capabilities=frozenset(
        {
            Capability.FETCH_IDENTITY,
            Capability.FETCH_BALANCE,
            Capability.FETCH_STATEMENT,
            Capability.SEND_TED,
            Capability.PAY_BOLETO,
            Capability.FIND_ORDER,
            Capability.ORDER_STATUSES,
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
    modes=(
        Mode(
            slug="parceria",
            name="Consentimento",
            by=ConnectBy.CONSENT,
            pitch="Você entra na Cora, escolhe a empresa e permite. Leva dois minutos.",
            steps=(
                "Entre na Cora com o seu CPF e a sua senha.",
                "Escolha a empresa e permita o acesso do Kamino.",
                "Volte para cá: a conta e o extrato aparecem sozinhos.",
            ),
        ),
    ),
)
