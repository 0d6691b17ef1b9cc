"""A question before an act: a dialog, or the same as a page for browsers without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from charges.models import Charge
from tenants.access import TenantRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    title: str
    texts: Sequence[str]  # the effect, in numbers
    action: str  # what the button does
    is_danger: bool = False


def ask(
    request: TenantRequest, charge: Charge, question: Question, form: forms.Form
) -> HttpResponse:
    template = "charges/_act_dialog.html" if request.htmx else "charges/act.html"
    context = {
        "charge": charge, "question": question, "form": form, "act_url": request.get_full_path()
    }  # fmt: skip
    return render(request, template, context, status=422 if form.is_bound else 200)
