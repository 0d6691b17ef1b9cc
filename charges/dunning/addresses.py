"""Addresses of payers: those that are dead, and those whose owner wants no more mails."""

from collections.abc import Iterable
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from audit.acts import Act
from audit.services import record
from charges.drafts.draft import require_enterer
from charges.models import Charge, Dunning, PayerAddress
from charges.states import OWED
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.text import read_line, shorten
from parties.models import Payer, PayerEmail
from tenants.models import Membership

# So many refusals for a time, one after the other, and the address is dead.
MOST_FAILURES = 4


def address_of(tenant_id: UUID, email: str) -> PayerAddress:
    """Its one row, made when it is not there yet. Runs inside the company's scope."""
    row = PayerAddress(tenant_id=tenant_id, email=email)
    PayerAddress.objects.bulk_create([row], ignore_conflicts=True)
    found: PayerAddress = PayerAddress.objects.of(tenant_id).get(email=email)
    return found


def known_addresses(tenant_id: UUID, emails: Iterable[str]) -> dict[str, PayerAddress]:
    rows = PayerAddress.objects.of(tenant_id).filter(email__in=list(emails))
    return {row.email: row for row in rows.select_related("marked_by")}


def is_own(tenant_id: UUID, email: str) -> bool:
    """Of the company's people, where it has answers and copies sent, or ours: never marked."""
    dunning = Dunning.objects.of(tenant_id).first()
    own = {parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()}
    if dunning is not None:
        own |= {dunning.reply_to, dunning.copy_to}
    members = Membership.objects.of(tenant_id).filter(user__email=email)
    return email in own or members.exists()


def note_dead(tenant_id: UUID, email: str, why: str) -> bool:
    """The server that takes mail for it refused for good. False: it is one of our own."""
    if is_own(tenant_id, email):
        return False
    address_of(tenant_id, email)
    rows = PayerAddress.objects.of(tenant_id).filter(email=email, dead_at=None)
    rows.update(dead_at=database_now(), reason=shorten(why, 200), marked_by=None)
    return True


def note_failure(tenant_id: UUID, email: str, why: str) -> bool:
    """Refused for a time. Whether it is dead by now."""
    address_of(tenant_id, email)
    row = PayerAddress.objects.of(tenant_id).select_for_update(no_key=True).get(email=email)
    row.failures += 1
    row.save(update_fields=["failures"])
    return row.failures >= MOST_FAILURES and note_dead(tenant_id, email, why)


def note_delivered(tenant_id: UUID, email: str) -> None:
    PayerAddress.objects.of(tenant_id).filter(email=email, failures__gt=0).update(failures=0)


@transaction.atomic
def mark_dead(payer: Payer, email: str, *, by: Membership, why: str = "") -> None:
    """A mail came back, says a person: nothing more leaves there.

    Raises:
        InvalidInput: (code `not_of_payer`) the payer does not have it; (code `own_address`) it is
            the company's own.
        InvalidState: (code `dead`) it is marked already.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    require_of_payer(payer, email)
    if is_own(payer.tenant_id, email):
        raise InvalidInput(
            "Este e-mail é da sua empresa: ele não é marcado. Corrija o cadastro do pagador.",
            code="own_address",
        )
    row = address_of(payer.tenant_id, email)
    mine = PayerAddress.objects.of(payer.tenant_id).filter(id=row.id, dead_at=None)
    reason = shorten(read_line(why) or "a mensagem voltou", 200)
    if not mine.update(dead_at=database_now(), reason=reason, marked_by=by.user):
        raise InvalidState("Este e-mail já está marcado como inválido.", code="dead")
    record(Act.ADDRESS_MARKED, on=payer, by=by.user, why=reason, after={email: "inválido"})


@transaction.atomic
def allow_again(payer: Payer, email: str, *, by: Membership, why: str) -> None:
    """The address is right after all, or its owner asked for mails again.

    Raises:
        InvalidInput: (field `why`) no reason is given; (code `not_of_payer`) the payer does not
            have the address.
        InvalidState: (code `alive`) nothing stands against it.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    require_of_payer(payer, email)
    if not read_line(why):
        raise InvalidInput("Informe por que este e-mail volta a receber.", field="why")
    row = address_of(payer.tenant_id, email)
    if row.takes_mail:
        raise InvalidState("Este e-mail já recebe lembretes.", code="alive")
    before = "inválido" if row.dead_at else "não quer receber"
    row.opted_out_at = row.dead_at = row.marked_by = None
    row.reason, row.failures = "", 0
    row.save(update_fields=["opted_out_at", "dead_at", "marked_by", "reason", "failures"])
    record(
        Act.ADDRESS_MARKED,
        on=payer,
        by=by.user,
        why=why,
        before={email: before},
        after={email: "volta a receber"},
    )


def require_of_payer(payer: Payer, email: str) -> None:
    if not PayerEmail.objects.of(payer.tenant_id).filter(payer=payer, email=email).exists():
        raise InvalidInput("Este pagador não tem mais este e-mail.", code="not_of_payer")


def payers_out_of_reach(tenant_id: UUID) -> "QuerySet[Payer]":
    """Those who owe something and have no address that takes mails: none, dead ones, or ones whose
    owner wants no more."""
    refusing = PayerAddress.objects.of(tenant_id).exclude(opted_out_at=None, dead_at=None)
    living = (
        PayerEmail.objects.of(tenant_id)
        .filter(payer=OuterRef("id"))
        .exclude(email__in=refusing.values("email"))
    )
    owing = Charge.objects.of(tenant_id).filter(payer=OuterRef("id"), status__in=OWED)
    payers: QuerySet[Payer] = Payer.objects.of(tenant_id).filter(Exists(owing))
    return payers.exclude(Exists(living)).order_by("name_folded", "id")


def has_living_address(payer: Payer) -> bool:
    emails = PayerEmail.objects.of(payer.tenant_id).filter(payer=payer)
    told = list(emails.values_list("email", flat=True))
    known = known_addresses(payer.tenant_id, told)
    return any(email not in known or known[email].takes_mail for email in told)
