"""The bank of an account whose statement people bring as files: nothing is known of it, and nothing
can be asked of it."""

from datetime import time

from banking.banks.contract.info import BankInfo
from banking.banks.contract.payments import Rail

BY_FILE = BankInfo(
    slug="outro",
    name="Outro banco",
    article="",
    compe="",
    plans=frozenset({"compass", "north", "track"}),
    capabilities=frozenset(),
    cut_off=dict.fromkeys(Rail, time.min),
    idempotency_window=None,
    approval_in_bank=False,
    pitch="O extrato vem por arquivo: OFX, CSV, XLSX ou CNAB 240. Não paga nem cobra por aqui.",
    modes=(),
    opening_steps=(),
)
