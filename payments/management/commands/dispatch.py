"""Modo Banking by hand: `manage.py dispatch`."""

from argparse import ArgumentParser
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from audit.origin import COMMAND_LINE, act_from
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import Locked
from payments.dispatch.run import dispatch_by_hand
from payments.models import DispatchRun, PaymentOrder
from payments.orders.send import send_queued
from tenants.models import Membership
from tenants.scope import across_tenants, tenant_scope


class Command(BaseCommand):
    help = (
        "Faz agora o envio do dia (o mesmo das 7h) de cada conta com o Modo Banking ligado. "
        "Repetir não paga nada duas vezes: só é enviado o que foi aprovado desde então. "
        "Em dia sem compensação bancária, só Pix."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--by",
            metavar="E-MAIL",
            required=True,
            help="quem envia: administrador ou financeiro da empresa; só as empresas desta pessoa",
        )
        parser.add_argument("--day", type=date.fromisoformat, help="AAAA-MM-DD; padrão: hoje")
        parser.add_argument("--account", type=UUID, help="só esta conta bancária (id)")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["day"] or sao_paulo_day(database_now())
        senders = {member.tenant_id: member for member in memberships_that_send(options["by"])}
        if not senders:
            raise CommandError(f"{options['by']} não envia contas em nenhuma empresa.")
        accounts = accounts_with_modo_banking(list(senders), options["account"])
        if not accounts:
            raise CommandError(
                f"Nenhuma conta conectada das empresas de {options['by']} está com o Modo Banking "
                "ligado."
            )
        for tenant_id, account_id in accounts:
            try:
                with act_from(COMMAND_LINE):
                    run = dispatch_by_hand(tenant_id, account_id, day, by=senders[tenant_id])
            except Locked as error:
                self.stdout.write(str(error))
                continue
            send_queued(tenant_id, account_id)
            with tenant_scope(tenant_id):
                self.stdout.write(summary(tenant_id, run.id))


def memberships_that_send(email: str) -> list[Membership]:
    """One for each company in which that person may."""
    with across_tenants():
        found = Membership.objects.filter(user__email=email.lower(), user__is_active=True)
        return [member for member in found.select_related("user") if member.can_enter]


def accounts_with_modo_banking(companies: list[UUID], only: UUID | None) -> list[tuple[UUID, UUID]]:
    with across_tenants():
        accounts = BankAccount.objects.connected().in_plan().exclude(modo_banking_from=None)
        accounts = accounts.filter(tenant__in=companies)
        if only:
            accounts = accounts.filter(id=only)
        return list(accounts.values_list("tenant_id", "id"))


def summary(tenant_id: UUID, run_id: UUID) -> str:
    orders = (
        PaymentOrder.objects.of(tenant_id)
        .filter(run=run_id)
        .select_related("payable__payee", "run__bank_account")
    )
    run = DispatchRun.objects.of(tenant_id).select_related("bank_account").get(id=run_id)
    lines = [
        f"{run.bank_account} · envio de {run.day:%d/%m/%Y}: {len(orders)} enviadas, "
        f"{len(run.left_out)} de fora."
    ]
    lines += [f"  {o.payable.payee}: {o.get_status_display()} {o.message}".rstrip() for o in orders]
    lines += [f"  de fora: {item['reason']}" for item in run.left_out]
    return "\n".join(lines)
