"""Opening balances that the product writes by itself, once the first statement of an account is
here and nobody has to be asked."""

from contextlib import suppress

from django.db import transaction

from banking.models import BankAccount, StatementFile
from core.errors import DomainError
from reconciliation.models import OpeningBalance, OpeningByPerson, OpeningPutOff
from reconciliation.position.beginning import ONE_DAY, Beginning, beginning_of
from reconciliation.position.opening import (
    hold_account,
    markable,
    post_opening,
    standing_opening,
    take_back,
)
from reconciliation.position.unproved import unproved_lines


def open_when_read(account: BankAccount) -> None:
    """Write it where the bank states it, the statement is proved and the Conta do Ativo holds
    nothing by then; else the card offers it. Again, and of two workers the second: no change.

    Named in `settings.ON_STATEMENT_READ`; runs inside the company's scope.
    """
    if standing_opening(account) is not None:
        return
    hold_account(account)
    first = beginning_of(account)
    if first is None or first.amount is None or not opens_by_itself(account, first):
        return
    # One that cannot be written is offered: who writes it is told why.
    with suppress(DomainError), transaction.atomic():
        post_opening(account, by=None, seen=first.amount)


def follow_withdrawn(account: BankAccount) -> None:
    """What was written by itself for a file that was taken back goes with it, and is written anew
    for what is left.

    Named in `settings.ON_LINES_WITHDRAWN`; runs inside the company's scope, the account held.
    """
    opening, first = standing_opening(account), beginning_of(account)
    if opening is None or opening.created_by_id is not None or still_says(opening, first):
        return
    with suppress(DomainError), transaction.atomic():  # else it stays, and is not proved
        take_back(opening)
    open_when_read(account)


def may_take_opening_back(file: StatementFile) -> bool:
    """Whether undoing the file may change what was written by itself: it holds the first day."""
    opening = standing_opening(file.bank_account)
    if opening is None or opening.created_by_id is not None or file.since is None:
        return False
    return file.since <= opening.day + ONE_DAY


def opens_by_itself(account: BankAccount, first: Beginning) -> bool:
    """Which entries the bank does not have yet, only a person can say, and whether days of which
    no balance is known are whole."""
    return (
        (account.is_by_file or account.proof == BankAccount.Proof.PROVED)
        and not is_left_to_people(account)
        and not markable(account, first.day).exists()
        and not unproved_lines(account, first, None).number
    )


def is_left_to_people(account: BankAccount) -> bool:
    """They had it before, said «agora não», or reversed the one that was written."""
    mine = {"bank_account": account}
    return (
        OpeningByPerson.objects.of(account.tenant_id).filter(**mine).exists()
        or OpeningPutOff.objects.of(account.tenant_id).filter(**mine).exists()
        or OpeningBalance.objects.of(account.tenant_id)
        .filter(**mine, entry__reversals__created_by__isnull=False)
        .exists()
    )


def still_says(opening: OpeningBalance, first: Beginning | None) -> bool:
    if first is None or first.day > opening.day:
        return False
    return first.day < opening.day or first.amount == opening.amount
