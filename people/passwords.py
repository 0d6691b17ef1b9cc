"""What no password is: the name of the product, of the person, or of a company of theirs."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from tenants.models import Membership, User
from tenants.scope import current_scope, person_scope

PRODUCT = "kamino"
# What is left of a password without the names has to be as long as this.
OWN_CHARACTERS = 8
# Shorter words stand in any password.
SHORTEST_NAME = 3


def bare(text: str) -> str:
    """Small letters without accents, and digits."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


class NamesValidator:
    """A password is not made of names that a stranger knows."""

    def validate(self, password: str, user: User | None = None) -> None:
        """
        Raises:
            ValidationError: without the names less than `OWN_CHARACTERS` of it are left.
        """
        left = bare(password)
        names = {PRODUCT} | (names_of(user) if user else set())
        for name in sorted(names, key=len, reverse=True):
            left = left.replace(name, "")
        if len(left) < OWN_CHARACTERS and left != bare(password):
            raise ValidationError(
                "Esta senha é quase só o seu nome, o da empresa ou o do Kamino. Escolha outra.",
                code="password_of_names",
            )

    def get_help_text(self) -> str:
        return "Não use o seu nome, o da empresa nem o do Kamino."


def names_of(user: User) -> set[str]:
    """The words of the person's name and address, and of their companies' names."""
    texts = [user.first_name, user.last_name, user.email.partition("@")[0]]
    if user.pk:
        texts += company_names(user)
    words = {bare(word) for text in texts for word in re.split(r"[^\w]+|_", text)}
    whole = {bare(text) for text in texts}
    return {word for word in words | whole if len(word) >= SHORTEST_NAME}


def company_names(user: User) -> list[str]:
    """Inside a scope only those that the scope lets see."""
    if current_scope() is None:
        with person_scope(user.pk):
            return company_names_here(user)
    return company_names_here(user)


def company_names_here(user: User) -> list[str]:
    rows = Membership.objects.filter(user=user).select_related("tenant")
    return [name for m in rows for name in (m.tenant.name, m.tenant.legal_name)]
