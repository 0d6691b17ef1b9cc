"""A slip of which its bank cannot say whether it exists: what people say who looked there."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from charges.forms.acts import FoundForm, NothingForm
from charges.issuing.missing import issue_again, say_found, say_missing
from charges.terms.check import reais
from charges.views.acts import require, typed
from charges.views.charge import row_or_404
from charges.views.question import Question, ask
from core.forms import marking
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def missing(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    row = row_or_404(request, charge_id)
    require(row.asks_about_slip)
    form = NothingForm(typed(request))
    if form.is_valid():
        say_missing(row.charge, by=request.membership)
        messages.success(request, "Anotado. Agora outra pessoa pode emitir de novo.")
        return redirect("charges:detail", charge_id)
    bank = row.charge.bank_account.bank_name
    question = Question(
        title=f"Não consta em {bank}?",
        texts=[
            f"Você procurou no aplicativo de {bank} o boleto de {reais(row.charge.rest)} de "
            f"{row.charge.payer}, com vencimento em {row.charge.due_date:%d/%m/%Y}, e ele não "
            "aparece.",
            "Nada é emitido agora: emitir de novo pede outra pessoa.",
        ],
        action="Procurei, não consta",
    )
    return ask(request, row.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def found(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    row = row_or_404(request, charge_id)
    require(row.asks_about_slip)
    form = FoundForm(typed(request))
    if form.is_valid():
        with marking(form):
            say_found(row.charge, form.cleaned_data["our_number"], by=request.membership)
            messages.success(request, "Anotado. O banco está sendo consultado por este número.")
            return redirect("charges:detail", charge_id)
    bank = row.charge.bank_account.bank_name
    question = Question(
        title=f"Consta em {bank}",
        texts=["Copie o nosso número do boleto. O banco é consultado, e só vale se for o nosso."],
        action="Consultar este número",
    )
    return ask(request, row.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def again(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """By another person than the one who looked."""
    row = row_or_404(request, charge_id)
    require(row.asks_about_slip)
    form = NothingForm(typed(request))
    if form.is_valid():
        issue_again(row.charge, by=request.membership)
        messages.success(request, "Na fila de emissão. A resposta do banco aparece aqui.")
        return redirect("charges:detail", charge_id)
    question = Question(
        title="Emitir de novo?",
        texts=[
            f"Outro boleto de {reais(row.charge.rest)} é emitido para {row.charge.payer}.",
            "O primeiro pode estar no DDA do pagador. Se ele for pago, quita esta cobrança, e o "
            "segundo é cancelado.",
        ],
        action="Emitir outro boleto",
        is_danger=True,
    )
    return ask(request, row.charge, question, form)
