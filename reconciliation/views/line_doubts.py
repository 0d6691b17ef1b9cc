"""Lines that may be one movement: a file told one, and the bank then the other."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from banking.models import BankAccount, FileRow, LineDoubt
from banking.statements.answer_doubt import answer_doubt, effect_of_joining
from banking.statements.line_doubts import open_doubts
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role

Answer = FileRow.Answer
SHOWN = 20
importers = role_required(Role.ADMIN, Role.FINANCE)
DONE = {
    Answer.SAME: "A linha do arquivo saiu: fica a do banco.",
    Answer.TWO: "As duas linhas ficam.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    doubt: LineDoubt
    effect: str  # what «É a mesma» undoes


@require_GET
@importers
def line_doubts(request: TenantRequest, account_id: UUID) -> HttpResponse:
    account: BankAccount = get_object_or_404(BankAccount.objects.of(request.tenant), id=account_id)
    doubts = open_doubts(account)
    rows = doubts.select_related("line", "told").defer("line__raw", "told__raw")
    shown = rows.order_by("told__booked_on", "id")[:SHOWN]
    context = {
        "account": account,
        "count": doubts.count(),
        "asked": [Asked(doubt, " ".join(effect_of_joining(doubt))) for doubt in shown],
    }
    return render(request, "reconciliation/line_doubts.html", context)


@require_POST
@importers
@require_recent_factor  # it may take apart what was settled
def answer_line_doubt(request: TenantRequest, doubt_id: UUID) -> HttpResponse:
    doubt: LineDoubt = get_object_or_404(LineDoubt.objects.of(request.tenant), id=doubt_id)
    answer = request.POST.get("answer", "")
    if answer not in DONE:
        raise BadRequest("not an answer")
    answer_doubt(doubt, answer, by=request.membership)
    messages.success(request, DONE[Answer(answer)])
    return redirect("reconciliation:line_doubts", doubt.bank_account_id)
