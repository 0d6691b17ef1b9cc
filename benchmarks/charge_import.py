"""A spreadsheet of charges, each of a payer of its own: read and checked, imported, undone.

What is measured runs in a process of its own, as a worker does.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from uuid import UUID

from banking.models import BankAccount
from benchmarks import world
from benchmarks.report import Result, at_most, plain
from charges.importing.files import begin_import, begin_undo
from charges.importing.stages import go_on
from charges.models import Charge, ImportFile, ImportRow
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.xlsx import book
from tests.charges import sheets

FEW, MANY = 500, 5_000
TITLES = [*sheets.TITLES, "CEP", "Rua", "Nº", "Bairro", "Cidade", "UF", "E-mails"]
WHERE = ["01310-100", "Avenida Paulista", "1000", "Bela Vista", "São Paulo", "SP"]


def measure() -> list[Result]:
    few, many = run(FEW), run(MANY)
    ratio = many["all"] / few["all"]
    return [
        plain("import_checked_rows", MANY / many["check"], "rows/s"),
        plain("import_rows", MANY / many["import"], "rows/s"),
        at_most("import_5000_checked", many["check"], 20, "s"),
        at_most("import_5000_imported", many["import"], 60, "s"),
        at_most("import_5000_undone", many["undo"], 60, "s"),
        at_most("import_5000_vs_500", ratio, 1.1 * MANY / FEW),
        at_most("import_memory", many["megabytes"], 300, "MB"),
    ]


def run(size: int) -> dict[str, float]:
    """Seconds by stage, and the peak of memory of the worker."""
    tenant, by, _ = world.make_company()
    account = world.make_account(tenant, by, "1-0")
    file = send(tenant, account, by, size)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--child", "charge_import", str(tenant.id),
         str(file.id), str(size)],
        stdout=subprocess.PIPE, text=True, check=True, env=os.environ,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def send(tenant: Tenant, account: BankAccount, by: User, size: int) -> ImportFile:
    lines = [a_line(number) for number in range(size)]
    with tenant_scope(tenant.id):
        member = Membership.objects.of(tenant).select_related("user", "tenant").get(user=by)
    content = book(*lines, titles=TITLES)
    return sheets.send(tenant, [], by=member, content=content, bank_account=account)


def a_line(number: int) -> list[object]:
    charge = sheets.line(
        document=world.cnpj(number), name=f"Cliente {number}", due="11/01/2027",
        number=f"NF {number}",
    )  # fmt: skip
    return [*charge, *WHERE, f"financeiro@cliente{number}.example"]


def child(tenant_id: str, file_id: str, size: str) -> None:
    tenant, file, rows = UUID(tenant_id), UUID(file_id), int(size)
    with tenant_scope(tenant):
        by = Membership.objects.of(tenant).select_related("user").get(role=Role.FINANCE)
    seconds = {
        "check": until_ready(tenant, file),
        "import": until_ready(tenant, file, lambda held: begin_import(held, by=by)),
    }
    with tenant_scope(tenant):
        assert Charge.objects.of(tenant).filter(status="draft").count() == rows
    seconds["undo"] = until_ready(tenant, file, lambda held: begin_undo(held, by=by))
    with tenant_scope(tenant):
        assert ImportRow.objects.of(tenant).filter(state=ImportRow.State.UNDONE).count() == rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**seconds, "all": sum(seconds.values()), "megabytes": peak}))


def until_ready(
    tenant: UUID, file: UUID, act: Callable[[ImportFile], object] | None = None
) -> float:
    """Seconds from what a person asked until no worker has anything to do."""
    began = time.perf_counter()
    if act is not None:
        with tenant_scope(tenant):
            act(ImportFile.objects.of(tenant).get(id=file))
    while go_on(tenant, file):
        pass
    return time.perf_counter() - began
