"""The codes of a charge: the boleto's line and the Pix text."""

import secrets
from datetime import date

from simulator.cora.bank import BANK_CODE, Cora
from simulator.core import br_code
from simulator.core.boleto import Line, build_line, read_line
from simulator.core.people import Account

_AGREEMENT = "00000710000"  # the first eleven digits of the free field
_CITY = "SAO PAULO"


def our_number(seq: int) -> str:
    return f"{seq:012d}"


def line_of(cora: Cora, number: str, due_date: str, amount: int) -> Line:
    """The bank's line with this "nosso número" inside."""
    free_field = f"{_AGREEMENT}{number}{int(number) % 97:02d}"
    digits = build_line(BANK_CODE, date.fromisoformat(due_date), amount, free_field)
    return read_line(digits, cora.clock.today())


def pix_code(held: Account) -> str:
    """A dynamic code with due date ("cobv"); the address names nobody."""
    return br_code.dynamic(f"pix.cora.example/v2/cobv/{secrets.token_hex(16)}", held.name, _CITY)


def has_pix_key(cora: Cora, account_id: int) -> bool:
    """Keys are made in the bank's app. Every account has one until it is taken away."""
    row = cora.store.row("SELECT has_key FROM cora_pix WHERE account_id = ?", account_id)
    return row is None or bool(row["has_key"])


def set_pix_key(cora: Cora, account_id: int, has_key: bool) -> None:
    cora.store.run("INSERT OR REPLACE INTO cora_pix VALUES (?, ?)", account_id, int(has_key))
