"""Modo Banking: every day at 07:00 the day's bills go to the bank.

On a day on which banks do not settle only Pix does, from the accounts that can send it.

The row of a `DispatchRun` is made in the same transaction as its orders, so a run happened
wholly or not at all, and the unique key over account and day lets it happen once. A run made by
hand before 07:00 is filled once more by the clock, which moves its `started_at`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit.acts import Act
from audit.services import record
from banking.banks import registry
from banking.models import BankAccount, BankAccountQuerySet
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from core.errors import InvalidState
from payments.bills.approval import return_to_approval
from payments.models import DispatchRun, Payable, PaymentOrder
from payments.orders.payload import describe
from payments.rails.rails import day_by, needs_new_approval, open_rails, rail_for, why_no_rail
from payments.states import PayableStatus
from payments.timeline import Tone, note_many
from tenants.models import User
from tenants.scope import across_tenants, tenant_scope

STARTS_AT = time(7, 0)  # São Paulo


@dataclass(frozen=True, slots=True)
class LeftOut:
    payable: Payable
    reason: str
    needs_new_approval: bool = False


@dataclass(slots=True)
class Plan:
    """What a run sends and what it leaves out, and why."""

    send: list[Payable] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def opening(day: date) -> datetime:
    """07:00 in São Paulo."""
    return datetime.combine(day, STARTS_AT, SAO_PAULO)


def is_sending_time(provider: str, now: datetime) -> bool:
    """Whether the clock sends through this bank now: from 07:00 until its last rail closes."""
    local = now.astimezone(SAO_PAULO)
    bank = registry.info(provider)
    closings = [bank.cut_off[rail] for rail in open_rails(bank, local.date())]
    return bool(closings) and STARTS_AT <= local.time() < max(closings)


def has_run(day: date) -> Exists:
    """Of an account: its run of the day is made. One made by hand before 07:00 is not that."""
    runs = DispatchRun.objects.filter(
        tenant=OuterRef("tenant"),
        bank_account=OuterRef("pk"),
        day=day,
        started_at__gte=opening(day),
    )
    return Exists(runs)


def due_accounts(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account whose run of today is still to be made."""
    today = sao_paulo_day(now)
    with across_tenants():
        accounts = with_modo_banking(today).exclude(has_run(today))
        rows = list(accounts.values_list("tenant_id", "id", "provider"))
    return [(tenant, account) for tenant, account, bank in rows if is_sending_time(bank, now)]


def with_modo_banking(day: date) -> BankAccountQuerySet:
    return BankAccount.objects.connected().in_plan().filter(modo_banking_from__lte=day)


def plan_run(account: BankAccount, day: date, *, until: time | None) -> Plan:
    """Decide about every approved bill of the account that is due by `day`. Writes nothing.

    `until` is the São Paulo time now when rails that have closed are to be left out; None when
    a person asked and the bank may settle it on its next day.
    """
    plan = Plan()
    candidates = (
        Payable.objects.of(account.tenant_id)
        .paid_by(account)
        .sendable()
        .filter(payment_date__lte=day)
        .with_details()
        .order_by("payment_date", "id")
    )
    for payable in candidates:
        reason = reason_to_leave_out(payable, account, day, until)
        if reason:
            again = needs_new_approval(payable, account)
            plan.left_out.append(LeftOut(payable, reason, needs_new_approval=again))
        else:
            plan.send.append(payable)
    return plan


def reason_to_leave_out(
    payable: Payable, account: BankAccount, day: date, until: time | None
) -> str | None:
    """A Portuguese sentence, or None when it goes."""
    rail = rail_for(payable, account)
    if day_by(rail, payable) < day:
        return f"Venceu em {payable.due_date:%d/%m/%Y}: vencidas só saem com «Enviar agora»."
    if rail is None:
        return why_no_rail(payable, account)
    if until is None:
        return None
    bank = registry.info(account.provider)
    if rail not in open_rails(bank, day):
        return "Hoje os bancos não compensam: só Pix sai."
    cut_off = bank.cut_off[rail]
    if until >= cut_off:
        return f"Passou do horário de {Payable.Method(rail).label} ({cut_off:%Hh%M})."
    return None


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
        if not is_new and run.started_at >= opening(today):
            return None
        run.started_at = now
        fill_run(run, account, until=now.astimezone(SAO_PAULO).time(), by=None)
        return run


def dispatch_by_hand(
    tenant_id: UUID, account_id: UUID, day: date, *, by: User | None = None
) -> DispatchRun:
    """The run of a day because a person asks: at any hour, and again for what came since.

    Raises:
        InvalidState: the account is not connected, or its plan does not include the bank.
    """
    with tenant_scope(tenant_id):
        account = require_account(BankAccount.objects.of(tenant_id).get(id=account_id))
        run, _ = lock_run(account, day, by=by)
        fill_run(run, account, until=None, by=by)
        return run


def lock_run(account: BankAccount, day: date, *, by: User | None) -> tuple[DispatchRun, bool]:
    """The one run of an account and a day, made if need be, held until the transaction ends."""
    return DispatchRun.objects.select_for_update().get_or_create(
        tenant_id=account.tenant_id, bank_account=account, day=day, defaults={"started_by": by}
    )


def send_now(
    payables: Iterable[Payable], *, by: User, account: BankAccount | None = None
) -> list[PaymentOrder]:
    """Send approved bills at once, overdue and late ones too, each from its own account.

    With `account` all of them leave from that one, and are its own from then on. One that would
    go where its approval did not say makes no order: it is back in approval. Runs inside the
    company's scope, all or nothing. The bills are locked in one order, so that two people who send
    the same ones wait for each other.

    Raises:
        InvalidState: one is not approved, or has no connected account to be paid from.
    """
    orders = []
    for payable in sorted(payables, key=lambda payable: payable.id):
        locked = (
            Payable.objects.of(payable.tenant_id)
            .select_for_update(of=("self",))
            .with_details()
            .get(id=payable.id)
        )
        if not locked.is_sendable:
            raise InvalidState(f"«{locked.payee}» não está aprovada para envio.")
        payer = require_account(account or paying_account(locked))
        if needs_new_approval(locked, payer):
            return_unapproved([locked], payer)
            continue
        if rail_for(locked, payer) is None:
            raise InvalidState(why_no_rail(locked, payer))
        if account is not None and locked.bank_account_id != account.id:
            mine = Payable.objects.of(locked.tenant_id).filter(id=locked.id)
            mine.update(bank_account=account)
        orders += queue_orders([locked], payer, run=None, by=by)
    return orders


def return_unapproved(payables: list[Payable], account: BankAccount) -> None:
    """Those that would go from the account where their approval did not say wait for another.

    One that somebody else is at right now is left to the next time.
    """
    rows = Payable.objects.of(account.tenant_id).sendable()
    rows = rows.filter(id__in=[payable.id for payable in payables]).with_details()
    for payable in rows.select_for_update(of=("self",), skip_locked=True).order_by("id"):
        return_to_approval(payable, why=why_no_rail(payable, account))


def paying_account(payable: Payable) -> BankAccount | None:
    """The bill's own account, else the company's preferred one."""
    if payable.bank_account is not None:
        return payable.bank_account
    preferred: BankAccount | None = (
        BankAccount.objects.of(payable.tenant_id).filter(is_preferred=True).first()
    )
    return preferred


def require_account(account: BankAccount | None) -> BankAccount:
    if account is not None and account.is_undone:
        raise InvalidState(
            f"O vínculo de {account} foi desfeito, e por ela nada se paga: refaça-o em "
            "«Integrações bancárias» ou torne outra conta a preferencial."
        )
    if account is None or not can_pay(account):
        raise InvalidState(
            "Nenhuma conta conectada pode fazer este pagamento: "
            "conecte uma em «Conciliar contas e cartões»."
        )
    return account


def can_pay(account: BankAccount) -> bool:
    """Connected, at a bank that the company's plan includes."""
    usable = BankAccount.objects.of(account.tenant_id).connected().in_plan()
    return bool(usable.filter(id=account.id).exists())


def fill_run(
    run: DispatchRun, account: BankAccount, *, until: time | None, by: User | None
) -> None:
    """`until` is None when a person asks, and `by` too when it is at the command line."""
    plan = plan_run(account, run.day, until=until)
    orders = queue_orders(plan.send, account, run=run, by=by)
    return_unapproved([item.payable for item in plan.left_out if item.needs_new_approval], account)
    run.left_out = [
        {"payable": str(item.payable.id), "reason": item.reason} for item in plan.left_out
    ]
    run.save(update_fields=["left_out", "started_at"])
    record(
        Act.RUN_BY_HAND if until is None else Act.RUN_BY_CLOCK,
        on=account,
        by=by,
        after={
            "Dia": f"{run.day:%d/%m/%Y}",
            "Na fila": str(len(orders)),
            "De fora": str(len(plan.left_out)),
        },
    )


def queue_orders(
    payables: list[Payable], account: BankAccount, *, run: DispatchRun | None, by: User | None
) -> list[PaymentOrder]:
    """One order for each bill that is still approved; the bill is then on its way.

    The lock and the second look take each bill once, whoever else is at it, and the database
    refuses a second living order for it. None is taken that is held, or back in approval, since
    it was planned.
    """
    approved = Payable.objects.of(account.tenant_id).sendable()
    approved = approved.filter(id__in=[payable.id for payable in payables])
    locked = approved.select_for_update(of=("self",)).with_details().order_by("id")
    taken = {payable.id: payable for payable in locked}
    Payable.objects.of(account.tenant_id).filter(id__in=taken).update(status=PayableStatus.SENT)
    orders = [
        new_order(taken[payable.id], account, run) for payable in payables if payable.id in taken
    ]
    PaymentOrder.objects.bulk_create(orders)
    how = f"Pelo envio de {run.day:%d/%m}" if run else "Por «Enviar agora»"
    who = f", de {by.display_name}" if by else ""
    note_many(
        account.tenant_id,
        [(o.payable_id, f"Na fila para {account}", f"{how}{who}.", Tone.INFO) for o in orders],
        at=timezone.now(),
    )
    return orders


def new_order(payable: Payable, account: BankAccount, run: DispatchRun | None) -> PaymentOrder:
    key = uuid4()
    rail = rail_for(payable, account)
    assert rail is not None  # what the bank cannot do was left out or refused before
    return PaymentOrder(
        tenant_id=account.tenant_id,
        payable=payable,
        bank_account=account,
        run=run,
        key=key,
        rail=rail,
        amount=payable.amount,
        content=describe(payable, key, rail),
    )
