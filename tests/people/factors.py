"""Second factors for tests."""

import re
import time

from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.core import mail
from django.test import Client

from tenants.models import User


def add_app(user: User) -> str:
    """An authenticator app; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str, *, ahead: int = 0) -> str:
    """What the app shows now, or so many periods later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead)))


def note_proof(client: Client, user: User, *, method: str = "mfa", **more: object) -> None:
    """The session has shown a factor just now, or the password."""
    session = client.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time(), **more}]
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()


def mailed_code() -> str:
    """The enrolment code of the last e-mail that holds one."""
    bodies = (str(message.body) for message in reversed(mail.outbox))
    return next(found[1] for body in bodies if (found := re.search(r"^(\d{8})$", body, re.M)))
