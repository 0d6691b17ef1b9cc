from datetime import date
from html.parser import HTMLParser

import pytest
from django import forms

from core.forms import DateInput, MoneyInput


class PayableForm(forms.Form):
    payee = forms.CharField(label="Favorecido", help_text="Como está na nota.")
    amount = forms.CharField(label="Valor", widget=MoneyInput)
    due_date = forms.DateField(label="Vencimento", widget=DateInput)
    note = forms.CharField(label="Observação", required=False)
    notify = forms.BooleanField(label="Avisar", required=False)


class Elements(HTMLParser):
    """Every start tag of a page, as (name, attributes)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, name: str) -> dict[str, str | None]:
        return next(attrs for _, attrs in self.found if attrs.get("name") == name)

    def ids(self) -> set[str | None]:
        return {attrs["id"] for _, attrs in self.found if "id" in attrs}


def test_hint_and_message_are_tied_to_their_control() -> None:
    page = Elements(str(PayableForm({})))

    payee = page.named("payee")

    assert payee["aria-invalid"] == "true"
    assert payee["aria-describedby"] == "id_payee_helptext id_payee_error"
    assert {"id_payee_helptext", "id_payee_error"} <= page.ids()


@pytest.mark.parametrize("name", ["payee", "amount", "due_date", "note", "notify"])
def test_every_control_has_a_label(name: str) -> None:
    page = Elements(str(PayableForm()))

    labels = [attrs.get("for") for tag, attrs in page.found if tag == "label"]

    assert labels.count(f"id_{name}") == 1


def test_only_optional_fields_say_so() -> None:
    form = PayableForm()

    assert "(opcional)" in form["note"].as_field_group()
    assert "(opcional)" not in form["payee"].as_field_group()


def test_what_was_typed_is_escaped_where_it_is_shown_again() -> None:
    html = str(PayableForm({"payee": '"><script>'}))

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_day_is_shown_and_read_as_it_is_written_here() -> None:
    shown = str(PayableForm(initial={"due_date": date(2026, 12, 31)})["due_date"])
    form = PayableForm({"payee": "x", "amount": "1", "due_date": "31/12/2026"})

    assert 'value="31/12/2026"' in shown
    assert form.is_valid(), form.errors
    assert form.cleaned_data["due_date"] == date(2026, 12, 31)


def test_a_day_that_does_not_exist_is_a_message_on_its_field() -> None:
    form = PayableForm({"payee": "x", "amount": "1", "due_date": "31/02/2026"})

    assert list(form.errors) == ["due_date"]


def test_money_is_typed_as_text_so_that_commas_are_kept() -> None:
    amount = Elements(str(PayableForm())).named("amount")

    assert (amount["type"], amount["inputmode"]) == ("text", "decimal")
    assert "data-money" in amount
