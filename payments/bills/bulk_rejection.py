"""Give many bills back to their authors by one act, for one reason."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from audit.acts import Act
from core.clock import database_now
from core.errors import DomainError, InvalidInput
from core.money import format_brl
from core.text import shorten
from payments.bills.approval import TELL_FOR, editors_of_each, hold, rejection, require_approver
from payments.bills.bulk_approval import MOST_AT_ONCE, Outcome, hold_role, record_outcomes
from payments.models import Payable
from payments.timeline import Tone, note_many
from tenants.models import Membership
from tenants.notices import News, notify_each

DONE = ("Reprovadas", "Não reprovadas")  # as the audit names them
STEP_LENGTH = 20


@transaction.atomic
def reject_payables(chosen: Collection[UUID], *, by: Membership, why: str) -> list[Outcome]:
    """Give the bills back to their authors, each as `reject_payable` does, with one reason.

    One that was decided meanwhile, or that is not this person's to decide, is left as it is; a
    warning hinders nothing. Each author is told once. The result is in the order of their days.
    The number of queries does not depend on that of the bills. Ids of other companies are not
    found. Runs inside the company's scope.

    Raises:
        InvalidInput: there are none, or more than one act takes.
        NotAllowed: `by` may not approve, or no longer does.
    """
    if not 0 < len(chosen) <= MOST_AT_ONCE:
        raise InvalidInput(
            f"Selecione de 1 a {MOST_AT_ONCE} contas para reprovar de uma vez.", code="how_many"
        )
    hold_role(by)
    held = hold(Payable.objects.of(by.tenant_id).filter(id__in=chosen))
    bills = list(held.with_destinations().with_register().order_by("due_date", "id"))
    editors = editors_of_each(bills)
    outcomes = [outcome_of(payable, by, editors) for payable in bills]
    given_back = [o.payable for o in outcomes if o.refused is None]
    give_back(given_back, by=by, why=why)
    record_outcomes(Act.BILLS_REJECTED, outcomes, DONE, by=by, why=why)
    return outcomes


def outcome_of(payable: Payable, by: Membership, editors: Mapping[UUID, frozenset[int]]) -> Outcome:
    try:
        require_approver(payable, by, editors[payable.id])
    except DomainError as error:
        return Outcome(payable, error)
    return Outcome(payable)


def give_back(payables: Sequence[Payable], *, by: Membership, why: str) -> None:
    """The rows are held by the caller."""
    if not payables:
        return
    now, ids = database_now(), [payable.id for payable in payables]
    Payable.objects.of(by.tenant_id).filter(id__in=ids).update(
        hold=Payable.Hold.REJECTED, rejections=F("rejections") + 1
    )
    for payable in payables:
        payable.hold = Payable.Hold.REJECTED
        payable.rejections += 1
    rows = [(payable_id, "Reprovada", why, Tone.WARN) for payable_id in ids]
    note_many(by.tenant_id, rows, at=now, by=by.user)
    of_author: dict[int, list[Payable]] = defaultdict(list)
    for payable in payables:
        of_author[payable.created_by_id].append(payable)
    told = [(author, news_of(of_author[author], why, now)) for author in sorted(of_author)]
    notify_each(by.tenant_id, told)


def news_of(payables: Sequence[Payable], why: str, now: datetime) -> News:
    """For the author of the bills."""
    if len(payables) == 1:
        return rejection(payables[0], why, now)
    total = format_brl(sum((payable.amount for payable in payables), Decimal(0)))
    names = ", ".join(f"«{payable.payee}»" for payable in payables)
    address = urlencode({"periodo": "todas", "situacao": "reprovadas"})
    return News(
        subject=f"bills-rejected:{payables[0].created_by_id}",
        step=uuid4().hex[:STEP_LENGTH],
        title=f"{len(payables)} contas que você lançou foram reprovadas.",
        text=shorten(f"Motivo: {why}. No total, R$\u00a0{total}: {names}.", 300),
        action="Ver contas",
        url=f"{reverse('payments:list')}?{address}",
        until=now + TELL_FOR,
    )
