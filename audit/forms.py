from typing import Any

from django import forms

from audit.acts import Act
from audit.models import Record
from core.forms import DateInput, ModelChoiceField
from tenants.models import Membership, Tenant, User


class PersonField(ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class RecordFilter(forms.Form):
    """The bar above the records. Both days of the period are included, in São Paulo.

    A wrong day is told at its field and filters nothing; a person, row or number that is none is
    no filter at all, but a page that does not exist.
    """

    IDS = frozenset({"act", "by", "on", "before"})

    act = forms.ChoiceField(label="Ação", required=False, choices=[("", "Todas"), *Act.choices])
    text = forms.CharField(
        label="Procurar",
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "placeholder": "Favorecido, valor, conta…"}),
    )
    by = PersonField(User.objects.none(), label="Quem", required=False, empty_label="Todos")
    since = forms.DateField(label="De", required=False, widget=DateInput)
    until = forms.DateField(label="Até", required=False, widget=DateInput)
    on = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)  # page start

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["by"]
        assert isinstance(field, PersonField)
        # Who works here, and who did something here before they left.
        members = Membership.objects.of(tenant).values("user")
        acted = Record.objects.of(tenant).exclude(by=None).values("by")
        people = User.objects.filter(id__in=members.union(acted))
        field.queryset = people.order_by("first_name", "last_name", "email")

    @property
    def names_nothing(self) -> bool:
        return not self.IDS.isdisjoint(self.errors)

    @property
    def is_filtering(self) -> bool:
        return any(
            self.cleaned_data.get(name) for name in ("act", "text", "by", "since", "until", "on")
        )

    def in_words(self) -> dict[str, str]:
        """What it filters by, as a person reads it."""
        typed = {self.fields[name].label: value for name, value in self.cleaned_data.items()}
        return {str(label): str(value) for label, value in typed.items() if label and value}

    def clean_until(self) -> object:
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until and until < since:
            raise forms.ValidationError(
                "A data final é anterior à inicial.", code="ends_before_it_begins"
            )
        return until


class SignInFilter(forms.Form):
    """Whose sign-ins: of an admin's company all of them, or one person's; else one's own."""

    by = PersonField(User.objects.none(), label="Quem", required=False, empty_label="Todos")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Membership.objects.of(membership.tenant_id)
        if not membership.is_admin:
            seen = seen.filter(id=membership.id)
        field = self.fields["by"]
        assert isinstance(field, PersonField)
        people = User.objects.filter(id__in=seen.values("user"))
        field.queryset = people.order_by("first_name", "last_name", "email")

    @property
    def people(self) -> list[int]:
        field = self.fields["by"]
        assert isinstance(field, PersonField)
        chosen, everyone = self.cleaned_data["by"], field.queryset
        assert everyone is not None
        return [chosen.pk] if chosen else list(everyone.values_list("pk", flat=True))
