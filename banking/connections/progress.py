"""What is under way at the banks, in words for those who wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings

from banking.banks.contract.info import ConnectBy
from banking.gateway import circuit_breaker
from banking.models import BankAccount, Connection
from banking.words import ago, clock

# After this a person is told that it takes longer.
PATIENCE = timedelta(seconds=60)


class SyncState(StrEnum):
    LOST = "lost"
    PAUSED = "paused"
    READING = "reading"
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
    if account.is_undone:
        return SyncProgress(SyncState.LOST, "Vínculo desfeito: o extrato parou aqui.")
    if not account.is_connected:
        return SyncProgress(SyncState.LOST, "O vínculo precisa ser refeito para o extrato voltar.")
    if not is_in_plan:
        return SyncProgress(
            SyncState.PAUSED, "O plano da empresa não inclui este banco: o extrato parou aqui."
        )
    if account.is_syncing:
        count = f"{account.sync_lines:,}".replace(",", ".")
        return SyncProgress(SyncState.READING, f"Lendo o extrato… {count} lançamentos")
    if unavailable_until is not None:
        text = f"{account.bank_name}: {circuit_breaker.words(unavailable_until)}."
        return SyncProgress(SyncState.UNAVAILABLE, text)
    if waits_for(account, asked_at):
        if asked_at and now - asked_at > PATIENCE:
            return SyncProgress(
                SyncState.LATE, "O pedido espera a vez. O extrato chega aqui sem outro pedido."
            )
        return SyncProgress(SyncState.WAITING, f"Falando com {account.bank_name}…")
    if account.sync_error:
        return SyncProgress(SyncState.FAILED, f"{account.sync_error} {next_try(account, now)}")
    if account.synced_at is None:
        return SyncProgress(SyncState.WAITING, "O primeiro extrato, de 90 dias, está a caminho…")
    return SyncProgress(
        SyncState.DONE, f"Sincronizado {ago(account.synced_at, now)}. {next_try(account, now)}"
    )


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
        return "Próxima leitura em instantes."
    return f"Próxima leitura às {clock(at)}."


class Step(StrEnum):
    DONE = "done"
    CURRENT = "current"
    FAILED = "failed"
    TODO = "todo"


# What the person did, and what the bank is then asked.
FIRST_STEPS = {
    ConnectBy.CONSENT: ("Autorização", "Ler a conta"),
    ConnectBy.FORM: ("Dados informados", "Ler a conta"),
    ConnectBy.OPENING: ("Termos aceitos", "Abrir a conta"),
}
LAST_STEPS = ("Criar a Conta do Ativo", "Primeiro extrato")


@dataclass(frozen=True, slots=True)
class Opening:
    """How far the opening of a connection is."""

    connection: Connection
    account: BankAccount | None  # made when the bank told whose it is

    @property
    def by(self) -> ConnectBy:
        return self.connection.bank_mode.by

    @property
    def doing(self) -> str:
        """What is done at the bank before there is an account."""
        bank = self.connection.bank_name
        return {
            ConnectBy.CONSENT: f"Lendo no banco {bank} de quem é a conta autorizada.",
            ConnectBy.FORM: f"Conferindo os dados no banco {bank} e lendo de quem é a conta.",
            ConnectBy.OPENING: f"Abrindo a {bank} em nome da empresa.",
        }[self.by]

    @property
    def retry(self) -> str:
        return "Corrigir os dados" if self.connection.typed else "Tentar de novo"

    @property
    def is_failed(self) -> bool:
        return self.connection.status in {Connection.Status.FAILED, Connection.Status.LOST}

    @property
    def is_read(self) -> bool:
        """Whether a statement came since the connection began: the account may be an old one."""
        at = self.account.synced_at if self.account else None
        return at is not None and at >= self.connection.connected_at

    @property
    def is_read_failed(self) -> bool:
        account = self.account
        return bool(account and account.sync_error and not account.is_syncing)

    @property
    def is_under_way(self) -> bool:
        return not (self.is_failed or self.is_read or self.is_read_failed)

    @property
    def steps(self) -> list[dict[str, str]]:
        return [
            {"label": label, "state": state}
            for label, state in zip(self._labels(), self._states(), strict=True)
        ]

    def _labels(self) -> tuple[str, ...]:
        return FIRST_STEPS[self.by] + LAST_STEPS

    def _states(self) -> tuple[Step, Step, Step, Step]:
        if self.account is None:
            reading = Step.FAILED if self.is_failed else Step.CURRENT
            return Step.DONE, reading, Step.TODO, Step.TODO
        if self.is_read:
            statement = Step.DONE
        else:
            statement = Step.CURRENT if self.is_under_way else Step.FAILED
        return Step.DONE, Step.DONE, Step.DONE, statement
