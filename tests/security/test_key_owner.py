"""A Pix key of somebody else than the payee is approved by nobody's oversight."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from banking.banks.contract.errors import BankUnavailable
from banking.banks.contract.payments import KeyHolder, PixKey
from banking.models import BankAccount
from core.clock import database_now
from core.errors import Changed, InvalidState
from payments.bills.approval import approve_payable
from payments.bills.key_lookup import accounts_with_unread_keys, ask_for_keys, read_keys
from payments.models import KEY_ASKS, Approval, Payable
from payments.reads.approvals import waiting_for
from payments.states import PayableStatus
from tenants.models import Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, nudged, reread
from tests.cast import make_member, sign_in
from tests.clock import Traveller, travel
from tests.cora_simulator import BankProcess
from tests.kamino_simulator import KaminoSimulator
from tests.payments.at_most_once.every_bank import KAMINO, EveryBank
from tests.payments.bill_form import enter, ted, the_only_payable
from tests.payments.clock import at
from tests.payments.factories import (
    PIX_KEY,
    SUPPLIER,
    TODAY,
    approve,
    make_bank_account,
    make_payable,
    member_of,
    move,
    shown,
)
from tests.payments.key_holders import ANOTHERS, OWN, email, holder_of, make_known_key
from tests.payments.scripted_bank import ScriptedBank
from tests.security.seals import edit
from tests.security.sending import from_the_row, orders_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

AWAY = BankUnavailable("O banco não respondeu.")
APPROVE_MANY = reverse("payments:approve_many")


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    """Its bank can tell."""
    return make_bank_account(tenant, provider="kamino", modo_banking_from=TODAY)


@pytest.fixture
def bill(tenant: Tenant, operator: User, account: BankAccount) -> Payable:
    return make_payable(tenant, destination=PIX_KEY, by=operator)


def read(account: BankAccount, holder: KeyHolder | None = OWN) -> ScriptedBank:
    """The bank tells that of each key that it is asked for; None: it knows none."""
    bank = ScriptedBank(holder=holder)
    ask_for_keys(account, bank)
    return bank


def address_of(payable: Payable) -> str:
    return reverse("payments:detail", args=[payable.id])


def page_of(client: Client, payable: Payable) -> str:
    return client.get(address_of(payable)).content.decode()


def cautions_on(page: str) -> set[str]:
    return set(re.findall(r'data-warning="(key_\w+)"', page))


def asked_now(account: BankAccount) -> bool:
    return accounts_with_unread_keys(database_now()) == [(account.tenant_id, account.id)]


# --- Reading ------------------------------------------------------------------------------


def test_whose_the_key_is_stands_on_the_page_and_in_both_lists(
    client: Client, tenant: Tenant, approver: User, account: BankAccount, bill: Payable
) -> None:
    sign_in(client, approver, tenant)
    assert asked_now(account)

    assert read(account).looked_up == [PIX_KEY.value]

    told = "FORNECEDOR EXEMPLO ME · CNPJ 11.222.333/0001-81 · Nu Pagamentos S.A."
    for page in (address_of(bill), reverse("payments:approvals"), reverse("payments:list")):
        text = client.get(page).content.decode()
        assert told in text and cautions_on(text) == set()
    assert not asked_now(account)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("document", "shown_as", "cautions"),
    [
        (SUPPLIER, "CNPJ 11.222.333/0001-81", set()),
        ("52998224725", "CPF ***.982.247-**", {"key_of_another"}),
    ],
)
def test_the_conta_kamino_is_asked(
    client: Client, tenant: Tenant, admin: User, operator: User, bank_process: BankProcess,
    settings: Settings, document: str, shown_as: str, cautions: set[str],
) -> None:  # fmt: skip
    bank_process.reset(now=database_now())
    settings.KAMINO_BASE_URL = bank_process.addresses["kamino"]
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    account = EveryBank(bank_process, KAMINO).connect(tenant, admin)
    change(account, is_preferred=True)
    with KaminoSimulator(bank_process) as simulator:
        simulator.pix_key(PIX_KEY.value, "Alguém", document)
    bill = make_payable(tenant, destination=PIX_KEY, by=operator)

    assert read_keys(tenant.id, account.id) == 1
    assert read_keys(tenant.id, account.id) == 0

    sign_in(client, operator, tenant)
    page = page_of(client, bill)
    assert shown_as in page and cautions_on(page) == cautions
    assert bank_process.count_requests("/v1/pix/keys/*") == 1


@pytest.mark.parametrize("provider", ["cora", "bs2"])
def test_where_the_bank_cannot_tell_the_page_says_so(
    client: Client, tenant: Tenant, operator: User, provider: str
) -> None:
    account = make_bank_account(tenant, provider=provider)
    bill = make_payable(tenant, destination=PIX_KEY, by=operator)
    sign_in(client, operator, tenant)

    page = page_of(client, bill)

    assert "data-key-note" in page and account.bank_name in page
    assert "data-being-read" not in page and cautions_on(page) == set()
    assert accounts_with_unread_keys(database_now()) == []
    assert read_keys(tenant.id, account.id) == 0


@pytest.mark.parametrize("status", [PayableStatus.CANCELLED, PayableStatus.SENT])
def test_what_is_over_is_not_asked_for(
    tenant: Tenant, account: BankAccount, status: PayableStatus
) -> None:
    bill = make_payable(tenant, destination=PIX_KEY, approved=True)
    change(bill, key_read_at=None)
    move(bill, status)

    assert not asked_now(account)
    assert read(account).looked_up == []


def test_a_key_is_read_at_the_account_that_pays(
    tenant: Tenant, account: BankAccount, bill: Payable
) -> None:
    cora = make_bank_account(tenant, preferred=False)
    change(bill, bank_account=cora)

    assert not asked_now(account)
    assert read(account).looked_up == []


def test_a_key_is_asked_for_once_a_bill(account: BankAccount, bill: Payable) -> None:
    bank = ScriptedBank(holder=OWN)
    for _ in range(2):
        ask_for_keys(account, bank)
    with travel(at("23 14:00")):
        ask_for_keys(account, bank)

    assert len(bank.looked_up) == 1


def test_a_lost_answer_is_asked_for_again_so_often_and_no_more(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, bill: Payable,
    monday: Traveller,
) -> None:  # fmt: skip
    away = ScriptedBank(holder=AWAY)
    for _ in range(KEY_ASKS + 2):
        ask_for_keys(account, away)
        ask_for_keys(account, away)  # not at once
        monday.shift(timedelta(minutes=6))

    assert len(away.looked_up) == KEY_ASKS
    assert not asked_now(account)
    sign_in(client, operator, tenant)
    assert "data-key-note" in page_of(client, bill)


def test_an_edited_key_is_read_anew_and_another_edit_reads_nothing(
    operator: User, account: BankAccount, bill: Payable
) -> None:
    read(account)
    edit(bill, operator, destination=PIX_KEY, amount=Decimal("151.00"))
    assert reread(bill).key_holder_name == OWN.name
    assert read(account).looked_up == []

    edit(bill, operator, destination=email("outra"))
    now = reread(bill)
    assert (now.key_holder_name, now.key_holder_document, now.key_read_at) == ("", "", None)

    assert read(account, ANOTHERS).looked_up == ["outra@exemplo.com.br"]
    assert reread(bill).key_holder_name == ANOTHERS.name


def test_what_the_bank_tells_of_a_key_that_was_edited_meanwhile_is_of_no_bill(
    operator: User, account: BankAccount, bill: Payable
) -> None:
    class EditedMeanwhile(ScriptedBank):
        def look_up_key(self, key: PixKey) -> KeyHolder:
            edit(bill, operator, destination=email("outra"))
            return super().look_up_key(key)

    ask_for_keys(account, EditedMeanwhile(holder=OWN))

    now = reread(bill)
    assert (now.key_holder_name, now.key_read_at, now.key_asks_left) == ("", None, KEY_ASKS)


# --- So many an hour ----------------------------------------------------------------------


def test_thirty_an_hour_are_asked_for_by_the_bills_of_one_person(settings: Settings) -> None:
    assert settings.KEY_LOOKUP_RATE == "30/h"


def test_beyond_the_rate_a_key_is_not_asked_for_and_the_bill_says_so(
    client: Client, tenant: Tenant, operator: User, approver: User, account: BankAccount,
    settings: Settings,
) -> None:  # fmt: skip
    settings.KEY_LOOKUP_RATE = "2/h"
    bills = [
        make_payable(tenant, f"{n}.00", destination=email(f"n{n}"), by=operator) for n in (1, 2, 3)
    ]
    others = make_payable(tenant, "9.00", destination=email("n9"))

    assert sorted(read(account).looked_up) == [f"n{n}@exemplo.com.br" for n in (1, 2, 9)]

    assert not asked_now(account)
    with travel(at("23 13:00")):
        assert read(account).looked_up == []
    sign_in(client, approver, tenant)
    page = page_of(client, bills[2])
    assert "data-key-note" in page and cautions_on(page) == {"key_unread"}
    assert "data-key-holder" in page_of(client, others)
    assert approve(bills[2], approver).status == PayableStatus.APPROVED  # and waits for nothing


def test_an_edited_key_counts_for_who_edited_it(
    tenant: Tenant, operator: User, account: BankAccount, bill: Payable, settings: Settings
) -> None:
    settings.KEY_LOOKUP_RATE = "2/h"
    editor = make_member(tenant, Role.FINANCE)
    read(account)
    asked = []
    for name in ("a", "b", "c"):
        edit(bill, editor, destination=email(name))
        asked += read(account).looked_up
    assert asked == ["a@exemplo.com.br", "b@exemplo.com.br"]

    make_payable(tenant, "7.00", destination=email("d"), by=operator)

    assert read(account).looked_up == ["d@exemplo.com.br"]


# --- Another's ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payee", "document", "name", "code"),
    [
        (SUPPLIER, "11.222.333/0001-81", "Qualquer Nome", ""),
        (SUPPLIER, "11.222.333/0002-62", "Qualquer Nome", ""),  # another establishment
        (SUPPLIER, "11.444.777/0001-61", "Fornecedor Exemplo ME", "key_of_another"),
        (SUPPLIER, "***.982.247-**", "Fornecedor Exemplo ME", "key_of_another"),
        ("52998224725", "***.982.247-**", "Qualquer Nome", ""),
        ("52998224725", "***.982.248-**", "Fornecedor Exemplo ME", "key_of_another"),
        ("52998224725", "11.222.333/0001-81", "Fornecedor Exemplo ME", "key_of_another"),
        (SUPPLIER, "", "FORNECEDOR EXEMPLO LTDA", ""),
        (SUPPLIER, "***.***.***-**", "Fornecedor  Exêmplo", ""),
        (SUPPLIER, "", "Outra Ltda", "key_of_another"),
        (SUPPLIER, "***.***.***-**", "Outra Ltda", "key_of_another"),
        (SUPPLIER, "", "", ""),  # the bank told nothing
    ],
)
def test_only_what_the_mask_shows_is_held_against_the_payee(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, payee: str,
    document: str, name: str, code: str,
) -> None:  # fmt: skip
    bill = make_payable(tenant, destination=PIX_KEY, by=operator, payee_document=payee)

    read(account, KeyHolder(name, document))

    sign_in(client, operator, tenant)
    assert cautions_on(page_of(client, bill)) == ({code} if code else set())


@pytest.mark.parametrize(("holder", "code"), [(ANOTHERS, "key_of_another"), (None, "key_unknown")])
def test_author_and_approver_see_it_and_it_takes_a_click_of_its_own(
    client: Client, tenant: Tenant, operator: User, approver: User, account: BankAccount,
    holder: KeyHolder | None, code: str,
) -> None:  # fmt: skip
    risk, plain = make_known_key(tenant, "10.00", "r"), make_known_key(tenant, "20.00", "p")
    read_each(account, {risk: holder, plain: holder_of(plain)})

    for person in (operator, approver):
        sign_in(client, person, tenant)
        assert cautions_on(page_of(client, risk)) == {code}
        assert cautions_on(page_of(client, plain)) == set()
    page = client.get(reverse("payments:approvals"))
    waiting = page.context["waiting"]
    assert [item.payable.id for item in waiting.selectable] == [plain.id]
    assert [item.payable.id for item in waiting.warned] == [risk.id]
    references = [f"{each.id}.{shown(each)}" for each in (risk, plain)]
    client.post(APPROVE_MANY, {"bill": references})
    assert (reread(risk).status, reread(plain).status) == ("pending", "approved")

    client.post(reverse("payments:approve_here", args=[risk.id]), {"shown": shown(risk)})

    assert reread(risk).status == PayableStatus.APPROVED


def read_each(account: BankAccount, holders: dict[Payable, KeyHolder | None]) -> None:
    by_key = {bill.pix_key: holder for bill, holder in holders.items()}

    class ManyHolders(ScriptedBank):
        def look_up_key(self, key: PixKey) -> KeyHolder:
            self.holder = by_key[key.value]
            return super().look_up_key(key)

    ask_for_keys(account, ManyHolders())


def test_one_that_was_not_read_is_left_out_of_all_and_approved_by_its_own_click(
    client: Client, tenant: Tenant, approver: User, account: BankAccount
) -> None:
    bill = make_known_key(tenant)
    with travel(at("23 10:03")):
        with tenant_scope(tenant.id):
            waiting = waiting_for(member_of(tenant, approver), database_now())
            assert (waiting.selectable, len(waiting.warned)) == ([], 1)
        sign_in(client, approver, tenant)
        client.post(APPROVE_MANY, {"bill": [f"{bill.id}.{shown(bill)}"]})
        assert reread(bill).is_pending

        assert approve(bill, approver).status == PayableStatus.APPROVED


# --- Before and after the approval --------------------------------------------------------


def test_the_approval_waits_two_minutes_for_the_reading_and_no_longer(
    client: Client, tenant: Tenant, operator: User, approver: User, account: BankAccount,
    bill: Payable,
) -> None:  # fmt: skip
    with pytest.raises(InvalidState) as told:
        approve(bill, approver)
    assert told.value.code == "key_reading"
    with travel(at("23 10:03")):
        edit(bill, operator, destination=email("outra"))
        with pytest.raises(InvalidState):
            approve(bill, approver)

    with travel(at("23 10:06")):
        assert approve(bill, approver).status == PayableStatus.APPROVED


def test_a_key_that_was_not_read_is_sent_all_the_same(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, bill: Payable
) -> None:
    with travel(at("23 10:03")):
        approve(bill)
        sign_in(client, operator, tenant)

        from_the_row(client, account, bill)

        assert len(orders_of(bill)) == 1


def test_a_reading_of_the_payee_s_own_key_leaves_an_approval_as_it_is(
    account: BankAccount, bill: Payable
) -> None:
    with travel(at("23 10:03")):
        approve(bill)
        read(account)

    assert reread(bill).status == PayableStatus.APPROVED


@pytest.mark.parametrize("holder", [ANOTHERS, None])
def test_what_is_found_after_the_approval_puts_it_back_and_is_told(
    client: Client, tenant: Tenant, admin: User, operator: User, approver: User,
    account: BankAccount, bill: Payable, holder: KeyHolder | None,
) -> None:  # fmt: skip
    with travel(at("23 10:03")):
        approve(bill, approver)

        read(account, holder)

        now = reread(bill)
        assert (now.status, now.hold, now.approval_round) == (PayableStatus.PENDING, "", 2)
        with tenant_scope(tenant.id):
            told = Notice.objects.of(tenant).filter(subject=f"key-differs:{bill.id}")
            people = set(told.values_list("user_id", flat=True))
        assert {admin.id, approver.id, operator.id} <= people
        sign_in(client, operator, tenant)
        from_the_row(client, account, bill)
        assert orders_of(bill) == []

        approve(bill, approver)  # who has seen it
        from_the_row(client, account, bill)
        assert len(orders_of(bill)) == 1


def test_a_page_that_was_opened_before_the_reading_approves_nothing(
    tenant: Tenant, approver: User, account: BankAccount, bill: Payable
) -> None:
    seen = shown(bill)
    read(account, ANOTHERS)

    with pytest.raises(Changed), tenant_scope(tenant.id):
        approve_payable(reread_in_scope(bill), by=member_of(tenant, approver), shown=seen)

    assert approve(bill, approver).status == PayableStatus.APPROVED


def reread_in_scope(bill: Payable) -> Payable:
    found: Payable = Payable.objects.of(bill.tenant_id).get(id=bill.id)
    return found


def test_of_two_people_who_approved_before_the_reading_has_to_look_again(
    tenant: Tenant, approver: User, admin: User, account: BankAccount, bill: Payable
) -> None:
    change(bill, approvals_needed=2)
    with travel(at("23 10:03")):
        approve(bill, approver)
        read(account, ANOTHERS)

        assert approve(bill, admin).status == PayableStatus.PENDING
        assert approve(bill, approver).status == PayableStatus.APPROVED
    with tenant_scope(tenant.id):
        assert Approval.objects.of(tenant).filter(payable=bill).count() == 3


def test_what_is_paid_already_is_noted_and_stays(account: BankAccount, bill: Payable) -> None:
    class SentMeanwhile(ScriptedBank):
        def look_up_key(self, key: PixKey) -> KeyHolder:
            move(bill, PayableStatus.SENT)
            return super().look_up_key(key)

    with travel(at("23 10:03")):
        approve(bill)
        ask_for_keys(account, SentMeanwhile(holder=ANOTHERS))

    now = reread(bill)
    assert (now.status, now.key_holder_name) == (PayableStatus.SENT, ANOTHERS.name)


# --- The page while the bank is asked -----------------------------------------------------


def test_the_page_asks_by_itself_until_the_bank_has_answered(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, bill: Payable
) -> None:
    sign_in(client, operator, tenant)
    asking = {"HX-Request": "true", "X-Poll": "yes"}
    assert "data-being-read" in page_of(client, bill)
    assert client.get(address_of(bill), headers=asking).status_code == 204

    read(account)

    answer = client.get(address_of(bill), headers=asking)
    assert answer.status_code == 200 and "data-key-holder" in answer.content.decode()
    assert "data-being-read" not in answer.content.decode()


def test_the_page_asks_for_two_minutes_at_the_most(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, bill: Payable
) -> None:
    with travel(at("23 10:03")):
        sign_in(client, operator, tenant)

        assert "data-being-read" not in page_of(client, bill)


def test_entering_and_editing_a_key_have_a_worker_ask_at_once(
    client: Client, tenant: Tenant, operator: User, account: BankAccount,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    sign_in(client, operator, tenant)
    form = ted(tenant, method="pix", pix_by="key", pix_key_type="email", pix_key="a@exemplo.com.br")
    asked = ("payments.tasks.read_keys", [str(tenant.id), str(account.id)])

    with nudged() as messages, django_capture_on_commit_callbacks(execute=True):
        enter(client, form)
    assert messages == [asked]

    bill = the_only_payable(tenant)
    read(account)
    with nudged() as messages, django_capture_on_commit_callbacks(execute=True):
        save(client, bill, form | {"description": "NF 8842"})
        assert messages == []
        save(client, bill, form | {"pix_key": "b@exemplo.com.br"})
    assert messages == [asked]


def save(client: Client, bill: Payable, form: dict[str, Any]) -> None:
    address = reverse("payments:edit", args=[bill.id])
    seen = client.get(address).context["form"]["seen"].value()
    assert client.post(address, form | {"seen": seen}).status_code == 302
