"""Charges through Cora: issued, and settled by their notices, each beside a bare loop.

What is measured runs in a process of its own, without a limit on issuing: that is the bank's.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.db import connection

from accounts.models import Account
from banking.banks import registry
from banking.models import BankAccount, BankEvent
from benchmarks import world
from benchmarks.memory import peak_megabytes
from benchmarks.orders import bare_client, companies
from benchmarks.report import Result, at_least, at_most, plain
from charges.issuing.issue import issue_queued
from charges.issuing.queue import issue_charges
from charges.models import Charge, Settlement, Slip, late_from
from charges.states import SlipStatus
from charges.tracking.rounds import follow_account
from core.ids import uuid7
from parties.models import Payer
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cora_simulator import CoraSimulator

FEW, MANY = 1_000, 10_000
LATENCY_MS = 100
SIDE_BY_SIDE = 16
DUE = date(2027, 1, 11)
NO_LIMIT = 1_000_000


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        bank = CoraSimulator.start(Path(folder))
        os.environ["CORA_BASE_URL"] = bank.base_url
        bank.settings(invoices_per_six_minutes=0, invoice_register_seconds=0)
        try:
            company = Company(bank, MANY)
            return [*measure_issuing(bank, company), *measure_settling(bank, company)]
        finally:
            bank.stop()


class Company:
    """One with an account at the bank and drafts of charges."""

    def __init__(self, bank: CoraSimulator, size: int) -> None:
        self.tenant, self.by, _ = world.make_company()
        ((_, self.token),) = companies(bank, 1)
        self.account = world.make_account(self.tenant, self.by, "1-0", self.token)
        make_drafts(self.tenant, self.account, self.by, size)

    @property
    def names(self) -> tuple[str, str]:
        return str(self.tenant.id), str(self.account.id)


def make_drafts(tenant: Tenant, account: BankAccount, by: User, size: int) -> None:
    """Each of a payer of its own."""
    with tenant_scope(tenant.id):
        revenue = Account.objects.of(tenant).get(code="4.1.01")
        payers = Payer.objects.bulk_create(
            Payer(tenant=tenant, document=world.cnpj(number), name=f"Cliente {number}")
            for number in range(size)
        )
        Charge.objects.bulk_create(
            Charge(
                tenant=tenant, payer=payer, bank_account=account, amount=Decimal("150.00"),
                due_date=DUE, late_from=late_from(DUE), description="Manutenção mensal",
                revenue_account=revenue, competence_date=DUE, form="boleto", created_by=by,
            )
            for payer in payers
        )  # fmt: skip


def measure_issuing(bank: CoraSimulator, company: Company) -> list[Result]:
    bank.settings(latency_ms=LATENCY_MS)
    few, _ = issue(Company(bank, FEW))
    many, megabytes = issue(company)
    bare = issue_bare(bank)
    return [
        plain("charges_issued", MANY / many, "charges/s"),
        plain("charges_issued_bare", bare, "charges/s"),
        at_least("charges_issued_vs_bare", MANY / many / bare, 0.6),
        at_most("charges_10000_vs_1000", many / few, 1.1 * MANY / FEW),
        at_most("charges_issuing_memory", megabytes, 300, "MB"),
    ]


def issue(company: Company) -> tuple[float, float]:
    """Seconds from the act of a person until the last outcome is stored, and the peak of memory."""
    told = json.loads(run_child("issue", *company.names))
    return told["seconds"], told["megabytes"]


def issue_bare(bank: CoraSimulator) -> float:
    """Charges per second of a loop that posts the same bodies and reads the answers."""
    ((_, token),) = companies(bank, 1)
    return MANY / float(run_child("issue_bare", bank.base_url, token, str(MANY)))


def run_child(*names: str, given: object = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--child", "charges", *names],
        input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True, env=os.environ,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


def child(what: str, *names: str) -> None:
    children: dict[str, Callable[..., object]] = {
        "issue": child_issue, "issue_bare": child_issue_bare,
        "settle": child_settle, "settle_bare": child_settle_bare,
    }  # fmt: skip
    print(json.dumps(children[what](*names)))


def child_issue(tenant_id: str, account_id: str) -> dict[str, float]:
    rules = registry.info("cora").charges
    object.__setattr__(rules, "issue_rate", NO_LIMIT)
    tenant, account = UUID(tenant_id), UUID(account_id)
    began = time.perf_counter()
    with tenant_scope(tenant):
        by = Membership.objects.of(tenant).select_related("user").get(role=Role.FINANCE)
        drafts = Charge.objects.of(tenant).filter(status="draft").only("id")
        issued = issue_charges(drafts, by=by)
    assert not issued.left_out, issued.left_out
    queued = time.perf_counter() - began
    issue_queued(tenant, account)
    seconds = time.perf_counter() - began
    with tenant_scope(tenant):
        slips = Slip.objects.of(tenant)
        assert not slips.exclude(status__in=[SlipStatus.OPEN, SlipStatus.REGISTERING]).exists()
    return {"seconds": seconds, "queued": queued, "megabytes": peak_megabytes()}


def child_issue_bare(base_url: str, token: str, count: str) -> float:
    client = bare_client(base_url)

    def post(number: int) -> None:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid7())}
        answer = client.post("/v2/invoices/", json=a_body(number), headers=headers)
        answer.raise_for_status().json()

    began = time.perf_counter()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(post, range(int(count))))
    return time.perf_counter() - began


def a_body(number: int) -> dict[str, object]:
    document = {"identity": world.cnpj(number), "type": "CNPJ"}
    return {
        "code": f"kc-{uuid7().hex[:20]}",
        "customer": {"name": f"Cliente {number}", "document": document},
        "services": [{"name": "Manutenção mensal", "description": "", "amount": 15000}],
        "payment_terms": {"due_date": DUE.isoformat()},
        "payment_forms": ["BANK_SLIP"],
    }


def measure_settling(bank: CoraSimulator, company: Company) -> list[Result]:
    """10 000 notices wait, each of a charge that was paid."""
    bank.settings(latency_ms=0)
    references = pay_all(bank, company)
    make_notices(company, references)
    seconds, megabytes = settle(company)
    bare = settle_bare(bank, company, references)
    return [
        plain("notices_settled", MANY / seconds, "notices/s"),
        plain("notices_settled_bare", bare, "notices/s"),
        at_least("notices_settled_vs_bare", MANY / seconds / bare, 0.5),
        at_most("notices_settling_memory", megabytes, 300, "MB"),
    ]


def pay_all(bank: CoraSimulator, company: Company) -> list[str]:
    with tenant_scope(company.tenant.id):
        slips = Slip.objects.of(company.tenant).values_list("reference", flat=True)
        references = list(slips)
    for reference in references:
        bank.pay_invoice(reference)
    return references


def make_notices(company: Company, references: Sequence[str]) -> None:
    with tenant_scope(company.tenant.id):
        BankEvent.objects.bulk_create(
            BankEvent(
                tenant=company.tenant, connection=company.account.connection,
                event_id=f"evt_{uuid7().hex}", kind="invoice.paid", reference=reference,
            )
            for reference in references
        )  # fmt: skip


def settle(company: Company) -> tuple[float, float]:
    told = json.loads(run_child("settle", *company.names, str(MANY)))
    return told["seconds"], told["megabytes"]


def child_settle(tenant_id: str, account_id: str, count: str) -> dict[str, float]:
    tenant, account = UUID(tenant_id), UUID(account_id)
    began = time.perf_counter()
    while settled(tenant) < int(count):
        follow_account(tenant, account)
    return {"seconds": time.perf_counter() - began, "megabytes": peak_megabytes()}


def settled(tenant: UUID) -> int:
    with tenant_scope(tenant):
        return Settlement.objects.of(tenant).count()


def settle_bare(bank: CoraSimulator, company: Company, references: Sequence[str]) -> float:
    """Charges per second of a loop that reads each and inserts a balanced entry."""
    some = references[: MANY // 5]
    names = [bank.base_url, company.token, *company.names]
    return len(some) / float(run_child("settle_bare", *names, given=some))


ENTRY = """
INSERT INTO accounts_journalentry
    (id, tenant_id, date, memo, is_provisional, line_count, total, created_at)
VALUES (%s, %s, %s, %s, false, 2, %s, now())
"""
LINE = """
INSERT INTO accounts_journalline (id, tenant_id, entry_id, account_id, amount, position)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def child_settle_bare(base_url: str, token: str, tenant_id: str, account_id: str) -> float:
    references = json.load(sys.stdin)
    tenant = UUID(tenant_id)
    with tenant_scope(tenant):
        leaf = BankAccount.objects.of(tenant).get(id=account_id).ledger_account_id
        revenue = Account.objects.of(tenant).get(code="4.1.01").id
    client = bare_client(base_url)
    headers = {"Authorization": f"Bearer {token}"}
    began = time.perf_counter()
    for reference in references:
        told = client.get(f"/v2/invoices/{reference}", headers=headers).raise_for_status().json()
        insert_entry(tenant, leaf, revenue, Decimal(told["total_paid"]) / 100)
    return time.perf_counter() - began


def insert_entry(tenant: UUID, leaf: UUID | None, revenue: UUID, amount: Decimal) -> None:
    entry = uuid7()
    with tenant_scope(tenant), connection.cursor() as cursor:
        cursor.execute(ENTRY, [entry, tenant, DUE, "Recebimento", amount])
        cursor.execute(LINE, [uuid7(), tenant, entry, leaf, amount, 1])
        cursor.execute(LINE, [uuid7(), tenant, entry, revenue, -amount, 2])
