"""«Enviar agora» of many bills beside that of few: server time and queries, without any bank."""

import statistics
import time
from datetime import date
from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from banking.banks.contract.payments import AccountType
from banking.models import BankAccount
from benchmarks import world
from benchmarks.report import Result, at_most, plain
from parties.models import Payee, PayeeAccount
from payments.models import Payable
from payments.states import PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

FEW, MANY, ROUNDS = 10, 200, 3
TODAY = date(2026, 11, 23)


def measure() -> list[Result]:
    tenant, operator, approver = world.make_company()
    account = world.make_account(tenant, operator, "1-1")
    client = Client()
    client.force_login(operator)

    def bills(count: int) -> list[Payable]:
        return approved(tenant, account, operator, approver, count)

    send_now(client, bills(FEW))  # imports and connections
    rounds = [(send_now(client, bills(FEW)), send_now(client, bills(MANY))) for _ in range(ROUNDS)]
    few, many = (statistics.median(seconds) for seconds in zip(*rounds, strict=True))
    more = count_queries(client, bills(MANY)) - count_queries(client, bills(FEW))
    return [
        plain("send_now_10_bills", few * 1000, "ms"),
        plain("send_now_200_bills", many * 1000, "ms"),
        at_most("send_now_200_vs_10", many / few, 6),
        at_most("send_now_more_queries", abs(more), 0, "queries"),
    ]


def send_now(client: Client, bills: list[Payable]) -> float:
    """Seconds of the request, its messages to the workers included."""
    form = {"payable": [str(bill.id) for bill in bills]}
    began = time.perf_counter()
    response = client.post(reverse("payments:send_late"), form)
    assert response.status_code == 302, response.status_code
    return time.perf_counter() - began


def count_queries(client: Client, bills: list[Payable]) -> int:
    with CaptureQueriesContext(connection) as queries:
        send_now(client, bills)
    return len(queries)


def approved(
    tenant: Tenant, account: BankAccount, by: User, approver: User, count: int
) -> list[Payable]:
    """Each for a payee of its own."""
    with tenant_scope(tenant.id):
        expense = Account.objects.expense_accounts(tenant).first()
        known = Payee.objects.of(tenant).count()
        payees = Payee.objects.bulk_create(
            Payee(tenant=tenant, document=f"{known + number:014d}", name=f"Fornecedor {number}")
            for number in range(count)
        )
        accounts = PayeeAccount.objects.bulk_create(
            PayeeAccount(
                tenant=tenant, payee=payee, bank_code="341", branch="0123", account="456789",
                account_type=AccountType.CHECKING,
            )
            for payee in payees
        )  # fmt: skip
        return list(
            Payable.objects.bulk_create(
                Payable(
                    tenant=tenant, payee=where.payee, payee_account=where, method="ted",
                    amount=Decimal("10.00"), due_date=TODAY, payment_date=TODAY,
                    expense_account=expense, bank_account=account, created_by=by,
                    approved_by=approver, status=PayableStatus.APPROVED,
                )
                for where in accounts
            )
        )  # fmt: skip
