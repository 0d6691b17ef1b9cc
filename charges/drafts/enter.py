"""Enter charges: drafts, until they are issued."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from charges.drafts.draft import Draft, columns_of, particulars, require_enterer
from charges.models import Charge
from charges.states import ChargeStatus
from charges.terms.check import reais, rules_of
from charges.terms.instalments import most_instalments
from charges.timeline import note
from core.errors import InvalidInput
from core.ids import uuid7
from tenants.models import Membership, Tenant

Part = tuple[Decimal, date]


@transaction.atomic
def enter_charge(tenant: Tenant, draft: Draft, *, by: Membership) -> Charge:
    """Enter a charge as a draft: nothing leaves.

    Raises:
        InvalidInput: (its `field` named) something is no charge.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    charge: Charge = Charge.objects.create(
        tenant=tenant, created_by=by.user, **columns_of(tenant, draft)
    )
    note(charge, "Lançada", f"Vence em {charge.due_date:%d/%m/%Y}.", by=by.user)
    record(Act.CHARGE_ENTERED, on=charge, by=by.user, after=particulars(charge))
    return charge


@transaction.atomic
def enter_instalments(
    tenant: Tenant, draft: Draft, parts: Sequence[Part], *, by: Membership
) -> list[Charge]:
    """Enter one sale of `draft.amount` as N drafts, in the order of `parts`.

    Raises:
        InvalidInput: the parts are not the sale to the centavo, one is below what the bank takes,
            or as `enter_charge`.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    check_parts(draft, parts)
    group: UUID = uuid7()
    charges = []
    for number, (amount, due_date) in enumerate(parts, 1):
        part = replace(draft, amount=amount, due_date=due_date)
        charge: Charge = Charge.objects.create(
            tenant=tenant,
            created_by=by.user,
            instalment_group=group,
            instalment_number=number,
            instalment_count=len(parts),
            **columns_of(tenant, part),
        )
        text = f"Parcela {number} de {len(parts)}. Vence em {due_date:%d/%m/%Y}."
        note(charge, "Lançada", text, by=by.user)
        charges.append(charge)
    said = particulars(charges[0]) | {
        "Valor": reais(draft.amount),
        "Parcelas": "; ".join(f"{reais(amount)} em {day:%d/%m/%Y}" for amount, day in parts),
    }
    record(Act.CHARGE_ENTERED, on=charges[0], by=by.user, after=said)
    return charges


def check_parts(draft: Draft, parts: Sequence[Part]) -> None:
    if len(parts) < 2:
        raise InvalidInput("Um parcelamento tem pelo menos duas parcelas.", field="instalments")
    rules = rules_of(draft.bank_account)
    if rules is not None and min(amount for amount, _ in parts) < rules.smallest:
        most = most_instalments(draft.amount, rules.smallest)
        raise InvalidInput(
            f"{draft.bank_account.bank_name} emite a partir de {reais(rules.smallest)}: "
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
