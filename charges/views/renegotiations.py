"""Charges of one payer become others: the form with what it comes to, and an agreement's page."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from brazil.banking_days import sao_paulo_day
from charges.forms.acts import NothingForm
from charges.forms.renegotiation import RenegotiateForm
from charges.models import Renegotiation
from charges.reads.renegotiate_review import review_renegotiating
from charges.reads.renegotiations import AgreementPage, agreeable, page_of_agreement
from charges.reads.row import Row
from charges.renegotiation.ask import ask_renegotiation
from charges.renegotiation.undo import undo_renegotiation
from charges.views.acts import require, typed
from charges.views.issuing import read_ids
from charges.views.question import Question, ask_about
from core.clock import database_now
from core.forms import marking
from parties.models import Payer
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def ask(request: TenantRequest) -> HttpResponse:
    payer = payer_or_404(request, request.GET)
    rows, form = form_of(request, payer)
    if request.method == "POST" and form.is_valid():
        with marking(form):
            made = ask_renegotiation(form.chosen, form.agreement, by=request.membership)
            if made is None:
                messages.warning(
                    request, "O desconto passa do limite: espera a liberação de outra pessoa."
                )
                return redirect(f"{reverse('charges:list')}?pagador={payer.id}")
            messages.success(request, "Renegociação pedida. O andamento aparece aqui.")
            return redirect("charges:renegotiation", made.id)
    context = {"payer": payer, "rows": rows, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "charges/renegotiations/form.html", context, status=status)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def review(request: TenantRequest) -> HttpResponse:
    """From the list to the form, with what was selected chosen; asks first where that is of several
    payers or cannot go."""
    ids, today = read_ids(request.POST.getlist("charge")), sao_paulo_day(database_now())
    found = review_renegotiating(ids, request.membership, today)
    if found is None:
        raise Http404
    if found.only is None:
        template = "_choice_dialog.html" if request.htmx else "choice.html"
        return render(request, f"charges/renegotiations/{template}", {"review": found})
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": found.only.url})
    return redirect(found.only.url)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def preview(request: TenantRequest) -> HttpResponse:
    """What the ticked charges come to, and the new ones. Writes nothing."""
    _, form = form_of(request, payer_or_404(request, request.POST))
    form.is_valid()
    return render(request, "charges/renegotiations/_preview.html", {"form": form})


def form_of(request: TenantRequest, payer: Payer) -> tuple[list[Row], RenegotiateForm]:
    """Ticked at first: those that the address names, else those that are overdue."""
    now = database_now()
    rows = agreeable(payer, request.membership, now)
    named = set(request.GET.getlist("charge"))
    chosen = [row for row in rows if str(row.charge.id) in named]
    chosen = chosen or [row for row in rows if row.charge.is_overdue(row.today)]
    form = RenegotiateForm(
        typed(request),
        tenant=request.tenant,
        charges=[row.charge for row in rows],
        chosen=[row.charge for row in chosen],
        today=sao_paulo_day(now),
    )
    return rows, form


@require_GET
@member_required
def detail(request: TenantRequest, renegotiation_id: UUID) -> HttpResponse:
    """While the bank is about to answer, the page asks by itself whether it is as it shows."""
    page = page_or_404(request, renegotiation_id)
    if "X-Poll" in request.headers and request.GET.get("visto") == page.state_mark:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    context = {"page": page, "renegotiation": page.renegotiation}
    return render(request, "charges/renegotiations/detail.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def undo(request: TenantRequest, renegotiation_id: UUID) -> HttpResponse:
    page = page_or_404(request, renegotiation_id)
    require(page.can_undo)
    form = NothingForm(typed(request))
    url = reverse("charges:renegotiation", args=[renegotiation_id])
    if form.is_valid():
        undo_renegotiation(page.renegotiation, by=request.membership)
        messages.success(request, "Renegociação desfeita: as cobranças continuam devidas.")
        return redirect(url)
    question = Question(
        title="Desfazer a renegociação?",
        texts=[
            "As cobranças antigas continuam devidas como antes. Um boleto que o banco já cancelou "
            "não volta: a cobrança fica sem boleto até você emitir outro."
        ],
        action="Desfazer",
    )
    label = str(page.renegotiation.payer)
    return ask_about(request, question, form, back_url=url, back_label=label)


def page_or_404(request: TenantRequest, renegotiation_id: UUID) -> AgreementPage:
    rows = Renegotiation.objects.of(request.tenant).select_related(
        "payer", "bank_account", "revenue_account", "created_by"
    )
    found: Renegotiation = get_object_or_404(rows, id=renegotiation_id)
    return page_of_agreement(found, request.membership, database_now())


def payer_or_404(request: TenantRequest, named: QueryDict) -> Payer:
    try:
        payer_id = UUID(named.get("pagador", ""))
    except ValueError as error:
        raise Http404 from error
    payer: Payer = get_object_or_404(Payer.objects.of(request.tenant), id=payer_id)
    return payer
