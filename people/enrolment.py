"""The first factor takes a code by e-mail: who only found a session open cannot enrol one.

The code opens one enrolment, in the session that asked for it, for ten minutes and five attempts.
"""

import secrets
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from people.models import EnrolmentCode
from tenants.models import User

LASTS = timedelta(minutes=10)
ATTEMPTS = 5
SENT_AN_HOUR = 5
DIGITS = 8
SESSION_KEY = "may_enrol"


def digest(text: str) -> str:
    return salted_hmac("people.enrolment", text, algorithm="sha256").hexdigest()


def send_code(request: HttpRequest, user: User) -> None:
    """E-mail a new code to the person's address; those before it open nothing any more.

    Raises:
        InvalidState: too many were asked for within the hour.
    """
    now = database_now()
    code = str(secrets.randbelow(10**DIGITS)).zfill(DIGITS)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(id=user.id)
        codes = EnrolmentCode.objects.filter(user=user)
        if codes.filter(sent_at__gt=now - timedelta(hours=1)).count() >= SENT_AN_HOUR:
            raise InvalidState(
                "Já enviamos vários códigos nesta hora. Tente de novo mais tarde.",
                code="too_many_codes",
            )
        codes.filter(used_at=None).update(used_at=now)
        EnrolmentCode.objects.create(
            user=user,
            session_digest=digest(session_of(request)),
            code_digest=digest(code),
        )
        get_adapter(request).send_notification_mail(
            "people/email/enrolment_code", user, {"code": code}
        )


def use_code(request: HttpRequest, user: User, typed: str) -> None:
    """Let this session enrol a factor.

    Raises:
        InvalidInput: it is not the code, or not any more.
    """
    open_ones = EnrolmentCode.objects.filter(
        user=user,
        session_digest=digest(session_of(request)),
        used_at=None,
        sent_at__gt=database_now() - LASTS,
        attempts__lt=ATTEMPTS,
    )
    sent = open_ones.order_by("-sent_at").first()
    # The attempt counts before it is looked at, so that those of two tabs are two.
    if sent is None or not open_ones.filter(id=sent.id).update(attempts=F("attempts") + 1):
        raise InvalidInput("Este código não vale mais. Peça outro.", field="code", code="no_code")
    unused = EnrolmentCode.objects.filter(
        id=sent.id, used_at=None, code_digest=digest(typed.replace(" ", ""))
    )
    if not unused.update(used_at=database_now()):
        raise InvalidInput("O código não confere.", field="code", code="wrong_code")
    request.session[SESSION_KEY] = sent.id


def was_sent(user: User) -> bool:
    """Whether a code is on its way that still opens something."""
    alive = EnrolmentCode.objects.filter(user=user, used_at=None, attempts__lt=ATTEMPTS)
    return alive.filter(sent_at__gt=database_now() - LASTS).exists()


def may_enrol(request: HttpRequest, user: User) -> bool:
    """Whether a code was given in this session within the last minutes."""
    given = EnrolmentCode.objects.filter(
        id=request.session.get(SESSION_KEY, 0),
        user=user,
        session_digest=digest(session_of(request)),
        used_at__gt=database_now() - LASTS,
    )
    return given.exists()


def session_of(request: HttpRequest) -> str:
    """What stays the same in a session, whatever its key."""
    if "enrols" not in request.session:
        request.session["enrols"] = secrets.token_urlsafe(16)
    mark: str = request.session["enrols"]
    return mark
