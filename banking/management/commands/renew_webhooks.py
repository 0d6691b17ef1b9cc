from typing import Any

from django.core.management.base import BaseCommand

from banking.connections.key_rotation import renew_webhooks


class Command(BaseCommand):
    help = (
        "Has the address that each bank calls registered anew, with another secret in it and "
        "another key to sign with: at the next sync of each connection."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{renew_webhooks()} addresses will be registered anew.")
