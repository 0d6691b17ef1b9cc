"""Whether the company's plan has a bank."""

from banking.banks.contract.info import BankInfo
from core.errors import NotAllowed
from tenants.models import Plan, Tenant


def check_plan(tenant: Tenant, bank: BankInfo) -> None:
    """
    Raises:
        NotAllowed: the company's plan does not have this bank.
    """
    if tenant.plan not in bank.plans:
        raise NotAllowed(
            f"A integração com {bank.said.the} faz parte dos planos {plan_names(bank)}. "
            f"O plano de {tenant.name} é o {tenant.get_plan_display()}.",
            code="not_in_plan",
        )


def plan_names(bank: BankInfo) -> str:
    """«North e Track»."""
    names = [plan.label for plan in Plan if plan in bank.plans]
    return " e ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
