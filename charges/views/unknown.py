"""A slip of which its bank cannot say whether it exists: what people say who looked there."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from charges.forms.acts import FoundForm, NothingForm, WhyForm
from charges.issuing.missing import issue_again, say_found, say_missing
from charges.terms.check import reais
from charges.tracking.unfollowed import consider_cancelled as consider
from charges.views.acts import require, typed
from charges.views.charge import row_or_404
from charges.views.question import Question, ask
from core.forms import marking
from people.outcomes import tell_act
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
    bank = row.charge.bank_account.bank_said
    question = Question(
        title=f"Não consta {bank.at}?",
        texts=[
            f"Você procurou no aplicativo {bank.of} o boleto de {reais(row.charge.rest)} de "
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
    bank = row.charge.bank_account.bank_said
    question = Question(
        title=f"Consta {bank.at}",
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
        if issue_again(row.charge, by=request.membership) is None:
            messages.warning(
                request, "O primeiro boleto foi dado por não emitido. Outro ainda não."
            )
        else:
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


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def consider_cancelled(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """Its bank tells nothing any more, and somebody cancelled the slip in the bank's app."""
    row = row_or_404(request, charge_id)
    require(row.can_consider_cancelled)
    form = WhyForm(typed(request))
    if form.is_valid():
        with marking(form):
            why = form.cleaned_data["why"]
            act = consider(row.charge, by=request.membership, why=why)
            tell_act(request, act, "Anotado. A dívida continua, sem boleto em aberto.")
            return redirect("charges:detail", charge_id)
    bank = row.charge.bank_account.bank_said
    question = Question(
        title="Considerar cancelada no banco?",
        texts=[
            f"Cancele antes, no aplicativo {bank.of}, o boleto de {reais(row.charge.rest)} de "
            f"{row.charge.payer}: daqui ele não pode ser cancelado agora.",
            "A dívida continua, e outro boleto pode ser emitido por outra conta. Se o primeiro "
            "ainda estiver em aberto, o pagador pode pagar duas vezes. Quando a conexão voltar, o "
            "banco é consultado.",
        ],
        action="Já cancelei no banco",
        is_danger=True,
    )
    return ask(request, row.charge, question, form)
