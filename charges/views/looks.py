"""What a person says of a charge that requires a look, and of money that is held back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from charges.forms.acts import WhyForm
from charges.models import Settlement
from charges.reads.detail import page_of
from charges.settlement.explained_lines import explanation_of
from charges.settlement.looks import close_look, keep_explanation, replace_explanation
from charges.terms.check import reais
from charges.views.acts import require, typed
from charges.views.charge import row_or_404
from charges.views.question import Question, ask
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def look(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    row = row_or_404(request, charge_id)
    require(page_of(row).can_look)
    form = WhyForm(typed(request))
    if form.is_valid():
        close_look(row.charge, by=request.membership, why=form.cleaned_data["why"])
        messages.success(request, "Conferida.")
        return redirect("charges:detail", charge_id)
    question = Question(
        title="Está certo assim?",
        texts=[
            row.charge.question,
            "Nada muda nos valores nem na contabilidade: a cobrança deixa de pedir conferência.",
        ],
        action="Conferi, está certo",
    )
    return ask(request, row.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def replace(request: TenantRequest, settlement_id: UUID) -> HttpResponse:
    """What the line was in the books as is reversed, and this payment posted."""
    settlement = settlement_or_404(request, settlement_id)
    form = WhyForm(typed(request))
    if form.is_valid():
        why = form.cleaned_data["why"]
        replace_explanation(settlement, by=request.membership, why=why)
        messages.success(request, "Lançamento substituído, e o recebimento contabilizado.")
        return redirect("charges:detail", settlement.charge_id)
    question = Question(
        title="Substituir o lançamento?",
        texts=[
            f"{memo_of(settlement)} é estornado, e {reais(settlement.received)} são lançados como "
            f"recebimento de {settlement.charge.payer}."
        ],
        action="Estornar e lançar o recebimento",
    )
    return ask(request, settlement.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def keep(request: TenantRequest, settlement_id: UUID) -> HttpResponse:
    """The entry that is there stands for this payment."""
    settlement = settlement_or_404(request, settlement_id)
    form = WhyForm(typed(request))
    if form.is_valid():
        why = form.cleaned_data["why"]
        keep_explanation(settlement, by=request.membership, why=why)
        messages.success(request, "Lançamento mantido, e a cobrança quitada por ele.")
        return redirect("charges:detail", settlement.charge_id)
    question = Question(
        title="Manter o lançamento?",
        texts=[
            f"{memo_of(settlement)} passa a valer como o recebimento desta cobrança. Nada mais é "
            "lançado na contabilidade."
        ],
        action="Manter o lançamento",
    )
    return ask(request, settlement.charge, question, form)


def memo_of(settlement: Settlement) -> str:
    explained = explanation_of(settlement) if settlement.entry_id is None else None
    return f"O lançamento «{explained.memo}»" if explained else "O lançamento anterior"


def settlement_or_404(request: TenantRequest, settlement_id: UUID) -> Settlement:
    settlements = Settlement.objects.of(request.tenant)
    settlement: Settlement = get_object_or_404(
        settlements.select_related("charge__payer", "slip", "bank_account"), id=settlement_id
    )
    return settlement
