"""A charge as a person typed it, and its columns."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Account, Nature
from banking.models import BankAccount
from charges.models import MOST_DISCOUNT_DAYS, MOST_PAY_DAYS, Charge, late_from
from charges.terms.payment_data import payment_data_of_name, refuse_payment_data, sentence
from core.errors import InvalidInput, NotAllowed
from core.money import MAX_AMOUNT, format_brl, two_places
from core.text import read_line
from parties.models import Payer
from tenants.models import Membership, Tenant

ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Amounts are reais, percentages of 100; the discount holds until the day before due."""

    payer: Payer
    bank_account: BankAccount
    amount: Decimal
    due_date: date
    description: str
    revenue_account: Account
    form: str
    competence_date: date | None = None  # None: the due date
    document_number: str = ""
    fine_percent: Decimal = ZERO
    interest_percent: Decimal = ZERO
    discount: Decimal = ZERO
    discount_days: int = 1  # before the due date, of the last day of the discount
    pay_days: int | None = None  # after the last day on which it is not late
    message: str = ""
    # Columns of accounts.tax_reform, where the company has them.
    tax_reform: dict[str, Any] = field(default_factory=dict)


def columns_of(tenant: Tenant, draft: Draft) -> dict[str, Any]:
    """
    Raises:
        InvalidInput: (its `field` named) something is no charge, at whatever bank.
    """
    if draft.payer.archived_at is not None:
        raise InvalidInput(f"«{draft.payer}» está arquivado.", field="payer", code="payer_archived")
    check_classification(draft.revenue_account)
    amount = read_money(draft.amount, "amount", "O valor")
    if not amount:
        raise InvalidInput("O valor precisa ser maior que zero.", field="amount")
    discount = read_money(draft.discount, "discount", "O desconto")
    if discount >= amount:
        raise InvalidInput("O desconto precisa ser menor que o valor.", field="discount")
    if draft.tax_reform and not tenant.uses_tax_reform:
        raise InvalidInput(
            "A empresa não usa documento fiscal e reforma tributária.", field="fiscal_key"
        )
    return {
        "payer": draft.payer,
        "bank_account": draft.bank_account,
        "amount": amount,
        "due_date": read_due_date(draft.due_date),
        "late_from": late_from(draft.due_date),
        "description": read_told(draft.description, "description", 100, is_required=True),
        "document_number": read_number(draft.document_number),
        "revenue_account": draft.revenue_account,
        "competence_date": draft.competence_date or draft.due_date,
        "form": Charge.Form(draft.form),
        "fine_percent": read_percent(draft.fine_percent, "fine_percent"),
        "interest_percent": read_percent(draft.interest_percent, "interest_percent"),
        "discount": discount,
        # Without a discount there is no day on which it ends.
        "discount_days": read_days(draft.discount_days, "discount_days") if discount else 1,
        "pay_days": None if draft.pay_days is None else read_days(draft.pay_days, "pay_days"),
        "message": read_told(draft.message, "message", 320),
        **draft.tax_reform,
    }


OF_DRAFT = ("payer", "bank_account", "revenue_account")
DAYS = ("due_date", "competence_date")
AMOUNTS = ("amount", "fine_percent", "interest_percent", "discount")
TAXES = ("ibs", "cbs", "net_expected", "net_received")


def kept(draft: Draft) -> dict[str, Any]:
    """As JSON, for `read_kept`."""

    def text(value: Any) -> str | None:
        return None if value is None else str(value)

    names = ("description", "form", "document_number", "message", *DAYS, *AMOUNTS)
    return {
        **{name: text(getattr(draft, name)) for name in names},
        **{name: str(getattr(draft, name).id) for name in OF_DRAFT},
        "discount_days": draft.discount_days,
        "pay_days": draft.pay_days,
        "tax_reform": {name: text(value) for name, value in draft.tax_reform.items()},
    }


def read_kept(tenant_id: UUID, kept: dict[str, Any]) -> Draft:
    """The draft that was kept, its rows as they are now."""
    values = dict(kept)
    for name, model in zip(OF_DRAFT, (Payer, BankAccount, Account), strict=True):
        values[name] = model.objects.of(tenant_id).get(id=kept[name])
    for name in DAYS:
        values[name] = date.fromisoformat(kept[name]) if kept[name] else None
    for name in AMOUNTS:
        values[name] = Decimal(kept[name])
    taxes = kept["tax_reform"]
    values["tax_reform"] = {
        name: Decimal(text) if name in TAXES and text is not None else text
        for name, text in taxes.items()
    }
    return Draft(**values)


def check_classification(account: Account) -> None:
    if account.is_archived or account.nature != Nature.REVENUE:
        raise InvalidInput(
            "Escolha uma conta de receita que não esteja arquivada.", field="revenue_account"
        )


def read_due_date(day: date) -> date:
    """The calendar of banks ends; a charge of 2099 cannot be told late."""
    if not 2000 <= day.year < 2099:
        raise InvalidInput("O vencimento está longe demais.", field="due_date")
    return day


def read_money(amount: Decimal, field: str, what: str) -> Decimal:
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT:
        raise InvalidInput(f"{what} vai até R$ {format_brl(MAX_AMOUNT)}.", field=field)
    try:
        return two_places(amount)
    except ValueError:
        raise InvalidInput(f"{what} tem até duas casas decimais.", field=field) from None


def read_days(days: int, field: str) -> int:
    most = MOST_PAY_DAYS if field == "pay_days" else MOST_DISCOUNT_DAYS
    if not 0 <= days <= most:
        raise InvalidInput(f"Vai de 0 a {most} dias.", field=field)
    return days


def read_percent(percent: Decimal, field: str) -> Decimal:
    if not percent.is_finite() or not 0 <= percent <= HUNDRED or percent.scaleb(2) % 1:
        raise InvalidInput("A porcentagem vai de 0 a 100, com até duas casas.", field=field)
    return percent


def read_text(typed: str, field: str, longest: int, *, is_required: bool = False) -> str:
    text = read_line(typed)
    if is_required and not text:
        raise InvalidInput("Preencha este campo.", field=field)
    if len(text) > longest:
        raise InvalidInput(f"Use até {longest} letras.", field=field, code="too_long")
    return text


def read_told(typed: str, field: str, longest: int, *, is_required: bool = False) -> str:
    """As `read_text`, of what the payer reads: it names no way of paying but the slip itself."""
    text = read_text(typed, field, longest, is_required=is_required)
    refuse_payment_data(text, field=field)
    return text


def read_number(typed: str) -> str:
    """The number of a document, which stands beside the description in what the payer reads."""
    number = read_text(typed, "document_number", 40)
    if found := payment_data_of_name(number):
        raise InvalidInput(sentence(found), field="document_number", code="payment_data")
    return number


def particulars(charge: Charge) -> dict[str, str]:
    """What the audit says of a charge."""
    said = {
        "Pagador": str(charge.payer),
        "Valor": f"R$ {format_brl(charge.amount)}",
        "Vencimento": f"{charge.due_date:%d/%m/%Y}",
        "Descrição": charge.description,
        "Documento": charge.document_number,
        "Classificação": str(charge.revenue_account),
        "Competência": f"{charge.competence_date:%d/%m/%Y}",
        "Conta": str(charge.bank_account),
        "Forma": Charge.Form(charge.form).label,
        "Multa": percent_words(charge.fine_percent),
        "Juros ao mês": percent_words(charge.interest_percent),
        "Desconto": discount_words(charge),
        "Recebida até": f"{charge.pay_until:%d/%m/%Y}" if charge.pay_until else "",
        "Mensagem": charge.message,
    }
    return {name: text for name, text in said.items() if text}


def discount_words(charge: Charge) -> str:
    if not charge.discount:
        return ""
    ends = "" if charge.discount_days == 1 else f" até {charge.discount_until:%d/%m/%Y}"
    return f"R$ {format_brl(charge.discount)}{ends}"


def percent_words(percent: Decimal) -> str:
    return f"{percent:.2f} %".replace(".", ",") if percent else ""


def require_enterer(by: Membership) -> None:
    """
    Raises:
        NotAllowed: (code `wrong_role`) `by` does not work on charges.
    """
    if not by.can_enter:
        raise NotAllowed(
            "Seu papel nesta empresa não permite alterar cobranças.", code="wrong_role"
        )
