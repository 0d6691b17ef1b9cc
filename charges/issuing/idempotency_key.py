"""The key under which a bank takes a slip once: it follows from what is sent.

So the same charge, issued again by a database that has forgotten its slip, comes to the bank under
the key that the bank knows (docs/decisions/0022-a-key-that-follows-from-the-bill.md).
"""

import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Count

from charges.models import NEVER_LEFT, Charge, Slip
from charges.states import LIVE_SLIPS


def slip_key(charge: Charge, content: Mapping[str, Any], earlier: int) -> UUID:
    """`earlier` are the charge's slips that left and have ended (`ended_slips`).

    The whole content is part of it: two contents never have one key.
    """
    asks = [str(charge.tenant_id), str(charge.bank_account_id), earlier, content]
    return uuid5(charge.id, json.dumps(asks, sort_keys=True, separators=(",", ":")))


def ended_slips(tenant_id: UUID, charges: Collection[UUID]) -> dict[UUID, int]:
    """By charge, how many of its slips left and have ended. One query.

    One that never left does not count: the next one takes its key. Runs inside the scope.
    """
    ended = Slip.objects.of(tenant_id).filter(~NEVER_LEFT, charge__in=charges)
    counts = ended.exclude(status__in=LIVE_SLIPS).values_list("charge").annotate(Count("id"))
    return dict(counts.order_by())
