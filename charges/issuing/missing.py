"""A slip that no bank can tell of: what a person sees there, and issuing it again by two.

The first slip may be in the payer's DDA all the same. It is watched for good, and money on it
settles the charge once (docs/decisions/0037-never-two-slips-by-us.md).
"""

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.banks import registry
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, require_enterer
from charges.issuing.claim import can_tell
from charges.issuing.queue import queue_slips
from charges.models import Charge, Slip
from charges.states import ChargeStatus, SlipStatus
from charges.terms.check import problems
from charges.timeline import Tone, note
from charges.transitions import lock_charge, lock_slip, move_charge, move_slip, require_look
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import InvalidInput, InvalidState, NotAllowed
from tenants.models import Membership

FOUND_LENGTH = 40
IN_DDA = "O primeiro boleto pode estar no DDA do pagador: se ele for pago, quita esta cobrança."


@transaction.atomic
def say_missing(charge: Charge, *, by: Membership) -> Slip:
    """A person has looked, and the bank's own pages do not show the slip. By itself it changes
    nothing: somebody else may then have it issued again.

    Raises:
        InvalidState: (code `not_unknown`) its answer is known meanwhile.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    slip = unknown_slip(charge)
    slip.missed_by, slip.missed_at = by.user, database_now()
    slip.save(update_fields=["missed_by", "missed_at"])
    text = (
        f"{slip.bank_account.bank_said.begins} não mostra o boleto. Emitir de novo pede outra "
        "pessoa."
    )
    note(slip.charge, "Não encontrada no banco", text, tone=Tone.WARN, by=by.user)
    record(Act.CHARGE_TOLD, on=slip.charge, by=by.user, after={"No banco": "Não aparece"})
    return slip


@transaction.atomic
def say_found(charge: Charge, our_number: str, *, by: Membership) -> Slip:
    """The bank's own pages show the slip under this nosso número. The bank is asked for it, and
    believed only when what it shows is ours.

    Raises:
        InvalidInput: (field `our_number`) it is none, or another slip's.
        InvalidState: (code `not_unknown`) its answer is known meanwhile.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    number = "".join(char for char in our_number if char.isdigit())
    if not 0 < len(number) <= FOUND_LENGTH:
        raise InvalidInput("O nosso número tem só números.", field="our_number")
    slip = unknown_slip(charge)
    others = Slip.objects.of(slip.tenant_id).filter(
        bank_account=slip.bank_account_id, our_number=number
    )
    if others.exclude(id=slip.id).exists():
        raise InvalidInput("Este nosso número é de outra cobrança.", field="our_number")
    slip.our_number, slip.wait_until = number, None
    slip.save(update_fields=["our_number", "wait_until"])
    note(slip.charge, "Encontrada no banco", f"Nosso número {number}.", by=by.user)
    record(Act.CHARGE_TOLD, on=slip.charge, by=by.user, after={"Nosso número": number})
    enqueue("charges.tasks.follow_account", str(slip.tenant_id), str(slip.bank_account_id))
    return slip


@transaction.atomic
def issue_again(charge: Charge, *, by: Membership) -> Slip | None:
    """Give up a slip that somebody else did not find at the bank, and queue another one. None: it
    may not be issued as it is, its due date has passed, say; it is written off, to be changed.

    Raises:
        InvalidState: (code `not_unknown`, `not_missed`) its answer is known meanwhile, or nobody
            has looked.
        NotAllowed: (code `same_person`) `by` is who looked, or does not work on charges.
    """
    require_enterer(by)
    slip = unknown_slip(charge)
    if slip.missed_by_id is None:
        raise InvalidState("Antes, alguém precisa conferir no banco.", code="not_missed")
    if slip.missed_by_id == by.user_id:
        raise NotAllowed(
            "Quem conferiu no banco não emite de novo: peça a outra pessoa.", code="same_person"
        )
    move_slip(slip, SlipStatus.GIVEN_UP, given_up_by=by.user)
    held = slip.charge
    today = sao_paulo_day(database_now())
    why_not = next((problem.sentence for problem in problems(held, today)), "")
    accounts = BankAccount.objects.of(held.tenant_id).connected().in_plan()
    if not accounts.filter(id=held.bank_account_id).exists():
        why_not = f"A conexão com {held.bank_account.said.the} precisa ser refeita antes de emitir."
    if why_not:
        if held.status == ChargeStatus.UNKNOWN:
            move_charge(held, ChargeStatus.WRITTEN_OFF)
        require_look(held, f"{why_not} Edite a cobrança e emita outro boleto.")
        again, title = None, "Dada por não emitida"
    else:
        held.needs_person, held.question = False, ""
        held.save(update_fields=["needs_person", "question"])
        (again,) = queue_slips([held], batch=None, by=by.user)
        title = "Emitida de novo"
    note(held, title, IN_DDA, tone=Tone.WARN, by=by.user)
    record(Act.CHARGE_REISSUED, on=held, by=by.user, after=particulars(held))
    return again


def unknown_slip(charge: Charge) -> Slip:
    """
    Raises:
        InvalidState: (code `not_unknown`) there is none; (code `bank_tells`) its bank tells of it,
            as soon as it answers.
    """
    held = lock_charge(charge)
    slips = Slip.objects.of(held.tenant_id).filter(charge=held, status=SlipStatus.UNKNOWN)
    slip = slips.first()
    if slip is None:
        raise InvalidState("Já se sabe o que foi feito desta cobrança.", code="not_unknown")
    if can_tell(registry.info(held.bank_account.provider)):
        bank = held.bank_account.bank_said
        raise InvalidState(
            f"{bank.begins} diz se emitiu assim que responder: espere a resposta.",
            code="bank_tells",
        )
    return lock_slip(slip)
