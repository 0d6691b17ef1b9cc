"""What people type about mails to payers."""

from typing import Any

from django import forms

from charges.dunning.ladder import EARLIEST, LATEST, Sender, StepText
from charges.dunning.logo import LARGEST
from charges.dunning.tags import TAGS
from charges.models import Dunning, DunningHold, DunningStep
from charges.models.dunning import BODY_LENGTH, SUBJECT_LENGTH
from charges.models.payer_page import CONTACT_NAME_LENGTH
from charges.payer_page.contact import Contact
from core.fields import DayField, LineField

BEFORE, ON, AFTER = "before", "on", "after"
Kind = DunningStep.Kind


class StepForm(forms.Form):
    """One step; `when` and `count` together are the kind and the days."""

    when = forms.ChoiceField(
        label="Quando sai?",
        choices=[
            (Kind.ISSUE, "Na emissão, quando o boleto ou Pix pode ser pago"),
            (BEFORE, "Antes do vencimento"),
            (ON, "No dia do vencimento"),
            (AFTER, "Depois do vencimento"),
            (Kind.PAID, "No pagamento"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha quando este e-mail sai."},
    )
    days = forms.IntegerField(
        label="Dias antes ou depois",
        required=False,
        min_value=1,
        max_value=LATEST,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text="Cai em dia sem banco? Sai no próximo dia útil, das 9h às 18h.",
    )
    subject = LineField(label="Assunto", max_length=SUBJECT_LENGTH)
    body = forms.CharField(
        label="Texto",
        max_length=BODY_LENGTH,
        widget=forms.Textarea({"rows": 10}),
        help_text="Uma linha em branco separa parágrafos. O botão e o valor vão abaixo do texto.",
    )
    is_on = forms.BooleanField(label="Passo ativo", required=False, initial=True)

    def __init__(self, typed: Any = None, *, step: DunningStep | None = None) -> None:
        super().__init__(typed, initial=written(step) if step is not None else {"is_on": True})

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        when, days = values.get("when"), values.get("days")
        if when in (BEFORE, AFTER) and not days and "days" not in self.errors:
            self.add_error("days", "Informe quantos dias.")
        if when == BEFORE and days and days > -EARLIEST:
            self.add_error("days", f"No máximo {-EARLIEST} dias antes.")
        return values

    @property
    def typed(self) -> StepText:
        data = self.cleaned_data
        when, count = data["when"], data.get("days") or 0
        is_due = when in (BEFORE, ON, AFTER)
        days = {BEFORE: -count, AFTER: count}.get(when, 0)
        return StepText(
            kind=Kind.DUE if is_due else when,
            days=days,
            subject=data["subject"],
            body=data["body"],
            is_on=data["is_on"],
        )

    @property
    def tags(self) -> list[tuple[str, str]]:
        return [(f"{{{{{name}}}}}", words) for name, words in TAGS.items()]


def written(step: DunningStep) -> dict[str, Any]:
    when: str = step.kind
    if step.kind == Kind.DUE:
        when = BEFORE if step.days < 0 else AFTER if step.days else ON
    return {
        "when": when, "days": abs(step.days) or None, "subject": step.subject, "body": step.body,
        "is_on": step.is_on,
    }  # fmt: skip


class SenderForm(forms.Form):
    reply_to = forms.EmailField(
        label="E-mail para respostas",
        required=False,
        help_text="Para onde vai a resposta do pagador. Sem ele, ninguém a recebe.",
    )
    copy_to = forms.EmailField(
        label="Cópia para", required=False, help_text="Recebe uma cópia de cada e-mail enviado."
    )
    hourly_rate = forms.IntegerField(
        label="E-mails por hora",
        min_value=1,
        max_value=2000,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text="O que passa disso sai na hora seguinte.",
    )

    def __init__(self, typed: Any = None, *, dunning: Dunning) -> None:
        names = ("reply_to", "copy_to", "hourly_rate")
        super().__init__(typed, initial={name: getattr(dunning, name) for name in names})

    @property
    def typed(self) -> Sender:
        return Sender(**self.cleaned_data)


class ContactForm(forms.Form):
    name = LineField(
        label="Nome",
        required=False,
        max_length=CONTACT_NAME_LENGTH,
        help_text="Uma pessoa ou um setor, como «Financeiro».",
    )
    email = forms.EmailField(label="E-mail", required=False)
    phone = LineField(
        label="Telefone",
        required=False,
        max_length=30,
        help_text="Com DDD.",
        widget=forms.TextInput({"inputmode": "tel"}),
    )

    def __init__(self, typed: Any = None, *, contact: Contact) -> None:
        told = {"name": contact.name, "email": contact.email, "phone": contact.written_phone}
        super().__init__(typed, initial=told)

    @property
    def typed(self) -> Contact:
        return Contact(**self.cleaned_data)


class LogoForm(forms.Form):
    logo = forms.FileField(
        label="Logo",
        help_text=f"PNG ou JPEG de até {LARGEST // 1024} KB. Aparece no alto do e-mail.",
        widget=forms.FileInput({"accept": "image/png,image/jpeg"}),
        error_messages={"required": "Escolha a imagem.", "empty": "Este arquivo está vazio."},
    )


class HoldForm(forms.Form):
    """No reminders for a while: a promise has a day, a pause need not."""

    kind = forms.ChoiceField(
        label="Por quê?",
        choices=[
            (DunningHold.Kind.PROMISE, "O pagador prometeu pagar até um dia"),
            (DunningHold.Kind.PAUSE, "Pausar os lembretes"),
        ],
        initial=DunningHold.Kind.PROMISE,
        widget=forms.RadioSelect,
        error_messages={"required": "Diga por que os lembretes param."},
    )
    until = DayField(
        label="Até o dia",
        required=False,
        help_text="Inclusive. Sem dia, a pausa vale até alguém retomar.",
    )
    why = LineField(
        label="Observação", required=False, max_length=200, help_text="Fica no histórico."
    )


class AllowForm(forms.Form):
    why = LineField(
        label="Motivo",
        max_length=200,
        widget=forms.TextInput({"autofocus": True}),
        error_messages={"required": "Informe o motivo: ele fica na auditoria."},
    )
