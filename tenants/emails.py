"""A person's e-mail addresses: a confirmed one signs in, and none changes without the password.

The address that a company's admin invited (`User.email`) counts as confirmed. Any other is
confirmed by the link that is sent to it.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from allauth.core.internal.httpkit import authenticated_user
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from tenants.models import User


def is_confirmed(user: User, email: str) -> bool:
    """Whether the person has shown that mail to this address reaches them."""
    if user.email.lower() == email.lower():
        return True
    confirmed = EmailAddress.objects.filter(user=user, email=email.lower(), verified=True)
    return bool(confirmed.exists())


def confirmed_addresses(user: User) -> list[str]:
    """Those that reach the person, in lower case."""
    others = EmailAddress.objects.filter(user=user, verified=True)
    return [user.email.lower(), *others.values_list("email", flat=True)]


def people_of_address(email: str) -> QuerySet[User]:
    """Whom mail to the address is known to reach: one person, or none."""
    confirmed = EmailAddress.objects.filter(email=email.lower(), verified=True).values("user")
    return User.objects.filter(Q(email=email.lower()) | Q(id__in=confirmed))


def is_of_another(user: User, email: str) -> bool:
    """Whether another person signs in with it, or was invited under it."""
    others = EmailAddress.objects.exclude(user=user).filter(email=email.lower(), verified=True)
    return others.exists() or User.objects.exclude(id=user.id).filter(email=email.lower()).exists()


def hold_own_address(user: User) -> None:
    """Keep the person's address as their primary one: no other takes its place silently."""
    own, others = user.email.lower(), EmailAddress.objects.exclude(user=user)
    verified = not others.filter(email=own, verified=True).exists()
    EmailAddress.objects.filter(user=user, primary=True).exclude(email=own).update(primary=False)
    EmailAddress.objects.update_or_create(
        user=user, email=own, defaults={"primary": True, "verified": verified}
    )


def forget_unconfirmed(user: User) -> None:
    """Delete the addresses that are not confirmed yet: their links stop working."""
    EmailAddress.objects.filter(user=user, verified=False).exclude(
        email=user.email.lower()
    ).delete()


class ConfirmedEmailBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Signs in by e-mail and password, with a confirmed address only."""

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        """Only users who confirmed the address are tried: others may have the same password."""
        users = filter_users_by_email(email, prefer_verified=True, for_login=True)
        tried = (self._check_password(u, password) for u in users if is_confirmed(u, email))
        return next((user for user in tried if user), None)


@method_decorator(login_required, name="dispatch")
class AddressesView(EmailView):  # type: ignore[misc]  # allauth has no types
    """The page with the addresses. Whatever it does asks the password first."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        hold_own_address(authenticated_user(request))
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise_if_reauthentication_required(request, app="allauth.account")
        if "action_primary" in request.POST:
            address = request.POST.get("email", "")
            if not is_confirmed(authenticated_user(request), address):
                messages.error(request, "Antes, confirme o endereço pelo link que enviamos.")
                return redirect("account_email")
        # An address that cannot be told of the change does not lose its place.
        with transaction.atomic():
            response: HttpResponse = super().post(request, *args, **kwargs)
        return response
