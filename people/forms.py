from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError

from people.models import Invitation
from people.roles import ALLOWS
from tenants.models import Role, User

ROLES = [(role.value, f"{role.label}: {ALLOWS[role]}") for role in Role]
ROLE_ERRORS = {"required": "Escolha um papel.", "invalid_choice": "Escolha um dos papéis."}


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="E-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Digite o e-mail da pessoa.",
            "invalid": "Digite um e-mail válido, como nome@empresa.com.br.",
        },
    )
    role = forms.ChoiceField(
        label="Papel", choices=ROLES, widget=forms.RadioSelect, error_messages=ROLE_ERRORS
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label="Papel", choices=ROLES, widget=forms.RadioSelect, error_messages=ROLE_ERRORS
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=12)


class JoinForm(forms.Form):
    """What a person whom the product does not know says of themselves."""

    name = forms.CharField(
        label="Seu nome",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Digite o seu nome."},
    )
    password = forms.CharField(
        label="Crie uma senha",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Crie uma senha."},
    )

    def __init__(self, invitation: Invitation, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # the values of a request
        self._invitation = invitation
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> None:
        """The password is none that the name or the address gives away."""
        password = self.cleaned_data.get("password")
        if not password:
            return
        first, _, last = self.cleaned_data.get("name", "").partition(" ")
        person = User(email=self._invitation.email, first_name=first, last_name=last)
        try:
            validate_password(password, person)
        except ValidationError as error:
            self.add_error("password", error)
