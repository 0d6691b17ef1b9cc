"""What becomes the lines of an entry: an account, an amount, and a cost centre where there is one.

Amounts as in `entries`: a debit is positive, a credit negative.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import Account, CostCenter, JournalEntry
from core.errors import InvalidInput, InvalidState


class Posting(NamedTuple):
    """What becomes a line of an entry."""

    account: Account
    amount: Decimal
    cost_center: CostCenter | None = None

    @property
    def named(self) -> str:
        """The account, with the cost centre where there is one."""
        center = f" (centro de custo {self.cost_center})" if self.cost_center else ""
        return f"{self.account}{center}"


# Those without a cost centre may be pairs.
Lines = Sequence[Posting | tuple[Account, Decimal]]


def posting(line: Posting | tuple[Account, Decimal]) -> Posting:
    return line if isinstance(line, Posting) else Posting(*line)


def postings_of(entry: JournalEntry, *, sign: int = 1) -> list[Posting]:
    """To write its lines again, or with -1 their opposite."""
    lines = entry.lines.select_related("account", "cost_center")
    return [Posting(line.account, sign * line.amount, line.cost_center) for line in lines]


def check_cost_centers(
    tenant_id: UUID, written: Sequence[tuple[JournalEntry, Sequence[Posting]]]
) -> None:
    """As the database does, with a sentence. No query where no line has a centre.

    What takes something back, and what is written in its place, keeps a centre that has been
    archived since.

    Raises:
        InvalidInput: an account takes none.
        InvalidState: one is archived.
    """
    asked: dict[UUID, CostCenter] = {}
    for entry, lines in written:
        for each in lines:
            if each.cost_center is None:
                continue
            if not each.account.takes_cost_center:
                raise takes_no_center(each.account)
            if not (entry.is_reversal or entry.replaces_id):
                asked[each.cost_center.id] = each.cost_center
    is_open = _hold_open_centers(tenant_id, asked) if asked else set()
    for center_id, center in asked.items():
        if center_id not in is_open:
            raise InvalidState(
                f"O centro de custo {center} está arquivado e não recebe lançamentos.",
                code="center_archived",
            )


def takes_no_center(account: Account) -> InvalidInput:
    return InvalidInput(
        f"A conta {account} não leva centro de custo: só as de receita e despesa levam.",
        field="cost_center",
        code="takes_no_center",
    )


def _hold_open_centers(tenant_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Those that are in use; nobody archives them until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM accounts_costcenter WHERE tenant_id = %s AND id = ANY (%s) "
            "AND archived_at IS NULL ORDER BY id FOR SHARE",
            [tenant_id, list(ids)],
        )
        return {center_id for (center_id,) in cursor.fetchall()}
