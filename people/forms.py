from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError

from core.fields import AmountField, DayField, LineField
from core.forms import ModelChoiceField
from core.money import format_brl
from people.exceptional_acts import kinds
from people.models import ExceptionalAct, Invitation
from people.roles import ALLOWS
from tenants.models import Membership, Role, Tenant, User

ZERO = {"0", "0,0", "0,00"}
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


class PersonField(ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class ExceptionFilter(forms.Form):
    """The bar above the exceptions. Both days are included, in São Paulo. What is no person, kind
    or row is no filter, but a page that does not exist."""

    IDS = frozenset({"by", "kind", "before"})

    by = PersonField(User.objects.none(), label="Quem fez", required=False, empty_label="Todos")
    kind = forms.ChoiceField(label="Tipo", required=False)
    since = DayField(label="De", required=False)
    until = DayField(label="Até", required=False)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)  # page start

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people, kind = self.fields["by"], self.fields["kind"]
        assert isinstance(people, PersonField)
        assert isinstance(kind, forms.ChoiceField)
        # Who works here, and who asked for something before they left.
        members = Membership.objects.of(tenant).values("user")
        asked = ExceptionalAct.objects.of(tenant).values("asked_by")
        found = User.objects.filter(id__in=members.union(asked))
        people.queryset = found.order_by("first_name", "last_name", "email")
        kind.choices = [("", "Todos"), *((each.slug, each.label) for each in kinds().values())]

    @property
    def names_nothing(self) -> bool:
        return not self.IDS.isdisjoint(self.errors)

    @property
    def is_filtering(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("by", "kind", "since", "until"))

    def clean_until(self) -> object:
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until and until < since:
            raise ValidationError(
                "A data final é anterior à inicial.", code="ends_before_it_begins"
            )
        return until


class LimitField(AmountField):
    """Reais, zero too."""

    def clean(self, value: Any) -> Decimal | None:
        return Decimal(0) if str(value or "").strip() in ZERO else super().clean(value)


class ExceptionLimitForm(forms.Form):
    limit = LimitField(
        label="Limite de uma pessoa",
        max_length=60,
        help_text="Zero: tudo espera outra pessoa. Aumentar depende de outro administrador.",
        error_messages={"required": "Informe o limite."},
    )
    seen = forms.DecimalField(widget=forms.HiddenInput)

    def __init__(self, limit: Decimal, data: Any = None) -> None:
        super().__init__(data, initial={"limit": format_brl(limit), "seen": limit})


class RefuseForm(forms.Form):
    why = LineField(
        label="Por que você recusa",
        max_length=200,
        widget=forms.TextInput({"autofocus": True}),
        error_messages={"required": "Informe o motivo: quem pediu o recebe."},
    )
