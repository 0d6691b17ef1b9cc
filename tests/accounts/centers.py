"""Plain functions that make cost centres and entries with them."""

from decimal import Decimal

from accounts.chart.cost_centers import CenterDetails, archive_center, make_center
from accounts.journal.entries import post_entry
from accounts.journal.postings import Posting
from accounts.models import CostCenter, JournalEntry
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of


def make_cost_center(tenant: Tenant, name: str = "Matriz", code: str = "") -> CostCenter:
    with tenant_scope(tenant.id):
        return make_center(tenant, CenterDetails(name, code), by=None)


def archived(center: CostCenter) -> CostCenter:
    with tenant_scope(center.tenant_id):
        archive_center(center, by=None)
    return center


def make_entry_of(center: CostCenter, amount: str = "150.00", **more: object) -> JournalEntry:
    """Rent of the centre, paid in cash."""
    with tenant_scope(center.tenant_id):
        tenant = center.tenant
    rent, cash = (account_of(tenant, code) for code in ("5.2.01", "1.1.1.01"))
    lines = [Posting(rent, Decimal(amount), center), (cash, -Decimal(amount))]
    values = {"date": DAY, "memo": "Aluguel", "lines": lines} | more
    return post_entry(tenant, **values)  # type: ignore[arg-type]  # by name


def centers_in(entry: JournalEntry) -> list[tuple[str, str, Decimal]]:
    """Code of the account, name of the centre or nothing, and amount, line by line."""
    with tenant_scope(entry.tenant_id):
        lines = entry.lines.select_related("account", "cost_center")
        return [
            (
                line.account.code,
                line.cost_center.name if line.cost_center else "",
                line.amount,
            )
            for line in lines
        ]
