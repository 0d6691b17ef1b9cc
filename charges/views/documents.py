"""Documents of charges: the bank's, ours, and many in one."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from brazil.banking_days import sao_paulo_day
from charges.documents.bank_pdf import kept_document
from charges.documents.printing import AT_ONCE, ask_for_print, ids_of_group, print_now
from charges.documents.sheets import printable
from charges.models import Charge, PrintJob
from charges.payer_page.address import find_charge
from charges.payer_page.page import PayerView, view_of
from charges.views.charge import charge_or_404
from charges.views.issuing import read_ids
from charges.views.payer import for_strangers, gone
from core.clock import database_now
from core.errors import InvalidState
from tenants.access import TenantRequest, member_required
from tenants.scope import tenant_scope
from tenants.throttles import costly


@require_GET
@member_required
def bank_pdf(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """Our copy of what the bank made for the slip that collects the charge now, while that may be
    paid."""
    charge = charge_or_404(request, charge_id)
    pairs = printable(request.tenant.id, [charge.id], sao_paulo_day(database_now()))
    content = kept_document(pairs[0][1]) if pairs else None
    if content is None:
        raise InvalidState(
            "Não há PDF do banco para esta cobrança agora. Ele chega minutos depois do registro; "
            "enquanto isso, use «Imprimir».",
            code="no_document",
        )
    return pdf_answer(content, f"boleto-{name_of(charge)}.pdf")


@require_GET
@member_required
@costly
def sheet(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    charge = charge_or_404(request, charge_id)
    content, _ = print_now(request.tenant.id, [charge.id])
    return pdf_answer(content, f"cobranca-{name_of(charge)}.pdf")


@require_GET
@member_required
@costly
def group(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """The instalments of one sale, in one file."""
    ids = ids_of_group(charge_or_404(request, charge_id))
    content, _ = print_now(request.tenant.id, ids)
    return pdf_answer(content, "parcelas.pdf")


@require_POST
@member_required
@costly
def print_many(request: TenantRequest) -> HttpResponse:
    """The chosen ones, by due date: at once, or as a job whose page is opened."""
    chosen = Charge.objects.of(request.tenant).filter(
        id__in=read_ids(request.POST.getlist("charge"))
    )
    ids = by_due_date(chosen)
    if len(ids) > AT_ONCE:
        return redirect("charges:print_job", ask_for_print(ids, by=request.membership).id)
    content, _ = print_now(request.tenant.id, ids)
    return pdf_answer(content, "cobrancas.pdf")


@require_GET
@member_required
def print_job(request: TenantRequest, job_id: UUID) -> HttpResponse:
    job = job_or_404(request, job_id)
    return render(request, "charges/print_job.html", {"job": job})


@require_GET
@member_required
def printed(request: TenantRequest, job_id: UUID) -> HttpResponse:
    job = job_or_404(request, job_id)
    if job.content is None:
        raise Http404
    return pdf_answer(bytes(job.content), "cobrancas.pdf")


@require_safe
@for_strangers
def payer_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """For the payer: the bank's, where there is a copy; else ours. Only while it can be paid."""
    view = view_of(find_charge(token))
    if view is None or not view.is_payable:
        return gone(request)
    return pdf_answer(document_of(view), f"cobranca-{name_of(view.charge)}.pdf")


def document_of(view: PayerView) -> bytes:
    charge, slip = view.charge, view.slip
    assert slip is not None  # it can be paid
    with tenant_scope(charge.tenant_id):
        return kept_document(slip) or print_now(charge.tenant_id, [charge.id])[0]


def by_due_date(charges: QuerySet[Charge]) -> list[UUID]:
    return list(charges.order_by("due_date", "id").values_list("id", flat=True))


def job_or_404(request: TenantRequest, job_id: UUID) -> PrintJob:
    jobs = PrintJob.objects.of(request.tenant).filter(created_by=request.user)
    job: PrintJob = get_object_or_404(jobs, id=job_id)
    return job


def name_of(charge: Charge) -> str:
    """In a file's name: the end of the id is different in charges of one day."""
    return f"{charge.due_date:%Y-%m-%d}-{charge.id.hex[-6:]}"


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """Saved under that name, and read as nothing else (nosniff is on every answer of ours)."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
