"""How far the sync of an account is, for those who wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings

from banking.gateway import circuit_breaker
from banking.models import BankAccount
from core.dates import ago, clock
from core.money import format_brl
from core.plurals import dotted

# After this a person is told that it takes longer.
PATIENCE = timedelta(seconds=60)


class SyncState(StrEnum):
    LOST = "lost"
    PAUSED = "paused"
    READING = "reading"
    BY_FILE = "by_file"
    WAITING = "waiting"
    LATE = "late"
    FAILED = "failed"
    UNAVAILABLE = "unavailable"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SyncProgress:
    state: SyncState
    text: str

    @property
    def is_under_way(self) -> bool:
        return self.state in {SyncState.READING, SyncState.WAITING}


def sync_progress(
    account: BankAccount,
    *,
    is_in_plan: bool,
    now: datetime,
    asked_at: datetime | None = None,
    unavailable_until: datetime | None = None,
) -> SyncProgress:
    """Where the sync of an account is. `asked_at` is when a person asked for it, and
    `unavailable_until` when a bank that does not answer is tried again."""
    if not account.is_connected:
        return without_connection(account)
    if not is_in_plan:
        return SyncProgress(
            SyncState.PAUSED,
            "O plano da empresa não inclui este banco: o extrato não é mais atualizado.",
        )
    if account.is_syncing:
        count = dotted(account.sync_lines)
        word = "linha" if account.sync_lines == 1 else "linhas"
        return SyncProgress(SyncState.READING, f"Importando o extrato… {count} {word}")
    if unavailable_until is not None:
        text = f"{account.bank_name}: {circuit_breaker.words(unavailable_until)}."
        return SyncProgress(SyncState.UNAVAILABLE, text)
    if waits_for(account, asked_at):
        if asked_at and now - asked_at > PATIENCE:
            return SyncProgress(
                SyncState.LATE, "Sincronização na fila. O extrato aparece aqui automaticamente."
            )
        return SyncProgress(SyncState.WAITING, f"Consultando {account.bank_said.the}…")
    if account.sync_error:
        return SyncProgress(SyncState.FAILED, f"{account.sync_error} {next_try(account, now)}")
    if account.synced_at is None:
        return SyncProgress(SyncState.WAITING, "Aguardando o extrato dos últimos 90 dias…")
    return SyncProgress(
        SyncState.DONE, f"Sincronizado {ago(account.synced_at, now)}. {next_try(account, now)}"
    )


def without_connection(account: BankAccount) -> SyncProgress:
    if account.is_by_file:
        return SyncProgress(SyncState.BY_FILE, "O extrato desta conta vem por arquivo.")
    if account.is_undone:
        return SyncProgress(SyncState.LOST, "Vínculo desfeito: o extrato não é mais atualizado.")
    return SyncProgress(SyncState.LOST, "Refaça o vínculo para voltar a receber o extrato.")


def waits_for(account: BankAccount, asked_at: datetime | None) -> bool:
    """Whether no sync has begun since a person asked for one."""
    if asked_at is None:
        return False
    return account.sync_started_at is None or account.sync_started_at < asked_at


def next_sync_at(account: BankAccount) -> datetime | None:
    """When the clock will read it again; None when nothing keeps it from its turn."""
    interval = timedelta(minutes=settings.SYNC_INTERVAL_MINUTES)
    turn = account.sync_started_at and account.sync_started_at + interval
    return max((at for at in (turn, account.sync_wait_until) if at), default=None)


def next_try(account: BankAccount, now: datetime) -> str:
    at = next_sync_at(account)
    if at is None or at <= now:
        return "Próxima sincronização em instantes."
    return f"Próxima sincronização às {clock(at)}."


def broken_proof(account: BankAccount) -> str:
    """Why the statement does not agree: what was not read, and from which day by how much."""
    told = []
    if account.unread_movements:
        told.append(f"{unread_words(account.unread_movements)}.")
    if account.proof_difference:
        amount = format_brl(abs(account.proof_difference))
        since = f" desde {account.proof_broken_on:%d/%m/%Y}" if account.proof_broken_on else ""
        told.append(f"O saldo do banco e as linhas importadas diferem em R$ {amount}{since}.")
    return " ".join(told) or "O banco alterou uma linha que já tinha informado."


def unread_words(count: int) -> str:
    return "1 movimento não lido" if count == 1 else f"{count} movimentos não lidos"
