"""Who has something overdue."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from brazil.banking_days import sao_paulo_day
from charges.reads.debtors import read_page
from charges.reads.numbers import numbers_of
from core.clock import database_now
from tenants.access import TenantRequest, member_required


@require_GET
@member_required
def show_debtors(request: TenantRequest) -> HttpResponse:
    today = sao_paulo_day(database_now())
    after = request.GET.get("apos", "")
    page = read_page(request.tenant, today, after)
    more_url = page.following and (
        f"{reverse('charges:debtors')}?{urlencode({'apos': page.following})}"
    )
    context: dict[str, Any] = {"debtors": page.debtors, "more_url": more_url}
    if after and request.htmx:
        return render(request, "charges/_debtor_rows.html", context)
    context["numbers"] = numbers_of(request.tenant, today)
    return render(request, "charges/debtors.html", context)
