from typing import Any

from django.core.management.base import BaseCommand

from banking.connections.key_rotation import reseal_credentials
from banking.webhooks.bodies import reseal_bodies


class Command(BaseCommand):
    help = (
        "Encrypts the banks' credentials, and their notices as they came, under the first of "
        "CREDENTIAL_KEYS. Afterwards the older keys may be removed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        connections, notices = reseal_credentials(), reseal_bodies()
        self.stdout.write(
            f"{connections} connections and {notices} notices now use the newest key."
        )
