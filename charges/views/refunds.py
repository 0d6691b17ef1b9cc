"""Money that goes back: asked for, released, registered. GET asks first."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from charges.forms.acts import NothingForm, WhyForm
from charges.forms.refunds import RefundForm, RegisterForm
from charges.models import Refund
from charges.reads.refunds import PaymentRow, decided_refunds, payments_of, waiting_refunds
from charges.refunds.ask import ask_refund, withdraw_refund
from charges.refunds.register import register_refund
from charges.refunds.release import release_refund
from charges.states import RefundStatus
from charges.terms.check import reais
from charges.views.acts import require, typed
from charges.views.charge import row_or_404
from charges.views.looks import settlement_or_404
from charges.views.question import Question, ask
from core.forms import marking
from people.outcomes import WAITS_FOR_SECOND
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_GET
@member_required
def show_refunds(request: TenantRequest) -> HttpResponse:
    """What waits for a release, and what was decided lately."""
    context = {
        "waiting": waiting_refunds(request.membership),
        "decided": decided_refunds(request.membership),
    }
    return render(request, "charges/refunds.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def ask_for(request: TenantRequest, settlement_id: UUID) -> HttpResponse:
    """Have the bank give a payment back, once another person has released it."""
    payment = payment_or_404(request, settlement_id)
    require(payment.can_ask)
    settlement = payment.settlement
    form = RefundForm(typed(request), left=payment.left)
    if form.is_valid():
        with marking(form):
            ask_refund(settlement, by=request.membership, **form.asked)
            messages.success(request, "Devolução pedida. Ela sai quando outra pessoa liberar.")
            return redirect("charges:detail", settlement.charge_id)
    assert settlement.bank_account is not None  # payment.can_ask
    question = Question(
        title="Devolver ao pagador",
        texts=[
            f"Deste recebimento restam {reais(payment.left.total)}. O valor volta por Pix para a "
            f"conta de onde veio, {settlement.bank_account.said.by}. Nada sai antes de um "
            "aprovador liberar."
        ],
        action="Pedir devolução",
    )
    return ask(request, settlement.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def register(request: TenantRequest, settlement_id: UUID) -> HttpResponse:
    """It went back already, and no bank tells it."""
    payment = payment_or_404(request, settlement_id)
    require(payment.can_register)
    settlement = payment.settlement
    form = RegisterForm(typed(request), settlement=settlement, left=payment.left)
    if form.is_valid():
        with marking(form):
            refund = register_refund(settlement, by=request.membership, **form.registered)
            if refund is None:
                messages.info(request, WAITS_FOR_SECOND)
            else:
                messages.success(request, f"Devolução de {reais(refund.amount)} lançada.")
            return redirect("charges:detail", settlement.charge_id)
    question = Question(
        title="Registrar devolução",
        texts=[
            f"Deste recebimento restam {reais(payment.left.total)}. A devolução é lançada no dia "
            "em que o dinheiro saiu; o lançamento do recebimento não muda."
        ],
        action="Registrar devolução",
    )
    return ask(request, settlement.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def release(request: TenantRequest, refund_id: UUID) -> HttpResponse:
    refund = refund_or_404(request, refund_id)
    form = NothingForm(typed(request))
    if form.is_valid():
        done = release_refund(refund, by=request.membership)
        if done.status == RefundStatus.WAITING:
            messages.success(request, "Liberada por você. Falta a liberação de outra pessoa.")
        else:
            messages.success(request, f"Devolução de {reais(done.amount)} liberada.")
        return back(request, refund)
    assert refund.bank_account is not None  # it leaves by the bank
    asker = refund.asked_by.display_name if refund.asked_by else ""
    debt = f" {refund.get_debt_display()}." if refund.principal else ""
    texts = [
        f"{reais(refund.amount)} saem {refund.bank_account.said.of} por Pix para a conta de onde "
        f"vieram os {reais(refund.settlement.received)} de {refund.charge.payer}.",
        f"Pedida por {asker}: {refund.reason}.{debt}",
    ]
    question = Question(title="Liberar devolução?", texts=texts, action="Liberar e devolver")
    return ask(request, refund.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE, Role.APPROVER)
@require_recent_factor
def withdraw(request: TenantRequest, refund_id: UUID) -> HttpResponse:
    """Who asked takes it back, or an approver refuses it."""
    refund = refund_or_404(request, refund_id)
    form = WhyForm(typed(request))
    if form.is_valid():
        with marking(form):
            withdraw_refund(refund, by=request.membership, why=form.cleaned_data["why"])
            messages.success(request, "A devolução não será feita.")
            return back(request, refund)
    is_own = refund.asked_by_id == request.membership.user_id
    question = Question(
        title="Retirar este pedido?" if is_own else "Recusar esta devolução?",
        texts=[f"{reais(refund.amount)} não voltam a {refund.charge.payer}."],
        action="Retirar pedido" if is_own else "Recusar",
        is_danger=True,
    )
    return ask(request, refund.charge, question, form)


def back(request: TenantRequest, refund: Refund) -> HttpResponse:
    if request.GET.get("volta") == "devolucoes":
        return redirect("charges:refunds")
    return redirect("charges:detail", refund.charge_id)


def payment_or_404(request: TenantRequest, settlement_id: UUID) -> PaymentRow:
    settlement = settlement_or_404(request, settlement_id)
    row = row_or_404(request, settlement.charge_id)
    return payments_of(row.charge, [settlement], request.membership, row.today)[0]


def refund_or_404(request: TenantRequest, refund_id: UUID) -> Refund:
    refunds = Refund.objects.of(request.tenant).select_related(
        "charge__payer", "settlement", "bank_account", "asked_by"
    )
    refund: Refund = get_object_or_404(refunds, id=refund_id)
    return refund
