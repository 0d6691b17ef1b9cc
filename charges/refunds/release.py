"""Release a refund: from then on its money leaves. Never by whoever asked for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.module_loading import import_string

from audit.acts import Act
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.models import Refund
from charges.refunds.ask import record_refund, refund_key, why_not_by_bank
from charges.refunds.limits import PIX, left_today
from charges.refunds.parts import ZERO, left_of
from charges.refunds.transitions import lock_refund, move_refund
from charges.states import LEAVING_REFUNDS, RefundStatus
from charges.terms.check import reais
from charges.timeline import Tone, note
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import InvalidState, Locked, NotAllowed
from tenants.models import Membership, Tenant

RELEASED = "Devolução liberada"


@dataclass(frozen=True, slots=True)
class ReleaseRules:
    """What a company decided about money that leaves it, as `settings.RELEASE_RULES` tells."""

    alone_up_to: Decimal  # by whoever releases; infinite where nothing is decided
    days: int  # that count together for one receiver
    # Why so much does not leave an account by Pix after so much of today; empty: it may.
    why_not: Callable[[BankAccount, Decimal, Decimal], str]


@transaction.atomic
def release_refund(refund: Refund, *, by: Membership) -> Refund:
    """What is released is queued, and leaves at once. Above what `by` releases alone it waits for
    one more person.

    Raises:
        NotAllowed: `by` does not approve, asked for it, or stands in for who did.
        InvalidState: (code `not_waiting`, `more_than_left`, `over_limit`, `not_by_bank`) it does
            not wait any more, or cannot leave now.
        Locked: the database was restored, and nobody has released sending since.
    """
    if not by.can_approve:
        raise NotAllowed(
            "Seu papel nesta empresa não permite liberar devoluções.", code="wrong_role"
        )
    rules: ReleaseRules = release_rules(by, refund.asked_by_id)
    held = lock_refund(refund)
    require_other(held, by)
    require_possible(held)
    is_second = held.released_by_id is not None
    if is_second:
        held.second_by = by.user
    else:
        held.released_by, held.released_at = by.user, database_now()
    held.save(update_fields=["second_by", "released_by", "released_at"])
    if not is_second and held.amount + released_for(held, rules.days) > rules.alone_up_to:
        text = f"{reais(held.amount)}. Falta a liberação de outra pessoa."
        note(held.charge, "Devolução liberada por uma pessoa", text, tone=Tone.INFO, by=by.user)
        record_refund(Act.REFUND_RELEASED, held, by)
        return held
    account = held.bank_account
    assert account is not None  # `why_not_by_bank`
    if sentence := rules.why_not(account, held.amount, left_today(held.tenant_id, account.id, PIX)):
        raise InvalidState(sentence, code="over_limit")
    move_refund(held, RefundStatus.QUEUED, key=refund_key(held))
    note(held.charge, RELEASED, reais(held.amount), tone=Tone.OK, by=by.user)
    record_refund(Act.REFUND_RELEASED, held, by)
    enqueue("charges.tasks.send_refunds", str(held.tenant_id), str(held.bank_account_id))
    return held


def release_rules(by: Membership, asked_by: int | None) -> ReleaseRules:
    """Holds what the company decided until the commit; to be taken before any charge."""
    told: dict[str, Any] = import_string(settings.RELEASE_RULES)(by, asked_by)
    return ReleaseRules(**told)


def require_other(refund: Refund, by: Membership) -> None:
    if refund.status != RefundStatus.WAITING:
        words = refund.get_status_display().lower()
        raise InvalidState(f"Esta devolução consta como «{words}».", code="not_waiting")
    assert refund.asked_by_id is not None  # refund_by_two
    if refund.asked_by_id == by.user_id:
        raise NotAllowed(
            "Quem pede a devolução não pode liberá-la: peça a outro aprovador.", code="own_refund"
        )
    if refund.released_by_id == by.user_id:
        raise InvalidState("Você já liberou: falta outra pessoa.", code="given_already")
    is_one = import_string(settings.COUNTS_AS_ONE_PERSON)
    instants = (refund.created_at, refund.released_at or refund.created_at, database_now())
    for other in (refund.asked_by_id, refund.released_by_id):
        if other is not None and is_one(refund.tenant_id, other, by.user_id, instants):
            raise NotAllowed(
                "Quem delega e quem decide por delegação contam como uma pessoa: peça a outro "
                "aprovador.",
                code="one_person",
            )


def require_possible(refund: Refund) -> None:
    if Tenant.objects.filter(id=refund.tenant_id, sending_locked_at__isnull=False).exists():
        raise Locked(
            "Os envios estão bloqueados depois de uma restauração do banco de dados: um "
            "administrador precisa conferir e liberar.",
            code="sending_locked",
        )
    if refund.amount > left_of(refund.settlement, but=refund).total:
        raise InvalidState(
            "Deste recebimento já não resta este valor: recuse este pedido.", code="more_than_left"
        )
    if sentence := why_not_by_bank(refund.settlement, sao_paulo_day(database_now())):
        raise InvalidState(sentence, code="not_by_bank")


def released_for(refund: Refund, days: int) -> Decimal:
    """What else was released to the same payer in so many days: small steps count together."""
    others = Refund.objects.of(refund.tenant_id).filter(
        kind=Refund.Kind.OURS,
        charge__payer=refund.charge.payer_id,
        status__in=[*LEAVING_REFUNDS, RefundStatus.DONE],
        released_at__gt=database_now() - timedelta(days=days),
    )
    total: Decimal = others.exclude(id=refund.id).aggregate(t=Sum("amount", default=ZERO))["t"]
    return total


def waiting_count(tenant_id: UUID) -> int:
    """How many wait for somebody's release. Runs inside the company's scope."""
    return Refund.objects.of(tenant_id).filter(status=RefundStatus.WAITING).count()
