"""What people do to bills. Each answers with the row as it is now, or goes back to the page."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from core.enqueue import enqueue
from core.errors import Changed, InvalidInput, InvalidState
from core.middleware import previous_page
from core.plurals import counted
from payments.bills.approval import approve_payable, ask_for_approval, reject_payable
from payments.bills.edit import last_edit
from payments.bills.enter import cancel_payable
from payments.bills.title import lift_title
from payments.dispatch.send_now import send_now
from payments.forms.cancel import CancelForm, RejectForm
from payments.forms.settle import SettleForm
from payments.models import Payable, PayableEvent, PaymentOrder
from payments.orders.cancellation import request_cancellation
from payments.orders.manual_result import settle_by_hand
from payments.orders.tracking import ask_for_round
from payments.timeline import NEEDS_CHECKING
from payments.views.bill import row_or_404
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role

FROM_APPROVALS = "para-aprovar"


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def approve(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    payable = payable_or_404(request, payable_id)
    shown = request.POST.get("shown", "")
    try:
        payable = approve_payable(payable, by=request.membership, shown=shown)
    except Changed as error:
        return answer(request, payable, f"{error} {last_edit(payable)}".rstrip(), tone="warn")
    if payable.is_pending:
        return answer(request, payable, f"Aprovada por você: {payable.payee}. Falta outra pessoa.")
    return answer(request, payable, f"Aprovada: {payable.payee}.")


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE, Role.APPROVER)
def cancel(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """GET asks first."""
    payable = payable_or_404(request, payable_id)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        template = "payments/_cancel_dialog.html" if request.htmx else "payments/cancel.html"
        status = 422 if form.is_bound else 200
        return render(request, template, {"payable": payable, "form": form}, status=status)
    cancel_payable(payable, by=request.user, why=form.cleaned_data["why"])
    messages.success(request, f"Cancelada: {payable.payee}.")
    return redirect("payments:detail", payable.id)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def reject(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """Back to its author, with the reason. GET asks for it, and says where one came from."""
    from_list = request.GET.get("volta") == FROM_APPROVALS
    payable = payable_or_404(request, payable_id)
    form = RejectForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        template = "payments/_reject_dialog.html" if request.htmx else "payments/reject.html"
        status = 422 if form.is_bound else 200
        context = {"payable": payable, "form": form, "from_list": from_list}
        return render(request, template, context, status=status)
    reject_payable(payable, by=request.membership, why=form.cleaned_data["why"])
    messages.success(request, f"Reprovada: {payable.payee}.")
    if from_list:
        return redirect("payments:approvals")
    return redirect("payments:detail", payable.id)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def ask_again(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """A rejected bill goes to the approvers again, as it is."""
    payable = payable_or_404(request, payable_id)
    ask_for_approval(payable, by=request.membership)
    messages.success(request, f"Enviada para aprovação: {payable.payee}.")
    return redirect("payments:detail", payable.id)


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def lift(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """A boleto is taken as it is registered, though the bill says otherwise."""
    payable = payable_or_404(request, payable_id)
    lift_title(payable, by=request.membership, shown=request.POST.get("shown", ""))
    messages.success(request, f"Boleto liberado: {payable.payee}.")
    return redirect("payments:detail", payable.id)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE, Role.APPROVER)
def take_back(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """Cancel a payment at the bank that is not approved there yet. GET asks first."""
    row = row_or_404(request, payable_id)
    if request.method == "GET":
        template = "payments/_take_back_dialog.html" if request.htmx else "payments/take_back.html"
        return render(request, template, {"row": row, "payable": row.payable})
    order = request_cancellation(row.payable, by=request.membership)
    ask_for_round(order.tenant_id, order.bank_account_id)
    messages.success(request, "Cancelamento pedido ao banco. A resposta aparece aqui.")
    return redirect("payments:detail", payable_id)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def send(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    payable = payable_or_404(request, payable_id)
    orders = send_now([payable], by=request.user)
    nudge_senders(orders)
    if not orders:
        return answer(request, payable, f"De volta para aprovação: {payable.payee}.", tone="warn")
    return answer(request, payable, f"Na fila de envio: {payable.payee}.")


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def send_late(request: TenantRequest) -> HttpResponse:
    """Several at once, all or none of them."""
    ids = read_ids(request.POST.getlist("payable"))
    payables = list(Payable.objects.of(request.tenant).filter(id__in=ids).order_by("id"))
    if len(payables) != len(ids):
        raise Http404
    orders = send_now(payables, by=request.user)
    nudge_senders(orders)
    tell_of_sent(request, len(orders), len(payables) - len(orders))
    return redirect(page_that_asked(request))


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def settle(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """A person says how a payment ended that the bank does not tell of. GET asks."""
    row = row_or_404(request, payable_id)
    if row.order is None or not row.can_settle:
        raise InvalidState("Este pagamento não precisa de conferência.", code="nothing_to_settle")
    form = SettleForm(request.POST if request.method == "POST" else None, order=row.order)
    if request.method == "POST" and form.is_valid():
        settle_by_hand(row.order, was_paid=form.was_paid, by=request.membership)
        messages.success(request, f"Conferida: {row.payable.payee}.")
        return redirect("payments:detail", payable_id)
    asked = PayableEvent.objects.of(request.tenant).filter(payable=payable_id, title=NEEDS_CHECKING)
    why = asked.order_by("-at").values_list("text", flat=True).first()
    return render(request, "payments/settle.html", {"row": row, "form": form, "why": why})


def page_that_asked(request: TenantRequest) -> str:
    """Where the question was asked; it names that page in its form."""
    asked = request.POST.get("volta", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, None)
    return asked if is_ours else previous_page(request)


def tell_of_sent(request: TenantRequest, sent: int, returned: int, account: str = "") -> None:
    """How many bills are in the queue (of the account), and how many wait for approval again."""
    if sent:
        of_account = f" de {account}" if account else ""
        went = counted(sent, "conta foi", "contas foram")
        messages.success(request, f"{went} para a fila de envio{of_account}.")
    if returned:
        back = counted(returned, "conta voltou", "contas voltaram")
        messages.warning(request, f"{back} para aprovação: o destino não consta na aprovação.")


def read_ids(texts: list[str]) -> set[UUID]:
    try:
        ids = {UUID(text) for text in texts}
    except ValueError:
        raise InvalidInput("Atualize a página e selecione as contas novamente.") from None
    if not ids:
        raise InvalidInput("Selecione ao menos uma conta.")
    return ids


def nudge_senders(orders: list[PaymentOrder]) -> None:
    for tenant_id, account_id in {(o.tenant_id, o.bank_account_id) for o in orders}:
        enqueue("payments.tasks.send_queued", str(tenant_id), str(account_id))


def payable_or_404(request: TenantRequest, payable_id: UUID) -> Payable:
    payable: Payable = get_object_or_404(
        Payable.objects.of(request.tenant).select_related("payee"), id=payable_id
    )
    return payable


def answer(
    request: TenantRequest, payable: Payable, text: str, *, tone: str = "ok"
) -> HttpResponse:
    if not request.htmx:
        tell = messages.success if tone == "ok" else messages.warning
        tell(request, text)
        return redirect(previous_page(request))
    row = row_or_404(request, payable.id)
    response = render(request, "payments/_payable_row.html", {"row": row})
    news = {"toast": {"text": text, "tone": tone}, "bills-changed": True}
    response["HX-Trigger"] = json.dumps(news)
    return response
