"""A company to try the product with, made the first time that `make run` starts."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.chart.setup import open_books
from tenants.models import Plan, Role, Tenant, User
from tenants.scope import across_tenants, tenant_scope
from tenants.services import add_member, create_company

PASSWORD = "oficina-modelo"  # noqa: S105 (a demonstration on this machine only)
PEOPLE = {
    "ana@oficina.example": ("Ana", "Souza", Role.ADMIN),
    "davi@oficina.example": ("Davi", "Rocha", Role.FINANCE),
    "lia@oficina.example": ("Lia", "Mendes", Role.APPROVER),
    "rui@oficina.example": ("Rui", "Prado", Role.READER),
}


class Command(BaseCommand):
    help = "Cria a empresa de demonstração, se não há nenhuma, e diz como entrar."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SERVED_OVER_TLS:
            raise CommandError(
                "A demonstração tem senhas conhecidas e só existe em uma execução local."
            )
        with across_tenants():
            is_empty = not Tenant.objects.exists()
        if is_empty:
            make_demonstration()
        for email, (first, last, role) in PEOPLE.items():
            self.stdout.write(f"  {role.label:<18}  {email:<24} {PASSWORD}   ({first} {last})")


def make_demonstration() -> None:
    people = {
        email: User.objects.create_user(email, PASSWORD, first_name=first, last_name=last)
        for email, (first, last, _) in PEOPLE.items()
    }
    workshop = create_company(
        name="Oficina Modelo",
        legal_name="Oficina Modelo Ltda",
        cnpj="11.444.777/0001-61",
        plan=Plan.NORTH,
    )
    bakery = create_company(
        name="Padaria Aurora",
        legal_name="Padaria Aurora Ltda",
        cnpj="11.222.333/0001-81",
        plan=Plan.COMPASS,
    )
    for company in (workshop, bakery):
        with tenant_scope(company.id):
            open_books(company)
    for email, (_, _, role) in PEOPLE.items():
        add_member(workshop, people[email], role)
    add_member(bakery, people["ana@oficina.example"], Role.ADMIN)
