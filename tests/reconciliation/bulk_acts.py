"""Acts on many lines, as a person does them on the page, and without it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from banking.models import BankAccount, StatementLine
from reconciliation.bulk import draft as drafts
from reconciliation.bulk.selection import Selection
from reconciliation.forms.selection import filter_text
from reconciliation.models import BulkAct, BulkLine
from tenants.models import Membership
from tenants.scope import tenant_scope
from tests.reconciliation.rows import HTMX


def filter_of(account: BankAccount, **query: str) -> str:
    return filter_text(query, account)


def review(client: Client, act: str, account: BankAccount, *rows: Any, **more: str) -> BulkAct:
    ids = ",".join(str(row.id) for row in rows)
    typed = {"filtro": filter_of(account), "ids": ids, "ato": act, **more}
    answer = client.post(reverse("reconciliation:review_bulk"), typed, headers=HTMX)
    assert answer.status_code == 200
    found: BulkAct = answer.context["bulk"]
    return found


def confirm(client: Client, bulk: BulkAct, **typed: str) -> Any:
    url = reverse("reconciliation:confirm_bulk", args=[bulk.id])
    return client.post(url, typed, headers=HTMX)


def states(bulk: BulkAct) -> dict[Any, str]:
    with tenant_scope(bulk.tenant_id):
        rows = BulkLine.objects.of(bulk.tenant_id).filter(bulk=bulk)
        return dict(rows.values_list("statement_line_id", "state"))


def drafted(kind: BulkAct.Kind, by: Membership, *rows: StatementLine) -> BulkAct:
    with tenant_scope(by.tenant_id):
        account = BankAccount.objects.of(by.tenant_id).get(id=rows[0].bank_account_id)
        chosen = Selection(account, {}, frozenset(row.id for row in rows))
        return drafts.draft(kind, chosen, by=by)


def begun(bulk: BulkAct, by: Membership, **said: Any) -> None:
    with tenant_scope(by.tenant_id):
        drafts.begin(bulk, by=by, **said)
