"""A million lines by a bank's API and by files, through what the product does with them: the memory
of the worker, beside that of a tenth of them. On demand: it takes some minutes.

What is measured runs in a process of its own, as a worker does.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

from banking.banks.contract.statement import EachOnce, StatementPage
from banking.banks.cora.wire import statement
from banking.models import BankAccount, FileRow, StatementFile, StatementLine
from banking.statements.imports.files import begin_apply, receive_file
from banking.statements.imports.stages import go_on
from banking.statements.store import store_pages
from benchmarks import statement_files, statements, world
from benchmarks.memory import peak_megabytes
from benchmarks.report import Result, at_most, plain
from tenants.models import Membership
from tenants.scope import tenant_scope

MANY, MOST = 100_000, 1_000_000
PIECE = 1 << 20


def measure() -> list[Result]:
    results: list[Result] = []
    for kind in ("api", *statement_files.KINDS):
        many, most = run(kind, MANY), run(kind, MOST)
        results += [
            plain(f"million {kind}", MOST / most["seconds"], "lines/s"),
            at_most(f"million {kind}: ten times the lines", most["seconds"] / many["seconds"], 12),
            plain(f"million {kind}: memory of {MANY}", many["megabytes"], "MB"),
            at_most(f"million {kind}: memory", most["megabytes"], 300, "MB"),
        ]
    return results


def run(kind: str, count: int) -> dict[str, float]:
    tenant, operator, _ = world.make_company()
    account = world.make_account(tenant, operator, "12345-6")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"extrato.{kind}"
        if kind != "api":
            statement_files.write(path, statement_files.KINDS[kind](count))
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", "--child", "million_lines", kind, str(count),
             str(tenant.id), str(account.id), str(path)],
            stdout=subprocess.PIPE, text=True, check=True, env=os.environ,
        )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def child(kind: str, count: str, tenant: str, account: str, path: str) -> None:
    began = time.perf_counter()
    with tenant_scope(UUID(tenant)):
        target = BankAccount.objects.of(UUID(tenant)).get(id=account)
    if kind == "api":
        store_pages(target, pages(int(count)))
    else:
        bring(target, Path(path))
    seconds = time.perf_counter() - began
    peak = peak_megabytes()
    with tenant_scope(target.tenant_id):
        lines = StatementLine.objects.of(target.tenant_id).filter(bank_account=target).count()
        # Days after today's stay out.
        left = FileRow.objects.of(target.tenant_id).filter(state=FileRow.State.LEFT_OUT).count()
    assert lines + left == int(count)
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


def pages(count: int) -> Iterator[StatementPage]:
    """As the bank's adapter gives them: each movement once."""
    once = EachOnce()
    for body in statements.bodies(count):
        yield once.new_of(statement.page_from_wire(*statement.read_page(body)))


def bring(account: BankAccount, path: Path) -> None:
    with tenant_scope(account.tenant_id):
        members = Membership.objects.of(account.tenant_id).select_related("user", "tenant")
        by = next(member for member in members if member.can_enter)
        file = receive_file(account, name=path.name, pieces=partial(pieces, path), by=by)
    work(file)
    with tenant_scope(account.tenant_id):
        begin_apply(file, by=by, is_of_account=True)
    work(file)


def work(file: StatementFile) -> None:
    while go_on(file.tenant_id, file.id):
        pass


def pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as content:
        while piece := content.read(PIECE):
            yield piece
