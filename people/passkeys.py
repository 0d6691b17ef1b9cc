"""Passkeys: good at our own addresses, which are settings and never the request's Host."""

import json
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.core.exceptions import DisallowedHost, ValidationError
from django.http import HttpRequest
from fido2.utils import websafe_decode


def is_here(request: HttpRequest) -> bool:
    """Whether the browser can use our passkeys at the address that it is at."""
    try:
        return f"{request.scheme}://{request.get_host()}" in settings.PASSKEY_ORIGINS
    except DisallowedHost:  # the page that says so asks too
        return False


def place(request: HttpRequest) -> dict[str, Any]:
    """For templates: a wrong address says where to go."""
    return {"passkeys_here": is_here(request), "passkeys_address": settings.PASSKEY_ORIGINS[0]}


def is_of_other_domain(authenticator: Authenticator) -> bool:
    """Whether the key was made for a domain that is not ours any more."""
    made_for = authenticator.wrap().authenticator_data.rp_id_hash
    return bool(made_for != sha256(settings.PASSKEY_DOMAIN.encode()).digest())


def require_our_origin(credential: Any) -> None:
    """The domain alone would let in the pages of every address below it.

    Raises:
        ValidationError: what the browser signed does not name an address of ours.
    """
    try:
        client = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))
        origin = client["origin"]
    except (KeyError, TypeError, ValueError):
        origin = ""
    if origin not in settings.PASSKEY_ORIGINS:
        raise ValidationError(
            f"Chaves de acesso só valem em {settings.PASSKEY_ORIGINS[0]}.", code="other_origin"
        )


class AddForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    name = forms.CharField(
        label="Nome da chave", required=False, help_text="Para você reconhecê-la na lista."
    )
    passwordless = forms.BooleanField(
        label="Usar também para entrar sem senha", required=False, initial=True
    )

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        require_our_origin(credential)
        return credential


class OfOurOrigin(AuthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        require_our_origin(self.cleaned_data["credential"])
        return super().clean_credential()


class SecondStepForm(OfOurOrigin):
    """After the password."""


class FactorAgainForm(OfOurOrigin, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Before an act, of a person who is signed in."""


class SignInForm(OfOurOrigin, LoginWebAuthnForm):  # type: ignore[misc]
    """Instead of the password."""
