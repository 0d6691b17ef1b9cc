"""«Enviar agora» and «Baixar contas» say what they do, and ask."""

from urllib.parse import urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from banking.models import BankAccount
from core.clock import database_now
from core.middleware import previous_page
from payments.reads.sending_review import review_sending
from payments.views.acts import read_ids
from payments.views.pay import chosen_of
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def review(request: TenantRequest) -> HttpResponse:
    """Of the chosen bills: all from the account that is named, else each from its own."""
    ids = read_ids(request.POST.getlist("payable"))
    account = None
    if named := request.POST.get("account", ""):
        usable = BankAccount.objects.of(request.tenant).connected().in_plan()
        account = chosen_of(list(usable), named)
        if account is None:
            raise Http404
    found = review_sending(ids, account, request.membership, database_now())
    if found is None:
        raise Http404
    template = "_send_dialog.html" if request.htmx else "send.html"
    context = {"review": found, "account": account, "back": path_of(previous_page(request))}
    return render(request, f"payments/{template}", context)


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
