"""Filters of «Conciliar» under a name: a person's own, or for the whole company."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from core.errors import InvalidInput, InvalidState, NotAllowed
from core.text import read_name
from reconciliation.models import SavedFilter
from reconciliation.models.saved_filter import NAME_LENGTH, QUERY_LENGTH
from tenants.models import Membership, TenantQuerySet

MOST_OWN = 30  # of a person
MOST_SHARED = 50  # of a company


def filters_of(by: Membership) -> TenantQuerySet:
    """Those that the person sees: their own, then the company's."""
    mine = Q(is_shared=True) | Q(made_by=by.user_id)
    rows = SavedFilter.objects.of(by.tenant_id).filter(mine).select_related("made_by")
    found: TenantQuerySet = rows.order_by("is_shared", "name", "id")
    return found


def may_share(by: Membership) -> bool:
    return by.can_enter or by.can_approve


def may_change(kept: SavedFilter, by: Membership) -> bool:
    return kept.made_by_id == by.user_id or (kept.is_shared and by.is_admin)


@transaction.atomic
def save_filter(name: str, query: str, *, is_shared: bool, by: Membership) -> SavedFilter:
    """Runs inside the company's scope.

    Raises:
        InvalidInput: (field `name`) it is none, too long, or taken; (field `query`) it filters
            nothing.
        InvalidState: (code `too_many`) there are as many as there may be.
        NotAllowed: `by` only reads, and it is for the company.
    """
    if is_shared and not may_share(by):
        raise NotAllowed("Seu papel permite salvar filtros só para você.", code="wrong_role")
    if not query or len(query) > QUERY_LENGTH:
        raise InvalidInput("Escolha um filtro antes de salvar.", field="query", code="no_filter")
    # One at a time of a person, so that the bound is one.
    Membership.objects.of(by.tenant_id).select_for_update(no_key=True).get(id=by.id)
    rows = SavedFilter.objects.of(by.tenant_id).filter(is_shared=is_shared)
    most = MOST_SHARED if is_shared else MOST_OWN
    if (rows if is_shared else rows.filter(made_by=by.user_id)).count() >= most:
        whose = "A empresa" if is_shared else "Você"
        raise InvalidState(
            f"{whose} já tem {most} filtros salvos, o máximo. Exclua um antes.", code="too_many"
        )
    made = SavedFilter(
        tenant_id=by.tenant_id,
        name=name_of(name),
        query=query,
        is_shared=is_shared,
        made_by=by.user,
    )
    return stored(made)


@transaction.atomic
def rename_filter(filter_id: UUID, name: str, *, by: Membership) -> SavedFilter:
    """Runs inside the company's scope.

    Raises:
        InvalidInput: (field `name`) it is none, too long, or taken.
        NotAllowed: it is somebody else's.
    """
    kept = held(filter_id, by)
    kept.name = name_of(name)
    return stored(kept)


@transaction.atomic
def delete_filter(filter_id: UUID, *, by: Membership) -> SavedFilter:
    """Runs inside the company's scope.

    Raises:
        NotAllowed: it is somebody else's.
    """
    kept = held(filter_id, by)
    SavedFilter.objects.of(by.tenant_id).filter(id=kept.id).delete()
    return kept


def held(filter_id: UUID, by: Membership) -> SavedFilter:
    rows = filters_of(by).select_for_update(of=("self",))
    kept: SavedFilter = rows.get(id=filter_id)
    if not may_change(kept, by):
        raise NotAllowed("Só quem salvou o filtro, ou um administrador, pode mudá-lo.")
    return kept


def name_of(name: str) -> str:
    name = read_name(name, field="name")
    if len(name) > NAME_LENGTH:
        raise InvalidInput(
            f"O nome tem {len(name)} caracteres; o máximo é {NAME_LENGTH}.",
            field="name",
            code="too_long",
        )
    return name


def stored(kept: SavedFilter) -> SavedFilter:
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise InvalidInput(
            f"Já há um filtro «{kept.name}». Escolha outro nome.", field="name", code="taken"
        ) from None
    return kept
