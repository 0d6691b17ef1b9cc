"""Each role walks its own pages in a browser, wide and narrow, light and dark.

Nothing is wrong on them, and nothing is offered that the role may not do. Pages that another test
walks (tests/e2e, and the `browser` tests beside this one) are left to it.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import resolve, reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from banking.models import BankAccount
from charges.models import Charge, Slip
from charges.states import ChargeStatus, SlipStatus
from parties.enter import enter_account
from parties.merge import propose_merge
from parties.models import Payee, PayeeAccount
from payments.bills.approval import reject_payable
from payments.bills.paid_outside import Paid, record_paid_outside
from payments.dispatch.run import dispatch_by_hand
from payments.states import OrderStatus
from people import invitations
from people.factor_reset import reset_factor
from people.tasks import send_password_links
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.cast import PASSWORD
from tests.charges import readings
from tests.charges.factories import make_charge, make_payer
from tests.charges.issued import late, queue
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import (
    BOLETO,
    PIX_KEY,
    TODAY,
    make_bank_account,
    make_delegation,
    make_known,
    make_order,
    make_payable,
    member_of,
    sender,
    set_limit,
    set_tiers,
)
from tests.people.factories import ask_role, invite, invited, make_admin
from tests.people.factors import code_of, mailed_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

# As long as the longest of real companies.
LONG = "Companhia Brasileira de Manutenção Predial e Serviços de Elevadores S.A."
NAMES = {"ana": "Ana Souza", "davi": "Davi Rocha", "lia": "Lia Mendes", "bia": "Maria Beatriz Lima"}


@dataclass(frozen=True)
class Step:
    """A page, and what is clicked there before it is looked at."""

    address: str
    click: str = ""
    then: str = "dialog[open]"  # what the click brings

    def __str__(self) -> str:
        return f"{self.address} {self.click}".rstrip()


def step(name: str, *ids: Any, click: str = "", then: str = "dialog[open]") -> Step:
    return Step(reverse(name, args=ids), click, then)


@pytest.fixture
def steps(
    tenant: Tenant, admin: User, operator: User, approver: User, reader: User
) -> dict[Role, list[Step]]:
    """A day's bills, payees and people, and the way of each role through them."""
    second = make_admin(tenant)
    for user, name in zip((admin, operator, approver, second), NAMES.values(), strict=True):
        user.first_name, _, user.last_name = name.partition(" ")
        user.save()
    account = make_bank_account(tenant, modo_banking_from=TODAY - timedelta(days=30))
    change(account, balance="1200.00")
    bills = make_bills(account, operator, approver)
    set_tiers(tenant, {Role.APPROVER: "2000"}, {approver: "3000"})
    set_limit(account, per_payment="5000", per_day="20000")
    waiting = bills["waiting"].payee
    destination = second_account(waiting, operator)
    with tenant_scope(tenant.id):
        by = member_of(tenant, operator)
        merge = propose_merge(bills["boleto"].payee, waiting, by=by)
    make_delegation(tenant, approver, second)
    ask_role(tenant, reader, Role.APPROVER, second)
    invite(tenant, "rui@empresa.test", Role.APPROVER, admin)
    member = member_of(tenant, operator)
    charges = make_charges(account)
    payer = charges["open"].payer_id
    return {
        Role.APPROVER: [
            step("payments:approvals", click=".bill__acts a[hx-get]"),
            step("payments:detail", bills["big"].id),
            step("payments:settle", bills["unknown"].id),
            step("payments:delegations", click=SAVE, then=".errorlist"),
            step("registers:confirm", destination.id),
            step("registers:decide", merge.id),
            step("people:list", click="[data-dialog-open]"),
            step("charges:list"),
            step("charges:detail", charges["late"].id),
        ],
        Role.FINANCE: [
            step("payments:list"),
            step("payments:list", click=".row-acts__cancel"),
            step("payments:pay", click="[data-selection-act]"),
            step("payments:run", bills["left_out"].id),
            step("payments:detail", bills["rejected"].id),
            step("payments:detail", bills["pix"].id),
            step("payments:take_back", bills["at_bank"].id),
            step("payments:edit", bills["approved"].id),
            step("payments:pay_outside", bills["approved"].id, click=SAVE, then=".errorlist"),
            step("payments:undo_outside", bills["outside"].id),
            step("registers:list"),
            step("registers:payee", waiting.id),
            step("registers:enter", waiting.id, click=SAVE, then=".errorlist"),
            step("registers:merge", waiting.id),
            step("registers:refuse", destination.id),
            step("charges:list", click=".charges-table [data-amount]", then="#selected-charges"),
            step("charges:list", click=".list-filter__more summary", then="[name=conta]"),
            step("charges:debtors"),
            step("charges:detail", charges["open"].id, click=".more-acts summary", then=CANCEL),
            step("charges:detail", charges["open"].id, click="a[hx-get$='recebida/']"),
            step("charges:detail", charges["dead"].id),
            step("charges:new", click=SAVE, then=".errorlist"),
            step("registers:payers"),
            step("registers:payer", payer),
        ],
        Role.READER: [
            step("payments:detail", bills["waiting"].id),
            step("registers:payee", waiting.id),
            step("audit:sign_ins"),
            step("charges:list"),
            step("charges:debtors"),
            step("charges:detail", charges["open"].id),
            step("registers:payer", payer),
        ],
        Role.ADMIN: [
            step("payments:rules"),
            step("registers:rest"),
            step("people:list"),
            step("people:invite", click=SAVE, then=".errorlist"),
            step("people:member", member.id),
            step("people:remove", member.id),
            step("accounts:tax_reform"),
            step("integrations:account", account.id),
        ],
    }


SAVE = "main .form__acts .btn--primary"
CANCEL = ".more-acts a[hx-get$='cancelar/']"


def make_charges(account: BankAccount) -> dict[str, Any]:
    """One open, with its codes, one late and one whose slip ended; a long name and a large sum."""
    tenant = account.tenant
    payer = make_payer(tenant, LONG)
    big = make_charge(tenant, account, "1000000.00", payer=payer, description="Contrato anual")
    dead = make_charge(tenant, account, payer=payer, document_number="NF 2.231")
    for slip in (queue(big), queue(dead)):
        change(slip, status=SlipStatus.ISSUING)
        readings.take(slip, readings.shown(slip))
    with tenant_scope(tenant.id):
        Slip.objects.of(tenant).filter(charge=dead).update(status=SlipStatus.WRITTEN_OFF)
        Charge.objects.of(tenant).filter(id=dead.id).update(status=ChargeStatus.WRITTEN_OFF)
    make_charge(tenant, account)
    return {
        "dead": dead,
        "late": late(
            tenant, account, "2860.00", fine_percent=Decimal(2), interest_percent=Decimal(1)
        ),
        "open": big,
    }


def make_bills(account: BankAccount, operator: User, approver: User) -> dict[str, Any]:
    """One in every state that a page shows in its own way; and the run that left one out."""
    tenant = account.tenant
    signed: dict[str, Any] = {"by": operator, "approved_by": approver}
    pix = make_payable(tenant, "75.00", destination=PIX_KEY, **signed)
    at_bank, unknown = (make_payable(tenant, amount, **signed) for amount in ("310.00", "315.00"))
    make_order(at_bank, OrderStatus.AT_BANK)
    make_order(unknown, OrderStatus.UNKNOWN, needs_person=True)
    run = dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))
    boleto = make_payable(
        tenant, "1234.56", by=operator, destination=BOLETO, payee_document="45987321000160"
    )
    change(boleto, title_name="Outro ME", title_document="45987321000160")
    outside, rejected = make_payable(tenant, "98.00", **signed), make_payable(tenant, by=operator)
    with tenant_scope(tenant.id):
        paid = Paid(TODAY, outside.amount, account)
        record_paid_outside(outside, paid, by=member_of(tenant, operator), shown="")
        reject_payable(rejected, by=member_of(tenant, approver), why="Falta a nota fiscal")
    return {
        "approved": make_payable(tenant, "489.90", **signed),
        "at_bank": at_bank,
        "big": make_known(tenant, "3500.00", by=operator),
        "boleto": boleto,
        "left_out": run,
        "outside": outside,
        "pix": pix,
        "rejected": rejected,
        "unknown": unknown,
        "waiting": make_known(
            tenant, "1850.00", by=operator, payee_name=LONG, description="NF 8841, elevador social"
        ),
    }


def second_account(payee: Payee, by: User) -> PayeeAccount:
    """Entered, and confirmed by nobody yet."""
    digits = {"bank_code": "341", "branch": "0123", "account": "999999", "account_type": "checking"}
    with tenant_scope(payee.tenant_id):
        return enter_account(payee, digits, by=member_of(payee.tenant, by))


# Every address that a page offers: to go to, and to send something to.
OFFERED = """() => ["href", "action", "hx-get", "hx-post"].flatMap(name =>
    [...document.querySelectorAll(`a[${name}], form[${name}], button[${name}]`)]
        .map(element => new URL(element.getAttribute(name), location.href))
        .filter(address => address.origin === location.origin)
        .map(address => address.pathname))"""


def refused_to(role: Role, page: Page) -> list[str]:
    """What the page offers and the role may not do."""
    offered = sorted(set(page.evaluate(OFFERED)))
    assert offered
    return [f"offers {address}" for address in offered if role not in roles_of(address)]


def roles_of(address: str) -> tuple[Role, ...]:
    roles: tuple[Role, ...] = getattr(resolve(address).func, "roles", tuple(Role))
    return roles


def take(page: Page, each: Step, base: str) -> None:
    page.set_viewport_size(browsing.DESKTOP)
    page.goto(base + each.address)
    if each.click:
        page.locator(each.click).first.click()
        expect(page.locator(each.then).first).to_be_visible()


def test_each_role_finds_nothing_wrong_and_nothing_that_it_may_not_do(
    live_server: LiveServer, steps: dict[Role, list[Step]], open_browser: OpenBrowser,
    admin: User, operator: User, approver: User, reader: User,
) -> None:  # fmt: skip
    people = {
        Role.ADMIN: admin, Role.FINANCE: operator, Role.APPROVER: approver, Role.READER: reader,
    }  # fmt: skip
    faults = {}

    with open_browser() as browser:
        for role in steps:
            with browsing.new_page(browser) as page:
                browsing.sign_in(page, live_server.url, (people[role].email, PASSWORD))
                for each in steps[role]:
                    take(page, each, live_server.url)
                    found = refused_to(role, page)
                    found += browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE)
                    if found:
                        faults[f"{role}: {each}"] = found

    assert faults == {}


@dataclass
class Walk:
    """A person's page, and what was found wrong on the way."""

    page: Page
    faults: dict[str, list[str]] = field(default_factory=dict)

    def look(self, address: str = "") -> None:
        """At that address, or where the person is."""
        if address:
            self.page.goto(address)
        if found := browsing.faults_when(self.page, browsing.DESKTOP, browsing.PHONE):
            self.faults[address or self.page.url] = found

    def send(self, **typed: str) -> None:
        """The form of these fields."""
        for name, value in typed.items():
            self.page.locator(f"main [name={name}]").fill(value)
        one = self.page.locator(f"[name={next(iter(typed))}]")
        self.page.locator("main form", has=one).locator("[type=submit]").click()


ACCOUNT = (
    "mfa_index", "mfa_list_webauthn", "account_sessions", "account_change_password",
    "account_email",
)  # fmt: skip


def test_a_persons_own_pages_have_no_fault(
    live_server: LiveServer, settings: Settings, tenant: Tenant, approver: User, client: Client,
    open_browser: OpenBrowser,
) -> None:  # fmt: skip
    base = f"http://localhost:{live_server.url.rpartition(':')[2]}"
    settings.PASSKEY_DOMAIN, settings.PASSKEY_ORIGINS = "localhost", [base]
    settings.SECOND_FACTOR_REQUIRED = True
    client.post("/conta/login/", {"login": approver.email, "password": PASSWORD})  # elsewhere

    with open_browser() as browser, browsing.new_page(browser) as page:
        carry_a_key(page)
        walk = Walk(page)
        browsing.sign_in(page, base, (approver.email, PASSWORD))
        walk.look(base + reverse("mfa_index"))
        walk.look(base + reverse("mfa_activate_totp"))  # asks for the password first
        walk.send(password=PASSWORD)
        page.wait_for_url("**/2fa/codigo/**")
        page.locator("main form [type=submit]").click()
        expect(page.locator("main [name=code]")).to_be_visible()
        walk.look()
        walk.send(code=mailed_code())
        page.wait_for_url("**/totp/activate/")
        walk.look()
        walk.send(code=code_of(page.locator("main code").inner_text()))
        page.wait_for_url("**/recovery-codes/**")
        walk.look()
        page.goto(base + reverse("mfa_add_webauthn"))
        page.click("#passkey")
        page.wait_for_url("**/2fa/")
        for name in ACCOUNT:
            walk.look(base + reverse(name))
        page.context.clear_cookies()
        page.goto(f"{base}/conta/login/")
        walk.send(login=approver.email, password=PASSWORD)
        page.wait_for_url("**/2fa/authenticate/")
        walk.look()

    assert walk.faults == {}


def carry_a_key(page: Page) -> None:
    """A device that makes passkeys and shows them."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def link_in_mail(path: str) -> str:
    """Of the last message that holds one below that path."""
    bodies = (str(message.body) for message in reversed(mail.outbox))
    return next(found[0] for body in bodies if (found := re.search(rf"{path}\S+", body)))


@pytest.fixture
def open_pages(tenant: Tenant, admin: User, approver: User, client: Client) -> list[str]:
    """What people open who are not signed in, and where their links lead."""
    over, link_over = invited(tenant, "velha@empresa.test", Role.READER, admin)
    invitations.revoke(over, by=member_of(tenant, admin))
    _, link = invited(tenant, "nova@empresa.test", Role.APPROVER, admin)
    client.post(reverse("account_reset_password"), {"email": approver.email})
    send_password_links()
    with tenant_scope(tenant.id):
        reset_factor(member_of(tenant, approver), member_of(tenant, admin))
    return [
        reverse("account_login"),
        reverse("account_reset_password"),
        link_in_mail("/conta/password/reset/key/"),
        link_in_mail("/conta/nao-fui-eu/"),
        link,
        link_over,
    ]


def test_the_pages_before_the_sign_in_have_no_fault(
    live_server: LiveServer, open_pages: list[str], open_browser: OpenBrowser
) -> None:
    with open_browser() as browser, browsing.new_page(browser, answers="410") as page:
        browsing.look_at(page, *(live_server.url + address for address in open_pages))


def test_what_is_asked_in_the_middle_of_a_page_has_no_fault(
    live_server: LiveServer, settings: Settings, tenant: Tenant, approver: User,
    open_browser: OpenBrowser,
) -> None:  # fmt: skip
    """A second factor that is missing, and a session that ended."""
    settings.SECOND_FACTOR_REQUIRED = True
    make_bank_account(tenant)
    make_known(tenant)

    with open_browser() as browser, browsing.new_page(browser, answers="401") as page:
        walk = Walk(page)
        browsing.sign_in(page, live_server.url, (approver.email, PASSWORD))
        page.goto(live_server.url + reverse("payments:list"))
        for click in (".row-acts form button", ".row-acts__cancel"):
            page.locator(click).first.click()
            expect(page.locator("dialog#proof")).to_be_visible()
            walk.look()
            page.locator("dialog#proof [data-dialog-close]").last.click()
            page.context.clear_cookies()  # the session is over, and the page still open

    assert walk.faults == {}


# What is told of an act, and what stays under it at the end of the page.
TELL = """() => document.dispatchEvent(new CustomEvent("toast", {
    detail: { tone: "bad", text: "Energia do Sul, R$ 1.234,56, fica de fora: o destino mudou." }
}))"""
COVERED = """() => {
    scrollTo(0, document.documentElement.scrollHeight)
    const toasts = [...document.querySelectorAll(".toast")].map(t => t.getBoundingClientRect())
    const isUnder = ({ left, right, top, bottom }) => toasts.some(toast =>
        left < toast.right && right > toast.left && top < toast.bottom && bottom > toast.top)
    return [...document.querySelectorAll("main :is(a, button, input)")]
        .filter(element => element.checkVisibility() && isUnder(element.getBoundingClientRect()))
        .map(element => element.outerHTML.slice(0, 200))
}"""


def test_toasts_cover_no_control_at_the_end_of_a_page(
    live_server: LiveServer, tenant: Tenant, admin: User, approver: User, operator: User,
    open_browser: OpenBrowser,
) -> None:  # fmt: skip
    make_bank_account(tenant)
    for number in range(1, 11):
        make_known(tenant, f"{number}.00", by=operator)
        make_payable(tenant, f"{number}.50", by=operator, approved_by=approver)
    covered = {}

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        for name in ("list", "pay", "approvals"):
            page.goto(live_server.url + reverse(f"payments:{name}"))
            for count in (1, 2):
                page.evaluate(TELL)
                for window in (browsing.DESKTOP, browsing.PHONE):
                    page.set_viewport_size(window)
                    covered[name, count, window["width"]] = page.evaluate(COVERED)

    assert {where: found for where, found in covered.items() if found} == {}
