"""How a step reads with a real charge: on the screen, and as a mail to the person who asks."""

from datetime import date
from smtplib import SMTPException
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from brazil.banking_days import sao_paulo_day
from charges.dunning.compose import Message, write
from charges.dunning.ladder import dunning_of
from charges.dunning.schedule import day_of_step
from charges.dunning.send import open_server
from charges.models import Charge, Dunning, DunningStep
from charges.states import ChargeStatus
from core.clock import database_now
from core.errors import InvalidState
from tenants.models import Membership, Tenant, User
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)


def charge_to_show(tenant_id: UUID) -> Charge | None:
    """A real one: that which falls due last among those that are asked for, else any."""
    charges = Charge.objects.of(tenant_id).select_related("payer", "tenant")
    asked = charges.filter(status__in=[ChargeStatus.OPEN, ChargeStatus.PARTLY_PAID])
    last = asked.order_by("-due_date", "-id")
    found: Charge | None = last.first() or charges.order_by("-due_date", "-id").first()
    return found


def preview(step: DunningStep, charge: Charge, *, to: str) -> Message:
    """As it would read on the day of the step. Nothing is sent, and nobody's link to end the mails
    is in it. Runs inside the company's scope."""
    tenant = Tenant.objects.get(id=step.tenant_id)
    return write(
        dunning_of(tenant.id) or Dunning(tenant=tenant),
        tenant,
        step,
        charge,
        to=to,
        opt_out=f"{settings.PUBLIC_URL}/",
        reminder_id=uuid4(),
        today=day_to_show(step, charge),
    )


def day_to_show(step: DunningStep, charge: Charge) -> date:
    """On which it would leave: a reminder of seven days late is read seven days late."""
    if step.kind == DunningStep.Kind.DUE:
        return day_of_step(charge.due_date, step.days)
    return sao_paulo_day(database_now())


def require_trial(step: DunningStep, *, by: Membership) -> Charge:
    """The charge that a trial would show.

    Raises:
        InvalidState: (code `no_charge`) there is none yet.
    """
    charge = charge_to_show(by.tenant_id)
    if charge is None:
        raise InvalidState(
            "Lance a primeira cobrança: o teste usa uma cobrança de verdade.", code="no_charge"
        )
    return charge


def send_trial(tenant_id: UUID, step_id: UUID, person_id: int) -> bool:
    """To the person who asked, at the address that they sign in with. Outside of scopes."""
    with tenant_scope(tenant_id):
        step = DunningStep.objects.of(tenant_id).filter(id=step_id).first()
        member = Membership.objects.of(tenant_id).filter(user=person_id).select_related("user")
        by = member.first()
        charge = charge_to_show(tenant_id)
        if step is None or by is None or charge is None:
            return False
        mail = trial_of(preview(step, charge, to=by.user.email), by.user)
    try:
        return bool(open_server().send_messages([mail]))
    except (SMTPException, OSError) as error:
        log.warning("trial_not_sent", error=type(error).__name__)
        return False


def trial_of(message: Message, person: User) -> EmailMultiAlternatives:
    mail = message.mail()
    mail.subject = f"Teste: {message.subject}"
    mail.to = [person.email]
    mail.extra_headers = {"Auto-Submitted": "auto-generated"}
    return mail
