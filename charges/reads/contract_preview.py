"""What a contract that is typed will bring: its next due dates and values, and what its bank does
not take of the first one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from charges.models import Charge, Recurrence
from charges.recurrences.contract import Contract, columns_of_contract, draft_in
from charges.recurrences.outlook import Outlook, Period, outlook_of
from charges.recurrences.values import Step
from charges.terms.check import Problem, cautions
from core.errors import InvalidInput


class TypedContract(Protocol):
    """A form of a contract."""

    tenant: Any
    today: Any
    contract_of: Recurrence | None

    def is_valid(self) -> bool: ...

    @property
    def contract(self) -> Contract: ...

    @property
    def unsaved(self) -> Charge: ...

    @property
    def problems(self) -> list[Problem]: ...


@dataclass(frozen=True, slots=True)
class ContractPreview:
    periods: Sequence[Period]
    description: str  # of the first one
    problems: Sequence[Problem]
    cautions: Sequence[str]
    wrong: str = ""  # why there is nothing to show


def preview_of(form: TypedContract) -> ContractPreview | None:
    """None: not enough was typed. Runs inside the company's scope."""
    if not form.is_valid():
        return None
    try:
        outlook = foreseen_outlook(form)
        charge, problems = form.unsaved, form.problems
    except InvalidInput as error:
        return ContractPreview([], "", [], [], str(error))
    periods = outlook.periods
    if not periods:
        return ContractPreview([], "", [], [], "Nenhum vencimento está por vir.")
    first = periods[0]
    draft = draft_in(form.contract.draft, outlook.calendar, first.month, first.amount)
    return ContractPreview(periods, draft.description, problems, cautions(charge))


def foreseen_outlook(form: TypedContract) -> Outlook:
    """With the charges and the values that a contract has, when it is one that is changed."""
    contract, today = form.contract, form.today
    columns = columns_of_contract(form.tenant, contract)
    adjusted_to = contract.first_month
    if form.contract_of is None:
        steps = [Step(contract.first_month, contract.draft.amount)]
        unsaved = Recurrence(tenant=form.tenant, adjusted_to=adjusted_to, **columns)
        return Outlook(unsaved, steps, frozenset(), frozenset(), today)
    stored = outlook_of(form.contract_of, today)
    since = stored.next_month or contract.first_month
    unsaved = Recurrence(tenant=form.tenant, adjusted_to=form.contract_of.adjusted_to, **columns)
    steps = [*stored.steps]
    if contract.draft.amount != stored.amount(since):
        steps.append(Step(since, contract.draft.amount))
    if not stored.charged:
        steps.append(Step(min(since, contract.first_month), contract.draft.amount))
    return Outlook(unsaved, steps, stored.charged, stored.live, today)
