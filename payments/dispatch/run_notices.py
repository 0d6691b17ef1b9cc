"""People are told of a run of 07:00 that did not happen or was cut, once each."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from django.urls import reverse

from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.money import format_brl
from core.plurals import counted
from payments.dispatch.late_runs import cut_runs, missing_runs, unsent_orders
from payments.dispatch.schedule import STARTS_AT, opening_instant
from payments.models import DispatchRun, Payable
from tenants.models import Notice, Role
from tenants.notices import News, notify, untold, withdraw
from tenants.scope import across_tenants, tenant_scope

MISSING, CUT = "run-missing:", "run-cut:"
KEPT_BACK = "kept-back:"
# Those who may send by hand.
TOLD = (Role.ADMIN, Role.FINANCE)
IS_NEWS_FOR = timedelta(days=1)


def notify_of_runs(now: datetime) -> None:
    """Tell what is late, and take back what is true no longer. Safe to call again.

    To be called outside of scopes.
    """
    with across_tenants():
        missing = list(missing_runs(now).values_list("tenant_id", "id"))
        cut = list(cut_runs(now).values_list("tenant_id", "bank_account_id"))
    day = day_of(now)
    for tenant_id, account_id, _ in untold([(*pair, day) for pair in missing], MISSING):
        tell_of_missing(tenant_id, account_id, now)
    for tenant_id, account_id, _ in untold([(*pair, day) for pair in cut], CUT):
        tell_of_cut(tenant_id, account_id, now)
    for tenant_id, subject in told_of(day):
        withdraw_what_was_sent(tenant_id, subject, now)


def day_of(now: datetime) -> str:
    return sao_paulo_day(now).isoformat()


def told_of(day: str) -> list[tuple[UUID, str]]:
    with across_tenants():
        ours = Notice.objects.filter(closed_at=None, subject__startswith="run-", step=day)
        return list(ours.values_list("tenant_id", "subject").distinct())


def tell_of_missing(tenant_id: UUID, account_id: UUID, now: datetime) -> None:
    with tenant_scope(tenant_id):
        account = missing_runs(now).of(tenant_id).filter(id=account_id).first()
        if account is None:
            return
        why = (
            "O Kamino continua tentando até o fim do horário do banco; se preferir, use "
            "«Enviar agora»."
            if account.is_connected
            else f"O vínculo com {account.bank_said.the} precisa ser refeito."
        )
        news = News(
            subject=f"{MISSING}{account.id}",
            step=day_of(now),
            title=f"O envio das {STARTS_AT.hour}h {account.said.of} não aconteceu."[:120],
            text=f"As contas aprovadas para hoje ainda não foram enviadas ao banco. {why}",
            action="Ver os pagamentos de hoje",
            url=reverse("payments:list"),
            until=opening_instant(sao_paulo_day(now)) + IS_NEWS_FOR,
        )
        notify(account.tenant, TOLD, news)


def tell_of_cut(tenant_id: UUID, account_id: UUID, now: datetime) -> None:
    with tenant_scope(tenant_id):
        runs = cut_runs(now).of(tenant_id).filter(bank_account=account_id)
        run: DispatchRun | None = runs.first()
        if run is None:
            return
        left = unsent_orders(run.id, tenant_id)
        stayed = counted(left, "pagamento não saiu", "pagamentos não saíram")
        news = News(
            subject=f"{CUT}{account_id}",
            step=day_of(now),
            title=f"O envio das {STARTS_AT.hour}h {run.bank_account.said.of} ficou incompleto."[
                :120
            ],
            text=f"{stayed} para o banco. O que ainda está na fila é tentado de novo até o fim do "
            "horário do banco; o que passou do horário voltou para aprovada.",
            action="Ver o envio",
            url=reverse("payments:run", args=[run.id]),
            until=opening_instant(sao_paulo_day(now)) + IS_NEWS_FOR,
        )
        notify(run.tenant, TOLD, news)


def tell_of_kept(run: DispatchRun, kept: Mapping[Payable, str]) -> None:
    """At once, of what a limit or a title keeps here, the same once.

    Runs inside the company's scope.
    """
    total = format_brl(sum((payable.amount for payable in kept), Decimal(0)))
    stayed = counted(len(kept), "conta aprovada ficou", "contas aprovadas ficaram")
    news = News(
        subject=f"{KEPT_BACK}{run.id}",
        step=digest_of_kept(kept),
        title=f"Contas ficaram de fora do envio {run.bank_account.said.of}."[:120],
        text=f"{stayed} de fora, R$\u00a0{total} ao todo: passam do limite de envio da conta, ou o "
        "boleto diverge ou ainda não foi lido no banco. No Modo Banking, o que for lido sem "
        "divergência sai em seguida.",
        action="Ver o envio",
        url=reverse("payments:run", args=[run.id]),
        until=database_now() + IS_NEWS_FOR,
    )
    notify(run.tenant, TOLD, news)


def digest_of_kept(kept: Mapping[Payable, str]) -> str:
    told = sorted(f"{payable.id} {why}" for payable, why in kept.items())
    return sha256("\n".join(told).encode()).hexdigest()[:20]


def take_back_kept(run: DispatchRun) -> None:
    """All of it left. Runs inside the company's scope."""
    withdraw(run.tenant_id, [f"{KEPT_BACK}{run.id}"])


def withdraw_what_was_sent(tenant_id: UUID, subject: str, now: datetime) -> None:
    """The run happened after all, or the rest of it left."""
    prefix, _, account_id = subject.partition(":")
    with tenant_scope(tenant_id):
        if prefix == MISSING.rstrip(":"):
            is_true = missing_runs(now).of(tenant_id).filter(id=account_id).exists()
        else:
            is_true = cut_runs(now).of(tenant_id).filter(bank_account=account_id).exists()
        if not is_true:
            withdraw(tenant_id, [subject])
