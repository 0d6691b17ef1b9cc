"""Titles of boletos as the clearing house shows them to a bank, read before anything is sent.

In the background: found by the clock in the rows, claimed for an hour, asked outside of scopes.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankError, BankRejected
from banking.banks.contract.info import Capability
from banking.banks.contract.payments import Title
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from core import deadline
from core.clock import database_now
from core.text import shorten
from payments.bills.approval import TELL_FOR, lock, return_to_approval
from payments.bills.lookups import accounts_to_ask, ask_at
from payments.bills.warnings import TITLE_DIFFERS
from payments.models import Payable
from payments.states import PayableStatus
from payments.timeline import Tone, note
from tenants.models import Role
from tenants.notices import News, notify
from tenants.scope import tenant_scope

OTHER_ESTABLISHMENT = "Boleto de outro estabelecimento do favorecido"
ASK_AGAIN_AFTER, ASK_DUE_AFTER = timedelta(hours=1), timedelta(minutes=5)
BATCH = 20


def unread(now: datetime) -> Q:
    """Also what the bank did not answer; of what is due by today, minutes later."""
    is_due = Q(payment_date__lte=sao_paulo_day(now), title_asked_at__lte=now - ASK_DUE_AFTER)
    return Q(
        Q(title_asked_at=None) | Q(title_asked_at__lte=now - ASK_AGAIN_AFTER) | is_due,
        method=Payable.Method.BOLETO,
        status__in=[PayableStatus.PENDING, PayableStatus.APPROVED],
        title_read_at=None,
    )


def accounts_with_unread_titles(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account whose bank may show the title of a bill it is to pay."""
    return accounts_to_ask(unread(now), Capability.LOOK_UP_TITLE)


def read_titles(tenant_id: UUID, account_id: UUID) -> int:
    """Ask for the next unread titles. To be called outside of scopes. Returns how many.

    It never raises for the bank: one that shows no titles, or may not be asked, has 0. What waits
    for this, a run above all, goes on without them.
    """
    return ask_at(tenant_id, account_id, Capability.LOOK_UP_TITLE, ask_for_titles)


def read_all_titles(tenant_id: UUID, account_id: UUID) -> None:
    """Batch by batch, before a run: what was not read does not leave."""
    while read_titles(tenant_id, account_id) == BATCH and not deadline.is_over():
        pass


def ask_for_titles(account: BankAccount, bank: BankAdapter) -> int:
    payables = claim_unread(account, database_now())
    for payable in payables:
        if deadline.is_over():
            with tenant_scope(account.tenant_id):
                give_turn_back(payable)
            continue
        try:
            title = bank.look_up_title(payable.linha_digitavel)
        except BankRejected as error:
            with tenant_scope(account.tenant_id):
                record_unread_title(payable, account, error.with_reason())
        except BankError:
            continue  # asked again in an hour
        else:
            with tenant_scope(account.tenant_id):
                store_title(payable, title)
    return len(payables)


def claim_unread(account: BankAccount, now: datetime) -> list[Payable]:
    with tenant_scope(account.tenant_id):
        mine = Payable.objects.of(account.tenant_id).paid_by(account).filter(unread(now))
        locked = mine.select_for_update(no_key=True, skip_locked=True, of=("self",))
        locked = locked.select_related("payee")
        payables = list(locked.order_by("payment_date", "id")[:BATCH])
        ids = [payable.id for payable in payables]
        Payable.objects.of(account.tenant_id).filter(id__in=ids).update(title_asked_at=now)
    return payables


def give_turn_back(payable: Payable) -> None:
    """The task's time is over: the title is asked for at the next tick."""
    mine = Payable.objects.of(payable.tenant_id).filter(id=payable.id, title_read_at=None)
    mine.update(title_asked_at=None)


def store_title(payable: Payable, title: Title) -> None:
    payable = lock(payable)
    payable.title_name = shorten(title.beneficiary_name, 160)
    payable.title_document = title.beneficiary_document
    payable.title_amount = title.amount
    payable.title_is_paid = bool(title.is_paid)
    payable.title_read_at = database_now()
    payable.save(
        update_fields=[
            "title_name", "title_document", "title_amount", "title_is_paid", "title_read_at"
        ]
    )  # fmt: skip
    for warning in payable.title_warnings:
        note(payable, TITLE_DIFFERS, warning, tone=Tone.WARN)
    if payable.title_warnings and payable.status == PayableStatus.APPROVED:
        return_to_approval([(payable, " ".join(payable.title_warnings))])
        tell_of_difference(payable)
    for told in payable.title_notes:
        note(payable, OTHER_ESTABLISHMENT, told)


def tell_of_difference(payable: Payable) -> None:
    """Whoever approves and whoever sends learns at once that it does not leave."""
    news = News(
        subject=f"title-differs:{payable.id}",
        step=str(payable.approval_round),
        title="O boleto de uma conta aprovada diverge.",
        text=shorten(f"«{payable.payee}» voltou para aprovação. {payable.title_warnings[0]}", 300),
        action="Ver conta",
        url=reverse("payments:detail", args=[payable.id]),
        until=database_now() + TELL_FOR,
    )
    notify(payable.tenant, (Role.ADMIN, Role.APPROVER, Role.FINANCE), news)


def record_unread_title(payable: Payable, account: BankAccount, why: str) -> None:
    """What the bank does not find today it may find tomorrow: it only is not asked for again."""
    payable.title_read_at = database_now()
    payable.save(update_fields=["title_read_at"])
    note(payable, f"{account.bank_said.begins} não encontrou este boleto", why, tone=Tone.WARN)
