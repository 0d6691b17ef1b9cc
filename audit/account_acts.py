"""What a person does to their own way in, on record in each company that they work for."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.dispatch import receiver
from django.http import HttpRequest

from audit.acts import Act
from audit.services import record
from tenants.models import Membership, User
from tenants.scope import current_scope, person_scope, tenant_scope

BY_PASSWORD = "com a senha anterior"  # noqa: S105 (no password)
BY_LINK = "pelo link enviado por e-mail"
NAMES = {
    "totp": "aplicativo autenticador",
    "webauthn": "chave de acesso",
    "recovery_codes": "códigos de recuperação",
}


def record_everywhere(act: Act, user: User, request: HttpRequest | None, **values: Any) -> None:
    """In one order, so that two people who share companies wait for each other and no more.

    Inside the scope of a company only that one's chain can be written.
    """
    asking = getattr(request, "user", None)
    by = asking if isinstance(asking, User) and asking.is_authenticated else user
    for membership in memberships_of(user):
        with tenant_scope(membership.tenant_id):
            record(act, on=membership, by=by, **values)


def memberships_of(user: User) -> list[Membership]:
    mine = Membership.objects.filter(user=user).select_related("user").order_by("tenant_id")
    if current_scope() is not None:
        return list(mine)
    with person_scope(user.pk):
        return list(mine)


@receiver(account.password_changed)
@receiver(account.password_set)
def record_password(user: User, request: HttpRequest, **more: Any) -> None:
    record_everywhere(Act.PASSWORD_CHANGED, user, request, after={"Como": BY_PASSWORD})


@receiver(account.password_reset)
def record_password_reset(user: User, request: HttpRequest, **more: Any) -> None:
    record_everywhere(Act.PASSWORD_CHANGED, user, request, after={"Como": BY_LINK})


@receiver(account.email_changed)
def record_email(
    user: User, request: HttpRequest, to_email_address: Any, from_email_address: Any, **more: Any
) -> None:
    before = {"E-mail": from_email_address.email} if from_email_address else {}
    after = {"E-mail": to_email_address.email}
    record_everywhere(Act.EMAIL_CHANGED, user, request, before=before, after=after)


@receiver(account.email_added)
def record_added_email(user: User, request: HttpRequest, email_address: Any, **more: Any) -> None:
    record_everywhere(Act.EMAIL_ADDED, user, request, after={"E-mail": str(email_address.email)})


@receiver(account.email_confirmed)
def record_confirmed_email(request: HttpRequest, email_address: Any, **more: Any) -> None:
    after = {"E-mail": str(email_address.email)}
    record_everywhere(Act.EMAIL_CONFIRMED, email_address.user, request, after=after)


@receiver(account.email_removed)
def record_removed_email(user: User, request: HttpRequest, email_address: Any, **more: Any) -> None:
    before = {"E-mail": str(email_address.email)}
    record_everywhere(Act.EMAIL_REMOVED, user, request, before=before)


@receiver(mfa.authenticator_added)
@receiver(mfa.authenticator_reset)
def record_factor(user: User, request: HttpRequest, authenticator: Any, **more: Any) -> None:
    after = {"Forma": NAMES[authenticator.type]}
    record_everywhere(Act.FACTOR_ADDED, user, request, after=after)


@receiver(mfa.authenticator_removed)
def record_removed_factor(
    user: User, request: HttpRequest, authenticator: Any, **more: Any
) -> None:
    before = {"Forma": NAMES[authenticator.type]}
    record_everywhere(Act.FACTOR_REMOVED, user, request, before=before)
