"""«Guia visual»: every piece of the design system in every state. Routed in development only."""

from datetime import UTC, date, datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.forms import DateInput, MoneyInput

# As in static/css/tokens.css.
INKS = ["ink", "muted", "faint", "paper", "card", "raise", "line", "line-strong"]
MEANINGS = ["brand", "ok", "warn", "bad", "info"]
COLOURS = INKS + [name + suffix for name in MEANINGS for suffix in ("", "-soft")]


class SampleForm(forms.Form):
    """One field of each kind."""

    payee = forms.CharField(
        label="Favorecido", max_length=120, help_text="Como está no documento ou na nota."
    )
    amount = forms.CharField(label="Valor", widget=MoneyInput)
    due_date = forms.DateField(label="Vencimento", widget=DateInput)
    method = forms.ChoiceField(
        label="Forma",
        choices=[("ted", "TED"), ("boleto", "Boleto"), ("pix", "Pix")],
        widget=forms.RadioSelect,
    )
    account = forms.ChoiceField(
        label="Conta", choices=[("1", "Cora · 0001 · 1234567-8"), ("2", "BS2 · 0001 · 765432-1")]
    )
    note = forms.CharField(label="Observação", required=False, widget=forms.Textarea)
    password = forms.CharField(label="Senha", widget=forms.PasswordInput)
    notify = forms.BooleanField(
        label="Avisar quando o banco confirmar",
        required=False,
        help_text="Por e-mail, uma vez por pagamento.",
    )


class SampleFilter(forms.Form):
    """The bar above a list."""

    since = forms.DateField(label="De", required=False, widget=DateInput)
    until = forms.DateField(label="Até", required=False, widget=DateInput)
    text = forms.CharField(
        label="Procurar",
        required=False,
        widget=forms.TextInput({"type": "search", "placeholder": "Nome, valor ou documento"}),
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "styleguide.html", _samples())


def _samples() -> dict[str, object]:
    return {
        "form": SampleForm(
            initial={"payee": "Energia do Sul S.A.", "amount": "1.489,90", "method": "boleto"},
            auto_id="ok_%s",
        ),
        "wrong_form": _wrong_form(),
        "filter": SampleFilter(initial={"since": date(2026, 11, 1), "until": date(2026, 11, 30)}),
        "colours": COLOURS,
        "chips": [
            {"label": "Hoje", "url": "#chips", "current": True, "count": 14},
            {"label": "7 dias", "url": "#chips", "count": 31},
            {"label": "Vencidas", "url": "#chips", "count": 2},
            {"label": "Todas", "url": "#chips"},
        ],
        "steps": [
            {"label": "Escolher o banco", "state": "done"},
            {"label": "Autorizar na Cora", "state": "current"},
            {"label": "Buscar o extrato", "state": "todo"},
        ],
        "failed_steps": [
            {"label": "Escolher o banco", "state": "done"},
            {"label": "Autorizar na Cora", "state": "failed"},
            {"label": "Buscar o extrato", "state": "todo"},
        ],
        "events": _events(),
        "facts": [
            {"label": "Banco", "value": "403 · Cora SCFI"},
            {"label": "Agência e conta", "value": "0001 · 1234567-8"},
            {"label": "Titular", "value": "Oficina Modelo Ltda"},
            {"label": "Conta do Ativo", "value": ""},
        ],
        "long_name": "Associação dos Distribuidores de Equipamentos Hidráulicos e Elétricos do "
        "Litoral Norte Catarinense e Região Serrana Ltda",
    }


def _wrong_form() -> SampleForm:
    form = SampleForm(
        {"payee": "", "amount": "12,345", "due_date": "31/02/2026", "account": "1"},
        auto_id="wrong_%s",
    )
    form.add_error("amount", "O valor tem centavos demais. Use dois: 12,34.")
    form.add_error(None, "Esta conta não foi gravada. Corrija os campos marcados.")
    return form


def _events() -> list[dict[str, object]]:
    return [
        {
            "at": datetime(2026, 11, 20, 12, 41, tzinfo=UTC),
            "title": "Paga pelo banco",
            "tone": "ok",
            "by": "Cora",
        },
        {
            "at": datetime(2026, 11, 20, 10, 2, tzinfo=UTC),
            "title": "Resposta do banco desconhecida",
            "text": "Verificando na Cora. Não será reenviada.",
            "tone": "bad",
        },
        {
            "at": datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
            "title": "Enviada ao banco",
            "text": "Aguardando aprovação no aplicativo da Cora.",
            "tone": "info",
            "by": "Modo Banking",
        },
        {
            "at": datetime(2026, 11, 19, 18, 30, tzinfo=UTC),
            "title": "Aprovada",
            "by": "Ana Aprovadora",
        },
    ]
