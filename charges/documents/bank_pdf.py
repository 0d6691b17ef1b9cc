"""The bank's PDF of a slip: fetched once, apart from any person's request, and kept.

Its bank may not have one yet, and may not have it for long (Cora's lie at an object store that
refuses them after a week), so it is asked for from the registration on, ever more seldom.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef, Q

from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.charges import ChargeState
from banking.banks.contract.errors import BankAccessDenied, BankError, BankUnavailable
from banking.banks.contract.info import Capability
from banking.gateway.connect import connect
from banking.models import BankAccount
from charges.models import Charge, Slip, SlipDocument
from charges.states import SlipStatus
from core import deadline
from core.clock import database_now
from tenants.models import TenantQuerySet
from tenants.scope import across_tenants, tenant_scope

# Those of our own form are ours: a Pix alone has no boleto, and Cora gives an image of it.
FORMS = (Charge.Form.BOLETO, Charge.Form.BOLETO_PIX)
LARGEST = 2 * 1024 * 1024  # bytes; a boleto is some 100 kB
# After the first try, the second, and so on; then a day.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
A_DAY = timedelta(days=1)
# In a row, before the others of the account wait for a later tick too.
FAILURES = 3

log = structlog.get_logger(__name__)


def accounts_without_documents(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account with a document to be fetched now."""
    providers = [
        provider
        for provider, bank in registry.banks().items()
        if Capability.CHARGE_PDF in bank.info.capabilities
    ]
    with across_tenants():
        slips = wanting(Slip.objects.filter(bank_account__provider__in=providers), now)
        return list(slips.values_list("tenant_id", "bank_account_id").distinct())


def wanting(slips: TenantQuerySet, now: datetime) -> TenantQuerySet:
    asked = SlipDocument.objects.filter(slip=OuterRef("pk"), tenant_id=OuterRef("tenant_id"))
    is_not_due = Q(content__isnull=False) | Q(wait_until__gt=now)
    return slips.filter(
        ~Exists(asked.filter(is_not_due)), status=SlipStatus.OPEN, form__in=FORMS, fault=""
    )


def fetch_documents(tenant_id: UUID, account_id: UUID) -> int:
    """Fetch what an account's slips lack. Returns how many came.

    To be called outside of scopes: it calls the bank. Safe to run at the same time from two
    workers: each slip is taken by one.
    """
    with tenant_scope(tenant_id):
        accounts = BankAccount.objects.of(tenant_id).connected().in_plan()
        account = accounts.select_related("connection").filter(id=account_id).first()
        if account is None:
            return 0
        mine = Slip.objects.of(tenant_id).filter(bank_account=account_id)
        slips = list(wanting(mine, database_now()).order_by("due_date", "id"))
    try:
        with connect(account.connection, needing=Capability.CHARGE_PDF) as bank:
            return fetch_all(slips, bank)
    except (BankUnavailable, BankAccessDenied):  # the connection was not opened
        return 0


def fetch_all(slips: list[Slip], bank: BankAdapter) -> int:
    came = failed = 0
    for slip in slips:
        if deadline.is_over() or failed == FAILURES:
            break  # they are due at a later tick
        tries = claim(slip)
        if tries is None:
            continue
        content = fetch(slip, bank, is_first=tries == 1)
        if content is None:
            failed += 1
            continue
        failed = 0
        keep(slip, content)
        came += 1
    return came


def claim(slip: Slip) -> int | None:
    """The number of this try; None when another worker has it, or it is here."""
    with tenant_scope(slip.tenant_id):
        SlipDocument.objects.bulk_create(
            [SlipDocument(tenant_id=slip.tenant_id, slip=slip)], ignore_conflicts=True
        )
        rows = SlipDocument.objects.of(slip.tenant_id).filter(slip=slip, content=None)
        row = rows.select_for_update(no_key=True).first()
        now = database_now()
        if row is None or (row.wait_until is not None and row.wait_until > now):
            return None
        row.wait_until = now + (PAUSES[row.tries] if row.tries < len(PAUSES) else A_DAY)
        row.tries += 1
        row.save(update_fields=["tries", "wait_until"])
        return int(row.tries)


def fetch(slip: Slip, bank: BankAdapter, *, is_first: bool) -> bytes | None:
    """None when the bank has none yet, or what it gave is no PDF that we keep."""
    try:
        reading = reading_of(slip) if is_first else bank.fetch_charge(name_of(slip))
        content = bank.charge_pdf(reading)
    except BankError:
        return None
    if not is_pdf(content):
        log.warning("document_not_kept", slip=str(slip.id), bytes=len(content))
        return None
    return content


def reading_of(slip: Slip) -> Reading:
    """As the bank told it when it was registered; its address of the PDF may be another by now."""
    return Reading(
        reference=slip.reference or slip.our_number,
        state=ChargeState.OPEN,
        amount=slip.amount,
        due_date=slip.due_date,
        linha_digitavel=slip.linha_digitavel,
        our_number=slip.our_number,
        pix_code=slip.pix_code,
        pdf_url=slip.pdf_url,
    )


def name_of(slip: Slip) -> str:
    return str(slip.reference or slip.our_number)


def is_pdf(content: bytes) -> bool:
    """By what it is, not by what its sender calls it (ISO 32000-1, 7.5.2 and 7.5.5)."""
    return len(content) <= LARGEST and content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]


def keep(slip: Slip, content: bytes) -> None:
    """What came first stays."""
    with tenant_scope(slip.tenant_id):
        rows = SlipDocument.objects.of(slip.tenant_id).filter(slip=slip, content=None)
        rows.update(content=content, fetched_at=database_now(), wait_until=None)


def kept(slip: Slip) -> TenantQuerySet:
    return SlipDocument.objects.of(slip.tenant_id).filter(slip=slip, content__isnull=False)


def has_document(slip: Slip) -> bool:
    """Runs inside the company's scope."""
    return bool(kept(slip).exists())


def kept_document(slip: Slip) -> bytes | None:
    """Our copy. Runs inside the company's scope."""
    content = kept(slip).values_list("content", flat=True).first()
    return bytes(content) if content is not None else None
