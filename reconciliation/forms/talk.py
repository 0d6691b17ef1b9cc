"""What people write to each other about a bank line."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from core.fields import LineField
from reconciliation.matches.file_kind import ENDINGS
from reconciliation.models.line_note import TEXT_LENGTH
from tenants.models import Membership


def text_field(label: str, required: str) -> LineField:
    return LineField(
        label=label,
        max_length=TEXT_LENGTH,
        error_messages={"required": required},
        widget=forms.Textarea({"rows": 2}),
    )


class CommentForm(forms.Form):
    text = text_field("Comentário", "Escreva o comentário.")


class AskForm(forms.Form):
    of = forms.TypedChoiceField(
        label="Para quem", coerce=UUID, error_messages={"required": "Escolha a quem perguntar."}
    )
    text = text_field("Pergunta", "Escreva a pergunta.")

    def __init__(self, *args: Any, colleagues: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {each.id: each for each in colleagues}
        named = [
            (str(each.id), f"{each.user.display_name} · {each.get_role_display()}")
            for each in self.members.values()
        ]
        self.fields["of"].choices = [("", "Escolha uma pessoa"), *named]  # type: ignore[attr-defined]

    @property
    def asked(self) -> Membership:
        return self.members[self.cleaned_data["of"]]


class AnswerForm(forms.Form):
    text = text_field("Resposta", "Escreva a resposta.")


class AttachForm(forms.Form):
    file = forms.FileField(
        label="Arquivo",
        help_text="PDF, PNG, JPG ou XML, até 5 MB.",
        max_length=None,
        error_messages={
            "required": "Escolha o arquivo.",
            "empty": "O arquivo está vazio.",
            "missing": "Escolha o arquivo.",
        },
        widget=forms.FileInput({"accept": ",".join(ENDINGS)}),
    )
