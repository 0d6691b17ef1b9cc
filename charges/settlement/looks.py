"""What a person says of a charge that requires a look."""

from django.db import transaction

from accounts.journal.entries import reverse_entry
from accounts.models import JournalEntry
from audit.acts import Act
from audit.services import record
from charges.drafts.draft import require_enterer
from charges.models import Charge, Settlement
from charges.settlement.explained_lines import explanation_of
from charges.settlement.settle import count_in, post, split_again
from charges.timeline import Tone, note
from charges.transitions import lock_charge
from core.errors import InvalidState
from tenants.models import Membership


@transaction.atomic
def close_look(charge: Charge, *, by: Membership, why: str) -> Charge:
    """A person has looked, and it is as it should be.

    Raises:
        InvalidState: (code `nothing_to_look_at`) nothing is asked; (code `held_back`) money is
            held back, and it has to be said what it is.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_charge(charge)
    if not held.needs_person:
        raise InvalidState("Nada precisa ser conferido.", code="nothing_to_look_at")
    if held_back(held):
        raise InvalidState("Diga antes o que fazer com o valor retido.", code="held_back")
    end_look(held, by, why)
    return held


@transaction.atomic
def replace_explanation(settlement: Settlement, *, by: Membership, why: str) -> Settlement:
    """What the line was in the books as is reversed, and the charge is settled by it.

    Raises:
        InvalidState: (code `not_held_back`) it is posted already; the entry cannot be reversed.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = split_again(lock_held(settlement))
    explained = explanation_of(held)
    if explained is not None:
        reverse_entry(explained, by=by.user, date=explained.date, why=why)
    return count_held(held, post(held), by, why)


@transaction.atomic
def keep_explanation(settlement: Settlement, *, by: Membership, why: str) -> Settlement:
    """The entry that is there stands for this money: nothing else is posted.

    Raises:
        InvalidState: (code `not_held_back`, `not_explained`) it is posted already, or the entry is
            gone.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = split_again(lock_held(settlement))
    explained = explanation_of(held)
    if explained is None:
        raise InvalidState(
            "O lançamento que explicava esta linha não vale mais: substitua-o.",
            code="not_explained",
        )
    return count_held(held, explained, by, why)


def lock_held(settlement: Settlement) -> Settlement:
    charge = lock_charge(settlement.charge)
    rows = Settlement.objects.of(settlement.tenant_id).select_related("slip", "bank_account")
    held: Settlement = rows.select_for_update(of=("self",), no_key=True).get(id=settlement.id)
    held.charge = charge
    if held.entry_id is not None:
        raise InvalidState("Este recebimento já foi lançado.", code="not_held_back")
    return held


def count_held(settlement: Settlement, entry: JournalEntry, by: Membership, why: str) -> Settlement:
    settlement.entry = entry
    settlement.save(update_fields=["entry"])
    count_in(settlement.charge, settlement, source=f"Conferida por {by.user.display_name}.")
    if not held_back(settlement.charge):
        end_look(settlement.charge, by, why)
    return settlement


def held_back(charge: Charge) -> bool:
    return Settlement.objects.of(charge.tenant_id).filter(charge=charge, entry=None).exists()


def end_look(charge: Charge, by: Membership, why: str) -> None:
    asked = charge.question
    charge.needs_person, charge.question = False, ""
    charge.save(update_fields=["needs_person", "question"])
    note(charge, "Conferida", why, tone=Tone.OK, by=by.user)
    record(Act.CHARGE_LOOKED_AT, on=charge, by=by.user, why=why, before={"Pergunta": asked})
