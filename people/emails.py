"""The e-mail that carries an invitation's link. The row is the queue.

The token is made here and nowhere kept: what the table holds is its hash. One whose process died
while it left is not sent again by itself; an admin resends it.
"""

import secrets
from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from core.dates import clock
from people.invitations import LASTS, hash_of
from people.models import Invitation
from tenants.scope import across_tenants, tenant_scope

BATCH = 100

log = structlog.get_logger(__name__)


def send_waiting(now: datetime) -> int:
    """E-mail the invitations that were not. Returns how many left. Outside of scopes."""
    with across_tenants():
        waiting = Invitation.objects.open().filter(emailed_at=None, is_refused=False)
        rows = list(waiting.order_by("made_at").values_list("tenant_id", "id")[:BATCH])
    sent = 0
    for tenant_id, invitation_id in rows:
        token = secrets.token_urlsafe(32)
        invitation = claim(tenant_id, invitation_id, token, now)
        if invitation is None:
            continue
        try:
            email(invitation, token)
        except SMTPRecipientsRefused:
            give_back(invitation, is_refused=True)
            log.warning("invitation_refused")
        except (SMTPException, OSError) as error:
            give_back(invitation, is_refused=False)
            log.warning("invitation_not_emailed", error=type(error).__name__)
            break  # the server is not there for the others either
        else:
            sent += 1
    return sent


def claim(tenant_id: UUID, invitation_id: UUID, token: str, now: datetime) -> Invitation | None:
    """The invitation with its new link, if no other worker is sending it."""
    with tenant_scope(tenant_id):
        rows = Invitation.objects.of(tenant_id).open().filter(id=invitation_id)
        link = {"token_hash": hash_of(token), "emailed_at": now, "expires_at": now + LASTS}
        if not rows.filter(emailed_at=None).update(**link):
            return None
        found: Invitation | None = rows.select_related("tenant", "invited_by").first()
    return found


def give_back(invitation: Invitation, *, is_refused: bool) -> None:
    """Unless a newer link was made meanwhile."""
    with tenant_scope(invitation.tenant_id):
        rows = Invitation.objects.of(invitation.tenant_id).filter(id=invitation.id)
        rows.filter(token_hash=invitation.token_hash).update(
            token_hash="", emailed_at=None, expires_at=None, is_refused=is_refused
        )


def email(invitation: Invitation, token: str) -> None:
    assert invitation.expires_at is not None  # claimed
    inviter = invitation.invited_by
    context = {
        "invitation": invitation,
        "inviter": inviter.display_name if inviter else "",
        "address": f"{settings.PUBLIC_URL}{reverse('people:join', args=[token])}",
        "hour": clock(invitation.expires_at),
    }
    body = render_to_string("people/email/invitation.txt", context)
    subject = f"Convite para {invitation.tenant.name} no Kamino"
    send_mail(subject, body, None, [invitation.email])
