"""The three banks of the simulator as these tests see them: what is alike has one name here."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from banking.models import BankAccount
from charges.models import Charge
from charges.states import ChargeStatus
from tests.banking.factories import reread
from tests.bs2_simulator import Bs2Simulator
from tests.charges.issued import follow, issued_charge
from tests.cora_simulator import CoraSimulator
from tests.kamino_simulator import KaminoSimulator


@dataclass(frozen=True, slots=True)
class AtBank(ABC):
    """An account of ours at one bank, and what its bank shows. Amounts are centavos."""

    account: BankAccount
    # By which it is asked to end a slip.
    method: ClassVar[str] = "POST"
    end: ClassVar[str]

    @property
    @abstractmethod
    def simulator(self) -> Any: ...

    @abstractmethod
    def slips(self) -> dict[str, bool]:
        """Each that it ever issued for us, oldest first: whether it may still be paid."""

    @abstractmethod
    def pay(self, reference: str, **more: Any) -> None:
        """Somebody pays it by its bar code."""

    @abstractmethod
    def hurry(self) -> None:
        """What takes it some seconds takes it none, or one where it is never done at once."""

    def fault(self, kind: str, **more: Any) -> None:
        """When it is asked to end a slip."""
        self.simulator.fault(kind, self.end, method=self.method, **more)

    def times_asked(self) -> int:
        """How often it was asked to end a slip."""
        return len(self.simulator.requests(self.end, method=self.method))

    def alive(self) -> list[str]:
        return [reference for reference, is_alive in self.slips().items() if is_alive]


@dataclass(frozen=True, slots=True)
class AtCora(AtBank):
    cora: CoraSimulator
    method = "DELETE"
    end = "/v2/invoices/inv_*"

    @property
    def simulator(self) -> CoraSimulator:
        return self.cora

    def slips(self) -> dict[str, bool]:
        return {each["id"]: each["status"] in {"OPEN", "LATE"} for each in self.cora.invoices()}

    def pay(self, reference: str, **more: Any) -> None:
        self.cora.pay_invoice(reference, **more)

    def hurry(self) -> None:
        self.cora.settings(invoice_register_seconds=0)


@dataclass(frozen=True, slots=True)
class AtBs2(AtBank):
    bs2: Bs2Simulator
    end = "*/solicitacoes/cancelamentos"

    @property
    def simulator(self) -> Bs2Simulator:
        return self.bs2

    def slips(self) -> dict[str, bool]:
        return {
            each["id"]: each["cancelamento"] is None and each["notificacaoPagamento"] is None
            for each in self.bs2.boletos()
        }

    def pay(self, reference: str, **more: Any) -> None:
        self.bs2.pay_boleto(reference, **more)

    def hurry(self) -> None:
        self.bs2.settings(write_off_seconds=1)


@dataclass(frozen=True, slots=True)
class AtKamino(AtBank):
    kamino: KaminoSimulator
    end = "/v1/charges/*/cancel"

    @property
    def simulator(self) -> KaminoSimulator:
        return self.kamino

    def slips(self) -> dict[str, bool]:
        charges = self.kamino.charges()
        return {each["id"]: each["wire"]["status"] in {"open", "late"} for each in charges}

    def pay(self, reference: str, **more: Any) -> None:
        self.kamino.pay_charge(reference, "boleto", **more)

    def hurry(self) -> None:
        pass


BANKS: dict[str, Callable[[BankAccount, Any], AtBank]] = {
    "cora": AtCora,
    "bs2": AtBs2,
    "kamino": AtKamino,
}


def open_charge(bank: AtBank, later: Callable[[timedelta], None], amount: str = "150.00") -> Charge:
    """Issued, registered, and seen to be."""
    charge = issued_charge(bank.account, amount)
    later(timedelta(seconds=10))
    follow(bank.account)
    found: Charge = reread(charge)
    assert found.status == ChargeStatus.OPEN
    return found
