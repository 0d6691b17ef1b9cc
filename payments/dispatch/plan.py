"""What a run sends and what it leaves out, and why. Nothing here writes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID

from banking.banks import registry
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from payments.bills.approval import hold
from payments.models import Payable
from payments.rails.pix_policy import day_by, needs_new_approval, rail_for, why_no_rail
from payments.rails.rails import open_rails
from payments.rails.seal import sealed_day


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

    def leave_out(self, over: Mapping[Payable, str]) -> None:
        """These stay here, each with the reason."""
        self.send = [payable for payable in self.send if payable not in over]
        self.left_out += [LeftOut(payable, reason) for payable, reason in over.items()]


def plan_run(
    account: BankAccount,
    day: date,
    *,
    until: time | None,
    is_held: bool = False,
    only: Collection[UUID] | None = None,
) -> Plan:
    """Decide about every approved bill of the account that is due by `day`. Writes nothing.

    On a day on which banks do not settle only Pix goes, whoever asks; before the day of its
    approval nothing does, whatever day is asked for. `until` is the São Paulo
    time now when rails that have closed are to be left out; None when a person asked and the bank
    may settle it on its next day. With `is_held` the bills stay as they are planned until the
    transaction ends: one that another act holds is waited for, and read as that act leaves it.
    With `only`, about those bills alone.
    """
    plan = Plan()
    today = sao_paulo_day(database_now()) if until is None else day
    due = Payable.objects.of(account.tenant_id).paid_by(account).sendable()
    due = due.filter(payment_date__lte=day)
    if only is not None:
        due = due.filter(id__in=only)
    if is_held:
        due = hold(due)
    for payable in sorted(due.with_destinations(), key=lambda bill: (bill.payment_date, bill.id)):
        reason = before_its_day(payable, today) or reason_to_leave_out(payable, account, day, until)
        if reason:
            again = needs_new_approval(payable, account)
            plan.left_out.append(LeftOut(payable, reason, needs_new_approval=again))
        else:
            plan.send.append(payable)
    return plan


def before_its_day(payable: Payable, today: date) -> str:
    """A Portuguese sentence; empty when its approval lets it leave today."""
    day = sealed_day(payable)
    if day <= today:
        return ""
    return f"Aprovada para sair a partir de {day:%d/%m/%Y}: antes disso, requer nova aprovação."


def reason_to_leave_out(
    payable: Payable, account: BankAccount, day: date, until: time | None
) -> str | None:
    """A Portuguese sentence, or None when it goes."""
    rail = rail_for(payable, account)
    is_overdue = day_by(rail, payable) < day
    if rail is None:
        gone = f"Venceu em {payable.due_date:%d/%m/%Y}. " if is_overdue else ""
        return gone + why_no_rail(payable, account)
    if is_overdue:
        return f"Venceu em {payable.due_date:%d/%m/%Y}: use «Enviar agora»."
    bank = registry.info(account.provider)
    if rail not in open_rails(bank, day):
        return f"Em {day:%d/%m/%Y} não há compensação bancária: só Pix é enviado."
    if until is None:
        return None
    cut_off = bank.cut_off[rail]
    if until >= cut_off:
        return f"Passou do horário de {Payable.Method(rail).label} ({cut_off:%Hh%M})."
    return None
