"""The key under which a bank takes an order once: it follows from what the order pays.

So the same bill, sent again by a database that has forgotten its order, comes to the bank under
the key that the bank knows (docs/decisions/0022-a-key-that-follows-from-the-bill.md).
"""

import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Count

from banking.banks.contract.payments import Rail
from banking.models import BankAccount
from payments.models import NEVER_LEFT, Payable, PaymentOrder
from payments.states import LIVE_ORDERS


def order_key(
    payable: Payable, account: BankAccount, rail: Rail, content: Mapping[str, Any], earlier: int
) -> UUID:
    """`earlier` are the bill's orders that reached the bank and ended unpaid (`ended_unpaid`).

    The whole content is part of it: two contents never have one key.
    """
    pays = [str(payable.tenant_id), str(account.id), rail.value, earlier, content]
    return uuid5(payable.id, json.dumps(pays, sort_keys=True, separators=(",", ":")))


def ended_unpaid(tenant_id: UUID, payables: Collection[UUID]) -> dict[UUID, int]:
    """By bill, how many of its orders reached the bank and ended unpaid. One query.

    One that never left does not count: the next one takes its key. Runs inside the scope.
    """
    ended = PaymentOrder.objects.of(tenant_id).filter(~NEVER_LEFT, payable__in=payables)
    counts = ended.exclude(status__in=LIVE_ORDERS).values_list("payable").annotate(Count("id"))
    return dict(counts.order_by())
