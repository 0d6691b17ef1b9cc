"""An approver works through the day's bills on a phone, with one hand and without a page load."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from payments.models import Payable
from payments.states import PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import BOLETO, make_bank_account, make_known, make_payable

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

BILLS = 30
LONG = 20_000  # milliseconds: thirty bills are one act


def approved(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return Payable.objects.of(tenant).filter(status=PayableStatus.APPROVED).count()


def covers(page: Page, above: str, below: str) -> bool:
    """Whether the one lies over a part of the other."""
    boxes = [page.locator(each).first.bounding_box() for each in (above, below)]
    one, two = boxes
    assert one is not None and two is not None
    apart = (
        one["y"] + one["height"] <= two["y"]
        or two["y"] + two["height"] <= one["y"]
        or one["x"] + one["width"] <= two["x"]
        or two["x"] + two["width"] <= one["x"]
    )
    return not apart


def test_thirty_bills_by_taps_on_a_phone(
    live_server: LiveServer, tenant: Tenant, approver: User, operator: User,
    open_browser: OpenBrowser,
) -> None:  # fmt: skip
    make_bank_account(tenant)
    for number in range(1, BILLS + 1):
        make_known(tenant, f"{number}.00", by=operator)
    phone = {"viewport": browsing.PHONE, "has_touch": True, "is_mobile": True}

    with open_browser() as browser, browsing.new_page(browser, **phone) as page:
        browsing.sign_in(page, live_server.url, (approver.email, PASSWORD))
        loads: list[str] = []
        page.on("framenavigated", lambda frame: loads.append(frame.url))
        taps = 0
        for card in page.locator(".bill").all():
            card.tap(position={"x": 180, "y": 20})  # anywhere on it
            taps += 1
        act = page.locator("[data-selection-act]")
        expect(act).to_contain_text("465,00")
        act.tap()
        page.locator("#approve[open] .btn--primary").tap()
        taps += 2
        expect(page.locator("#toasts .toast--ok")).to_be_visible(timeout=LONG)
        expect(page.locator(".bill")).to_have_count(0, timeout=LONG)
        expect(page.locator("dialog")).to_have_count(0, timeout=LONG)

    assert taps <= 2 * BILLS
    assert loads == []
    assert approved(tenant) == BILLS


@pytest.mark.parametrize("window", [browsing.DESKTOP, browsing.PHONE], ids=["desktop", "phone"])
def test_select_all_leaves_out_what_has_a_warning_and_a_toast_covers_no_control(
    live_server: LiveServer, tenant: Tenant, approver: User, operator: User,
    open_browser: OpenBrowser, window: dict[str, int],
) -> None:  # fmt: skip
    make_bank_account(tenant)
    for number in range(1, 9):
        make_known(tenant, f"{number}.00", by=operator)
    risk = make_payable(tenant, "1234.56", by=operator, destination=BOLETO)
    change(risk, title_name="Outro ME", title_document="45987321000160")

    with open_browser() as browser, browsing.new_page(browser, viewport=window) as page:
        browsing.sign_in(page, live_server.url, (approver.email, PASSWORD))
        faults = browsing.faults_of(page)
        page.locator(".bill").first.click(position={"x": 180, "y": 20})
        page.locator("[data-selection-act]").click()
        page.locator("#approve[open] .btn--primary").click()
        expect(page.locator("#toasts .toast--ok")).to_be_visible(timeout=LONG)
        covered = covers(page, "#toasts .toast", ".selbar")

        page.locator("[data-selection-all]").click()
        page.locator("[data-selection-act]").click()
        expect(page.locator("#approve[open]")).to_be_visible(timeout=LONG)
        faults += browsing.faults_of(page)
        page.locator("#approve[open] .btn--primary").click()
        expect(page.locator(".bill")).to_have_count(1, timeout=LONG)
        expect(page.locator(".bill [data-warning]")).to_have_count(1, timeout=LONG)
        page.locator(".risk .btn", has_text="Aprovar").click()
        expect(page.locator(".bill")).to_have_count(0, timeout=LONG)

    assert faults == []
    assert not covered
    assert approved(tenant) == 9


def test_bills_are_given_back_together_with_one_hand(
    live_server: LiveServer, tenant: Tenant, approver: User, operator: User,
    open_browser: OpenBrowser,
) -> None:  # fmt: skip
    make_bank_account(tenant)
    for number in range(1, 5):
        make_known(tenant, f"{number}.00", by=operator)
    risk = make_payable(tenant, "1234.56", by=operator, destination=BOLETO)
    change(risk, title_name="Outro ME", title_document="45987321000160")
    phone = {"viewport": browsing.PHONE, "has_touch": True, "is_mobile": True}

    with open_browser() as browser, browsing.new_page(browser, **phone) as page:
        browsing.sign_in(page, live_server.url, (approver.email, PASSWORD))
        loads: list[str] = []
        page.on("framenavigated", lambda frame: loads.append(frame.url))
        page.locator(".bill").first.tap(position={"x": 180, "y": 20})
        page.locator("[formaction]").tap()
        expect(page.locator(".bills--rejecting")).to_be_visible(timeout=LONG)
        act = page.locator("#reject-many [data-selection-act]")
        expect(act).to_contain_text("1,00")
        card = page.locator(f"#waiting-{risk.id}")
        height = card.evaluate("card => card.getBoundingClientRect().height")
        card.tap(position={"x": 180, "y": height - 30})  # its warning is a part of the card
        expect(act).to_contain_text("1.235,56")
        faults = browsing.faults_of(page)
        act.tap()
        page.locator("#reject-many-dialog[open] input[name=why]").fill("Falta o pedido")
        faults += browsing.faults_of(page)
        page.locator("#reject-many-dialog[open] .btn--primary").tap()
        expect(page.locator("#toasts .toast--ok")).to_be_visible(timeout=LONG)
        expect(page.locator(".bill")).to_have_count(3, timeout=LONG)
        expect(page.locator("dialog")).to_have_count(0, timeout=LONG)

    assert faults == []
    assert loads == []
    with tenant_scope(tenant.id):
        bills = Payable.objects.of(tenant).filter(hold=Payable.Hold.REJECTED)
        assert set(bills.values_list("amount", flat=True)) == {Decimal("1.00"), risk.amount}
