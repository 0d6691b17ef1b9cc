"""The banks that a company may connect, what each brings, and by which ways."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from banking.banks import registry
from banking.banks.contract.charge_rules import BOLETO, BOLETO_PIX, PIX
from banking.banks.contract.info import BankInfo, Capability, ConnectBy, Mode
from banking.connections.addresses import for_account, start_address, ways_address
from banking.gateway import circuit_breaker
from banking.gateway.plan_check import plan_names
from banking.models import BankAccount
from tenants.models import Tenant

CHARGE_FORMS = {BOLETO: "boleto", BOLETO_PIX: "boleto com Pix", PIX: "Pix"}
VERBS = {
    ConnectBy.CONSENT: "Autorizar",
    ConnectBy.FORM: "Informar os dados",
    ConnectBy.OPENING: "Ver os termos",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A mode of a bank, as a person may choose it."""

    bank: BankInfo
    mode: Mode
    redoes: BankAccount | None = None  # whose vínculo is to come back

    @property
    def url(self) -> str:
        return for_account(start_address(self.bank, self.mode), self.redoes)

    @property
    def act(self) -> str:
        if self.mode.by is ConnectBy.CONSENT and not self.mode.fields:
            return f"Ir para {self.bank.said.the}"
        return VERBS[self.mode.by]


@dataclass(frozen=True, slots=True)
class Option:
    bank: BankInfo
    is_in_plan: bool
    unavailable_until: datetime | None

    @property
    def abilities(self) -> list[str]:
        words = {
            Capability.FETCH_STATEMENT: "Saldo e extrato automáticos, a cada "
            f"{settings.SYNC_INTERVAL_MINUTES} minutos",
            Capability.SEND_PIX: "Pix por chave, por conta ou copia e cola",
            Capability.SEND_TED: "TED para qualquer banco",
            Capability.PAY_BOLETO: "Boletos e contas de consumo",
        }
        able = [text for capability, text in words.items() if capability in self.bank.capabilities]
        if charges := charges_of(self.bank):
            able.append(f"Cobranças por {charges}")
        if self.bank.approval_in_bank:
            able.append("Nenhum pagamento sai sem a sua aprovação no aplicativo do banco")
        return able

    @property
    def plan_names(self) -> str:
        return plan_names(self.bank)

    @property
    def is_opened_here(self) -> bool:
        return self.bank.modes[0].by is ConnectBy.OPENING

    @property
    def act(self) -> str:
        verb = "Abrir" if self.is_opened_here else "Conectar"
        return f"{verb} {self.bank.name}"

    @property
    def url(self) -> str:
        """Where the first of its ways begins."""
        return start_address(self.bank, self.bank.modes[0])

    @property
    def ways_url(self) -> str:
        return ways_address(self.bank)

    @property
    def outage(self) -> str:
        return circuit_breaker.words(self.unavailable_until) if self.unavailable_until else ""


def charges_of(bank: BankInfo) -> str:
    """By what it collects charges of ours: «boleto com Pix, boleto ou Pix»; empty where it does
    not."""
    forms = [CHARGE_FORMS[form] for form in bank.charges.forms] if bank.charges else []
    return " ou ".join(filter(None, [", ".join(forms[:-1]), *forms[-1:]]))


def options_for(tenant: Tenant, now: datetime) -> list[Option]:
    away = circuit_breaker.outages(now)
    return [
        Option(bank.info, tenant.plan in bank.info.plans, away.get(slug))
        for slug, bank in registry.banks().items()
    ]


def ways_of(bank: BankInfo, redoes: BankAccount | None = None) -> list[Way]:
    return [Way(bank, mode, redoes) for mode in bank.modes]
