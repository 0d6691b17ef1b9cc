"""Hold bank lines for an act, as they were seen. Who holds several things takes them in one order:
accounts, bank lines, journal lines, orders, bills, charges; each kind by its ids.

The account comes first, as it does for what the product matches by itself
(`payments.orders.bank_lines.hold_account`): of two acts on one account the second sees what the
first one did.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import check_role
from brazil.banking_days import SAO_PAULO
from core.errors import Changed, InvalidInput
from reconciliation.matches.author import Author, member_of
from reconciliation.models import MatchLine
from tenants.models import TenantQuerySet

Seen = Mapping[UUID, int]  # by line: the version that a person saw

# Nothing of it is ever deleted: whatever happens to a line makes it another number.
VERSIONS = """
SELECT line.id,
    (SELECT count(*) + count(ended_at) FROM banking_allocation
        WHERE tenant_id = line.tenant_id AND statement_line_id = line.id)
    + (SELECT count(*) + count(ended_at) FROM reconciliation_matchline
        WHERE tenant_id = line.tenant_id AND statement_line_id = line.id AND is_ignored)
FROM banking_statementline AS line WHERE line.tenant_id = %s AND line.id = ANY(%s)
"""


def versions_of(tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, int]:
    """For the page that shows lines: what an act on them is then compared with. One query."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [tenant_id, list(ids)])
        return dict(cursor.fetchall())


def hold_lines(
    ids: Collection[UUID], *, by: Author, seen: Seen | None, also: Collection[UUID] = ()
) -> list[StatementLine]:
    """The lines as they are now, the oldest day first, held with their accounts, and with the
    accounts `also`, until the transaction ends. Without `seen` nothing is compared.

    Raises:
        Changed: (code `line_changed`) somebody has acted on one since it was seen.
        InvalidInput: there is no such line.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(member_of(by))
    rows = StatementLine.objects.of(by.tenant_id).filter(id__in=list(ids))
    held = BankAccount.objects.of(by.tenant_id).filter(
        Q(id__in=rows.values("bank_account")) | Q(id__in=list(also))
    )
    hold(held)
    locked = rows.select_for_update(of=("self",), no_key=True).defer("raw").order_by("id")
    lines = list(locked.select_related("bank_account", "tenant"))
    if not lines or len(lines) != len(set(ids)):
        raise InvalidInput("Escolha linhas do extrato.", field="lines", code="no_lines")
    if seen is not None:
        require_unchanged(lines, seen)
    return sorted(lines, key=lambda line: (line.booked_on, line.occurred_at, line.id))


def hold_accounts(tenant_id: UUID, ids: Collection[UUID]) -> None:
    hold(BankAccount.objects.of(tenant_id).filter(id__in=list(ids)))


def hold(accounts: TenantQuerySet) -> None:
    list(accounts.select_for_update(of=("self",), no_key=True).order_by("id").values_list("id"))


def require_unchanged(lines: Sequence[StatementLine], seen: Seen) -> None:
    now = versions_of(lines[0].tenant_id, [line.id for line in lines])
    for line in lines:
        if seen.get(line.id) != now[line.id]:
            raise Changed(who_changed(line), code="line_changed")


def who_changed(line: StatementLine) -> str:
    """«Ana conciliou esta linha às 10:32.»"""
    acts = [*allocation_acts(line), *ignoring_acts(line)]
    if not acts:
        return "Esta linha mudou desde que você a abriu: confira como ela está."
    at, name, did = max(acts)
    return f"{name} {did} às {at.astimezone(SAO_PAULO):%H:%M}: confira como a linha está."


def allocation_acts(line: StatementLine) -> list[tuple[datetime, str, str]]:
    rows = Allocation.objects.of(line.tenant_id).filter(statement_line=line)
    acts = []
    for each in rows.select_related("created_by", "undone_by"):
        acts.append((each.created_at, name_of(each.created_by), "conciliou esta linha"))
        if each.ended_at is not None:
            did = "desfez a conciliação desta linha"
            acts.append((each.ended_at, name_of(each.undone_by), did))
    return acts


def ignoring_acts(line: StatementLine) -> list[tuple[datetime, str, str]]:
    rows = MatchLine.objects.of(line.tenant_id).filter(Q(is_ignored=True), statement_line=line)
    acts = []
    for each in rows.select_related("added_by", "match__undone_by"):
        acts.append((each.added_at, name_of(each.added_by), "ignorou esta linha"))
        if each.ended_at is not None:
            did = "deixou de ignorar esta linha"
            acts.append((each.ended_at, name_of(each.match.undone_by), did))
    return acts


def name_of(person: object) -> str:
    return str(getattr(person, "display_name", "")) or "O Kamino"
