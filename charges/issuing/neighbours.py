"""Nosso números beside those that a bank gave around the time of an answer that was lost.

Where a bank numbers its boletos one after the other, the one of that answer is likely among them.
What is read there and is ours in all that was sent proves that it exists. What is not there says
nothing: another system of the company may issue too, and a boleto may be slow to show.
"""

from collections.abc import Collection
from datetime import timedelta

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.errors import BankRejected
from banking.models import BankAccount
from charges.models import Slip
from charges.terms.check import rules_of
from core.clock import database_now
from tenants.models import TenantQuerySet
from tenants.scope import tenant_scope

# Numbers that are read at a turn: each is a call.
MOST = 6
# A boleto that does not show by then is left to its notice, or to a person.
LOOKED_FOR = timedelta(minutes=5)
AROUND = timedelta(minutes=10)


def look_among_neighbours(slip: Slip, account: BankAccount, bank: BankAdapter) -> Reading | None:
    """The slip, if one of the numbers beside it is. To be called outside of scopes; may raise any
    BankError but BankRejected."""
    rules, sent_at = rules_of(account), slip.first_sent_at or slip.created_at
    if rules is None or not rules.numbers_follow or database_now() - sent_at > LOOKED_FOR:
        return None
    with tenant_scope(account.tenant_id):
        numbers = numbers_beside(slip, rules.numbers_follow)
    for number in numbers:
        try:
            reading = bank.fetch_charge(number)
        except BankRejected:
            continue
        if is_ours(reading, slip):
            return reading
    return None


def is_ours(reading: Reading, slip: Slip) -> bool:
    told = (reading.code, reading.amount, reading.due_date, reading.payer_document)
    sent = (slip.code, slip.amount, slip.due_date, slip.content["payer"]["document"])
    return told == sent


def numbers_beside(slip: Slip, reach: int) -> list[str]:
    """Those that are nobody's here, the likeliest first."""
    sent_at = slip.first_sent_at or slip.created_at
    given = Slip.objects.of(slip.tenant_id).filter(
        bank_account=slip.bank_account_id, our_number__regex=r"^[0-9]{1,18}$"
    )
    near = given.filter(first_sent_at__range=(sent_at - AROUND, sent_at + AROUND))
    known = {int(number) for number in near_numbers(near) or last_before(given, slip)}
    likely = [str(number) for number in in_order(known, reach)]
    taken = set(given.filter(our_number__in=likely).values_list("our_number", flat=True))
    return [number for number in likely if number not in taken][:MOST]


def near_numbers(near: TenantQuerySet) -> list[str]:
    return list(near.values_list("our_number", flat=True))


def last_before(given: TenantQuerySet, slip: Slip) -> list[str]:
    sent_at = slip.first_sent_at or slip.created_at
    earlier = given.filter(first_sent_at__lt=sent_at).order_by("-first_sent_at", "-id")
    return list(earlier.values_list("our_number", flat=True)[:1])


def in_order(known: Collection[int], reach: int) -> list[int]:
    """Numbers within `reach` of a known one and not known: gaps first, then what follows the last,
    then what is before the first; the nearest ones first."""
    near = {number + step for number in known for step in range(-reach, reach + 1)} - {*known}

    def rank(number: int) -> tuple[int, int]:
        distance = min(abs(number - each) for each in known)
        if number > max(known):
            return 1, distance
        return (0 if number > min(known) else 2), distance

    return sorted((number for number in near if number > 0), key=lambda n: (*rank(n), n))
