"""What the attendants do when a company asks for another plan."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.acts import Act
from audit.origin import COMMAND_LINE, acting_from
from audit.services import record
from brazil.cnpj import parse_cnpj
from brazil.errors import InvalidValue
from tenants.models import Plan, Tenant
from tenants.scope import across_tenants, tenant_scope
from tenants.services import change_plan


class Command(BaseCommand):
    help = "Muda o plano de uma empresa."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cnpj")
        parser.add_argument("plan", choices=Plan.values)

    def handle(self, *args: Any, cnpj: str, plan: str, **options: Any) -> None:
        tenant = find(cnpj)
        before = tenant.get_plan_display()
        with acting_from(COMMAND_LINE), tenant_scope(tenant.id):
            change_plan(tenant, Plan(plan))
            if Plan(plan).label != before:
                record(
                    Act.PLAN_CHANGED,
                    on=tenant,
                    by=None,
                    before={"Plano": before},
                    after={"Plano": Plan(plan).label},
                )
        self.stdout.write(f"{tenant.name}: do {before} para o {Plan(plan).label}.")


def find(cnpj: str) -> Tenant:
    try:
        wanted = parse_cnpj(cnpj)
    except InvalidValue as error:
        raise CommandError(str(error)) from error
    with across_tenants():
        found = list(Tenant.objects.filter(cnpj=wanted))
    if len(found) != 1:
        raise CommandError(f"{len(found)} empresas têm o CNPJ {cnpj}: nada foi mudado.")
    return found[0]
