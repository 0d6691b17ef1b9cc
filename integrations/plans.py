"""«Comparar planos»: what each plan has, side by side.

What a plan has of the banks is in each bank's `BankInfo.plans`, which the services enforce; the
rows of the banks are read from there, so the page cannot promise what a service refuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from banking.bank_accounts.overview import accounts_of, is_in_plan
from banking.banks import registry
from banking.banks.contract.info import BankInfo
from banking.connections.catalog import charges_of
from banking.models import BankAccount
from tenants.models import Plan, Tenant

EVERY_PLAN = frozenset(Plan)


@dataclass(frozen=True, slots=True)
class Feature:
    name: str
    detail: str
    plans: frozenset[Plan]

    @property
    def cells(self) -> list[bool]:
        """Whether each plan has it, in the order of the columns."""
        return [plan in self.plans for plan in Plan]


# What no plan lacks.
COMMON = (
    Feature(
        "Plano de contas e lançamentos",
        "Débitos e créditos sempre conferem. Erros são estornados, nunca apagados.",
        EVERY_PLAN,
    ),
    Feature(
        "Contas a pagar com aprovação",
        "Quem lança a conta não pode aprová-la.",
        EVERY_PLAN,
    ),
    Feature(
        "Modo Banking",
        "Todo dia útil às 7h, nas contas dos bancos incluídos no plano.",
        EVERY_PLAN,
    ),
    Feature(
        "Pessoas e papéis",
        "Administrador, financeiro, aprovador e leitura, em quantas empresas precisar.",
        EVERY_PLAN,
    ),
)


@dataclass(frozen=True)
class Comparison:
    tenant: Tenant
    # Connected, at a bank that the company's plan lacks: they keep what they have, and stand still.
    left_out: Sequence[BankAccount]

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Each plan's name, and whether it is the company's."""
        return [(plan.label, plan == self.tenant.plan) for plan in Plan]

    @cached_property
    def sections(self) -> list[tuple[str, list[Feature]]]:
        banks = [feature_of(bank.info) for bank in registry.banks().values()]
        return [("Bancos", banks), ("O dia a dia", list(COMMON))]

    @property
    def missing(self) -> list[str]:
        """Names of the banks that the company's plan lacks."""
        return [
            bank.info.name
            for bank in registry.banks().values()
            if self.tenant.plan not in bank.info.plans
        ]


def feature_of(bank: BankInfo) -> Feature:
    plans = frozenset(plan for plan in Plan if plan in bank.plans)
    charges = charges_of(bank)
    detail = f"{bank.pitch} Cobranças por {charges}." if charges else bank.pitch
    return Feature(bank.name, detail, plans)


def compare(tenant: Tenant) -> Comparison:
    return Comparison(
        tenant,
        [
            account
            for account in accounts_of(tenant)
            if account.is_connected and not is_in_plan(tenant, account)
        ],
    )
