"""What an approval shows and fixes of a bill: amount, payee, day and every way it may be paid.

An order is built from the seal of the bill's approval and from nothing that lives on: what was
approved is what leaves. The database holds the two together (docs/decisions/0031).
"""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from banking.models import BankAccount
from payments.models import Payable
from payments.rails.destinations import shown_destinations
from payments.rails.pix_policy import is_turned_into_ted


def seal_of(payable: Payable, account: BankAccount | None) -> dict[str, Any]:
    """What whoever approves the bill now approves; `account` is the one that would pay it.

    `as_ted` says whether the account's policy turns the Pix into a TED today: another policy is
    another seal. `rejections` counts how often the bill came back, whoever sent it: what a page
    showed before is another seal. Needs the bill `with_destinations`.
    """
    return {
        "amount": str(payable.amount),
        "payee": {"name": payable.payee.name, "document": payable.payee.document},
        "day": earliest_day(payable).isoformat(),
        "destinations": shown_destinations(payable),
        "as_ted": account is not None and is_turned_into_ted(payable, account),
        "rejections": payable.rejections + payable.approval_round - 1,
    }


def earliest_day(payable: Payable) -> date:
    """São Paulo day from which the bill may be handed to a bank.

    One that is due on a day without settlement may come to the bank on it, and is paid later.
    """
    return min(payable.due_date, payable.payment_date)


def digest_of(seal: Mapping[str, Any]) -> str:
    """SHA-256 of the seal, in hexadecimal."""
    written = json.dumps(seal, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(written.encode()).hexdigest()


def sealed_day(payable: Payable) -> date:
    """São Paulo day before which an approved bill does not leave."""
    assert payable.approval is not None  # payable_approved
    return date.fromisoformat(payable.approval.seal["day"])
