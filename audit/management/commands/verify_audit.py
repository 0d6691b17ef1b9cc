"""`manage.py verify_audit`: check that no record of the audit was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.verification import verify
from brazil.cnpj import format_cnpj, parse_cnpj
from brazil.errors import InvalidValue
from tenants.models import Tenant
from tenants.scope import across_tenants


class Command(BaseCommand):
    help = (
        "Confere a auditoria de cada empresa, registro por registro, e aponta o primeiro que não "
        "confere. O número e o código do último registro, guardados fora daqui, mostram depois se "
        "a cadeia inteira foi trocada."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cnpj", help="só esta empresa")

    def handle(self, *args: Any, cnpj: str | None, **options: Any) -> None:
        broken = 0
        for tenant in companies(cnpj):
            verdict = verify(tenant.id)
            broken += bool(verdict.broken)
            told = verdict.broken or f"íntegra até o registro {verdict.number} {verdict.hash}"
            self.stdout.write(f"{tenant.name} ({format_cnpj(tenant.cnpj)}): {told}")
        if broken:
            raise CommandError(f"{broken} com a auditoria violada.")


def companies(cnpj: str | None) -> list[Tenant]:
    with across_tenants():
        found = Tenant.objects.order_by("name", "id")
        if cnpj is not None:
            try:
                found = found.filter(cnpj=parse_cnpj(cnpj))
            except InvalidValue as error:
                raise CommandError(str(error)) from error
        rows = list(found)
    if cnpj is not None and not rows:
        raise CommandError(f"Nenhuma empresa tem o CNPJ {cnpj}.")
    return rows
