"""What a person types about a group or an account of the chart, or about a cost centre."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q

from accounts.chart.cost_centers import CenterDetails
from accounts.chart.cost_centers import as_seen as center_as_seen
from accounts.chart.edit import AccountDetails, GroupDetails, as_seen
from accounts.chart.setup import next_free_code
from accounts.chart.tree import code_order
from accounts.models import Account, ClassificationGroup, CostCenter, Nature
from core.fields import LineField, NameField
from tenants.models import Tenant


def group_choices(
    tenant: Tenant,
    *,
    holding: str = "",
    nature: str = "",
    without: ClassificationGroup | None = None,
    now: UUID | None = None,
) -> list[tuple[str, str]]:
    """Open groups, and the one that is chosen now, in the order of their codes.

    Those that may hold a group of the nature `holding`, those of `nature`, or all. Not offered
    are `without` and what lies inside it.
    """
    groups = list(ClassificationGroup.objects.of(tenant).filter(Q(archived_at=None) | Q(id=now)))
    hidden = {without.id} if without else set()
    while without:
        inside = {group.id for group in groups if group.parent_id in hidden} - hidden
        if not inside:
            break
        hidden |= inside
    return [
        (str(group.id), str(group))
        for group in sorted(groups, key=code_order)
        if group.id not in hidden
        and nature in ("", group.nature)
        and (not holding or group.may_hold(holding))
    ]


class SeenForm(forms.Form):
    """Of a row that is there: `seen` is `as_seen` of when the page was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def show_what_is(self, seen: str) -> None:
        """After a refusal the next try starts from what the person has now been told."""
        self.data = {**self.data.dict(), "seen": seen}  # type: ignore[attr-defined]  # bound


class ChartForm(SeenForm):
    """Code, name and external code, and the group above, which the subclass names."""

    code = forms.CharField(label="Código", max_length=20)
    name = NameField(label="Nome", max_length=120)
    external_code = LineField(
        label="Código externo",
        max_length=40,
        required=False,
        help_text="O código usado pela sua contabilidade, se for diferente.",
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant

    def chosen(self, name: str) -> ClassificationGroup | None:
        groups = ClassificationGroup.objects.of(self.tenant)
        return groups.get(id=self.cleaned_data[name]) if self.cleaned_data[name] else None


class GroupForm(ChartForm):
    parent = forms.ChoiceField(label="Grupo acima", required=False)
    nature = forms.ChoiceField(
        label="Natureza",
        required=False,
        choices=[("", "A mesma do grupo acima"), *Nature.choices],
        help_text="Para grupos do primeiro nível, o patrimônio líquido dentro do passivo e as "
        "receitas e despesas dentro do resultado.",
    )
    field_order = ["parent", "nature", "code", "name", "external_code"]

    def __init__(
        self, *args: Any, tenant: Tenant, group: ClassificationGroup | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, tenant=tenant, **kwargs)
        parent = self.fields["parent"]
        assert isinstance(parent, forms.ChoiceField)
        nature = group.nature if group else ""
        now = group.parent_id if group else None
        choices = group_choices(tenant, holding=nature, without=group, now=now)
        parent.choices = [("", "Nenhum (primeiro nível)"), *choices]
        if group is not None:
            del self.fields["nature"]

    @property
    def details(self) -> GroupDetails:
        values = self.cleaned_data
        return GroupDetails(
            code=values["code"],
            name=values["name"],
            external_code=values["external_code"],
            parent=self.chosen("parent"),
            nature=values.get("nature", ""),
        )


class AccountForm(ChartForm):
    group = forms.ChoiceField(label="Grupo", error_messages={"required": "Escolha o grupo."})
    code = forms.CharField(label="Código", max_length=24)
    field_order = ["group", "code", "name", "external_code"]

    def __init__(
        self, *args: Any, tenant: Tenant, account: Account | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, tenant=tenant, **kwargs)
        group = self.fields["group"]
        assert isinstance(group, forms.ChoiceField)
        nature = account.group.nature if account else ""
        now = account.group_id if account else None
        group.choices = [("", "Escolha"), *group_choices(tenant, nature=nature, now=now)]

    @property
    def details(self) -> AccountDetails:
        group = self.chosen("group")
        assert group is not None  # the field is required
        values = self.cleaned_data
        return AccountDetails(
            code=values["code"],
            name=values["name"],
            external_code=values["external_code"],
            group=group,
        )


class HomeForm(forms.Form):
    home = forms.ChoiceField(
        label="Grupo", error_messages={"required": "Escolha o grupo das contas bancárias."}
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = self.fields["home"]
        assert isinstance(home, forms.ChoiceField)
        home.choices = group_choices(tenant, nature=Nature.ASSET)


def initial_of(row: ClassificationGroup | Account) -> dict[str, Any]:
    above = {"group": row.group_id} if isinstance(row, Account) else {"parent": row.parent_id}
    kept = {"code": row.code, "name": row.name, "external_code": row.external_code}
    return {**kept, **above, "seen": as_seen(row)}


def initial_in(tenant: Tenant, named: str, *, field: str, digits: int) -> dict[str, Any]:
    """For something new in the group that the address names; empty when it names none."""
    try:
        group = ClassificationGroup.objects.of(tenant).open().filter(id=UUID(named)).first()
    except ValueError:
        group = None
    return {field: group.id, "code": next_free_code(group, digits=digits)} if group else {}


class CostCenterForm(SeenForm):
    name = NameField(label="Nome", max_length=60)
    code = forms.CharField(
        label="Código",
        max_length=20,
        required=False,
        help_text="O usado pela sua contabilidade, se houver.",
    )

    @property
    def details(self) -> CenterDetails:
        return CenterDetails(self.cleaned_data["name"], self.cleaned_data["code"])


def initial_of_center(center: CostCenter) -> dict[str, Any]:
    return {"name": center.name, "code": center.code, "seen": center_as_seen(center)}
