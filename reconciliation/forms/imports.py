"""What people type when they send a statement file."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from banking.models import FileRow
from banking.statements.files.columns import Columns, headings_of
from banking.statements.files.proposal import proposed

SIZE = "64 MB"


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if files else []


class ManyFilesField(forms.FileField):
    """Several files at once."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        if not data:
            raise ValidationError(self.error_messages["required"], code="required")
        return list(data)


class UploadForm(forms.Form):
    file = ManyFilesField(
        label="Arquivos do extrato",
        help_text=f"OFX, CSV, XLSX ou CNAB 240, até {SIZE}. Arraste para cá, um ou vários.",
        error_messages={"required": f"Escolha o arquivo, de até {SIZE}."},
        widget=ManyFilesInput({"class": "drop", "multiple": True}),
    )


ROLES = (
    ("date", "Data", True),
    ("amount", "Valor, com sinal", False),
    ("credit", "Entradas", False),
    ("debit", "Saídas", False),
    ("direction", "C ou D, se o valor não tem sinal", False),
    ("text", "Descrição", False),
    ("name", "Nome da outra parte", False),
    ("document", "CPF ou CNPJ", False),
    ("source_id", "Identificador", False),
    ("balance", "Saldo", False),
)


class ColumnsForm(forms.Form):
    """Which column of the file is which. `rows` are its first ones."""

    headings = forms.TypedChoiceField(label="Linha dos títulos", coerce=int)

    def __init__(self, rows: Sequence[Sequence[str]], data: Any = None) -> None:
        self.rows = rows
        super().__init__(data)
        field = self.fields["headings"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            *((n, f"Linha {n}: {' · '.join(filter(None, r))[:60]}") for n, r in self.offered),
            (0, "Não há títulos: a primeira linha já é um lançamento"),
        ]
        self.initial["headings"] = self.likely
        titles = rows[self.likely - 1] if self.likely else ()
        self.initial.update(proposed(titles, rows[self.likely :]))
        width = max((len(row) for row in rows), default=0)
        columns = [("", "Nenhuma")] + [
            (str(at), f"Coluna {at + 1}" + (f": {titles[at]}" if at < len(titles) else ""))
            for at in range(min(width, 60))
        ]
        for name, label, is_needed in ROLES:
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                choices=columns,
                coerce=int,
                empty_value=None,
                required=is_needed,
                error_messages={"required": "Informe em que coluna está a data."},
            )

    @property
    def offered(self) -> list[tuple[int, Sequence[str]]]:
        return [(n, row) for n, row in enumerate(self.rows[:20], 1) if any(row)]

    @property
    def likely(self) -> int:
        """The row with the most words and no figures; 0 without one."""
        words = {
            n: sum(bool(cell.strip()) and not any(c.isdigit() for c in cell) for cell in row)
            for n, row in self.offered
        }
        best = max(words, key=lambda n: (words[n], -n), default=0)
        return best if words.get(best, 0) > 1 else 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_amount = data.get("amount") is not None
        if not has_amount and data.get("credit") is None and data.get("debit") is None:
            self.add_error(
                "amount",
                ValidationError("Informe a coluna do valor, ou as de entradas e saídas.",
                                code="no_amount"),
            )  # fmt: skip
        return data

    @property
    def columns(self) -> Columns:
        data = self.cleaned_data
        titles = headings_of(self.rows[data["headings"] - 1]) if data["headings"] else ()
        has_amount = data["amount"] is not None
        return Columns(
            headings=titles,
            date=data["date"],
            amount=data["amount"],
            credit=None if has_amount else data["credit"],
            debit=None if has_amount else data["debit"],
            direction=data["direction"] if has_amount else None,
            texts=() if data["text"] is None else (data["text"],),
            name=data["name"],
            document=data["document"],
            source_id=data["source_id"],
            balance=data["balance"],
            currency=self.initial.get("currency"),  # known by its heading: nobody has to say it
        )


class ApplyForm(forms.Form):
    is_of_account = forms.BooleanField(required=False)


class AnswerForm(forms.Form):
    # Of all rows that ask it; empty: of those that are named.
    question = forms.ChoiceField(choices=FileRow.Question.choices, required=False)
    answer = forms.ChoiceField(choices=[("same", ""), ("two", "")])
    why = forms.CharField(required=False, max_length=300)
