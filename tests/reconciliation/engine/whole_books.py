"""All that the tables hold of a company, row by row, by what each says."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import Sum

from accounts.models import AccountStep
from banking.models import BalanceStep
from tenants.models import Tenant, TenantOwned
from tenants.scope import tenant_scope

# Of the audit: what follows from the order in which things are put on record.
OF_THE_CHAIN = {"number", "hash", "previous_hash"}
UUID_IN_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Books = Counter[tuple[Any, ...]]


# Tables of sums have a row for each statement that wrote something: what they sum to is told.
SUMS: dict[type[TenantOwned], tuple[str, ...]] = {
    AccountStep: ("debit", "credit"),
    BalanceStep: ("amount", "number"),
}


def tables() -> list[type[TenantOwned]]:
    models = [model for model in apps.get_models() if issubclass(model, TenantOwned)]
    return [model for model in models if model not in SUMS]


def sums_of(tenant: Tenant) -> list[tuple[Any, ...]]:
    found = []
    for model, summed in SUMS.items():
        names = [each.attname for each in model._meta.concrete_fields]
        by = [name for name in names if name not in ("id", "tenant_id", *summed)]
        rows = model.objects.of(tenant).order_by().values_list(*by).annotate(*map(Sum, summed))
        found += [(model._meta.label, *row) for row in rows]
    return found


def rows_of(tenant: Tenant) -> list[TenantOwned]:
    with tenant_scope(tenant.id):
        return [row for model in tables() for row in model.objects.of(tenant)]


def books_after(tenant: Tenant, act: Callable[[], object]) -> Books:
    """What an act, which is then taken back, makes of the company. A row that it made is told with
    what it belongs to in the place of its id; an instant by its day."""
    known = {tenant.pk, *(row.pk for row in rows_of(tenant))}
    with transaction.atomic():
        with tenant_scope(tenant.id):
            act()
        with tenant_scope(tenant.id):
            found = Counter(told(row, known) for row in rows_of(tenant))
            found.update(sums_of(tenant))
        transaction.set_rollback(True)
    return found


def told(row: models.Model, known: set[Any]) -> tuple[Any, ...]:
    hidden = OF_THE_CHAIN if row._meta.app_label == "audit" else set()
    fields = [each for each in row._meta.concrete_fields if each.name not in hidden]
    return (row._meta.label, *(value_of(row, each, known) for each in fields))


def value_of(row: models.Model, field: Any, known: set[Any]) -> Any:
    value = getattr(row, field.attname)
    if isinstance(value, datetime):
        return f"{field.name} {value:%d/%m/%Y}"
    if isinstance(value, UUID) and value not in known:
        return told(getattr(row, field.name), known) if field.is_relation else "new"
    if isinstance(value, UUID):
        return value
    return UUID_IN_TEXT.sub(partial(named, known), f"{field.name} {value}")


def named(known: set[Any], found: re.Match[str]) -> str:
    return found[0] if UUID(found[0]) in known else "new"
