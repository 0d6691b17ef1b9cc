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
class SlipThere:
    reference: str
    code: str  # ours
    is_alive: bool  # it may still be paid


@dataclass(frozen=True, slots=True)
class AtBank(ABC):
    """An account of ours at one bank, and what its bank shows. Amounts are centavos."""

    account: BankAccount
    # By which it is asked to issue a slip, and to end one.
    issue: ClassVar[str]
    end: ClassVar[str]
    method: ClassVar[str] = "POST"

    @property
    @abstractmethod
    def simulator(self) -> Any: ...

    @abstractmethod
    def slips(self) -> list[SlipThere]:
        """All that it ever issued for us, oldest first."""

    @abstractmethod
    def pay(self, reference: str, *, by: str = "boleto", **more: Any) -> None:
        """Somebody pays it by its bar code or, where there is one, by Pix. More: amount; with again
        one that has ended."""

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
        return [slip.reference for slip in self.slips() if slip.is_alive]


@dataclass(frozen=True, slots=True)
class AtCora(AtBank):
    cora: CoraSimulator
    issue = "/v2/invoices/"
    end = "/v2/invoices/inv_*"
    method = "DELETE"

    @property
    def simulator(self) -> CoraSimulator:
        return self.cora

    def slips(self) -> list[SlipThere]:
        return [
            SlipThere(each["id"], each["code"], each["status"] in {"OPEN", "LATE"})
            for each in self.cora.invoices()
        ]

    def pay(self, reference: str, *, by: str = "boleto", **more: Any) -> None:
        self.cora.pay_invoice(reference, by, **more)

    def hurry(self) -> None:
        self.cora.settings(invoice_register_seconds=0)


@dataclass(frozen=True, slots=True)
class AtBs2(AtBank):
    bs2: Bs2Simulator
    issue = "*/boletos/simplificado"
    end = "*/solicitacoes/cancelamentos"

    @property
    def simulator(self) -> Bs2Simulator:
        return self.bs2

    def slips(self) -> list[SlipThere]:
        return [
            SlipThere(
                each["id"],
                each["seuNumero"],
                each["cancelamento"] is None and each["notificacaoPagamento"] is None,
            )
            for each in self.bs2.boletos()
        ]

    def pay(self, reference: str, *, by: str = "boleto", **more: Any) -> None:
        assert by == "boleto"  # it issues no other
        self.bs2.pay_boleto(reference, **more)

    def hurry(self) -> None:
        self.bs2.settings(write_off_seconds=1)


@dataclass(frozen=True, slots=True)
class AtKamino(AtBank):
    kamino: KaminoSimulator
    issue = "/v1/charges"
    end = "/v1/charges/*/cancel"

    @property
    def simulator(self) -> KaminoSimulator:
        return self.kamino

    def slips(self) -> list[SlipThere]:
        wires = [each["wire"] for each in self.kamino.charges()]
        return [
            SlipThere(each["id"], each["code"], each["status"] in {"open", "late"})
            for each in wires
        ]

    def pay(self, reference: str, *, by: str = "boleto", **more: Any) -> None:
        self.kamino.pay_charge(reference, by, **more)

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
