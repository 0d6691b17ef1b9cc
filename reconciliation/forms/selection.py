"""Which lines of the statement a person ticked, as the page sends it: never in an address."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict

from accounts.fields import ClassificationField, add_cost_centers, check_cost_center
from banking.models import BankAccount
from core.fields import LineField
from reconciliation.bulk.draft import LEAST, Entries
from reconciliation.bulk.selection import Selection
from reconciliation.forms.filter import LineFilter
from reconciliation.reads.offers import Party, classifications, party_named
from tenants.models import Tenant

# What of the address says which lines are shown.
FILTERS = ("situacao", "de", "ate", "tipo", "valor_de", "valor_ate", "documento", "q")
ALL = "todas"


def filter_text(query: Mapping[str, Any], account: BankAccount) -> str:
    """The filter of a page, in one text that is always the same for the same filter."""
    kept = QueryDict(mutable=True)
    kept["conta"] = str(account.id)
    for name in FILTERS:
        if value := query.get(name):
            kept[name] = value
    return kept.urlencode()


def key_of(text: str) -> str:
    """What the browser keeps of a filter, to know it again: no word of it."""
    return sha256(text.encode()).hexdigest()[:16]


def read_selection(posted: QueryDict, tenant: Tenant) -> Selection:
    """`filtro` is a `filter_text`, `ids` the lines that were ticked on all pages, separated by
    commas, and `line` those of a page without scripts. With `escolha` ALL, `ids` are those that
    were taken out.

    Raises:
        BadRequest: no page of ours sent it.
    """
    query = QueryDict(posted.get("filtro", ""))
    form = LineFilter(query)
    named = list(read_ids([query.get("conta", "")]))
    if not named or not form.is_valid():
        raise BadRequest("no filter of the statement")
    account = BankAccount.objects.of(tenant).filter(id=named[0]).first()
    if account is None:
        raise BadRequest("no account of the company")
    ids = read_ids([*posted.get("ids", "").split(","), *posted.getlist("line")])
    is_all = posted.get("escolha") == ALL
    return Selection(account, form.cleaned_data, frozenset(ids), is_all=is_all)


def read_ids(texts: Iterable[str]) -> Iterable[UUID]:
    for text in texts:
        try:
            yield UUID(text)
        except ValueError:
            continue


class ConfirmForm(forms.Form):
    """What is said when an act on many lines is confirmed."""

    why = LineField(
        label="Motivo",
        required=False,
        max_length=300,
        error_messages={"required": "Informe por que estas linhas são ignoradas."},
    )
    certeza = forms.ChoiceField(
        label="Quais propostas", choices=[(name, name) for name in LEAST], required=False
    )
    # Of undoing: what stands on the lines goes with them.
    together = forms.BooleanField(required=False)

    def __init__(self, *args: Any, needs_why: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].required = needs_why

    @property
    def least(self) -> int | None:
        chosen = self.cleaned_data.get("certeza")
        return LEAST[chosen] if chosen else None

    @property
    def entries(self) -> Entries | None:
        return None


class CreateManyForm(ConfirmForm):
    """What the entries of many lines have in common."""

    memo = LineField(
        label="Histórico",
        required=False,
        max_length=300,
        widget=forms.TextInput({"placeholder": "O de cada linha do extrato"}),
    )
    party = forms.CharField(required=False, widget=forms.HiddenInput)  # «payee:id», «payer:id»

    def __init__(self, *args: Any, tenant_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"] = ClassificationField(
            label="Classificação",
            queryset=classifications(tenant_id),
            empty_label="Escolha a conta",
            error_messages={"required": "Escolha a classificação."},
            widget=forms.Select({"autofocus": True}),
        )
        add_cost_centers(self, tenant_id, {"cost_center": "Centro de custo"})
        self.tenant_id = tenant_id

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        check_cost_center(self, "account", "cost_center")
        return values

    @property
    def who(self) -> Party | None:
        return party_named(self.tenant_id, self["party"].value() or "")

    @property
    def entries(self) -> Entries | None:
        values, who = self.cleaned_data, self.who
        center = values.get("cost_center")
        return Entries(
            values["account"].id,
            values["memo"],
            payee=who.payee if who else None,
            payer=who.payer if who else None,
            cost_center=center.id if center else None,
        )
