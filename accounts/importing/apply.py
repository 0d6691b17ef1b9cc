"""Bring the rows of a spreadsheet into the chart: first a plan that is shown, then all or nothing.

A code names what exists. What is new is made, what differs is renamed or moved; nothing is ever
archived, deleted or given another code, type or nature by an import.
"""

from collections.abc import Iterator, Sequence

from accounts.chart.edit import Row as ChartRow
from accounts.chart.setup import lock_chart
from accounts.chart.tree import code_order
from accounts.importing.plan import Plan, depth_of, plan_import
from accounts.importing.spreadsheet import ACCOUNT, GROUP, Row
from accounts.models import Account, ClassificationGroup
from audit.acts import Act
from audit.services import record
from core.errors import InvalidState
from tenants.models import Tenant, User

BATCH = 1_000


def apply_import(tenant: Tenant, rows: Sequence[Row], *, shown: str, by: User) -> Plan:
    """Do what was planned, if the plan is still the one that was shown (its `fingerprint`).

    Runs inside the company's scope, all or nothing.

    Raises:
        InvalidState: the chart changed since, and the plan is another one.
    """
    lock_chart(tenant.id)
    plan = plan_import(tenant, rows)
    if plan.problems or plan.fingerprint != shown:
        raise InvalidState("O plano de contas mudou desde que você viu. Confira de novo.")
    ClassificationGroup.objects.bulk_create(plan.groups, batch_size=BATCH)
    Account.objects.bulk_create(plan.accounts, batch_size=BATCH)
    groups = [each.row for each in plan.changes if isinstance(each.row, ClassificationGroup)]
    accounts = [each.row for each in plan.changes if isinstance(each.row, Account)]
    kept = ["name", "external_code"]
    ClassificationGroup.objects.bulk_update(groups, [*kept, "parent"], batch_size=BATCH)
    Account.objects.bulk_update(accounts, [*kept, "group"], batch_size=BATCH)
    if not plan.is_empty:
        record(Act.CHART_IMPORTED, on=tenant, by=by, after=counts_of(plan))
    return plan


def counts_of(plan: Plan) -> dict[str, str]:
    return {
        "Grupos novos": str(len(plan.groups)),
        "Contas novas": str(len(plan.accounts)),
        "Mudados": str(len(plan.changes)),
        "Iguais": str(plan.same),
    }


def rows_of(tenant: Tenant) -> Iterator[Row]:
    """The chart in use, as rows of a spreadsheet, in the order of the codes."""
    groups = list(ClassificationGroup.objects.of(tenant).select_related("parent"))
    accounts = list(Account.objects.of(tenant).select_related("group"))
    parents = {group.code: group.parent.code if group.parent else "" for group in groups}
    parents |= {account.code: account.group.code for account in accounts}
    known = {"": 0}
    everything: list[ChartRow] = [*groups, *accounts]
    for line, each in enumerate(sorted(everything, key=code_order), 2):
        if each.is_archived:
            continue
        yield Row(
            line=line,
            code=each.code,
            name=each.name,
            kind=GROUP if isinstance(each, ClassificationGroup) else ACCOUNT,
            level=depth_of(each.code, parents, known),
            nature=each.nature,
            parent_code=parents[each.code],
            external_code=each.external_code,
        )
