"""A question before an act: a dialog, or the same as a page for browsers without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

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
    url = reverse("charges:detail", args=[charge.id])
    return ask_about(request, question, form, back_url=url, back_label=str(charge.payer))


def ask_about(
    request: TenantRequest, question: Question, form: forms.Form, *, back_url: str, back_label: str
) -> HttpResponse:
    """As `ask`, about anything that has a page at `back_url`."""
    template = "charges/_act_dialog.html" if request.htmx else "charges/act.html"
    context = {
        "question": question,
        "form": form,
        "act_url": request.get_full_path(),
        "back_url": back_url,
        "back_label": back_label,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
