"""Slips that were issued in the bank's own app, taken in: where the bank lists them.

An account takes them in once it is said as what revenue (`ChargeDefaults.revenue_account`). What
the bank does not list of a charge (fine, interest) is not known of these.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from accounts.models import Account
from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.charges import UnreadCharge
from banking.banks.contract.errors import BankError
from banking.banks.contract.info import Capability
from banking.models import BankAccount, Connection
from brazil.banking_days import sao_paulo_day
from brazil.document import parse_document
from brazil.errors import InvalidValue
from charges.models import Charge, ChargeDefaults, ChargeRound, Slip, late_from
from charges.models.slip import CODE
from charges.slips.readings import ALIVE, take_in
from charges.states import ChargeStatus, SlipStatus
from charges.timeline import note
from charges.transitions import lock_slip
from core import deadline
from core.apart import apart
from core.text import read_line, shorten
from parties.models import Payer
from tenants.scope import tenant_scope

EVERY = timedelta(days=1)
BEHIND, AHEAD = timedelta(days=60), timedelta(days=180)


def take_in_foreign(account: BankAccount, bank: BankAdapter, now: datetime) -> None:
    """Once a day. To be called outside of scopes, by the account's one round."""
    with tenant_scope(account.tenant_id):
        if not is_wanted(account, now):
            return
    today = sao_paulo_day(now)
    try:
        listed = [
            each
            for each in bank.list_charges(today - BEHIND, today + AHEAD)
            if not isinstance(each, UnreadCharge) and each.state in ALIVE
        ]
    except BankError:
        return  # at the next round
    for reading in unknown_ones(account, listed):
        if deadline.is_over():
            return
        with tenant_scope(account.tenant_id), apart("foreign_not_taken", slip=reading.reference):
            take_in_one(account, reading)
    with tenant_scope(account.tenant_id):
        mine = ChargeRound.objects.of(account.tenant_id).filter(bank_account=account)
        mine.update(foreign_at=now)


def unread_lists(now: datetime) -> set[tuple[UUID, UUID]]:
    """(company, account) of each account whose list is to be looked through. Runs across
    companies."""
    listing = [
        slug
        for slug, bank in registry.banks().items()
        if Capability.LIST_CHARGES in bank.info.capabilities
    ]
    wanted = ChargeDefaults.objects.filter(
        revenue_account__isnull=False,
        bank_account__provider__in=listing,
        bank_account__connection__status=Connection.Status.ACTIVE,
    )
    done = ChargeRound.objects.filter(foreign_at__gt=now - EVERY)
    names = ("tenant_id", "bank_account_id")
    return set(wanted.values_list(*names)) - set(done.values_list(*names))


def is_wanted(account: BankAccount, now: datetime) -> bool:
    mine = ChargeRound.objects.of(account.tenant_id).filter(bank_account=account)
    done = mine.filter(foreign_at__gt=now - EVERY).exists()
    return not done and classification_of(account) is not None


def classification_of(account: BankAccount) -> Account | None:
    defaults = ChargeDefaults.objects.of(account.tenant_id).filter(
        bank_account=account, revenue_account__isnull=False
    )
    found = defaults.select_related("revenue_account").first()
    return found.revenue_account if found else None


def unknown_ones(account: BankAccount, listed: Sequence[Reading]) -> list[Reading]:
    """Neither known by the bank's id nor issued by us: one of ours whose answer was lost has our
    code, and is found by it."""
    with tenant_scope(account.tenant_id):
        slips = Slip.objects.of(account.tenant_id).filter(
            bank_account=account, reference__in=[reading.reference for reading in listed]
        )
        known = set(slips.values_list("reference", flat=True))
    return [
        reading
        for reading in listed
        if reading.reference not in known and not CODE.search(reading.code)
    ]


def take_in_one(account: BankAccount, reading: Reading) -> Charge | None:
    """Runs inside the company's scope. None: it does not say who pays, or is no charge of ours."""
    classification, payer = classification_of(account), payer_of(account, reading)
    if classification is None or payer is None or reading.amount <= 0:
        return None
    name = f"Emitida no aplicativo {account.bank_said.of}"
    charge: Charge = Charge.objects.create(
        tenant_id=account.tenant_id,
        payer=payer,
        bank_account=account,
        amount=reading.amount,
        due_date=reading.due_date,
        late_from=late_from(reading.due_date),
        description=name,
        document_number=shorten(read_line(reading.code), 40),
        revenue_account=classification,
        competence_date=reading.due_date,
        form=form_of(reading),
        status=ChargeStatus.ISSUING,
    )
    slip = Slip.objects.create(
        tenant_id=account.tenant_id,
        charge=charge,
        bank_account=account,
        key=uuid5(account.id, reading.reference),
        content={"code": reading.code},
        form=charge.form,
        amount=charge.amount,
        due_date=charge.due_date,
        status=SlipStatus.ISSUING,
    )
    note(charge, name, "O Kamino passa a acompanhar.")
    take_in(lock_slip(slip), reading, source=f"{account.bank_said.begins} informou.")
    return charge


def payer_of(account: BankAccount, reading: Reading) -> Payer | None:
    """On the register, put there if need be."""
    name = shorten(read_line(reading.payer_name), 120)
    try:
        document = parse_document(reading.payer_document)
    except InvalidValue:
        return None
    payer: Payer = Payer.objects.get_or_create(
        tenant_id=account.tenant_id, document=document, defaults={"name": name or document}
    )[0]
    return payer


def form_of(reading: Reading) -> Charge.Form:
    if not reading.pix_code:
        return Charge.Form.BOLETO
    return Charge.Form.BOLETO_PIX if reading.linha_digitavel else Charge.Form.PIX
