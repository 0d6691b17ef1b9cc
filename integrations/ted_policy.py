"""«Sempre via TED» while approved Pix bills wait: they would leave by another rail than people had
in mind, so a second admin confirms it."""

from dataclasses import replace

from banking.bank_accounts.settings import Settings, lock_settings, save_settings, write_settings
from banking.models import BankAccount
from core.clock import database_now
from payments.models import Payable
from payments.states import PayableStatus
from people.admins import lock_people
from people.models import PendingChange
from people.pending_changes import Kind, ask, waiting_for
from tenants.models import Membership, Tenant

TED = BankAccount.PixPolicy.TED


def save(
    account: BankAccount, wanted: Settings, *, seen: Settings, by: Membership
) -> tuple[list[str], PendingChange | None]:
    """As `save_settings`, but for the policy when it has to be confirmed: that is asked for.

    Returns what was changed since the page showed `seen`, and what was asked. Runs inside the
    company's scope.
    """
    lock_people(account.tenant_id)
    lock_settings(account)
    must_wait = needs_confirmation(account, wanted)
    at_once = replace(wanted, pix_policy=account.pix_policy) if must_wait else wanted
    changed = save_settings(account, at_once, seen=seen, by=by.user, now=database_now())
    return changed, ask_for(account, by=by) if must_wait and not changed else None


def needs_confirmation(account: BankAccount, wanted: Settings) -> bool:
    if wanted.pix_policy != TED or account.pix_policy == TED:
        return False
    bills = Payable.objects.of(account.tenant_id).paid_by(account)
    return bills.filter(method=Payable.Method.PIX, status=PayableStatus.APPROVED).exists()


def ask_for(account: BankAccount, *, by: Membership) -> PendingChange:
    before = BankAccount.PixPolicy(account.pix_policy).label
    return ask(
        KIND,
        on=account,
        title=f"{account} passa a enviar sempre via TED o que foi aprovado com Pix",
        before={"Envio preferencial": before},
        after={"Envio preferencial": TED.label},
        value={},
        by=by,
    )


def asked_for(account: BankAccount) -> PendingChange | None:
    """What waits. Runs inside the company's scope."""
    return waiting_for(account.tenant_id, KIND, account.id)


def apply(tenant: Tenant, change: PendingChange) -> None:
    account = BankAccount.objects.of(tenant).get(id=change.subject_id)
    lock_settings(account)
    wanted = replace(Settings.of(account), pix_policy=TED)
    write_settings(account, wanted, by=change.asked_by, now=database_now())


KIND = Kind("ted_policy", apply)
