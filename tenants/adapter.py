from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """People come in by their company's invitation, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
