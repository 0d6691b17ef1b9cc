from typing import Any

from django.core.management.base import BaseCommand

from banking.connections.key_rotation import reseal_credentials


class Command(BaseCommand):
    help = (
        "Encrypts the banks' credentials under the first of CREDENTIAL_KEYS. "
        "Afterwards the older keys may be removed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = reseal_credentials()
        self.stdout.write(f"{count} connections now use the newest key.")
