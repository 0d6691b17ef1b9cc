"""Slips that live on at a bank which tells us nothing any more (sem acompanhamento): the connection
was undone or lost, or the company's plan has not this bank."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from audit.acts import Act
from audit.services import record
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.charges import ChargeState
from banking.models import BankAccount
from charges.drafts.draft import particulars, require_enterer
from charges.exceptional import request_of, require_unchanged
from charges.models import Charge, ChargeQuerySet, Slip
from charges.states import OPEN_AT_BANK, SlipStatus
from charges.terms.check import reais
from charges.timeline import Tone, note
from charges.transitions import live_slip, lock_charge, lock_slip, move_slip, require_look
from core.clock import database_now
from core.errors import InvalidState
from people.exceptional_acts import Kind, propose
from people.models import ExceptionalAct
from tenants.models import Membership, Tenant

STATUSES = (SlipStatus.UNKNOWN, *OPEN_AT_BANK)


def is_followed() -> Exists:
    """For an annotation: whether the bank of a charge tells what becomes of it."""
    accounts = BankAccount.objects.connected().in_plan()
    return Exists(accounts.filter(tenant=OuterRef("tenant"), id=OuterRef("bank_account")))


def unfollowed(tenant: Tenant) -> ChargeQuerySet:
    """Charges with a slip that nobody follows. Mostly every account is followed, and it is empty
    without a look at any slip."""
    accounts = BankAccount.objects.of(tenant)
    lost = accounts.exclude(id__in=accounts.connected().in_plan().values("id"))
    slips = Slip.objects.of(tenant).filter(status__in=STATUSES)
    found: ChargeQuerySet = Charge.objects.of(tenant).filter(
        bank_account__in=list(lost.values_list("id", flat=True)), id__in=slips.values("charge")
    )
    return found


@transaction.atomic
def consider_cancelled(charge: Charge, *, by: Membership, why: str) -> ExceptionalAct:
    """A person cancelled the slip in the bank's app, and says so: it collects the charge no more,
    which stays owed. The bank is asked as soon as it answers again, and money on it settles the
    charge all the same. Above the company's limit it waits for a second person.

    Raises:
        InvalidInput: (field `why`) no reason was given.
        InvalidState: (code `followed`, `no_slip`) the bank tells of it, or no slip of it is there;
            (code `already_asked`) the same waits already.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    seen = Charge.objects.of(by.tenant_id).select_related("payer", "created_by", "bank_account")
    asked = seen.get(id=charge.id)
    slip = require_unfollowed(asked)
    bank = asked.bank_account.bank_said
    request = request_of(
        asked,
        amount=slip.amount,
        title=f"Boleto dado por cancelado {bank.at}: {reais(slip.amount)} de {asked.payer}",
        why=why,
        effect={
            "Boleto": slip.our_number or slip.code,
            "Passa a": "Baixada: a dívida continua, e outro boleto pode ser emitido",
        },
        value={"slip": str(slip.id)},
    )
    return propose(SAID_CANCELLED, request, by=by)


def told_accounts(tenant_id: UUID) -> frozenset[UUID]:
    """Those whose bank tells us what becomes of a charge."""
    accounts = BankAccount.objects.of(tenant_id).connected().in_plan()
    return frozenset(accounts.values_list("id", flat=True))


def require_unfollowed(charge: Charge) -> Slip:
    if charge.bank_account_id in told_accounts(charge.tenant_id):
        raise InvalidState(
            "O banco voltou a informar esta cobrança: cancele-a por aqui.", code="followed"
        )
    slip = live_slip(charge)
    if slip is None or slip.status not in OPEN_AT_BANK:
        raise InvalidState("Nenhum boleto desta cobrança está no banco.", code="no_slip")
    return slip


def apply_cancelled(act: ExceptionalAct, by: Membership) -> None:
    require_enterer(by)
    charge = lock_charge(Charge(id=act.subject_id, tenant_id=act.tenant_id))
    require_unchanged(charge, act)
    slip = lock_slip(require_unfollowed(charge))
    if str(slip.id) != act.value["slip"]:
        raise InvalidState("O boleto desta cobrança é outro desde o pedido.", code="changed")
    before = particulars(slip.charge)
    now = database_now()
    move_slip(slip, SlipStatus.CANCELLED, said_cancelled_at=now, said_cancelled_by=by.user)
    bank = slip.bank_account.bank_said
    text = f"{act.why} Consultamos {bank.the} quando voltar a responder."
    note(slip.charge, "Dada por cancelada no banco", text, tone=Tone.WARN, by=by.user)
    said = {"Boleto": "Cancelado no aplicativo do banco"}
    record(Act.CHARGE_TOLD, on=slip.charge, by=by.user, why=act.why, before=before, after=said)


SAID_CANCELLED = Kind("said_cancelled", "Boleto dado por cancelado", apply_cancelled)


def to_prove(account: BankAccount) -> Q:
    """Slips that a person said were cancelled, and the bank has not said so yet."""
    return Q(bank_account=account, status=SlipStatus.CANCELLED, said_cancelled_at__isnull=False)


def compare_with_bank(slip: Slip, reading: Reading) -> None:
    """What the bank shows of a slip that a person said was cancelled. The caller holds it."""
    if slip.said_cancelled_at is None or slip.status != SlipStatus.CANCELLED:
        return
    if reading.state is ChargeState.CANCELLED:
        slip.said_cancelled_at = None
        slip.save(update_fields=["said_cancelled_at"])
        note(slip.charge, "Cancelamento confirmado pelo banco", tone=Tone.OK)
        return
    assert slip.said_cancelled_by is not None
    require_look(
        slip.charge,
        f"{slip.bank_account.bank_said.begins} ainda mostra em aberto o boleto "
        f"{slip.our_number or slip.code}, que {slip.said_cancelled_by.display_name} deu por "
        "cancelado: cancele-o no aplicativo do banco.",
    )
