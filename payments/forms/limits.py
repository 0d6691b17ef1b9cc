"""What an admin types of tiers, delegations and limits."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from banking.banks import registry
from banking.banks.contract.payments import Rail
from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO
from core.fields import AmountField, DayField
from core.money import format_brl
from payments.bills.tiers import Tiers
from payments.models import ApprovalTier, Payable
from payments.models.limits import LONGEST_WINDOW
from payments.orders.account_limits import Limits, version_of
from payments.rails.limits import Limit
from payments.rails.rails import rails_of
from tenants.models import Membership, Role

ZERO = {"0", "0,0", "0,00"}


class TierField(AmountField):
    """Reais, zero too; None where nothing is typed."""

    def clean(self, value: Any) -> Decimal | None:
        return Decimal(0) if str(value or "").strip() in ZERO else super().clean(value)


class TiersForm(forms.Form):
    window_days = forms.IntegerField(
        label="Somar vencimentos de até quantos dias antes e depois",
        min_value=1,
        max_value=LONGEST_WINDOW,
        help_text="Contas para o mesmo favorecido, conta ou chave nesse período contam juntas.",
    )
    duplicate_days = forms.IntegerField(
        label="Avisar de possível duplicidade em até quantos dias",
        min_value=1,
        max_value=LONGEST_WINDOW,
        help_text="Mesmo favorecido e mesmo valor, com vencimentos nesse intervalo.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, tiers: Tiers, approvers: Iterable[Membership], data: Any = None) -> None:
        self.approvers = list(approvers)
        initial: dict[str, Any] = {
            "window_days": tiers.window_days,
            "duplicate_days": tiers.duplicate_days,
            "seen": str(tiers),
        }
        super().__init__(data, initial=initial)
        for role in ApprovalTier.ROLES:
            self._add(f"role_{role}", Role(role).label, tiers.by_role.get(role))
        for m in self.approvers:
            label = f"{m.user.display_name} ({m.get_role_display().lower()})"
            self._add(f"person_{m.user_id}", label, tiers.by_person.get(m.user_id))

    def _add(self, name: str, label: str, value: Decimal | None) -> None:
        self.fields[name] = TierField(label=label, max_length=60, required=False)
        self.initial[name] = "" if value is None else format_brl(value)

    @property
    def roles(self) -> list[forms.BoundField]:
        return [self[f"role_{role}"] for role in ApprovalTier.ROLES]

    @property
    def people(self) -> list[forms.BoundField]:
        return [self[f"person_{m.user_id}"] for m in self.approvers]

    @property
    def wanted(self) -> Tiers:
        data = self.cleaned_data
        roles = {str(role): data[f"role_{role}"] for role in ApprovalTier.ROLES}
        people = {m.user_id: data[f"person_{m.user_id}"] for m in self.approvers}
        return Tiers(
            {role: value for role, value in roles.items() if value is not None},
            {person: value for person, value in people.items() if value is not None},
            data["window_days"],
            data["duplicate_days"],
        )


class LimitsForm(forms.Form):
    """Two values for each account and rail; empty: no limit."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, accounts: Iterable[BankAccount], limits: Limits, data: Any = None) -> None:
        super().__init__(data, initial={"seen": version_of(limits)})
        self.kept = limits
        self.rows: list[tuple[BankAccount, str]] = [
            (account, rail.value)
            for account in accounts
            for rail in Payable.Method
            if Rail(rail.value) in rails_of(registry.info(account.provider))
        ]
        for account, rail in self.rows:
            limit = limits.get((account.id, rail), Limit(None, None))
            by = Payable.Method(rail).label
            values = {"payment": limit.per_payment, "day": limit.per_day}
            labels = {"payment": f"{by}: por pagamento", "day": f"{by}: por dia"}
            for which, value in values.items():
                name = f"{account.id.hex}_{rail}_{which}"
                self.fields[name] = AmountField(label=labels[which], max_length=60, required=False)
                self.initial[name] = "" if value is None else format_brl(value)

    @property
    def by_account(self) -> dict[BankAccount, list[forms.BoundField]]:
        found: dict[BankAccount, list[forms.BoundField]] = {}
        for account, rail in self.rows:
            names = [f"{account.id.hex}_{rail}_{which}" for which in ("payment", "day")]
            found.setdefault(account, []).extend(self[name] for name in names)
        return found

    @property
    def wanted(self) -> dict[tuple[UUID, str], Limit]:
        """Limits of rails that the page does not show stay."""
        shown = {(account.id, rail) for account, rail in self.rows}
        wanted = {key: limit for key, limit in self.kept.items() if key not in shown}
        for account, rail in self.rows:
            payment, day = (
                self.cleaned_data[f"{account.id.hex}_{rail}_{which}"]
                for which in ("payment", "day")
            )
            if payment is not None or day is not None:
                wanted[account.id, rail] = Limit(payment, day)
        return wanted


class DelegationForm(forms.Form):
    delegate = forms.ChoiceField(
        label="Delegar para", error_messages={"required": "Escolha quem aprova no seu lugar."}
    )
    up_to = AmountField(label="Contas de até", max_length=60)
    until = DayField(label="Até o dia", help_text="No máximo 30 dias.")

    def __init__(self, others: Iterable[Membership], data: Any = None) -> None:
        super().__init__(data)
        self.others = {str(m.user_id): m for m in others}
        field = self.fields["delegate"]
        assert isinstance(field, forms.ChoiceField)
        people = [(key, m.user.display_name) for key, m in self.others.items()]
        field.choices = [("", "Escolha"), *people]

    @property
    def person(self) -> Membership:
        return self.others[self.cleaned_data["delegate"]]

    @property
    def ends_at(self) -> datetime:
        """The midnight after the day."""
        after = self.cleaned_data["until"] + timedelta(days=1)
        return datetime.combine(after, time(), SAO_PAULO)
