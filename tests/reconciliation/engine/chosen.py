"""What the engine chooses of some lines, and writes in a step of its own: others act between."""

from banking.models import StatementLine
from reconciliation.engine.books.gathered import Gathered
from reconciliation.engine.gather import gather
from reconciliation.engine.guards import Guards
from reconciliation.engine.run import Looking, accounts_of
from reconciliation.engine.write import write_all
from reconciliation.proposals.facts import Proposal
from tenants.models import Tenant
from tenants.scope import tenant_scope


def chosen_of(tenant: Tenant, lines: list[StatementLine]) -> tuple[Gathered, list[Proposal]]:
    with tenant_scope(tenant.id):
        gathered = gather(tenant, [row.id for row in lines])
        chosen = Looking(gathered, Guards.of(tenant.id, [row.id for row in lines])).run().chosen
    assert {str(row.id) for row in lines} <= {name for each in chosen for name in each.lines}
    return gathered, chosen


def write(tenant: Tenant, gathered: Gathered, chosen: list[Proposal]) -> list[Proposal]:
    with tenant_scope(tenant.id):
        return write_all(tenant.id, gathered, chosen, accounts_of(tenant.id))
