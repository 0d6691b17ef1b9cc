"""One bill: entering it, and its page."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banking.banks.contract.payments import AccountType
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from brazil.banks import BANKS
from brazil.document import format_document
from core.clock import database_now
from core.dates import near_day
from core.errors import Changed
from parties.models import Payee
from payments.bills import parsing
from payments.bills.edit import edit_payable, last_edit, version_of
from payments.bills.enter import enter_payable, kept_name
from payments.bills.key_lookup import hurry_reading
from payments.bills.possible_duplicates import PossibleDuplicate
from payments.bills.title import title_digest
from payments.bills.warnings import of_pix_code
from payments.forms.payable import PayableForm, PixBy
from payments.models import Payable, PayableEvent
from payments.orders.account_limits import words
from payments.rails.limits import limits_of
from payments.reads.bank_lines import bank_lines_of
from payments.reads.known_payee import known_fields
from payments.reads.row import Row, rows_of
from payments.reads.status_label import Accounts
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role

SUGGESTED_PAYEES = 300


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def enter(request: TenantRequest) -> HttpResponse:
    form = payable_form(request)
    if request.method == "POST" and form.is_valid():
        try:
            payable = enter_payable(
                request.tenant, by=request.user, accept_duplicates_of=form.accepted, **form.entry()
            )
        except PossibleDuplicate as error:
            form.ask_of_duplicates(error.found)
            return render_form(request, form)
        hurry_reading(payable)
        messages.success(request, entered_message(payable, form))
        return redirect("payments:detail", payable.id)
    return render_form(request, form)


def render_form(
    request: TenantRequest, form: PayableForm, payable: Payable | None = None
) -> HttpResponse:
    """Of a new bill, or of the one that is changed."""
    return render(
        request,
        "payments/edit.html" if payable else "payments/new.html",
        {
            "form": form,
            "payable": payable,
            "limits": said_limits(request),
            "banks": [parsing.bank_label(bank) for bank in BANKS],
            "payees": [
                {"name": payee.name, "document": format_document(payee.document)}
                for payee in Payee.objects.of(request.tenant).order_by("name")[:SUGGESTED_PAYEES]
            ],
        },
    )


def said_limits(request: TenantRequest) -> dict[str, str]:
    """By account and rail, in words; for who is about to enter what they would keep here."""
    limits = limits_of(request.tenant.id)
    if not limits:
        return {}
    return words(limits, {a.id: a for a in BankAccount.objects.of(request.tenant)})


def payable_form(request: TenantRequest) -> PayableForm:
    today = sao_paulo_day(database_now())
    if request.method == "POST":
        return PayableForm(request.POST, tenant=request.tenant, today=today)
    initial = {
        "method": Payable.Method.TED,
        "pix_by": PixBy.KEY,
        "account_type": AccountType.CHECKING,
    }
    return PayableForm(initial=initial, tenant=request.tenant, today=today)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def edit(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """Change a bill that has not left."""
    bills = Payable.objects.of(request.tenant).with_details()
    payable = get_object_or_404(bills, id=payable_id)
    today, now_is = sao_paulo_day(database_now()), version_of(payable)
    if request.method == "GET":
        form = PayableForm.of(payable, seen=now_is, today=today)
        return render_form(request, form, payable)
    # What was typed stays; whoever saves again has been told what it replaces.
    typed = request.POST.copy()
    typed["seen"] = now_is
    form = PayableForm(typed, tenant=request.tenant, today=today, but=payable)
    if not form.is_valid():
        return render_form(request, form, payable)
    try:
        seen = request.POST.get("seen", "")
        edited = edit_payable(
            payable, by=request.membership, seen=seen, accept_duplicates_of=form.accepted,
            **form.entry(),
        )  # fmt: skip
        hurry_reading(edited)
    except PossibleDuplicate as error:
        form.ask_of_duplicates(error.found)
        return render_form(request, form, payable)
    except Changed as error:
        form.add_error(None, f"{error} {last_edit(payable)}".rstrip())
        return render_form(request, form, payable)
    messages.success(request, "Alterações salvas.")
    return redirect("payments:detail", payable.id)


def entered_message(payable: Payable, form: PayableForm) -> str:
    kept = kept_name(payable, form.cleaned_data["payee_name"])
    return f"Conta lançada. {kept or 'Agora outra pessoa precisa aprová-la.'}"


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def read_line(request: TenantRequest) -> HttpResponse:
    """What a linha digitável says, and the fields that it fills in. Writes nothing."""
    today = sao_paulo_day(database_now())
    form, filled = read_typed(request, method=Payable.Method.BOLETO)
    return render(
        request,
        "payments/_slip.html",
        {
            "slip": form.slip,
            "due": form.slip and form.slip.due_date and near_day(form.slip.due_date, today),
            "errors": form.errors.get("linha_digitavel"),
            "filled": filled,
        },
    )


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def read_code(request: TenantRequest) -> HttpResponse:
    """As `read_line`, of a Pix «copia e cola»."""
    form, filled = read_typed(request, method=Payable.Method.PIX, pix_by=PixBy.CODE)
    return render(
        request,
        "payments/_pix_code.html",
        {
            "code": form.pix_charge,
            "warnings": of_pix_code(form.pix_charge) if form.pix_charge else [],
            "errors": form.errors.get("pix_code"),
            "question": form.questions.get("pix_code"),
            "filled": filled,
        },
    )


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def read_payee(request: TenantRequest) -> HttpResponse:
    """The fields that a known name or document fills in, those that are still empty."""
    today = sao_paulo_day(database_now())
    known = known_fields(request.tenant, request.POST)
    initial = {name: value for name, value in known.items() if not request.POST.get(name)}
    filled = PayableForm(initial=initial, tenant=request.tenant, today=today)
    fields = [filled[name] for name in initial]
    return render(request, "payments/_known_payee.html", {"filled": fields})


def read_typed(request: TenantRequest, **chosen: str) -> tuple[PayableForm, list[BoundField]]:
    """What was typed so far, and the fields that it fills in."""
    today = sao_paulo_day(database_now())
    typed = request.POST.copy()
    for name, value in chosen.items():
        typed[name] = value
    form = PayableForm(typed, tenant=request.tenant, today=today)
    filled = PayableForm(initial=form.filled_in(), tenant=request.tenant, today=today)
    return form, [filled[name] for name in filled.initial]


@require_GET
@member_required
def detail(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """Where a bank is being asked about it, the page asks by itself until it has answered."""
    row = row_or_404(request, payable_id)
    if row.is_being_read and "X-Poll" in request.headers:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    events = PayableEvent.objects.of(request.tenant).filter(payable=row.payable)
    return render(
        request,
        "payments/detail.html",
        {
            "row": row,
            "payable": row.payable,
            "bank_lines": bank_lines_of(row.orders),
            "title_digest": title_digest(row.payable) if row.can_lift_title else "",
            "events": [
                {"at": e.at, "title": e.title, "text": e.text, "tone": e.tone,
                 "by": e.by.display_name if e.by else ""}
                for e in events.select_related("by").order_by("-at", "-id")
            ],
        },
    )  # fmt: skip


def row_or_404(request: TenantRequest, payable_id: UUID) -> Row:
    payables = Payable.objects.of(request.tenant).filter(id=payable_id)
    get_object_or_404(payables)
    now = database_now()
    return rows_of(payables, Accounts.of(request.tenant, now), request.membership, now)[0]
