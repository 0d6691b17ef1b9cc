"""How far the opening of a connection is, for those who wait."""

from dataclasses import dataclass
from enum import StrEnum

from banking.banks.contract.info import ConnectBy
from banking.models import BankAccount, Connection


class Step(StrEnum):
    DONE = "done"
    CURRENT = "current"
    FAILED = "failed"
    TODO = "todo"


# What the person did, and what the bank is then asked.
FIRST_STEPS = {
    ConnectBy.CONSENT: ("Autorização", "Consultar a conta"),
    ConnectBy.FORM: ("Dados informados", "Consultar a conta"),
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
        bank = self.connection.bank_said
        return {
            ConnectBy.CONSENT: f"Consultando {bank.at} o titular da conta autorizada.",
            ConnectBy.FORM: f"Conferindo {bank.at} os dados e o titular da conta.",
            ConnectBy.OPENING: f"Abrindo {bank.the} em nome da empresa.",
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
