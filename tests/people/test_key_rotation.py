"""Second factors follow the keys that they are sealed with."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.core.exceptions import SuspiciousOperation
from pytest_django import Settings

from people.key_rotation import reseal_factors
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def test_they_are_read_by_the_new_key_alone_after_a_rotation(settings: Settings) -> None:
    person = make_user()
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(person).get_unused_codes()
    new = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [new, *settings.CREDENTIAL_KEYS]

    assert reseal_factors() == 2

    settings.CREDENTIAL_KEYS = [new]
    totp, recovery = (
        Authenticator.objects.get(user=person, type=kind) for kind in ("totp", "recovery_codes")
    )
    assert get_adapter().decrypt(totp.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert recovery.wrap().get_unused_codes() == codes


def test_one_that_no_key_opens_has_no_codes(settings: Settings) -> None:
    """An empty secret would have codes that anybody can compute."""
    person = make_user()
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(SuspiciousOperation):
        Authenticator.objects.get(user=person).wrap().validate_code("123456")
