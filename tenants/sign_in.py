from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest

from tenants.models import User

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """People come in by their company's invitation, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def confirm_email(self, request: HttpRequest, email_address: "EmailAddress") -> bool:
        """The link was opened. The person's primary address is told that another one signs in."""
        # allauth's models load this module.
        from tenants.emails import hold_own_address, is_of_another

        user = email_address.user
        if is_of_another(user, email_address.email):
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False
        with transaction.atomic():
            hold_own_address(user)
            confirmed = bool(super().confirm_email(request, email_address))
            if confirmed:
                self.send_notification_mail(
                    "account/email/email_confirm", user, {"new_email": email_address.email}
                )
        return confirmed

    def set_password(self, user: User, password: str) -> None:
        """Also drop unconfirmed addresses: somebody else may have asked for them."""
        from tenants.emails import forget_unconfirmed

        super().set_password(user, password)
        forget_unconfirmed(user)
