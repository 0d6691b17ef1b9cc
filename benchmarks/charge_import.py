"""A spreadsheet of charges, each of a payer of its own: read and checked, imported, undone.

What is measured runs in a process of its own, as a worker does.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from uuid import UUID

from accounts.models import Account
from banking.models import BankAccount
from benchmarks import world
from benchmarks.memory import peak_megabytes
from benchmarks.report import Result, at_most, plain
from charges.importing.files import Sent, begin_import, begin_undo, receive_file
from charges.importing.stages import go_on
from charges.models import Charge, ImportFile, ImportRow
from core.workbook import Column, Sheet, write_xlsx
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope

FEW, MANY = 500, 5_000
TITLES = [
    "CPF/CNPJ", "Nome", "Valor", "Vencimento", "Descrição", "Nº do documento", "CEP", "Rua", "Nº",
    "Bairro", "Cidade", "UF", "E-mails",
]  # fmt: skip


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
    rows = ([a_row(number)[key] for key in TITLES] for number in range(size))
    content = write_xlsx([Sheet("Cobranças", [Column(title) for title in TITLES], rows)])
    with tenant_scope(tenant.id):
        member = Membership.objects.of(tenant).select_related("user", "tenant").get(user=by)
        revenue = Account.objects.of(tenant).select_related("group").get(code="4.1.01")
        sent = Sent(
            kind=ImportFile.Kind.CHARGES,
            name="vendas.xlsx",
            content=content,
            bank_account=account,
            revenue_account=revenue,
        )
        return receive_file(tenant, sent, by=member)


def a_row(number: int) -> dict[str, str]:
    return {
        "CPF/CNPJ": world.cnpj(number), "Nome": f"Cliente {number}", "Valor": "1.250,00",
        "Vencimento": "11/01/2027", "Descrição": "Manutenção", "Nº do documento": f"NF {number}",
        "CEP": "01310-100", "Rua": "Avenida Paulista", "Nº": "1000", "Bairro": "Bela Vista",
        "Cidade": "São Paulo", "UF": "SP", "E-mails": f"financeiro@cliente{number}.example",
    }  # fmt: skip


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
    told = {**seconds, "all": sum(seconds.values()), "megabytes": peak_megabytes()}
    print(json.dumps(told))


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
