"""The codes of a charge: the boleto's line and the Pix text."""

import secrets
from datetime import date

from simulator.cora.bank import BANK_CODE, Cora
from simulator.core import br_code
from simulator.core.boleto import Line, build_line, read_line
from simulator.core.people import Account

_FIRST_NUMBER = 10**16  # "nosso número" has 17 digits, or 18
_PIX_HOST = "qrcode-h.cora.com.br/v1/cobv"  # that of stage
_CITY = "SAO PAULO"


def our_number(seq: int) -> str:
    return str((_FIRST_NUMBER + seq) * (1 if seq % 2 else 10))


def line_of(cora: Cora, number: str, due_date: str, amount: int) -> Line:
    """The bank's line with this "nosso número" inside."""
    free_field = f"00000{number.zfill(18)}01"
    digits = build_line(BANK_CODE, date.fromisoformat(due_date), amount, free_field)
    return read_line(digits, cora.clock.today())


def pix_code(held: Account) -> str:
    """A dynamic code with due date ("cobv")."""
    return br_code.dynamic(f"{_PIX_HOST}/{secrets.token_hex(16)}", held.name, _CITY)


def has_pix_key(cora: Cora, account_id: int) -> bool:
    """Keys are made in the bank's app. Every account has one until it is taken away."""
    row = cora.store.row("SELECT has_key FROM cora_pix WHERE account_id = ?", account_id)
    return row is None or bool(row["has_key"])


def set_pix_key(cora: Cora, account_id: int, has_key: bool) -> None:
    cora.store.run("INSERT OR REPLACE INTO cora_pix VALUES (?, ?)", account_id, int(has_key))
