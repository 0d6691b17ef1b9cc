"""The pages of charges that no other test walks, wide and narrow, light and dark: nothing is wrong.

The list, a charge and the form of a new one: tests/payments/test_roles_browser.py.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from banking.models import BankAccount
from charges.models import Charge, DunningStep, PrintJob, Refund, Renegotiation, Settlement
from charges.renegotiation.agree import Agreement
from charges.renegotiation.ask import ask_renegotiation
from charges.settlement.settle import Money
from charges.settlement.settle import settle as settle_money
from charges.settlement.waive import waive_rest
from charges.states import ChargeStatus
from charges.transitions import lock_charge
from parties.models import Payer
from tenants.models import Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import PASSWORD
from tests.charges.contracts import make_recurrence
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import late
from tests.charges.mailing import mail_now, opened, with_ladder
from tests.charges.payer_side import path_of, registered, settle
from tests.charges.sheets import checked, line
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import TODAY, make_bank_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

D = Decimal
# As long as the longest of real companies.
LONG = "Companhia Brasileira de Manutenção Predial e Serviços de Elevadores S.A."
NOBODYS = "/pagar/AAAAAAAAAAAAAAAAAAAAAA/"
LATE = {"fine_percent": D(2), "interest_percent": D(1)}


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def payer(tenant: Tenant) -> Payer:
    return make_payer(tenant, LONG)


@pytest.fixture
def by(tenant: Tenant, operator: User) -> Membership:
    return membership(tenant, operator)


def a_payment(account: BankAccount, payer: Payer, by: Membership) -> Settlement:
    """250,00 for a charge of 150,00, by transfer."""
    charge = make_charge(account.tenant, account, payer=payer)
    with tenant_scope(account.tenant_id):
        money = Money(
            evidence="by-hand:1", way=Settlement.Way.TRANSFER, received=D("250.00"), paid_on=TODAY,
            posted_on=TODAY, source="", bank_account=account, by=by.user,
        )  # fmt: skip
        settle_money(lock_charge(charge), money)
        return Settlement.objects.of(account.tenant_id).get(charge=charge)


def make_refunds(payment: Settlement, by: Membership) -> None:
    """One that waits for a second person, and one that the bank refused."""
    common = {
        "tenant_id": payment.tenant_id, "charge_id": payment.charge_id, "settlement": payment,
        "kind": "ours", "bank_account_id": payment.bank_account_id, "debt": "owed",
        "asked_by": by.user,
        "reason": "Pagou a mais: combinado por telefone com o financeiro do cliente",
    }  # fmt: skip
    with tenant_scope(payment.tenant_id):
        for status, amount in (("waiting", D("100.00")), ("failed", D("50.00"))):
            Refund.objects.create(**common, status=status, amount=amount, excess=amount)


def renegotiated(account: BankAccount, payer: Payer, by: Membership) -> Renegotiation:
    tenant = account.tenant
    olds = [late(tenant, account, amount, payer=payer) for amount in ("100.00", "200.00")]
    with tenant_scope(tenant.id):
        agreed = Agreement(
            bank_account=account,
            revenue_account=Account.objects.of(tenant).select_related("group").get(code="4.1.01"),
            description="Acordo",
            form="boleto",
            parts=[(D("150.00"), TODAY + timedelta(days=30 * each)) for each in (1, 2)],
        )
        made = ask_renegotiation(olds, agreed, by=by)
    assert made is not None
    return made


def mails(account: BankAccount, payer: Payer) -> DunningStep:
    """Sent to a payer, and to none of another who has no address; a step of the ladder."""
    tenant = account.tenant
    with_ladder(tenant, 3, issue=True, paid=True)
    opened(account, date(2026, 12, 10), payer=payer)
    late(tenant, account, payer=make_payer(tenant, "Sem Endereço Ltda", emails=[]))
    mail_now(tenant)
    with tenant_scope(tenant.id):
        return DunningStep.objects.of(tenant).filter(kind="due")[0]


@pytest.fixture
def pages(
    tenant: Tenant, account: BankAccount, payer: Payer, by: Membership, admin: User
) -> list[str]:
    """The addresses, each with something to show."""
    step = mails(account, payer)
    file = checked(tenant, line(), line(amount="0", due="31/02/2026"), line(number="NF 2"), by=by)
    contract = make_recurrence(account, payer=payer, adjustment="typed", index_name="IPCA")
    make_refunds(a_payment(account, payer, by), by)
    agreement = renegotiated(account, payer, by)
    owing = late(tenant, account, "2860.00", payer=payer, **LATE)
    partly = make_charge(tenant, account, "1350.00")
    settle(partly, "10.00")
    with tenant_scope(tenant.id):
        waive_rest(partly, by=by, why="Serviço refeito em garantia")
        job = PrintJob.objects.create(tenant=tenant, created_by=admin, charges=[str(owing.id)])
        done = PrintJob.objects.create(
            tenant=tenant, created_by=admin, charges=[str(owing.id)], content=b"%PDF", sheets=1,
            done_at=owing.created_at,
        )  # fmt: skip
    return [
        reverse("charges:dunning"),
        reverse("charges:dunning_new_step"),
        reverse("charges:dunning_step", args=[step.id]),
        reverse("charges:reminders"),
        reverse("charges:out_of_reach"),
        reverse("charges:import_new"),
        reverse("charges:import", args=[file.id]),
        reverse("charges:recurrences"),
        reverse("charges:new_recurrence"),
        reverse("charges:recurrence", args=[contract.id]),
        reverse("charges:edit_recurrence", args=[contract.id]),
        reverse("people:exceptions"),
        reverse("charges:refunds"),
        f"{reverse('charges:renegotiate')}?pagador={payer.id}&charge={owing.id}",
        reverse("charges:renegotiation", args=[agreement.id]),
        reverse("charges:print_job", args=[job.id]),
        reverse("charges:print_job", args=[done.id]),
    ]


def test_the_pages_of_charges_have_no_fault(
    live_server: LiveServer, pages: list[str], admin: User, open_browser: OpenBrowser
) -> None:
    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        browsing.look_at(page, *(live_server.url + each for each in pages))


def test_forms_that_are_refused_have_no_fault(
    live_server: LiveServer, account: BankAccount, payer: Payer, admin: User,
    open_browser: OpenBrowser,
) -> None:  # fmt: skip
    late(account.tenant, account, payer=payer)
    with_ladder(account.tenant, 0)
    faults = {}

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        for address, wrong in (
            (reverse("charges:new_recurrence"), {"days_before": "90"}),
            (reverse("charges:dunning_new_step"), {"subject": "Acesse loja.com.br"}),
            (reverse("charges:import_new"), {}),
            (f"{reverse('charges:renegotiate')}?pagador={payer.id}", {"discount": "200,00"}),
        ):
            page.goto(live_server.url + address)
            for name, value in wrong.items():
                page.locator(f"main [name={name}]").fill(value)
            page.locator("main .form__acts [type=submit], main .form__acts .btn--primary").click()
            expect(page.locator(".errorlist").first).to_be_visible()
            if found := browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE):
                faults[address] = found

    assert faults == {}


def test_what_a_payer_opens_has_no_fault(
    live_server: LiveServer, tenant: Tenant, account: BankAccount, payer: Payer,
    open_browser: OpenBrowser,
) -> None:  # fmt: skip
    charges = [
        registered(make_charge(tenant, account, "100000.00", payer=payer, **LATE)) for _ in range(4)
    ]
    _, paid, partly, cancelled = charges
    settle(paid)
    settle(partly, "10.00")
    end(cancelled)
    paths = [path_of(charge) for charge in charges]

    with open_browser() as browser, browsing.new_page(browser, answers="404") as page:
        browsing.look_at(page, *(live_server.url + path for path in (*paths, NOBODYS)))


def end(charge: Charge) -> None:
    with tenant_scope(charge.tenant_id):
        Charge.objects.of(charge.tenant_id).filter(id=charge.id).update(
            status=ChargeStatus.CANCELLED
        )
