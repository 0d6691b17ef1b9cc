"""The scripts of the pages, in a browser: each in a small page that needs nothing else."""

import pytest
from playwright.sync_api import Browser, Page

from tests.core.script_page import ADDRESS, load


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_page()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1234,5", "1.234,50"),
        ("1234567", "1.234.567,00"),
        ("R$ 1.234,56", "1.234,56"),
        ("0012", "12,00"),
        ("12,345", "12,345"),
        ("1.23", "1.23"),
        ("mil", "mil"),
    ],
)
def test_money_is_completed_when_the_field_is_left(page: Page, typed: str, shown: str) -> None:
    load(page, '<input id="amount" data-money><button>x</button>', "forms.js")

    page.fill("#amount", typed)
    page.focus("button")

    assert page.input_value("#amount") == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("31122026", "31/12/2026"),
        ("1/2/26", "01/02/2026"),
        ("1122026", "1122026"),
        ("amanhã", "amanhã"),
    ],
)
def test_a_day_is_completed_when_the_field_is_left(page: Page, typed: str, shown: str) -> None:
    load(page, '<input id="day" data-date><button>x</button>', "dates.js")

    page.fill("#day", typed)
    page.focus("button")

    assert page.input_value("#day") == shown


def test_a_form_that_travels_is_not_sent_twice(page: Page) -> None:
    html = '<form method="post"><button name="act" value="send">Enviar</button></form>'
    posted = load(page, html, "forms.js")

    with page.expect_response(ADDRESS):
        page.click("button")
    page.click("button")
    page.evaluate("new Promise(requestAnimationFrame)")

    assert posted == ["act=send"]
    assert page.get_attribute("button", "aria-busy") == "true"


def test_a_dialog_opens_by_its_button_and_gives_the_focus_back(page: Page) -> None:
    html = (
        '<button id="open" data-dialog-open="sure">Cancelar conta</button>'
        '<dialog id="sure"><button id="back" data-dialog-close>Voltar</button></dialog>'
    )
    load(page, html, "dialogs.js")

    page.click("#open")
    assert page.is_visible("#back")
    page.click("#back")

    assert not page.is_visible("#back")
    assert page.evaluate("document.activeElement.id") == "open"


TOASTS = (
    '<section id="toasts"></section><template id="toast-blank"><div class="toast">'
    "<span data-toast-text></span><form data-toast-undo><button>Desfazer</button></form>"
    "<button data-toast-close>x</button></div></template>"
)
TELL = (
    "document.dispatchEvent(new CustomEvent('toast', {detail: {text: '<img src=x>', tone: 'bad'}}))"
)


def test_the_text_of_a_toast_is_never_markup(page: Page) -> None:
    load(page, TOASTS, "toasts.js")

    page.evaluate(TELL)

    assert page.inner_text("#toasts [data-toast-text]") == "<img src=x>"
    assert page.query_selector("#toasts [data-toast-undo]") is None


def test_a_toast_is_not_hidden_by_the_dialog_that_brought_it(page: Page) -> None:
    load(page, f'<dialog id="sure"><button>Aprovar</button></dialog>{TOASTS}', "toasts.js")
    page.evaluate("document.getElementById('sure').showModal()")

    page.evaluate(TELL)
    page.click("#toasts [data-toast-close]")

    assert not page.is_visible("#sure")
