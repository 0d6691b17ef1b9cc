"""Approve a bill as it was shown, and take its approval away when what it allowed is over."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import Changed, InvalidState, NotAllowed
from core.text import shorten
from payments.bills.particulars import particulars
from payments.bills.payee_data import enterers_of
from payments.bills.tiers import are_two_people, lock_rules, people_needed
from payments.models import NOT_APPROVED, Approval, Payable, PayableEdit, PayableQuerySet
from payments.rails.debit_account import preferred_account
from payments.rails.keys import is_key_being_read
from payments.rails.seal import digest_of, seal_of
from payments.rails.titles import is_being_read
from payments.states import PayableStatus
from payments.timeline import Tone, note, note_many
from tenants.models import Membership
from tenants.notices import News, notify_people

TELL_FOR = timedelta(days=7)


def lock(payable: Payable) -> Payable:
    """The bill as it is now, with its destinations, held until the transaction ends."""
    bills = Payable.objects.of(payable.tenant_id).filter(id=payable.id)
    locked: Payable = hold(bills).with_destinations().with_register().get()
    return locked


def hold(bills: PayableQuerySet) -> PayableQuerySet:
    """Those of the bills that are there now, held until the transaction ends.

    Locked in the order of their ids, as all do who hold several, and read by a query of its own:
    what a locking query joins is as it was before it waited.
    """
    held = bills.select_for_update(no_key=True).order_by("id").values_list("id", flat=True)
    return bills.filter(id__in=list(held))


@transaction.atomic
def approve_payable(payable: Payable, *, by: Membership, shown: str) -> Payable:
    """Approve a bill as it was shown: from now on it may be sent to the bank.

    `shown` is the digest of what the person saw (payments.rails.seal). What it says is fixed:
    orders are built from it. Where more people are needed, it waits for the others.

    Raises:
        Changed: the bill, a destination of it or the Pix policy is another one than was shown.
        InvalidState: it is not waiting for approval, this person has approved it already, or its
            boleto or the owner of its key is being read.
        NotAllowed: `by` may not approve, or is the person who entered it.
    """
    lock_rules(payable.tenant_id)
    payable = give_approval(lock(payable), by=by, shown=shown)
    record(Act.BILL_APPROVED, on=payable, by=by.user, after=particulars(payable))
    return payable


def give_approval(payable: Payable, *, by: Membership, shown: str) -> Payable:
    """As `approve_payable`, of a bill that the caller holds, with the company's rules, and puts on
    record."""
    require_approver(payable, by)
    account = payable.bank_account or preferred_account(payable.tenant_id)
    seal = seal_of(payable, account)
    if digest_of(seal) != shown:
        raise Changed(
            "Esta conta mudou desde que você a abriu. Confira os dados atuais e aprove novamente.",
            code="changed",
        )
    refuse_while_read(payable, account)
    given = Approval.objects.of(payable.tenant_id).filter(
        payable=payable, round=payable.approval_round, digest=shown
    )
    if given.filter(person=by.user_id).exists():
        raise InvalidState("Você já aprovou esta conta: falta outra pessoa.", code="given_already")
    require_more_people(payable, people_needed(payable, by))
    approval = Approval.objects.create(
        tenant_id=payable.tenant_id, payable=payable, round=payable.approval_round,
        person=by.user, digest=shown, seal=seal,
    )  # fmt: skip
    if missing := still_missing(payable, approval, given.count()):
        note(payable, "Aprovada por uma pessoa", missing, by=by.user)
        return payable
    payable.status = PayableStatus.APPROVED
    payable.approval = approval
    payable.hold = ""
    payable.save(update_fields=["status", "approval", "hold"])
    note(payable, "Aprovada", when_it_leaves(payable, database_now()), by=by.user)
    return payable


def refuse_while_read(payable: Payable, account: BankAccount | None) -> None:
    """
    Raises:
        InvalidState: the bank is being asked about its boleto or key, for minutes at the most.
    """
    now = database_now()
    if is_being_read(payable, account, now):
        raise InvalidState(
            "O boleto está sendo lido no banco: aguarde até dois minutos.", code="title_reading"
        )
    if is_key_being_read(payable, account, now):
        raise InvalidState(
            "O titular da chave Pix está sendo consultado no banco: aguarde até dois minutos.",
            code="key_reading",
        )


def require_more_people(payable: Payable, people: int) -> None:
    """In this round the number only grows; the bill is held by the caller."""
    if people > payable.approvals_needed:
        payable.approvals_needed = people
        payable.save(update_fields=["approvals_needed"])


def still_missing(payable: Payable, approval: Approval, given: int) -> str:
    """Who has to approve besides, in a Portuguese sentence; empty when enough people did."""
    missing = payable.approvals_needed - given
    if missing > 0:
        return f"Falta a aprovação de {missing}."
    if payable.approvals_needed > 1 and not are_two_people(approval):
        return "Falta outra pessoa: quem delega e quem aprova por delegação contam como uma."
    return ""


def require_approver(
    payable: Payable, by: Membership, editors: frozenset[int] | None = None
) -> None:
    """`editors` are `editors_of` the bill, from a caller who has read those of many.

    Raises:
        InvalidState: the bill is not waiting for approval.
        NotAllowed: `by` may not approve it.
    """
    if not payable.is_pending or payable.is_rejected:
        raise InvalidState("Esta conta não está aguardando aprovação.", code="not_pending")
    if not by.can_approve:
        raise NotAllowed("Seu papel nesta empresa não permite aprovar contas.", code="wrong_role")
    if payable.created_by_id == by.user_id:
        raise NotAllowed(
            "Quem lança a conta não pode aprová-la: peça a outro aprovador.", code="own_bill"
        )
    if by.user_id in (editors_of(payable) if editors is None else editors):
        raise NotAllowed(
            "Quem altera a conta não pode aprová-la: peça a outro aprovador.", code="own_edit"
        )
    if by.user_id in enterers_of(payable):
        raise NotAllowed(
            "Você lançou os dados bancários desta conta, e ninguém os confirmou ainda: "
            "peça a outro aprovador.",
            code="own_destination",
        )


def editors_of(payable: Payable) -> frozenset[int]:
    """Who changed what an approval seals, since the last one."""
    return editors_of_each([payable])[payable.id]


def editors_of_each(payables: Sequence[Payable]) -> Mapping[UUID, frozenset[int]]:
    """As `editors_of`, by bill; one query, of bills of one company."""
    editors: dict[UUID, set[int]] = {payable.id: set() for payable in payables}
    if not payables:
        return {}
    rounds = {payable.id: payable.approval_round for payable in payables}
    edits = PayableEdit.objects.of(payables[0].tenant_id).filter(payable__in=rounds, is_sealed=True)
    for payable_id, number, person in edits.values_list("payable_id", "round", "person_id"):
        if number == rounds[payable_id]:
            editors[payable_id].add(person)
    return {payable_id: frozenset(people) for payable_id, people in editors.items()}


@transaction.atomic
def reject_payable(payable: Payable, *, by: Membership, why: str) -> Payable:
    """Give a bill back to its author, with the reason. What others approved of it is void.

    Raises:
        InvalidState: it is not waiting for approval.
        NotAllowed: `by` may not approve it.
    """
    payable = lock(payable)
    require_approver(payable, by)
    payable.hold = Payable.Hold.REJECTED
    payable.rejections += 1
    payable.save(update_fields=["hold", "rejections"])
    note(payable, "Reprovada", why, tone=Tone.WARN, by=by.user)
    notify_people(
        payable.tenant_id, [payable.created_by_id], rejection(payable, why, database_now())
    )
    record(Act.BILL_REJECTED, on=payable, by=by.user, why=why, after=particulars(payable))
    return payable


@transaction.atomic
def ask_for_approval(payable: Payable, *, by: Membership) -> Payable:
    """Send a rejected bill to the approvers again, as it is.

    Raises:
        InvalidState: it was not rejected.
        NotAllowed: `by` may not enter bills.
    """
    if not by.can_enter:
        raise NotAllowed("Seu papel nesta empresa não permite enviar contas.", code="wrong_role")
    payable = lock(payable)
    if not payable.is_rejected:
        raise InvalidState("Esta conta não está reprovada.", code="not_rejected")
    payable.hold = ""
    payable.save(update_fields=["hold"])
    note(payable, "Enviada para aprovação", by=by.user)
    record(Act.BILL_ASKED_AGAIN, on=payable, by=by.user, after=particulars(payable))
    return payable


def rejection(payable: Payable, why: str, now: datetime) -> News:
    return News(
        subject=f"bill-rejected:{payable.id}",
        step=str(payable.rejections),
        title="Uma conta que você lançou foi reprovada.",
        text=shorten(f"«{payable.payee}»: {why}", 300),
        action="Ver conta",
        url=reverse("payments:detail", args=[payable.id]),
        until=now + TELL_FOR,
    )


def when_it_leaves(payable: Payable, now: datetime) -> str:
    if payable.payment_date > sao_paulo_day(now):
        return f"Pagamento previsto para {payable.payment_date:%d/%m/%Y}."
    return "Pagamento previsto para hoje."


def return_to_approval(bills: Sequence[tuple[Payable, str]]) -> None:
    """Approved bills wait for approval again; beside each the reason, in a Portuguese sentence.

    Their rows are held by the caller. Runs inside the company's scope.
    """
    if not bills:
        return
    tenant_id = bills[0][0].tenant_id
    ids = [payable.id for payable, _ in bills]
    Payable.objects.of(tenant_id).filter(id__in=ids).update(
        status=PayableStatus.PENDING, hold="", **NOT_APPROVED
    )
    note_many(
        tenant_id,
        [(payable.id, "De volta para aprovação", why, Tone.WARN) for payable, why in bills],
        at=database_now(),
    )


def revoke_approval(payable: Payable, *, hold: str = "") -> None:
    """The bill waits for approval again; it is held by the caller."""
    payable.status = PayableStatus.PENDING
    payable.hold = hold
    payable.approval = None
    payable.approval_round += 1
    payable.approvals_needed = 1
    payable.save(update_fields=["status", "hold", "approval", "approval_round", "approvals_needed"])
