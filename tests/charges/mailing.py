"""A company with a ladder, charges at its bank, and what it mailed."""

from datetime import UTC, date, datetime
from typing import Any

from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO
from charges.dunning.ladder import adopt_ladder, steps_of, switch
from charges.dunning.send import work_outbox
from charges.models import Charge, Dunning, DunningStep, Reminder, Slip
from charges.states import ChargeStatus, SlipStatus
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, membership

Status = Reminder.Status


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """In São Paulo."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SAO_PAULO).astimezone(UTC)


def an_admin(tenant: Tenant) -> Membership:
    return membership(tenant, role=Role.ADMIN)


def with_ladder(
    tenant: Tenant, *days: int, issue: bool = False, paid: bool = False, **changes: Any
) -> Dunning:
    """Switched on now, with the steps of these days from the due date."""
    by = an_admin(tenant)
    with tenant_scope(tenant.id):
        adopt_ladder(by=by)
        kinds = [("issue", 0)] * issue + [("paid", 0)] * paid + [("due", each) for each in days]
        kept = set(kinds)
        offered = {(step.kind, step.days): step for step in steps_of(tenant.id)}
        model = next(step for step in offered.values() if step.kind == "due")
        rows = DunningStep.objects.of(tenant)
        for key, step in offered.items():
            if key not in kept:
                rows.filter(id=step.id).delete()
        for kind, each in kept - set(offered):
            DunningStep.objects.create(
                tenant=tenant, kind=kind, days=each, subject=model.subject, body=model.body
            )
        if changes:
            Dunning.objects.of(tenant).update(**changes)
        return switch(on=True, by=by)


def opened(account: BankAccount, due_date: date, amount: str = "150.00", **changes: Any) -> Charge:
    """As if its bank had registered its slip just now."""
    content = changes.pop("content", {"code": "", "forms": ["boleto"]})
    status = changes.pop("slip_status", SlipStatus.OPEN)
    charge = make_charge(account.tenant, account, amount, due_date=due_date, **changes)
    with tenant_scope(account.tenant_id):
        Slip.objects.create(
            tenant_id=account.tenant_id,
            charge=charge,
            bank_account=account,
            key=charge.id,
            content=content,
            form=charge.form,
            amount=charge.amount,
            due_date=due_date,
            status=status,
        )
        for state in (ChargeStatus.ISSUING, ChargeStatus.OPEN):
            Charge.objects.of(account.tenant_id).filter(id=charge.id).update(status=state)
    found: Charge = reread(charge)
    return found


def mail_now(tenant: Tenant) -> int:
    return work_outbox(tenant.id)


def log_of(tenant: Tenant, **filters: Any) -> list[Reminder]:
    with tenant_scope(tenant.id):
        rows = Reminder.objects.of(tenant).filter(**filters)
        return list(rows.select_related("step", "charge").order_by("made_at", "step__days", "id"))


def told(tenant: Tenant, **filters: Any) -> list[tuple[int, str]]:
    """Day of the step and what became of it."""
    return [(row.step.days, row.status) for row in log_of(tenant, **filters)]
