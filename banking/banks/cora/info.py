"""What is known of Cora without calling it."""

from datetime import time, timedelta

from banking.banks.base import BankInfo, Capability, Rail

INFO = BankInfo(
    slug="cora",
    name="Cora",
    compe="403",
    plans=frozenset({"north", "track"}),
    capabilities=frozenset(Capability),
    # Cora publishes neither. A TED ordered by about 17:00 arrives on the day; boletos are taken
    # until the evening (21:00 or 22:00, by bank), and a person must still approve them.
    cut_off={Rail.TED: time(17, 0), Rail.BOLETO: time(20, 0)},
    # Cora does not say how long it keeps an Idempotency-Key; the shortest time known of a bank.
    idempotency_window=timedelta(minutes=30),
    approval_in_bank=True,
    pitch="Extrato automático e pagamentos por TED e boleto, aprovados por você no app da Cora.",
)
