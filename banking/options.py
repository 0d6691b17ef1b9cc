"""The banks that a company may connect, and what each brings."""

from dataclasses import dataclass

from django.conf import settings

from banking.banks import registry
from banking.banks.base import BankInfo, Capability
from tenants.models import Plan, Tenant


@dataclass(frozen=True, slots=True)
class Option:
    bank: BankInfo
    is_in_plan: bool

    @property
    def abilities(self) -> list[str]:
        words = {
            Capability.FETCH_STATEMENT: "Saldo e extrato sozinhos, a cada "
            f"{settings.SYNC_INTERVAL_MINUTES} minutos",
            Capability.SEND_TED: "TED para qualquer banco",
            Capability.PAY_BOLETO: "Boletos e contas de consumo",
        }
        able = [text for capability, text in words.items() if capability in self.bank.capabilities]
        if self.bank.approval_in_bank:
            able.append("Nada sai sem a sua aprovação no aplicativo do banco")
        return able

    @property
    def plan_names(self) -> str:
        """«North e Track»."""
        return " e ".join(plan.label for plan in Plan if plan in self.bank.plans)


@dataclass(frozen=True, slots=True)
class ComingBank:
    slug: str
    name: str
    pitch: str


COMING = (
    ComingBank("bs2", "BS2", "Extrato, TED e boletos da conta que a empresa já tem no BS2."),
    ComingBank(
        "kamino", "Conta Kamino", "Conta aberta aqui mesmo, com Pix, sem autorizar em outro banco."
    ),
)


def options_for(tenant: Tenant) -> list[Option]:
    return [
        Option(bank.info, is_in_plan=tenant.plan in bank.info.plans)
        for bank in registry.BANKS.values()
    ]
