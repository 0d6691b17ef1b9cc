"""Another address signs a person in, or took their own's place: mail to the former takes it back.

Whoever moved it may have had the session or the password. So taking back ends both, and the
person comes in again by a new password that is sent there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from audit.account_acts import record_everywhere
from audit.acts import Act
from core.clock import database_now
from core.errors import InvalidState
from people.lockout import lock_out
from tenants.emails import confirmed_addresses, is_of_another
from tenants.models import User

SALT = "people.email_undo"
LINK_LASTS = timedelta(days=7)
NO_LINK = "Este link não vale mais."


@dataclass(frozen=True, slots=True)
class Undo:
    """Whose address it was."""

    user: User
    email: str
    told_at: datetime  # when mail to it left: what was enrolled since may be somebody else's


def undo_link(user: User, email: str) -> str:
    """For a message to `email`, which signed the person in until now."""
    token = signing.dumps([user.pk, email, database_now().isoformat()], salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse('account_undo_email', args=[token])}"


def read_undo(token: str) -> Undo:
    """
    Raises:
        InvalidState: it is none of ours, too old or used, or the address is another person's by
            now.
    """
    try:
        user_id, email, told_at = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature:
        raise InvalidState(NO_LINK, code="no_link") from None
    user = User.objects.filter(id=user_id).first()
    if user is None or is_of_another(user, email):
        raise InvalidState(NO_LINK, code="no_link")
    if set(confirmed_addresses(user)) == {email.lower()}:  # taken back already
        raise InvalidState(NO_LINK, code="no_link")
    return Undo(user, email, datetime.fromisoformat(told_at))


@transaction.atomic
def take_back(undo: Undo) -> None:
    """The address signs in again, alone, and nobody comes in before a new password was made.

    A factor of before stays: who reads the mailbox alone does not take it away. One that was
    enrolled since goes, by a code that went to the other address.
    """
    user = User.objects.select_for_update(no_key=True).get(id=undo.user.pk)
    before = {"E-mail": user.email}
    mine = EmailAddress.objects.filter(user=user)
    mine.exclude(email=undo.email.lower()).delete()
    mine.update_or_create(
        user=user, email=undo.email.lower(), defaults={"primary": True, "verified": True}
    )
    user.email = undo.email
    user.save(update_fields=["email"])
    Authenticator.objects.filter(user=user, created_at__gte=undo.told_at).delete()
    lock_out(user)
    record_everywhere(Act.EMAIL_TAKEN_BACK, user, None, before=before, after={"E-mail": user.email})
