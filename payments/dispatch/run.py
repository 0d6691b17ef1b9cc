"""Modo Banking: every day at 07:00 the day's bills go to the bank.

On a day on which banks do not settle only Pix does, from the accounts that can send it.

The row of a `DispatchRun` is made in the same transaction as its orders, so a run happened
wholly or not at all, and the unique key over account and day lets it happen once. A run made by
hand before 07:00 is filled once more by the clock, which moves its `started_at`.
"""

from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from core.errors import NotAllowed
from payments.bills.approval import return_to_approval
from payments.dispatch.plan import plan_run
from payments.dispatch.run_notices import take_back_kept, tell_of_kept
from payments.dispatch.schedule import is_sending_time, opening_instant, with_modo_banking
from payments.dispatch.unread import read_since
from payments.models import DispatchRun
from payments.orders.payload import listed
from payments.orders.queue import make_orders
from payments.orders.sending_lock import refuse_while_locked
from payments.rails.debit_account import require_account
from payments.rails.kept_back import KeptBack
from payments.rails.pix_policy import why_no_rail
from tenants.models import Membership, User
from tenants.scope import tenant_scope


def dispatch_account(tenant_id: UUID, account_id: UUID, *, now: datetime) -> DispatchRun | None:
    """Make today's run of an account: its orders are queued, and the run says what stayed.

    None when it is not due: by a message that came late or twice, or what it was sent for has
    changed since.
    """
    today = sao_paulo_day(now)
    with tenant_scope(tenant_id):
        account = with_modo_banking(today).of(tenant_id).filter(id=account_id).first()
        if account is None or not is_sending_time(account.provider, now):
            return None
        run, is_new = lock_run(account, today, by=None)
        if not is_new and run.started_at >= opening_instant(today):
            return None
        run.started_at = now
        fill_run(run, account, until=now.astimezone(SAO_PAULO).time(), by=None)
        return run


def dispatch_read(tenant_id: UUID, account_id: UUID, *, now: datetime) -> DispatchRun | None:
    """Send what today's run left out because its boleto was not read then, and was read since.

    By the rules of the run, and as part of it. None when there is nothing of the kind.
    """
    today = sao_paulo_day(now)
    with tenant_scope(tenant_id):
        account = with_modo_banking(today).of(tenant_id).filter(id=account_id).first()
        if account is None or not is_sending_time(account.provider, now):
            return None
        runs = DispatchRun.objects.of(tenant_id).filter(bank_account=account, day=today)
        runs = runs.select_for_update(of=("self",)).select_related("bank_account")
        run: DispatchRun | None = runs.first()
        read = read_since(run) if run is not None else []
        if run is None or not read:
            return None
        fill_run(run, account, until=now.astimezone(SAO_PAULO).time(), by=None, only=read)
        return run


def dispatch_by_hand(
    tenant_id: UUID, account_id: UUID, day: date, *, by: Membership
) -> DispatchRun:
    """The run of a day because a person asks: at any hour, and again for what came since.

    Raises:
        NotAllowed: `by` is nobody who sends, or works for another company.
        InvalidState: the account is not connected, or its plan does not include the bank; or
            sending is locked.
    """
    if not by.can_enter or by.tenant_id != tenant_id:
        raise NotAllowed("Seu papel nesta empresa não permite enviar contas.", code="wrong_role")
    with tenant_scope(tenant_id):
        refuse_while_locked(tenant_id)
        account = require_account(BankAccount.objects.of(tenant_id).get(id=account_id))
        run, _ = lock_run(account, day, by=by.user)
        fill_run(run, account, until=None, by=by.user)
        return run


def lock_run(account: BankAccount, day: date, *, by: User | None) -> tuple[DispatchRun, bool]:
    """The one run of an account and a day, made if need be, held until the transaction ends."""
    return DispatchRun.objects.select_for_update().get_or_create(
        tenant_id=account.tenant_id, bank_account=account, day=day, defaults={"started_by": by}
    )


def fill_run(
    run: DispatchRun,
    account: BankAccount,
    *,
    until: time | None,
    by: User | None,
    only: Collection[UUID] | None = None,
) -> None:
    """`until` is None and `by` a member when a person asks: the record then lists what is sent.

    With `only` the run decides anew about those bills, and about the others as before.
    """
    plan = plan_run(account, run.day, until=until, is_held=True, only=only)
    try:
        orders = make_orders([(payable, account) for payable in plan.send], run=run, by=by)
    except KeptBack as error:
        plan.leave_out(error.kept)
        orders = make_orders([(payable, account) for payable in plan.send], run=run, by=by)
        tell_of_kept(run, error.kept)
    returned = [item.payable for item in plan.left_out if item.needs_new_approval]
    return_to_approval([(payable, why_no_rail(payable, account)) for payable in returned])
    stay = [] if only is None else left_out_but(run, only)
    run.left_out = stay + [
        {"payable": str(item.payable.id), "reason": item.reason} for item in plan.left_out
    ]
    run.save(update_fields=["left_out", "started_at"])
    if only is not None and not run.left_out:
        take_back_kept(run)
    record(
        Act.RUN_BY_HAND if until is None else Act.RUN_BY_CLOCK,
        on=account,
        by=by,
        after={
            "Dia": f"{run.day:%d/%m/%Y}",
            "Na fila": str(len(orders)) if by is None else listed(orders) or "0",
            "De fora": str(len(plan.left_out)),
        },
    )


def left_out_but(run: DispatchRun, bills: Collection[UUID]) -> list[dict[str, str]]:
    decided = {str(payable_id) for payable_id in bills}
    return [item for item in run.left_out if item["payable"] not in decided]
