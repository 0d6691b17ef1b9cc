"""Owners of Pix keys as the bank that is to pay tells them, read soon after a bill is entered.
Also of the key inside a static code («copia e cola»).

In the background: found by the clock in the rows, asked outside of scopes. Once a bill and key,
so often an hour for each person, as a bank counts who asks for keys and does not pay them.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankError, BankRejected
from banking.banks.contract.info import Capability
from banking.banks.contract.payments import KeyHolder, PixKey, PixKeyType
from banking.models import BankAccount
from brazil.pix_key import directory_kind
from core import deadline
from core.clock import database_now
from core.enqueue import enqueue
from core.rate import Rate, seconds_to_wait
from core.text import shorten
from payments.bills.approval import TELL_FOR, lock, return_to_approval
from payments.bills.edit import DESTINATION
from payments.bills.lookups import accounts_to_ask, ask_at
from payments.bills.warnings import of_key
from payments.models import Payable, PayableEdit, PayableQuerySet
from payments.rails.debit_account import preferred_account
from payments.rails.keys import is_key_being_read
from payments.states import PayableStatus
from payments.timeline import Tone, note
from tenants.models import Role
from tenants.notices import News, notify
from tenants.scope import tenant_scope

ASK_AGAIN_AFTER = timedelta(minutes=5)
BATCH = 20
ID = BigIntegerField()


def unread(now: datetime) -> Q:
    """Also what the bank did not answer, minutes later. Which codes have a key, they tell."""
    return Q(
        Q(key_asked_at=None) | Q(key_asked_at__lte=now - ASK_AGAIN_AFTER),
        method=Payable.Method.PIX,
        status__in=[PayableStatus.PENDING, PayableStatus.APPROVED],
        key_read_at=None,
        key_asks_left__gt=0,
    ) & (~Q(pix_key="") | ~Q(pix_code=""))


def hurry_reading(payable: Payable) -> None:
    """Have a worker read the key of a bill that was just entered or edited.

    Runs inside the company's scope.
    """
    if not payable.paid_key:
        return
    account = payable.bank_account or preferred_account(payable.tenant_id)
    if account is not None and is_key_being_read(payable, account, database_now()):
        enqueue("payments.tasks.read_keys", str(payable.tenant_id), str(account.id))


def accounts_with_unread_keys(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account whose bank may tell of the key of a bill it is to pay."""
    return accounts_to_ask(unread(now), Capability.LOOK_UP_KEY)


def read_keys(tenant_id: UUID, account_id: UUID) -> int:
    """As `payments.bills.boleto_lookup.read_titles`, of keys."""
    return ask_at(tenant_id, account_id, Capability.LOOK_UP_KEY, ask_for_keys)


def ask_for_keys(account: BankAccount, bank: BankAdapter) -> int:
    payables = claim_unread(account, database_now())
    for payable in payables:
        if deadline.is_over():
            give_turn_back(payable)
        elif (key := key_of(payable)) is None or not may_ask(payable.key_by):  # type: ignore[attr-defined]
            give_up(payable)
        else:
            ask_for_key(payable, key, account, bank)
    return len(payables)


def key_of(payable: Payable) -> PixKey | None:
    """Its own, or that of its static code; a dynamic code has none."""
    kind = payable.pix_key_type or directory_kind(payable.paid_key)
    return PixKey(PixKeyType(kind), payable.paid_key) if kind else None


def ask_for_key(payable: Payable, key: PixKey, account: BankAccount, bank: BankAdapter) -> None:
    try:
        holder = bank.look_up_key(key)
    except BankRejected:
        holder = None
    except BankError:
        return  # asked again in some minutes, as often as is left
    with tenant_scope(account.tenant_id):
        store_holder(payable, holder)


def claim_unread(account: BankAccount, now: datetime) -> list[Payable]:
    """Those that the account is to pay, each with who brought the key (`key_by`)."""
    with tenant_scope(account.tenant_id):
        mine = Payable.objects.of(account.tenant_id).paid_by(account).filter(unread(now))
        locked = mine.select_for_update(no_key=True, skip_locked=True, of=("self",))
        named = locked.annotate(key_by=Coalesce(last_editor(), F("created_by"), output_field=ID))
        payables = list(named.order_by("payment_date", "id")[:BATCH])
        ids = [payable.id for payable in payables]
        Payable.objects.of(account.tenant_id).filter(id__in=ids).update(
            key_asked_at=now, key_asks_left=F("key_asks_left") - 1
        )
    return payables


def last_editor() -> Subquery:
    """Who changed where the bill goes; null when nobody did."""
    edits = PayableEdit.objects.filter(
        tenant=OuterRef("tenant"), payable=OuterRef("pk"), before__has_key=DESTINATION
    )
    return Subquery(edits.order_by("-at", "-id").values("person")[:1])


def may_ask(person_id: int) -> bool:
    """Count one question more of the person."""
    return seconds_to_wait("pix-key", person_id, Rate.read(settings.KEY_LOOKUP_RATE)) == 0


def give_turn_back(payable: Payable) -> None:
    """The task's time is over: the key is asked for at the next tick."""
    with tenant_scope(payable.tenant_id):
        still_unread(payable).update(key_asked_at=None, key_asks_left=F("key_asks_left") + 1)


def give_up(payable: Payable) -> None:
    """There is no key, or the person has asked for enough in this hour: it is asked for no more."""
    with tenant_scope(payable.tenant_id):
        still_unread(payable).update(key_asked_at=None, key_asks_left=0)


def still_unread(payable: Payable) -> PayableQuerySet:
    mine = Payable.objects.of(payable.tenant_id).filter(id=payable.id, key_read_at=None)
    same: PayableQuerySet = mine.filter(pix_key=payable.pix_key, pix_code=payable.pix_code)
    return same


def store_holder(asked: Payable, holder: KeyHolder | None) -> None:
    """What the bank told of the key that was asked for; None: nobody has it.

    Runs inside the company's scope.
    """
    payable = lock(asked)
    if payable.paid_key != asked.paid_key or payable.key_read_at is not None:
        return  # edited meanwhile: the new one is asked for
    payable.key_is_unknown = holder is None
    payable.key_holder_name = shorten(holder.name, 160) if holder else ""
    payable.key_holder_document = holder.document[:20] if holder else ""
    payable.key_holder_bank = shorten(holder.bank_name, 80) if holder else ""
    payable.key_read_at = database_now()
    payable.save(
        update_fields=[
            "key_is_unknown", "key_holder_name", "key_holder_document", "key_holder_bank",
            "key_read_at",
        ]
    )  # fmt: skip
    for caution in of_key(payable):
        object_to(payable, caution.title, caution.text)


def object_to(payable: Payable, title: str, text: str) -> None:
    """What the bank told is against the bill: what was approved of it, or shown, is void."""
    note(payable, title, text, tone=Tone.WARN)
    if payable.status not in {PayableStatus.PENDING, PayableStatus.APPROVED}:
        return
    payable.rejections += 1
    payable.save(update_fields=["rejections"])
    if payable.status == PayableStatus.APPROVED:
        return_to_approval([(payable, text)])
        tell_of_key(payable, text)


def tell_of_key(payable: Payable, text: str) -> None:
    """Whoever approves and whoever sends learns at once that it waits again."""
    news = News(
        subject=f"key-differs:{payable.id}",
        step=str(payable.approval_round),
        title="A chave Pix de uma conta aprovada diverge.",
        text=shorten(f"«{payable.payee}» voltou para aprovação. {text}", 300),
        action="Ver conta",
        url=reverse("payments:detail", args=[payable.id]),
        until=database_now() + TELL_FOR,
    )
    notify(payable.tenant, (Role.ADMIN, Role.APPROVER, Role.FINANCE), news)
