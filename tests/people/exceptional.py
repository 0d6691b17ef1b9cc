"""An act out of the ordinary that an app above people might do: it counts in the company's name."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from core.errors import InvalidState
from core.ids import uuid7
from people import exceptional_acts
from people.exceptional_acts import Kind, Request, propose
from people.models import ExceptionalAct
from tenants.models import Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.people.factories import membership_of

NAMES = (f"{__name__}.KIND", f"{__name__}.OTHER", f"{__name__}.ALWAYS")
PAYER = uuid7()


def count(act: ExceptionalAct, by: Membership) -> None:
    """Adds the amount to what the company's name ends with, unless its name was changed."""
    if not act.value["seen"].startswith(by.tenant.name.split("+")[0]):
        raise InvalidState("Mudou.", code="changed")
    Tenant.objects.filter(id=by.tenant_id).update(name=f"{by.tenant.name}+{act.amount}")


def nothing(act: ExceptionalAct, by: Membership) -> None:
    """It is done by being allowed."""


KIND = Kind("waiver", "Dispensa", count)
OTHER = Kind("discount", "Desconto", nothing)
ALWAYS = Kind("refund", "Devolução", count, always_two=True)


def ask(
    tenant: Tenant, amount: str, by: User, *, kind: Kind = KIND, payer: UUID = PAYER, **changes: Any
) -> ExceptionalAct:
    """Each about a row of its own, the notice of nobody."""
    membership = membership_of(tenant, by)
    row = Membership(id=changes.pop("row", None) or uuid7(), tenant=tenant, user=by)
    values = {
        "on": row,
        "url": "/conciliar/",
        "amount": Decimal(amount),
        "title": "Dispensar multa",
        "why": "Acordo",
        "counts_with": payer,
        "effect": {"Multa": "dispensada"},
        "value": {"seen": tenant.name},
    }
    return propose(kind, Request(**{**values, **changes}), by=membership)


def done(tenant: Tenant) -> list[str]:
    """The amounts that took effect."""
    with tenant_scope(tenant.id):
        return Tenant.objects.get(id=tenant.id).name.split("+")[1:]


def release(act: ExceptionalAct, by: User) -> ExceptionalAct:
    return exceptional_acts.release(act, by=membership_of(act.tenant, by))


def refuse(act: ExceptionalAct, by: User, why: str = "") -> ExceptionalAct:
    return exceptional_acts.refuse(act, by=membership_of(act.tenant, by), why=why)


def all_acts(tenant: Tenant) -> list[ExceptionalAct]:
    with tenant_scope(tenant.id):
        return list(ExceptionalAct.objects.of(tenant).order_by("asked_at", "id"))
