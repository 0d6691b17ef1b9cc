from typing import Any

from django.core.management.base import BaseCommand

from banking.connections.key_rotation import reseal_credentials
from banking.webhooks.bodies import reseal_bodies
from people.key_rotation import reseal_factors


class Command(BaseCommand):
    help = (
        "Encrypts the banks' credentials, their notices as they came, and people's second factors "
        "under the first of CREDENTIAL_KEYS. Afterwards the older keys may be removed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        connections, notices, factors = reseal_credentials(), reseal_bodies(), reseal_factors()
        self.stdout.write(
            f"{connections} connections, {notices} notices and {factors} second factors now use "
            "the newest key."
        )
