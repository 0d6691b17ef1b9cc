"""How long an account or key rests after it was confirmed, before other bills are paid to it."""

from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from core.errors import InvalidInput, NotAllowed
from core.plurals import counted
from parties.models import RegisterSettings
from tenants.models import Membership

SUGGESTED_HOURS, LONGEST_HOURS = 24, 720


def rest_of(tenant_id: UUID) -> int:
    """In hours; none until an admin says otherwise."""
    hours = RegisterSettings.objects.of(tenant_id).values_list("rest_hours", flat=True).first()
    return hours or 0


@transaction.atomic
def set_rest(hours: int, *, by: Membership) -> None:
    """For what is confirmed from now on: what rests already rests as long as it was told.

    Raises:
        InvalidInput: it is longer than a month.
        NotAllowed: `by` is no admin.
    """
    if not by.is_admin:
        raise NotAllowed("Só um administrador muda o repouso.", code="wrong_role")
    require_hours(hours)
    settings, _ = RegisterSettings.objects.select_for_update().get_or_create(tenant=by.tenant)
    before, settings.rest_hours = settings.rest_hours, hours
    settings.save(update_fields=["rest_hours"])
    if before != hours:
        record(
            Act.REST_CHANGED,
            on=by.tenant,
            by=by.user,
            before={"Repouso": in_hours(before)},
            after={"Repouso": in_hours(hours)},
        )


def require_hours(hours: int) -> None:
    """
    Raises:
        InvalidInput: it is longer than a month.
    """
    if not 0 <= hours <= LONGEST_HOURS:
        raise InvalidInput(
            f"O repouso vai de 0 a {LONGEST_HOURS} horas.", field="rest_hours", code="out_of_range"
        )


def in_hours(hours: int) -> str:
    return counted(hours, "hora", "horas") if hours else "sem repouso"
