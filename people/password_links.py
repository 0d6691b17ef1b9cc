"""Who forgot their password gets a link to a new one by e-mail, at a confirmed address only.

The page writes down what was asked and no more, so that it answers as fast for an address that
nobody has. Who has it, a task looks up. One whose process died while it left is not sent again by
itself: the person asks once more.
"""

from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from core.enqueue import enqueue
from people.models import PasswordLink
from tenants.emails import is_confirmed
from tenants.models import User

BATCH = 100
# Who asked has given up by then.
SENT_WITHIN = timedelta(hours=1)
LINK, NO_ACCOUNT = "account/email/password_reset_key", "account/email/unknown_account"

log = structlog.get_logger(__name__)


class PasswordLinkForm(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        return email

    def save(self, request: HttpRequest, **more: Any) -> str:
        email: str = self.cleaned_data["email"]
        PasswordLink.objects.create(email=email)
        enqueue("people.tasks.send_password_links")
        return email


def send_waiting(now: datetime) -> int:
    """E-mail the links that were asked for. Returns how many left. Outside of scopes."""
    PasswordLink.objects.filter(asked_at__lt=now - SENT_WITHIN).delete()
    sent = 0
    for asked in PasswordLink.objects.order_by("id")[:BATCH]:
        claimed, _ = PasswordLink.objects.filter(id=asked.id).delete()
        if not claimed:
            continue  # another worker sends it
        try:
            send_link(asked.email)
        except (SMTPException, OSError) as error:
            PasswordLink.objects.create(email=asked.email, asked_at=asked.asked_at)
            log.warning("password_link_not_emailed", error=type(error).__name__)
            break  # the server is not there for the others either
        sent += 1
    return sent


def send_link(email: str) -> None:
    """Tell an address of nobody, too: who owns it may know their account by another one."""
    found = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
    users = [user for user in found if is_confirmed(user, email)]
    if not users:
        get_adapter().render_mail(NO_ACCOUNT, email, {"email": email}).send()
    for user in users:
        context = {"email": email, "user": user, "password_reset_url": link_of(user)}
        get_adapter().render_mail(LINK, email, context).send()


def link_of(user: User) -> str:
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return f"{settings.PUBLIC_URL}{reverse('account_reset_password_from_key', kwargs=key)}"
