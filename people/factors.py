"""Second factors: who has one, who has to have one, and when it was proved last."""

import time
from datetime import datetime

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from core.clock import database_now
from people.models import FactorReset
from tenants.models import Membership, Role, User
from tenants.scope import current_scope, person_scope

# They approve, send or administer.
ACTING = frozenset({Role.ADMIN, Role.FINANCE, Role.APPROVER})


def factors_of(user: User) -> "QuerySet[Authenticator]":
    """Recovery codes are none: they stand in for one."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user.pk)
    return found.exclude(type=Authenticator.Type.RECOVERY_CODES)


def has_factor(user: User) -> bool:
    return factors_of(user).exists()


def is_required_of(membership: Membership) -> bool:
    return settings.SECOND_FACTOR_REQUIRED and membership.role in ACTING


def is_required_somewhere(user: User) -> bool:
    """In any of the person's companies."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return False
    acting = Membership.objects.filter(user=user, role__in=ACTING)
    if current_scope() is not None:
        return acting.exists()
    with person_scope(user.pk):
        return acting.exists()


def is_proved_lately(request: HttpRequest) -> bool:
    """Whether the person has shown a factor in this session within the last minutes."""
    records = get_authentication_records(request, request.user)
    proofs = [record["at"] for record in records if record["method"] == "mfa"]
    lasts = settings.FACTOR_PROOF_MINUTES * 60
    return bool(proofs) and 0 <= time.time() - proofs[-1] < lasts


def reads_only_until(user: User) -> datetime | None:
    """Until when the person does not act, after a reset of their factors; None when they may."""
    resets = FactorReset.objects.filter(user=user, reads_only_until__gt=database_now())
    latest = resets.order_by("-reads_only_until").values_list("reads_only_until", flat=True)
    return latest.first()
