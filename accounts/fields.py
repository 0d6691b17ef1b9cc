"""Fields of forms that choose an account of the chart, or a cost centre."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.models import Account, CostCenter
from core.forms import ModelChoiceField, ModelChoiceIterator


class GroupedAccounts(ModelChoiceIterator[Account]):
    """Accounts of the chart under the names of their groups."""

    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        for group, accounts in groupby(self.queryset, key=lambda account: account.group.name):
            yield (group, [self.choice(account) for account in accounts])


class ClassificationField(ModelChoiceField[Account]):
    iterator = GroupedAccounts

    def label_from_instance(self, account: Account) -> str:
        return f"{account.name} ({account.code})"


class CostCenterField(forms.TypedChoiceField):
    def __init__(self, centers: Sequence[CostCenter], *, label: str) -> None:
        by_id = {str(center.id): center for center in centers}
        words = {
            name: f"{center} (arquivado)" if center.is_archived else str(center)
            for name, center in by_id.items()
        }
        super().__init__(
            label=label,
            required=False,
            choices=[("", "Nenhum"), *words.items()],
            coerce=by_id.__getitem__,
            empty_value=None,
            error_messages={
                "invalid_choice": "Este centro de custo não está em uso: escolha outro, ou nenhum."
            },
        )


def add_cost_centers(form: forms.Form, tenant_id: UUID, labels: Mapping[str, str]) -> None:
    """Fields by name, where the company has a centre in use. Where one is named all the same they
    are there too: what was archived since is told and not passed over."""
    said: Mapping[str, Any] = form.data if form.is_bound else form.initial
    named = [str(said.get(name) or "") for name in labels]
    centers = CostCenter.objects.of(tenant_id)
    shown = Q(archived_at=None)
    if not form.is_bound:
        shown |= Q(id__in=[each for each in named if is_id(each)])
    found = list(centers.filter(shown).order_by("code", "name_folded"))
    if found or any(named):
        for name, label in labels.items():
            form.fields[name] = CostCenterField(found, label=label)


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def check_cost_center(form: forms.Form, account: str, center: str) -> None:
    """Of the fields of one line or part; a mistake is told at the centre."""
    values = form.cleaned_data
    if values.get(center) is None or form.has_error(account):
        return
    chosen: Account | None = values.get(account)
    if chosen is None:
        words, code = "Escolha também a conta a que este centro de custo se refere.", "no_account"
    elif not chosen.takes_cost_center:
        words = "Esta conta não leva centro de custo: só as de receita e despesa levam."
        code = "takes_no_center"
    else:
        return
    form.add_error(center, ValidationError(words, code=code))
