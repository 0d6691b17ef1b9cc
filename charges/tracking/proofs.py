"""Slips whose answer was lost at a bank that can tell nothing of them: what proves that they exist.

A notice of a slip that is none of ours is read back, and our code in it proves it; a credit with
our code in its text proves it too, and that it is paid. Nothing proves that one does not exist.
"""

from collections.abc import Iterable
from datetime import datetime

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankError, BankRejected
from banking.models import BankAccount
from charges.models import Slip
from charges.states import SlipStatus
from charges.tracking.notices import news_of
from charges.tracking.polling import take_in_held
from tenants.scope import tenant_scope

WATCHED = (SlipStatus.UNKNOWN, SlipStatus.GIVEN_UP)


def watched_slips(account: BankAccount) -> list[Slip]:
    """Those that may exist unseen. Runs inside the company's scope."""
    slips = Slip.objects.of(account.tenant_id).filter(
        bank_account=account, status__in=WATCHED, reference=""
    )
    return list(slips.order_by("created_at"))


def prove_by_notices(
    account: BankAccount, bank: BankAdapter, unknown: Iterable[Slip], now: datetime
) -> None:
    """Notices that came since the last look, of slips that we do not know. To be called outside
    of scopes."""
    by_code = {slip.code: slip for slip in unknown}
    if not by_code:
        return
    since = min(slip.read_at or slip.created_at for slip in by_code.values())
    with tenant_scope(account.tenant_id):
        news = {name for name, at in news_of(account, now).items() if at > since}
        known = Slip.objects.of(account.tenant_id).filter(bank_account=account)
        news -= set(known.filter(our_number__in=news).values_list("our_number", flat=True))
        news -= set(known.filter(reference__in=news).values_list("reference", flat=True))
    for number in sorted(name for name in news if name.isdigit()):
        try:
            reading = bank.fetch_charge(number)
        except BankRejected:
            continue  # a notice of something else
        except BankError:
            return
        if reading.code in by_code:
            with tenant_scope(account.tenant_id):
                take_in_held(by_code[reading.code], reading, now)
    with tenant_scope(account.tenant_id):
        ids = [slip.id for slip in by_code.values()]
        still = Slip.objects.of(account.tenant_id).filter(id__in=ids)
        still.filter(status__in=WATCHED).update(read_at=now)
