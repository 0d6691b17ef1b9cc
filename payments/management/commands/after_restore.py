"""After a database was restored from a backup: `manage.py after_restore`."""

from typing import Any

from django.core.management.base import BaseCommand

from audit.origin import COMMAND_LINE, act_from
from payments.orders.sending_lock import lock_sending
from tenants.models import Tenant
from tenants.scope import across_tenants


class Command(BaseCommand):
    help = (
        "Bloqueia os envios de todas as empresas depois de uma restauração. Um administrador de "
        "cada empresa confere o que já foi pago e libera."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with across_tenants():
            companies = list(Tenant.objects.order_by("id"))
        for tenant in companies:
            with act_from(COMMAND_LINE):
                lock_sending(tenant)
        self.stdout.write(f"Envios bloqueados: {len(companies)} empresas.")
