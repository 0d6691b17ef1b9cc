"""What a person types to write an entry by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from accounts.fields import ClassificationField, add_cost_centers, check_cost_center
from accounts.journal.enter import MOST_LINES
from accounts.journal.entries import MEMO_LENGTH
from accounts.journal.postings import Posting
from accounts.models import Account, JournalEntry
from core.fields import AmountField, DayField, LineField
from core.ids import uuid7
from core.money import format_brl
from tenants.models import Tenant

FIRST_ROWS, MORE_ROWS = 4, 4
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    account: forms.BoundField
    debit: forms.BoundField
    credit: forms.BoundField
    cost_center: forms.BoundField | None


class EntryForm(forms.Form):
    """Rows that say nothing are left out. `id` is that of the entry to be: the same form twice is
    one entry."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=2, max_value=MOST_LINES)
    date = DayField(label="Data")
    memo = LineField(
        label="Histórico",
        max_length=MEMO_LENGTH,
        error_messages={"required": "Informe o histórico do lançamento."},
    )
    is_bank_seen = forms.BooleanField(
        label="Entendi: a linha da conta bancária fica em aberto até ser conciliada",
        required=False,
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = Account.objects.of(tenant).open().select_related("group")
        self.accounts = {account.id: account for account in accounts}
        choices = accounts.order_by("group__code", "code")
        for number in range(1, self.row_count + 1):
            self.fields[f"account_{number}"] = ClassificationField(
                label=f"Conta da {number}ª linha",
                queryset=choices,
                empty_label="Escolha a conta",
                required=False,
            )
            for side, word in (("debit", "Débito"), ("credit", "Crédito")):
                field = AmountField(label=f"{word} da {number}ª linha", required=False)
                self.fields[f"{side}_{number}"] = field
        numbers = range(1, self.row_count + 1)
        labels = {f"center_{each}": f"Centro de custo da {each}ª linha" for each in numbers}
        add_cost_centers(self, tenant.id, labels)

    @cached_property
    def row_count(self) -> int:
        said = self.data.get("rows") if self.is_bound else self.initial.get("rows")
        try:
            return max(2, min(int(said or FIRST_ROWS), MOST_LINES))
        except (TypeError, ValueError):
            return FIRST_ROWS

    @property
    def lines(self) -> list[Row]:
        return [
            Row(
                each,
                self[f"account_{each}"],
                self[f"debit_{each}"],
                self[f"credit_{each}"],
                self[f"center_{each}"] if self.has_centers else None,
            )
            for each in range(1, self.row_count + 1)
        ]

    @property
    def has_centers(self) -> bool:
        return "center_1" in self.fields

    @property
    def can_have_more(self) -> bool:
        return self.row_count < MOST_LINES

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number in range(1, self.row_count + 1):
            self._check_row(number, values)
        if not self.errors:
            self._check_sum()
        return values

    def _check_row(self, number: int, values: Mapping[str, Any]) -> None:
        names = [f"{each}_{number}" for each in ("account", "debit", "credit")]
        if any(name in self.errors for name in names):
            return
        account, debit, credit = (values.get(name) for name in names)
        if debit and credit:
            self._refuse(names[2], "Preencha só o débito ou só o crédito.", "two_sides")
        elif account and not (debit or credit):
            self._refuse(names[1], "Informe o débito ou o crédito.", "no_amount")
        elif (debit or credit) and not account:
            self._refuse(names[0], "Escolha a conta.", "no_account")
        else:
            check_cost_center(self, names[0], f"center_{number}")

    def _check_sum(self) -> None:
        amounts = [each.amount for each in self.drafted]
        difference = sum(amounts, ZERO)
        if len(amounts) < 2:
            words = "Preencha pelo menos duas linhas: uma a débito e outra a crédito."
            self._refuse(None, words, "too_few_lines")
        elif difference:
            side = "débito" if difference < 0 else "crédito"
            words = f"Débitos e créditos não fecham: faltam R$ {format_brl(abs(difference))} a"
            self._refuse(None, f"{words} {side}.", "not_balanced")

    def _refuse(self, field: str | None, words: str, code: str) -> None:
        self.add_error(field, ValidationError(words, code=code))

    @property
    def drafted(self) -> list[Posting]:
        """The lines as they were typed."""
        values = self.cleaned_data
        return [
            Posting(
                account,
                values[f"debit_{number}"] or -values[f"credit_{number}"],
                values.get(f"center_{number}"),
            )
            for number in range(1, self.row_count + 1)
            if (account := values.get(f"account_{number}"))
        ]

    @property
    def asks_about_bank(self) -> bool:
        """Whether a line is on a Conta do Ativo."""
        return any(account.is_bank_leaf for account in self.chosen)

    @property
    def chosen(self) -> list[Account]:
        said = [str(row.account.value() or "") for row in self.lines]
        return [account for account in self.accounts.values() if str(account.id) in said]

    @property
    def totals(self) -> tuple[Decimal, Decimal]:
        """Debits and credits as they were understood."""
        values = getattr(self, "cleaned_data", {})
        numbers = range(1, self.row_count + 1)
        return (
            sum((values.get(f"debit_{each}") or ZERO for each in numbers), ZERO),
            sum((values.get(f"credit_{each}") or ZERO for each in numbers), ZERO),
        )


def beginning(**values: Any) -> dict[str, Any]:
    return {"id": uuid7(), "rows": FIRST_ROWS} | values


def copied(entry: JournalEntry) -> dict[str, Any]:
    """What the form begins with to write the same again."""
    lines: Sequence[Any] = list(entry.lines.all())
    values = beginning(memo=entry.memo, rows=max(FIRST_ROWS, len(lines)))
    for number, line in enumerate(lines, 1):
        side = "debit" if line.is_debit else "credit"
        values[f"account_{number}"] = line.account_id
        values[f"{side}_{number}"] = format_brl(abs(line.amount))
        values[f"center_{number}"] = line.cost_center_id or ""
    return values


def with_more_rows(data: Mapping[str, Any], form: EntryForm) -> dict[str, Any]:
    """What was typed, with rows to type more."""
    typed = {name: data.get(name, "") for name in form.fields}
    return typed | {"rows": min(form.row_count + MORE_ROWS, MOST_LINES)}
