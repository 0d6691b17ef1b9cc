"""100 000 lines of a statement: the bank's JSON to rows, beside a raw COPY of the same rows. What
triggers keep of them is kept in both; the source of a line that the API told first is no row."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg

from banking.banks.cora.wire import statement
from banking.models import BankAccount
from banking.statements.store import store_pages
from benchmarks import world
from benchmarks.memory import peak_megabytes
from benchmarks.report import Result, at_least, at_most, plain

LINES, PAGE = 100_000, 200
ROUNDS = 3  # in turns, each on accounts of its own: of each the fastest is taken
FIRST_DAY = date(2026, 1, 1)
COLUMNS = (
    "id, tenant_id, bank_account_id, bank_id, booked_on, occurred_at, amount, kind, description, "
    "counterparty_name, counterparty_document, raw, operation_on, end_to_end_id"
)


def measure() -> list[Result]:
    """In a process of its own, so that its peak of memory is that of the path alone."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--child", "statements"],
        stdout=subprocess.PIPE, text=True, check=True, env=os.environ,
    )  # fmt: skip
    seconds = json.loads(done.stdout.splitlines()[-1])
    return [
        plain("statement_raw_copy", LINES / seconds["copy"], "lines/s"),
        plain("statement_first_time", LINES / seconds["first"], "lines/s"),
        plain("statement_again", LINES / seconds["again"], "lines/s"),
        at_least("statement_path_vs_copy", seconds["copy"] / seconds["first"], 0.5),
        at_least("statement_again_vs_copy", seconds["copy"] / seconds["again"], 0.65),
        at_most("statement_again_vs_first", seconds["again"] / seconds["first"], 1.0),
        at_most("statement_peak_memory", seconds["peak_mb"], 300, "MB"),
    ]


def bodies(lines: int = LINES) -> Iterator[bytes]:
    """The statement as the bank sends it, page by page."""
    start = datetime.combine(FIRST_DAY, datetime.min.time(), UTC)
    for first in range(0, lines, PAGE):
        entries = [entry(i, start) for i in range(first, first + PAGE)]
        page = {
            "start": {"date": "2026-01-01", "balance": 0},
            "entries": entries,
            "end": {"date": "2026-06-30", "balance": 0},
            "header": {"businessName": "OFICINA MODELO LTDA", "businessDocument": world.CNPJ},
        }
        yield json.dumps(page).encode()


def entry(number: int, start: datetime) -> dict[str, object]:
    at = start + timedelta(seconds=number * 150)
    return {
        "id": f"ent_{number:022d}",
        "type": "CREDIT" if number % 3 == 0 else "DEBIT",
        "amount": 1000 + number % 90_000,
        "createdAt": f"{at:%Y-%m-%dT%H:%M:%S.%f}+00",
        "transaction": {
            "id": f"trx_{number:022d}",
            "type": ("PIX", "TRANSFER", "PAYMENT", "FEE")[number % 4],
            "description": f"Pagamento {number % 500}",
            "counterParty": {
                "name": f"CLIENTE {number % 800} LTDA",
                "identity": f"{11222333000181 + number % 800}",
            },
        },
    }


def store_all(account: BankAccount, bodies: list[bytes]) -> float:
    """As a sync does it: each page is parsed as it comes and stored by the batch."""
    began = time.perf_counter()
    store_pages(account, (statement.page_from_wire(*statement.read_page(b)) for b in bodies))
    return time.perf_counter() - began


def raw_copy(source: BankAccount, target: BankAccount) -> float:
    """The same rows by COPY into the same table. As superuser: COPY refuses policies."""
    url = os.environ["DATABASE_ADMIN_URL"].rsplit("/", 1)[0] + "/bench"
    with psycopg.connect(url) as connection:
        with connection.cursor().copy(
            f"COPY (SELECT gen_random_uuid(), tenant_id, '{target.id}'::uuid, "
            f"{COLUMNS.split(', ', 3)[3]} FROM banking_statementline "
            f"WHERE bank_account_id = '{source.id}' ORDER BY occurred_at) TO STDOUT"
        ) as copy:
            rows = b"".join(bytes(block) for block in copy)
        began = time.perf_counter()
        with connection.cursor().copy(f"COPY banking_statementline ({COLUMNS}) FROM STDIN") as copy:
            for at in range(0, len(rows), 65536):
                copy.write(rows[at : at + 65536])
        connection.commit()
        return time.perf_counter() - began


def child() -> None:
    tenant, operator, _ = world.make_company()
    pages = list(bodies())
    rounds: list[dict[str, float]] = []
    for number in range(ROUNDS):
        ours, raw = (world.make_account(tenant, operator, f"{number}-{n}") for n in (1, 2))
        told = {"first": store_all(ours, pages), "again": store_all(ours, pages)}
        told["peak_mb"] = peak_megabytes()  # before all rows are held for COPY
        rounds.append({**told, "copy": raw_copy(ours, raw)})
    fastest = {name: min(each[name] for each in rounds) for name in rounds[0]}
    print(json.dumps(fastest))
