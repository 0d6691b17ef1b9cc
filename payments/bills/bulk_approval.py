"""Approve many bills by one act: those that cannot be are named with the reason, the others are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from core.errors import Changed, DomainError, InvalidInput, InvalidState, NotAllowed
from core.money import format_brl
from payments.bills.approval import give_approval, hold, require_approver
from payments.bills.changes import with_changes
from payments.bills.edit import last_edit
from payments.bills.particulars import destinations, named, one_line
from payments.bills.tiers import lock_rules
from payments.bills.warnings import cautions_of
from payments.models import Payable
from payments.rails.debit_account import preferred_account
from payments.states import PayableStatus
from tenants.models import Membership

MOST_AT_ONCE = 200
DONE = ("Aprovadas", "Não aprovadas")  # as the audit names them


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one bill of the act."""

    payable: Payable
    refused: DomainError | None = None  # None: this person has approved it, or given it back

    @property
    def is_approved(self) -> bool:
        """Also by as many people as it needs."""
        return self.refused is None and self.payable.status == PayableStatus.APPROVED

    @property
    def reason(self) -> str:
        """Why it is as it was, in Portuguese sentences; empty when it is not."""
        if isinstance(self.refused, Changed):
            return f"{self.refused} {last_edit(self.payable)}".rstrip()
        return str(self.refused or "")


@transaction.atomic
def approve_payables(shown: Mapping[UUID, str], *, by: Membership) -> list[Outcome]:
    """Approve the bills, each as it was shown: by its id, the digest of what the person saw.

    One that changed, was decided meanwhile, or has a warning is left as it is. The bills are
    locked in one order; the result is in the order of their days. Ids of other companies are not
    found. Runs inside the company's scope.

    Raises:
        InvalidInput: there are none, or more than one act takes.
        NotAllowed: `by` may not approve, or no longer does.
    """
    if not 0 < len(shown) <= MOST_AT_ONCE:
        raise InvalidInput(
            f"Selecione de 1 a {MOST_AT_ONCE} contas para aprovar de uma vez.", code="how_many"
        )
    hold_role(by)
    lock_rules(by.tenant_id)
    bills = hold(Payable.objects.of(by.tenant_id).filter(id__in=shown))
    bills = with_changes(bills.with_details().with_cautions())
    account = preferred_account(by.tenant_id)
    outcomes = [
        outcome_of(payable, shown[payable.id], by, account) for payable in bills.order_by("id")
    ]
    outcomes.sort(key=lambda o: (o.payable.due_date, o.payable.id))
    record_outcomes(Act.BILLS_APPROVED, outcomes, DONE, by=by)
    return outcomes


def hold_role(by: Membership) -> None:
    """Until the transaction ends nobody takes the person's role away; one that was is seen.

    Raises:
        NotAllowed: the person may not approve now.
    """
    mine = Membership.objects.of(by.tenant_id).filter(id=by.id).select_for_update(no_key=True)
    now = mine.first()
    if now is None or not now.can_approve:
        raise NotAllowed("Seu papel nesta empresa não permite aprovar contas.", code="wrong_role")


def outcome_of(
    payable: Payable, shown: str, by: Membership, preferred: BankAccount | None
) -> Outcome:
    try:
        require_approver(payable, by)
        if cautions_of(payable, payable.bank_account or preferred):
            raise InvalidState(
                "Esta conta tem um aviso: confira e aprove individualmente.", code="warned"
            )
        return Outcome(give_approval(payable, by=by, shown=shown))
    except DomainError as error:
        return Outcome(payable, error)


def record_outcomes(
    act: Act, outcomes: Sequence[Outcome], words: tuple[str, str], *, by: Membership, why: str = ""
) -> None:
    """One record of the whole act, with each bill, its amount and where its money may go.

    `words` name what was done, and what was not.
    """
    given = [o.payable for o in outcomes if o.refused is None]
    if not given:
        return
    done, not_done = words
    total = sum((payable.amount for payable in given), Decimal(0))
    after = {"Total": f"R$\u00a0{format_brl(total)}", done: listed(given)}
    if act == Act.BILLS_APPROVED and (waiting := [each for each in given if each.is_pending]):
        after["Falta outra pessoa"] = "\n".join(map(named, waiting))
    refused = [o for o in outcomes if o.refused is not None]
    if refused:
        after[not_done] = "\n".join(
            f"{named(o.payable)} · {one_line(str(o.refused))}" for o in refused
        )
    on = given[0] if len(given) == 1 else by.tenant
    record(act, on=on, by=by.user, why=why, after=after)


def listed(payables: Sequence[Payable]) -> str:
    return "\n".join(f"{named(payable)} · {destinations(payable)}" for payable in payables)
