"""Change of the keys that second factors are sealed with."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from core.sealing import credential_keys
from people.mfa_adapter import SEALED

# Where allauth keeps what it has encrypted, by the type of the factor.
SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def reseal_factors() -> int:
    """Seal every person's factors under the newest key. How many there were.

    One short transaction each, so it may be stopped and run again.

    Raises:
        cryptography.fernet.InvalidToken: none of the keys opens one of them; those before it are
            done.
    """
    sealed = Authenticator.objects.filter(type__in=SECRETS).values_list("pk", flat=True)
    return sum(reseal_factor(pk) for pk in list(sealed))


@transaction.atomic
def reseal_factor(pk: int) -> bool:
    """False when it is gone, or was never sealed."""
    factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if factor is None:
        return False
    name = SECRETS[Authenticator.Type(factor.type)]
    kept = str(factor.data.get(name, ""))
    if not kept.startswith(SEALED):
        return False
    rotated = credential_keys().rotate(kept.removeprefix(SEALED).encode())
    factor.data[name] = SEALED + rotated.decode()
    factor.save(update_fields=["data"])
    return True
