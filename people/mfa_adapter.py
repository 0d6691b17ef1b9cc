"""How allauth keeps second factors here."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import SuspiciousOperation

from people.factors import factors_of, is_required_somewhere
from people.sealing import seal, unseal

SEALED = "fernet:"


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": (
            "O seu papel exige um segundo fator, e este é o único. Antes, adicione outro."
        ),
        "incorrect_code": "O código não confere.",
    }

    def encrypt(self, text: str) -> str:
        return SEALED + seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """One from before they were sealed is read as it is.

        Raises:
            SuspiciousOperation: no key of ours opens it. An empty secret would have codes that
                anybody can compute.
        """
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        secret = unseal(encrypted_text.removeprefix(SEALED))
        if not secret:
            raise SuspiciousOperation("a second factor is sealed with a key that is not here")
        return secret

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one goes only where no role of the person asks for one."""
        others = factors_of(authenticator.user).exclude(pk=authenticator.pk)
        return others.exists() or not is_required_somewhere(authenticator.user)

    def get_totp_issuer(self) -> str:
        return "Kamino"

    def _get_site_name(self) -> str:
        return "Kamino"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """By a setting: whatever address the request names, keys are those of ours."""
        return {"id": settings.PASSKEY_DOMAIN, "name": "Kamino"}

    def generate_authenticator_name(self, user: object, type: Authenticator.Type) -> str:
        return "Chave de acesso"
