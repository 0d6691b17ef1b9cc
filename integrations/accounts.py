"""The list of «Integrações bancárias»: each account with its vínculo, in words."""

from dataclasses import dataclass
from datetime import datetime

from banking.bank_accounts.overview import accounts_of, is_in_plan
from banking.bank_accounts.settings import first_sending
from banking.connections.expiry import days_left, in_days
from banking.gateway import circuit_breaker
from banking.models import BankAccount, Connection
from banking.statements.progress import broken_proof, next_sync_at
from brazil.banking_days import sao_paulo_day
from core.dates import ago, clock, dated_day
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Integration:
    account: BankAccount
    is_in_plan: bool
    now: datetime
    unavailable_until: datetime | None = None  # the bank does not answer; tried again then

    @property
    def state(self) -> tuple[str, str]:
        """Tone and words of the vínculo."""
        if self.account.is_by_file:
            return "plain", "extrato por arquivo"
        if self.account.is_undone:
            return "plain", "desfeito"
        if not self.account.is_connected:
            return "bad", "precisa ser refeito"
        if not self.is_in_plan:
            return "warn", "fora do plano"
        if self.unavailable_until:
            return "warn", circuit_breaker.words(self.unavailable_until)
        if self.ends_in is not None:
            return "warn", f"vence {in_days(self.ends_in)}"
        return "ok", "ativo"

    @property
    def ends_in(self) -> int | None:
        """Days until the bank's consent ends, when they are few; None: it does not."""
        connection = self.account.connection
        return None if connection is None else days_left(connection, self.now)

    @property
    def connected(self) -> str:
        """Which way, by whom and when; of a connection that is over, why."""
        connection = self.account.connection
        if self.account.is_by_file:
            return "Nenhuma: o extrato vem por arquivo"
        if connection is None:
            return "Desfeito"
        words = (
            f"{connection.bank_mode.name}, por {connection.connected_by.display_name} "
            f"em {sao_paulo_day(connection.connected_at):%d/%m/%Y}"
        )
        if self.ends_in is not None and connection.refresh_by is not None:
            return f"{words}, vale até {sao_paulo_day(connection.refresh_by):%d/%m/%Y}"
        if connection.is_active:
            return words
        if connection.is_undone and connection.undone_at and connection.undone_by:
            day = sao_paulo_day(connection.undone_at)
            told = connection.status_reason or "O banco está sendo avisado."
            return f"Desfeito por {connection.undone_by.display_name} em {day:%d/%m/%Y}. {told}"
        since = f" desde {sao_paulo_day(connection.lost_at):%d/%m}" if connection.lost_at else ""
        return f"{words}. Parado{since}: {connection.status_reason or 'precisa ser refeito.'}"

    @property
    def last_sync(self) -> str:
        account = self.account
        if account.is_by_file:
            return "Sem sincronização"
        when = f"Extrato importado {ago(account.synced_at, self.now)}" if account.synced_at else ""
        if account.is_syncing:
            return "Importando agora"
        if account.sync_error:
            return f"{account.sync_error} {when}."
        if not when:
            return "Ainda não importado"
        if account.proof == BankAccount.Proof.BROKEN:
            return f"{when}. {broken_proof(account)}"
        return f"{when}, confere com o saldo do banco"

    @property
    def next_sync(self) -> str:
        if not (self.account.is_connected and self.is_in_plan):
            return "Quando um arquivo for enviado" if self.account.is_by_file else "Parado"
        if self.unavailable_until:
            return f"Quando o banco responder; nova tentativa às {clock(self.unavailable_until)}"
        at = next_sync_at(self.account)
        return "Em instantes" if at is None or at <= self.now else f"Às {clock(at)}"

    @property
    def modo_banking(self) -> str:
        return describe_modo_banking(self.account, self.now)


def describe_modo_banking(account: BankAccount, now: datetime) -> str:
    if account.modo_banking_from is None:
        return "Desligado"
    if account.is_undone:
        return "Ligado, mas parado até o vínculo ser refeito"
    first = first_sending(account, now)
    if first is None:
        return "Ligado, todo dia útil às 7h"
    return f"Ligado a partir de {dated_day(first, sao_paulo_day(now))}, às 7h"


def describe_switch(account: BankAccount, now: datetime) -> str:
    """What a person has just done to the switch."""
    if account.modo_banking_from is None:
        return (
            f"Modo Banking desligado {account.said.at}: nada mais é enviado ao banco "
            "automaticamente."
        )
    first = first_sending(account, now)
    when = f" a partir de {dated_day(first, sao_paulo_day(now))}, às 7h" if first else ""
    return f"Modo Banking ligado {account.said.at}{when}."


def integrations_of(tenant: Tenant, now: datetime) -> list[Integration]:
    return [
        Integration(
            account,
            is_in_plan(tenant, account),
            now,
            account.next_try and max(account.next_try, now),
        )
        for account in accounts_of(tenant)
    ]


def unfinished(tenant: Tenant) -> list[Connection]:
    """Connections that have no account yet and may still get one."""
    return list(Connection.objects.of(tenant).filter(status=Connection.Status.OPENING))
