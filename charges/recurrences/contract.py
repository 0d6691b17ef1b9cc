"""A contract as a person typed it, its columns, and the charge of one of its periods."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from charges.drafts.draft import (
    Draft,
    columns_of,
    percent_words,
    read_due_date,
    read_percent,
    read_text,
)
from charges.models import Charge, Recurrence
from charges.models.recurrence import EVERY, LAST_DAY, MOST_DAYS_BEFORE
from charges.recurrences.calendar import MONTHS, WORDS, Calendar
from charges.recurrences.tags import TAGS, values_of
from charges.terms.check import reais
from charges.terms.tags import fill, require_known_tags
from core.errors import InvalidInput
from tenants.models import Tenant

ZERO = Decimal("0.00")
LOOKED_AT = 12
# Of a draft: the same columns, and not its due date, competence and value.
SAME = (
    "payer", "bank_account", "description", "document_number", "revenue_account", "form",
    "fine_percent", "interest_percent", "discount", "message",
)  # fmt: skip
TEXTS = {"description": 100, "document_number": 40, "message": 320}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """`draft` is what each charge says, with tags in its texts; its due date is no matter. Months
    are first days. Percentages are of 100."""

    draft: Draft
    day: int  # 31 is the last one of each month
    first_month: date
    every_months: int = 1
    last_month: date | None = None
    days_before: int = 10
    adjustment: str = Recurrence.Adjustment.NONE
    adjustment_percent: Decimal = ZERO
    index_name: str = ""
    adjust_month: int | None = None  # None: that of the first period

    @property
    def calendar(self) -> Calendar:
        return Calendar(
            self.day, self.every_months, self.first_month, self.last_month, self.days_before
        )


def columns_of_contract(tenant: Tenant, contract: Contract) -> dict[str, Any]:
    """
    Raises:
        InvalidInput: (its `field` named) something is no contract, at whatever bank.
    """
    check_calendar(contract)
    for field in TEXTS:
        require_known_tags(getattr(contract.draft, field), TAGS, field=field)
    for month in islice(contract.calendar.months(), LOOKED_AT):
        read_due_date(contract.calendar.due(month))
        draft = draft_in(contract.draft, contract.calendar, month, contract.draft.amount)
        columns_of(tenant, draft)
    kind = Recurrence.Adjustment(contract.adjustment)
    percent = read_percent(contract.adjustment_percent, "adjustment_percent")
    is_fixed, is_typed = kind == kind.FIXED, kind == kind.TYPED
    if is_fixed and not percent:
        raise InvalidInput("Informe a porcentagem do reajuste.", field="adjustment_percent")
    index = read_text(contract.index_name, "index_name", 30, is_required=is_typed)
    return {
        **{name: getattr(contract.draft, name) for name in SAME},
        "day": contract.day,
        "every_months": contract.every_months,
        "first_month": contract.first_month,
        "last_month": contract.last_month,
        "days_before": contract.days_before,
        "adjustment": kind,
        "adjustment_percent": percent if is_fixed else ZERO,
        "index_name": index if is_typed else "",
        "adjust_month": contract.adjust_month or contract.first_month.month,
    }


def check_calendar(contract: Contract) -> None:
    if not 1 <= contract.day <= LAST_DAY:
        raise InvalidInput("O dia do vencimento vai de 1 a 31.", field="day")
    if contract.every_months not in EVERY:
        raise InvalidInput("Escolha de quanto em quanto tempo se cobra.", field="every_months")
    if not 0 <= contract.days_before <= MOST_DAYS_BEFORE:
        most = f"Emita até {MOST_DAYS_BEFORE} dias antes do vencimento."
        raise InvalidInput(most, field="days_before")
    if contract.last_month is not None and contract.last_month < contract.first_month:
        raise InvalidInput("A última competência vem antes da primeira.", field="last_month")
    if not 1 <= (contract.adjust_month or contract.first_month.month) <= 12:
        raise InvalidInput("Escolha o mês do reajuste.", field="adjust_month")


def draft_in(draft: Draft, calendar: Calendar, month: date, amount: Decimal) -> Draft:
    """What the charge of a period says."""
    tags = values_of(calendar, month, amount)
    texts: dict[str, Any] = {field: fill(getattr(draft, field), tags) for field in TEXTS}
    due = calendar.due(month)
    return replace(draft, amount=amount, due_date=due, competence_date=month, **texts)


def draft_of(recurrence: Recurrence, month: date, amount: Decimal) -> Draft:
    same: dict[str, Any] = {name: getattr(recurrence, name) for name in SAME}
    plain = Draft(amount=amount, due_date=month, **same)
    return draft_in(plain, Calendar.of(recurrence), month, amount)


def contract_particulars(recurrence: Recurrence, amount: Decimal) -> dict[str, str]:
    """What the audit says of a contract. `amount` is that of its next period."""
    last = recurrence.last_month
    said = {
        "Pagador": str(recurrence.payer),
        "Valor": reais(amount),
        "Vencimento": f"{day_words(recurrence.day)}, {WORDS[recurrence.every_months]}",
        "Primeira competência": f"{recurrence.first_month:%m/%Y}",
        "Última competência": f"{last:%m/%Y}" if last else "",
        "Emissão": f"{recurrence.days_before} dias antes",
        "Descrição": recurrence.description,
        "Documento": recurrence.document_number,
        "Classificação": str(recurrence.revenue_account),
        "Conta": str(recurrence.bank_account),
        "Forma": Charge.Form(recurrence.form).label,
        "Multa": percent_words(recurrence.fine_percent),
        "Juros ao mês": percent_words(recurrence.interest_percent),
        "Desconto": reais(recurrence.discount) if recurrence.discount else "",
        "Mensagem": recurrence.message,
        "Reajuste": adjustment_words(recurrence),
        "Responsável": recurrence.responsible.display_name,
    }
    return {name: text for name, text in said.items() if text}


def day_words(day: int) -> str:
    return "último dia do mês" if day == LAST_DAY else f"dia {day}"


def adjustment_words(recurrence: Recurrence) -> str:
    """«4,00 % em fevereiro», «pelo IPCA, em fevereiro»; empty without one."""
    month = MONTHS[recurrence.adjust_month - 1]
    match recurrence.adjustment:
        case Recurrence.Adjustment.FIXED:
            return f"{percent_words(recurrence.adjustment_percent)} em {month}"
        case Recurrence.Adjustment.TYPED:
            return f"{recurrence.index_name}, em {month}"
    return ""
