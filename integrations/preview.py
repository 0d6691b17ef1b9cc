"""What each choice of an account's page would change, and what its next run would send."""

from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from banking.bank_accounts.settings import next_sending
from banking.banks import registry
from banking.models import BankAccount
from core.money import format_brl
from core.plurals import counted
from payments.dispatch.plan import LeftOut, Plan, plan_run
from payments.dispatch.schedule import STARTS_AT
from payments.models import Payable
from payments.rails.pix_policy import lacks_ted_details, rail_for
from payments.rails.rails import open_rails
from payments.states import PayableStatus

ONE_DAY = timedelta(days=1)
SENTENCES = {
    BankAccount.PixPolicy.KEEP: (
        "Nada é enviado: a conta a pagar fica pendente para ser paga fora da plataforma."
    ),
    BankAccount.PixPolicy.TED: (
        "O pagamento é enviado por TED para a agência e a conta que constam na aprovação. "
        "Quem cobra por QR Code recebe uma TED em vez de Pix."
    ),
}


@dataclass(slots=True)
class Choice:
    """One policy, and what becomes of the open Pix bills of the account under it."""

    policy: BankAccount.PixPolicy
    as_ted: list[Payable] = field(default_factory=list)
    kept: list[Payable] = field(default_factory=list)
    held: list[Payable] = field(default_factory=list)  # for lack of branch and account

    @property
    def value(self) -> str:
        return self.policy.value

    @property
    def label(self) -> str:
        return str(self.policy.label)

    @property
    def sentence(self) -> str:
        return SENTENCES[self.policy]

    @property
    def effect(self) -> str:
        parts = [
            said(self.as_ted, "sai por TED", "saem por TED"),
            said(self.kept, "fica pendente", "ficam pendentes"),
            said(self.held, "fica pendente sem dados de TED", "ficam pendentes sem dados de TED"),
        ]
        told = ", ".join(part for part in parts if part)
        return f"Hoje: {told}." if told else "Hoje não há contas com Pix em aberto nesta opção."


def said(payables: list[Payable], one: str, many: str) -> str:
    """«2 contas (R$ 300,00) saem por TED»; empty without any."""
    if not payables:
        return ""
    amount = format_brl(sum((payable.amount for payable in payables), Decimal(0)))
    how_many = counted(len(payables), "conta", "contas")
    return f"{how_many} (R$\u00a0{amount}) {one if len(payables) == 1 else many}"


def choices_of(account: BankAccount) -> list[Choice]:
    """Both policies, by the rules that the run follows; none where the bank sends Pix."""
    open_pix = list(
        Payable.objects.of(account.tenant_id)
        .paid_by(account)
        .filter(
            method=Payable.Method.PIX, status__in=[PayableStatus.PENDING, PayableStatus.APPROVED]
        )
        .with_details()
        .order_by("payment_date", "id")
    )
    return [choice_of(policy, account, open_pix) for policy in BankAccount.PixPolicy]


def choice_of(
    policy: BankAccount.PixPolicy, account: BankAccount, open_pix: list[Payable]
) -> Choice:
    under = copy(account)
    under.pix_policy = policy
    choice = Choice(policy)
    for payable in open_pix:
        if rail_for(payable, under) is not None:
            choice.as_ted.append(payable)
        elif lacks_ted_details(payable, under):
            choice.held.append(payable)
        else:
            choice.kept.append(payable)
    return choice


@dataclass(frozen=True, slots=True)
class DryRun:
    """What the account's next 07:00 does as things stand."""

    day: date
    plan: Plan

    @property
    def amount(self) -> Decimal:
        return sum((payable.amount for payable in self.plan.send), Decimal(0))

    @property
    def left_out(self) -> list[LeftOut]:
        return self.plan.left_out


def dry_run(account: BankAccount, now: datetime) -> DryRun:
    """By the code of the run itself. Writes nothing."""
    bank = registry.info(account.provider)
    day = next_sending(now)
    while not open_rails(bank, day):
        day += ONE_DAY
    return DryRun(day, plan_run(account, day, until=STARTS_AT))
