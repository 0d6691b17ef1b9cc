"""What a payer paid too much: used for another charge, or given back by a bill. GET asks first."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from charges.forms.acts import WhyForm
from charges.forms.refunds import GiveBackForm, UseAdvanceForm
from charges.models import AdvanceUse
from charges.refunds.advances import give_back_by_bill, use_advance
from charges.refunds.undo_use import paid_charge, require_last, undo_use
from charges.terms.check import reais
from charges.views.acts import require, typed
from charges.views.question import Question, ask
from charges.views.refunds import payment_or_404
from core.forms import marking
from people.outcomes import WAITS_FOR_SECOND
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def use(request: TenantRequest, settlement_id: UUID) -> HttpResponse:
    payment = payment_or_404(request, settlement_id)
    require(payment.can_use)
    settlement = payment.settlement
    form = UseAdvanceForm(typed(request), settlement=settlement, left=payment.advance)
    if form.is_valid():
        with marking(form):
            act = use_advance(settlement, by=request.membership, **form.cleaned_data)
            if act.is_waiting:
                messages.info(request, WAITS_FOR_SECOND)
            else:
                messages.success(request, "Adiantamento usado na outra cobrança.")
            return redirect("charges:detail", settlement.charge_id)
    question = Question(
        title="Usar adiantamento em outra cobrança",
        texts=[
            f"{settlement.charge.payer} tem {reais(payment.advance)} de adiantamento deste "
            "recebimento. A outra cobrança é quitada por ele, e o boleto em aberto dela é "
            "cancelado no banco."
        ],
        action="Usar adiantamento",
    )
    return ask(request, settlement.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def undo(request: TenantRequest, use_id: UUID) -> HttpResponse:
    uses = AdvanceUse.objects.of(request.tenant).filter(became__isnull=False)
    use: AdvanceUse = get_object_or_404(
        uses.select_related("settlement__charge__payer", "became__charge"), id=use_id
    )
    require_last(use)
    source, form = use.settlement.charge, WhyForm(typed(request))
    if form.is_valid():
        with marking(form):
            act = undo_use(use, by=request.membership, **form.cleaned_data)
            if act.is_waiting:
                messages.info(request, WAITS_FOR_SECOND)
            else:
                messages.success(request, "Uso desfeito: o adiantamento é do pagador de novo.")
            return redirect("charges:detail", source.id)
    question = Question(
        title="Desfazer o uso do adiantamento?",
        texts=[
            f"{reais(use.amount)} voltam a ser adiantamento de {source.payer}, e "
            f"«{paid_charge(use)}» volta a dever essa parte, sem boleto até você emitir outro. O "
            "lançamento é estornado com a data de hoje."
        ],
        action="Desfazer uso",
        is_danger=True,
    )
    return ask(request, source, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def give_back(request: TenantRequest, settlement_id: UUID) -> HttpResponse:
    payment = payment_or_404(request, settlement_id)
    require(payment.can_give_back)
    settlement, payer = payment.settlement, payment.settlement.charge.payer
    form = GiveBackForm(typed(request), left=payment.advance, document=payer.document)
    if form.is_valid():
        with marking(form):
            give_back_by_bill(settlement, by=request.membership, **form.cleaned_data)
            messages.success(request, "Conta a pagar lançada: ela aguarda aprovação.")
            return redirect("charges:detail", settlement.charge_id)
    question = Question(
        title="Devolver por uma conta a pagar",
        texts=[
            f"{reais(payment.advance)} de {payer} estão em adiantamentos. A conta a pagar, por "
            "Pix e para hoje, aguarda aprovação como qualquer outra."
        ],
        action="Lançar conta a pagar",
    )
    return ask(request, settlement.charge, question, form)
