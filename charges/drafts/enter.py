"""Enter charges: drafts, until they are issued."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import Entry, record, record_many
from charges.drafts.draft import Draft, columns_of, particulars, require_enterer
from charges.models import Charge
from charges.states import ChargeStatus
from charges.terms.check import reais, rules_of
from charges.terms.instalments import most_instalments
from charges.timeline import Tone, note, note_many
from core.errors import InvalidInput
from core.ids import uuid7
from tenants.models import Membership, Tenant

Part = tuple[Decimal, date]


@dataclass(frozen=True, slots=True)
class Sale:
    """What is sold at once: one charge, or instalments in the order of `parts`."""

    draft: Draft
    parts: Sequence[Part] = ()


def enter_charge(tenant: Tenant, draft: Draft, *, by: Membership) -> Charge:
    """Enter a charge as a draft: nothing leaves.

    Raises:
        InvalidInput: (its `field` named) something is no charge.
        NotAllowed: `by` does not work on charges.
    """
    ((charge,),) = enter_sales(tenant, [Sale(draft)], by=by)
    return charge


def enter_instalments(
    tenant: Tenant, draft: Draft, parts: Sequence[Part], *, by: Membership
) -> list[Charge]:
    """Enter one sale of `draft.amount` as N drafts, in the order of `parts`.

    Raises:
        InvalidInput: the parts are not the sale to the centavo, one is below what the bank takes,
            or as `enter_charge`.
        NotAllowed: `by` does not work on charges.
    """
    check_parts(draft, parts)
    (charges,) = enter_sales(tenant, [Sale(draft, parts)], by=by)
    return charges


@transaction.atomic
def enter_sales(tenant: Tenant, sales: Sequence[Sale], *, by: Membership) -> list[list[Charge]]:
    """Enter all of them as drafts, or none: the charges of each. The number of queries does not
    depend on theirs; parts were checked by the caller.

    Raises:
        InvalidInput, NotAllowed: as `enter_charge`.
    """
    require_enterer(by)
    entered = [drafts_of(tenant, sale, by) for sale in sales]
    charges = [charge for group in entered for charge in group]
    Charge.objects.bulk_create(charges)
    note_many(
        tenant.id,
        [(charge, "Lançada", entered_words(charge), Tone.PLAIN) for charge in charges],
        by=by.user,
    )
    record_many(
        [
            Entry(Act.CHARGE_ENTERED, group[0], after=particulars(group[0]) | said_of(sale))
            for sale, group in zip(sales, entered, strict=True)
        ],
        by=by.user,
    )
    return entered


def drafts_of(tenant: Tenant, sale: Sale, by: Membership) -> list[Charge]:
    """Unsaved."""
    draft = sale.draft
    if not sale.parts:
        return [Charge(tenant=tenant, created_by=by.user, **columns_of(tenant, draft))]
    group: UUID = uuid7()
    return [
        Charge(
            tenant=tenant,
            created_by=by.user,
            instalment_group=group,
            instalment_number=number,
            instalment_count=len(sale.parts),
            **columns_of(tenant, replace(draft, amount=amount, due_date=due_date)),
        )
        for number, (amount, due_date) in enumerate(sale.parts, 1)
    ]


def entered_words(charge: Charge) -> str:
    due = f"Vence em {charge.due_date:%d/%m/%Y}."
    if charge.instalment_count is None:
        return due
    return f"Parcela {charge.instalment_number} de {charge.instalment_count}. {due}"


def said_of(sale: Sale) -> dict[str, str]:
    """What the audit says of instalments, beside the first of them."""
    if not sale.parts:
        return {}
    parts = (f"{reais(amount)} em {day:%d/%m/%Y}" for amount, day in sale.parts)
    return {"Valor": reais(sale.draft.amount), "Parcelas": "; ".join(parts)}


def check_parts(draft: Draft, parts: Sequence[Part]) -> None:
    if len(parts) < 2:
        raise InvalidInput("Um parcelamento tem pelo menos duas parcelas.", field="instalments")
    rules = rules_of(draft.bank_account)
    if rules is not None and min(amount for amount, _ in parts) < rules.smallest:
        most = most_instalments(draft.amount, rules.smallest)
        raise InvalidInput(
            f"{draft.bank_account.bank_said.begins} emite a partir de {reais(rules.smallest)}: "
            f"para {reais(draft.amount)} o máximo são {most} parcelas.",
            field="instalments",
            code="too_many",
        )
    left = draft.amount - sum(amount for amount, _ in parts)
    if left:
        what = f"faltam {reais(left)}" if left > 0 else f"sobram {reais(-left)}"
        raise InvalidInput(
            f"As parcelas não somam {reais(draft.amount)}: {what}.",
            field="instalments",
            code="not_the_sum",
        )
    days = [day for _, day in parts]
    if days != sorted(set(days)):
        raise InvalidInput("Cada parcela vence depois da anterior.", field="instalments")


@transaction.atomic
def duplicate_charge(charge: Charge, *, by: Membership) -> Charge:
    """A new draft that says the same, once; its dates are for the person to change.

    Raises:
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    copied = (
        "tenant", "payer", "bank_account", "amount", "due_date", "late_from", "description",
        "document_number", "revenue_account", "competence_date", "form", "fine_percent",
        "interest_percent", "discount", "discount_days", "pay_days", "message",
    )  # fmt: skip
    values = {name: getattr(charge, name) for name in copied}
    again: Charge = Charge.objects.create(created_by=by.user, status=ChargeStatus.DRAFT, **values)
    note(again, "Lançada", f"Cópia da cobrança «{charge}».", by=by.user)
    record(Act.CHARGE_ENTERED, on=again, by=by.user, after=particulars(again))
    return again
