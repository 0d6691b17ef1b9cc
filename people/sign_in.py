"""How allauth signs people in here."""

from typing import Any

from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal import ratelimit
from django.contrib.auth import logout
from django.http import HttpRequest

from people.devices import digest_of, is_known, token_of
from people.email_undo import undo_link
from people.factors import has_factor, is_proved_lately
from people.session_limits import LAST_PERSON
from tenants import sign_in
from tenants.models import User

# These go to the address that the person has had until now.
TELLS_OF_ADDRESS = {"account/email/email_changed", "account/email/email_confirm"}
METHODS = {
    "reauthenticate": "Usar a senha",
    "mfa_reauthenticate": "Usar o aplicativo ou um código de recuperação",
    "mfa_reauthenticate:webauthn": "Usar uma chave de acesso",
}


class AccountAdapter(sign_in.AccountAdapter):
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt. On a browser that the person is known by, apart from all others."""
        email = credentials.get("email", "")
        if not any(is_known(request, user) for user in filter_users_by_email(email)):
            super().pre_authenticate(request, **credentials)
            return
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_on_known_device",
            key=f"{digest_of(token_of(request))}:{email.lower()}",
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Who has a factor shows the factor: a password neither takes one away nor adds one.

        Raises:
            ReauthenticationRequired: it was not shown within the last minutes.
        """
        if not has_factor(self.request.user):
            return bool(super().is_reauthentication_required(app=app, **more))
        if not is_proved_lately(self.request):
            raise ReauthenticationRequired
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        if user.is_authenticated and has_factor(user):
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        return [{**method, "description": METHODS[method["id"]]} for method in methods]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Who is told that another address signs in, or takes their own's place, can undo it."""
        if template_prefix in TELLS_OF_ADDRESS:
            context = {**(context or {}), "undo_link": undo_link(user, email or user.email)}
        super().send_notification_mail(template_prefix, user, context, email)

    def logout(self, request: HttpRequest) -> None:
        person = request.user.pk
        logout(request)
        if person:
            request.session[LAST_PERSON] = person
