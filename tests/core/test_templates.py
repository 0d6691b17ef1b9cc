"""What every template must keep: the content policy, icons and files that exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from lucide.templatetags.lucide import lucide
from pytest_django import Settings

ROOT = Path(settings.BASE_DIR) / "templates"
# Mails are no pages: their programs know neither our policy nor our styles.
PAGES = sorted(page for page in ROOT.rglob("*.html") if page.parent.name != "email")
ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "429.html", "500.html"]


@pytest.fixture
def source_files(settings: Settings) -> None:
    """Addresses of static files as they stand in the source: tests do not collect them."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


# A style or a script in the page. A block of data is not run, and asks for no nonce (HTML, 4.12.1:
# the script element).
REFUSED = [
    re.compile(r"\sstyle\s*=|<style\b"),
    re.compile(r"\son[a-z]+\s*=\s*[\"']|javascript:|hx-on"),
    re.compile(r"<script(?![^>]*\b(src=|type=\"application/json\"))"),
]


def test_no_template_holds_what_the_content_policy_refuses() -> None:
    texts = {page: page.read_text() for page in PAGES}

    assert len(texts) > 100
    assert [page for page in texts for refused in REFUSED if refused.search(texts[page])] == []


def test_a_list_that_speaks_up_is_still_a_list() -> None:
    """A role of its own takes the list's away, and its entries are of none."""
    of_a_list = re.compile(r"<(?:ul|ol|dl)\b[^>]*\srole=\"(?:alert|status|log)\"")

    assert [page for page in PAGES if of_a_list.search(page.read_text())] == []


def test_every_icon_named_in_a_template_exists() -> None:
    names = {
        name
        for page in PAGES
        for found in re.findall(r"{%\s*lucide \"([^\"]+)\"|\sicon=\"([^\"]+)\"", page.read_text())
        for name in found
        if name
    }

    assert len(names) > 20
    for name in names:
        assert "<svg" in lucide(name)


def test_every_static_file_named_in_a_template_exists() -> None:
    names = {
        name for page in PAGES for name in re.findall(r"{% static '([^']+)' %}", page.read_text())
    }

    assert [name for name in names if finders.find(name) is None] == []
    assert "css/tokens.css" in names


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.usefixtures("source_files")
def test_an_error_page_renders_without_any_context(name: str) -> None:
    page = render_to_string(name)

    assert page.count("<h1>") == 1
    assert "Voltar ao início" in page


@pytest.mark.usefixtures("source_files")
def test_the_layout_stands_without_company_menu_or_person() -> None:
    page = render_to_string("base.html")

    assert 'id="conteudo"' in page
    assert "picker--company" not in page
    assert "picker--person" not in page


def test_a_message_is_a_toast_that_can_be_undone() -> None:
    message = Message(constants.SUCCESS, "Conta <b> cancelada.", extra_tags="/contas/1/desfazer/")

    toast = render_to_string("components/toasts.html", {"messages": [message]})

    assert "Conta &lt;b&gt; cancelada." in toast
    assert 'action="/contas/1/desfazer/"' in toast
    assert "toast--ok" in toast


def test_another_tag_of_a_message_is_no_address_to_undo() -> None:
    message = Message(constants.ERROR, "Não deu.", extra_tags="https://mal.example/")

    toast = render_to_string("components/toasts.html", {"messages": [message]})

    assert "toast--bad" in toast
    assert "mal.example" not in toast
