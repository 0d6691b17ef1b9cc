"""Codes of an authenticator app: each is used once, whichever process it comes to.

allauth remembers used codes in the cache, which may be flushed; here the database does.
"""

from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import (
    compare_user_code,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django import forms
from django.core.exceptions import ValidationError

from people.models import TotpUse
from tenants.models import User

CODE = forms.TextInput(
    attrs={
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "autocapitalize": "none",
        "spellcheck": "false",
        "autofocus": True,
    }
)


def use_code(user: User, secret: str, code: str) -> None:
    """Spend the code, and with it those of earlier periods.

    Raises:
        ValidationError: it was used before, or a later one was.
    """
    TotpUse.objects.get_or_create(user=user)
    unused = TotpUse.objects.filter(user=user, period__lt=period_of(secret, code))
    if not unused.update(period=period_of(secret, code)):
        raise ValidationError(
            "Este código já foi usado. Espere o próximo aparecer no aplicativo.", code="used_code"
        )


def period_of(secret: str, code: str) -> int:
    """The period in which the app shows this code, the latest when there are two; else 0."""
    counters = yield_hotp_counters_from_time()
    matching = [
        counter
        for counter in counters
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter)))
    ]
    return max(matching, default=0)


class CodeUsedOnce(BaseAuthenticateForm):  # type: ignore[misc]  # allauth has no types
    code = forms.CharField(
        label="Código",
        widget=CODE,
        help_text="Do aplicativo autenticador, ou um dos seus códigos de recuperação.",
    )

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_code(self.user, decrypt(self.authenticator.data["secret"]), code)
        return code


class SecondStepForm(CodeUsedOnce, AuthenticateForm):  # type: ignore[misc]
    """After the password."""


class FactorAgainForm(CodeUsedOnce, ReauthenticateForm):  # type: ignore[misc]
    """Before an act, of a person who is signed in."""


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    code = forms.CharField(label="Código que o aplicativo mostra", widget=CODE)

    def clean_code(self) -> str:
        code: str = super().clean_code()
        use_code(self.user, self.secret, code)
        return code
