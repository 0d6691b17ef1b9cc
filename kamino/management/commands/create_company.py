"""The first company of an installation, and each one after it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.chart.setup import open_books
from audit.acts import Act
from audit.origin import COMMAND_LINE, act_from
from audit.services import record
from brazil.cnpj import parse_cnpj
from brazil.errors import InvalidValue
from core.enqueue import enqueue
from core.errors import DomainError
from people.admins import active_admins
from people.invitations import invite_first
from tenants.models import Plan, Role, Tenant
from tenants.scope import across_tenants, tenant_scope
from tenants.services import create_company


class Command(BaseCommand):
    help = (
        "Cria uma empresa com o plano de contas e convida por e-mail a primeira pessoa "
        "administradora e, se informada, a primeira aprovadora. Enquanto ninguém administra a "
        "empresa, pode ser executado de novo: os convites são refeitos."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cnpj")
        parser.add_argument("--name", required=True, help="nome fantasia")
        parser.add_argument("--legal-name", required=True, help="razão social")
        parser.add_argument("--plan", choices=Plan.values, default=Plan.NORTH)
        parser.add_argument("--admin", required=True, metavar="E-MAIL")
        parser.add_argument("--approver", metavar="E-MAIL")

    def handle(
        self,
        *args: Any,
        cnpj: str,
        name: str,
        legal_name: str,
        plan: str,
        admin: str,
        approver: str | None,
        **options: Any,
    ) -> None:
        invited = {address(admin): Role.ADMIN}
        if approver:
            if address(approver) in invited:
                raise CommandError("Administrador e aprovador precisam ser pessoas diferentes.")
            invited[address(approver)] = Role.APPROVER
        with act_from(COMMAND_LINE):
            tenant = find_without_admin(cnpj) or make(cnpj, name, legal_name, Plan(plan))
            with tenant_scope(tenant.id):
                for email, role in invited.items():
                    invite_first(tenant, email, role)
                enqueue("people.tasks.send_invitations")
        self.stdout.write(f"{tenant.name}: plano {tenant.get_plan_display()}.")
        for email, role in invited.items():
            self.stdout.write(f"  convite a {email}, {role.label}: vai por e-mail, vale 72 horas")


def address(typed: str) -> str:
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"{typed} não é um e-mail.") from error
    return email


def find_without_admin(cnpj: str) -> Tenant | None:
    """The company that was made before and that nobody has come into yet.

    Raises:
        CommandError: the CNPJ is not well formed, or the company has an admin.
    """
    try:
        wanted = parse_cnpj(cnpj)
    except InvalidValue as error:
        raise CommandError(str(error)) from error
    with across_tenants():
        tenant = Tenant.objects.filter(cnpj=wanted).first()
        if tenant is not None and active_admins(tenant.id).exists():
            raise CommandError(
                f"{tenant.name} já tem quem a administre: convide em «Configurações > Pessoas»."
            )
    return tenant


def make(cnpj: str, name: str, legal_name: str, plan: Plan) -> Tenant:
    try:
        tenant = create_company(name=name, legal_name=legal_name, cnpj=cnpj, plan=plan)
    except DomainError as error:
        raise CommandError(str(error)) from error
    with tenant_scope(tenant.id):
        open_books(tenant)
        record(Act.COMPANY_CREATED, on=tenant, by=None, after={"Plano": plan.label})
    return tenant
