"""Documents of charges: the bank's, fetched once and kept; ours; many in one."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from banking.models import BankAccount
from charges.documents import bank_pdf, printing
from charges.documents.bank_pdf import accounts_without_documents, fetch_documents, is_pdf
from charges.models import Charge, PrintJob, Slip, SlipDocument
from core.clock import database_now
from core.errors import InvalidInput
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, membership
from tests.charges.issued import follow, issue, slip_of
from tests.charges.payer_side import path_of, registered, settle
from tests.clock import Traveller
from tests.cora_simulator import CoraSimulator
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

Later = Callable[[timedelta], None]
PDF = b"%PDF-1.4\n" + b"x" * 2000 + b"\n%%EOF\n"


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", content))


def opened(account: BankAccount, later: Later, **changes: Any) -> Charge:
    """Issued, and registered by its bank."""
    charge = make_charge(account.tenant, account, **changes)
    issue(charge)
    later(timedelta(seconds=10))
    follow(account)
    return charge


def documents(tenant: Tenant) -> list[SlipDocument]:
    with tenant_scope(tenant.id):
        return list(SlipDocument.objects.of(tenant).order_by("id"))


def kept(charge: Charge, content: bytes = PDF) -> Charge:
    slip = slip_of(charge)
    with tenant_scope(charge.tenant_id):
        SlipDocument.objects.create(
            tenant_id=charge.tenant_id, slip=slip, content=content, fetched_at=database_now()
        )
    return charge


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def files(settings: Settings, bank_process: CoraSimulator) -> None:
    """Where the bank keeps its documents."""
    settings.CORA_FILES_URL = bank_process.addresses["cora_files"]


# --- The bank's -----------------------------------------------------------------------------


@pytest.mark.usefixtures("files")
def test_the_banks_pdf_is_fetched_once_and_outlives_the_banks_address(
    client: Client, at_cora: BankAccount, later: Later
) -> None:
    charge = opened(at_cora, later, form="boleto_pix")
    now = database_now()
    assert accounts_without_documents(now) == [(at_cora.tenant_id, at_cora.id)]

    assert fetch_documents(at_cora.tenant_id, at_cora.id) == 1

    (document,) = documents(at_cora.tenant)
    assert is_pdf(bytes(document.content))
    assert accounts_without_documents(database_now()) == []
    assert fetch_documents(at_cora.tenant_id, at_cora.id) == 0
    later(timedelta(days=8))
    answer = client.get(f"{path_of(reread(charge))}cobranca.pdf")
    assert (answer.status_code, answer.content) == (200, bytes(document.content))


@pytest.mark.usefixtures("files")
def test_an_address_that_comes_later_is_asked_for_again(at_cora: BankAccount, later: Later) -> None:
    opened(at_cora, later)
    with tenant_scope(at_cora.tenant_id):
        Slip.objects.of(at_cora.tenant_id).update(pdf_url="")

    assert fetch_documents(at_cora.tenant_id, at_cora.id) == 0
    assert accounts_without_documents(database_now()) == []  # not before a minute is over
    later(timedelta(minutes=2))
    assert fetch_documents(at_cora.tenant_id, at_cora.id) == 1


def test_a_pix_alone_has_no_document_of_the_bank(at_cora: BankAccount, later: Later) -> None:
    opened(at_cora, later, form="pix")

    assert accounts_without_documents(database_now()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n",
        b"<html>%PDF-1.4 %%EOF",
        b"%PDF-1.4 cut off",
        PDF[:-7] + b"x" * 2_100_000 + PDF[-7:],
        b"",
    ],
    ids=["image", "page", "cut", "large", "empty"],
)
def test_what_is_no_pdf_is_not_kept(content: bytes) -> None:
    assert is_pdf(PDF)
    assert not is_pdf(content)


def test_a_slip_is_taken_by_one_worker(account: BankAccount, monday: Traveller) -> None:
    slip = slip_of(registered(make_charge(account.tenant, account)))

    assert bank_pdf.claim(slip) == 1
    assert bank_pdf.claim(slip) is None
    monday.shift(timedelta(minutes=2))
    assert bank_pdf.claim(slip) == 2


# --- Who gets them --------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_every_member_gets_the_banks_and_ours(
    client: Client, tenant: Tenant, account: BankAccount, role: Role
) -> None:
    charge = kept(registered(make_charge(tenant, account)))
    sign_in(client, make_member(tenant, role), tenant)

    bank = client.get(reverse("charges:bank_pdf", args=[charge.id]))
    ours = client.get(reverse("charges:sheet", args=[charge.id]))

    assert bank.content == PDF
    assert pages(ours.content) == 1
    for answer in (bank, ours):
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_banks_is_not_handed_out_once_it_must_not_be_paid(
    client: Client, tenant: Tenant, account: BankAccount
) -> None:
    charge = kept(registered(make_charge(tenant, account)))
    sign_in(client, make_member(tenant, Role.FINANCE), tenant)
    settle(charge, "50.00")  # in cash: the slip is over the whole

    assert client.get(reverse("charges:bank_pdf", args=[charge.id])).content != PDF


def test_a_payer_gets_a_document_only_while_it_can_be_paid(
    client: Client, tenant: Tenant, account: BankAccount
) -> None:
    charge = registered(make_charge(tenant, account))
    path = f"{path_of(charge)}cobranca.pdf"
    assert pages(client.get(path).content) == 1  # ours: the bank's is not here yet
    kept(charge)
    assert client.get(path).content == PDF

    settle(charge)

    unknown = client.get(f"/pagar/{'A' * 22}/cobranca.pdf")
    assert (client.get(path).status_code, client.get(path).content) == (404, unknown.content)


# --- Many -----------------------------------------------------------------------------------


def some(account: BankAccount, count: int, **changes: Any) -> list[Charge]:
    return [registered(make_charge(account.tenant, account, **changes)) for _ in range(count)]


def test_the_chosen_ones_are_one_file_and_what_cannot_be_paid_is_not_in_it(
    client: Client, tenant: Tenant, account: BankAccount
) -> None:
    paid, draft = registered(make_charge(tenant, account)), make_charge(tenant, account)
    settle(paid)
    chosen = [*some(account, 2), paid, draft]
    sign_in(client, make_member(tenant, Role.READER), tenant)

    address = reverse("charges:print_many")
    answer = client.post(address, {"charge": [each.id for each in chosen]})
    none = client.post(address, {"charge": [draft.id]})

    assert pages(answer.content) == 2
    assert none.status_code == 302


def test_many_are_made_apart_and_thrown_away_after_a_day(
    client: Client,
    tenant: Tenant,
    account: BankAccount,
    monkeypatch: pytest.MonkeyPatch,
    monday: Traveller,
) -> None:
    monkeypatch.setattr("charges.views.documents.AT_ONCE", 1)
    chosen = some(account, 2)
    sign_in(client, make_member(tenant, Role.FINANCE), tenant)
    answer = client.post(reverse("charges:print_many"), {"charge": [c.id for c in chosen]})
    ((tenant_id, job_id),) = printing.waiting_prints(database_now())
    page = reverse("charges:print_job", args=[job_id])
    file = reverse("charges:printed", args=[job_id])
    assert answer.headers["Location"] == page
    assert client.get(file).status_code == 404

    assert printing.make_print(tenant_id, job_id)
    assert not printing.make_print(tenant_id, job_id)

    assert client.get(page).context["job"].sheets == 2
    assert pages(client.get(file).content) == 2
    assert printing.purge_prints(database_now()) == 0
    monday.shift(timedelta(days=1, minutes=1))
    assert printing.purge_prints(database_now()) == 1


def test_a_print_is_for_who_asked_for_it(
    client: Client, tenant: Tenant, account: BankAccount
) -> None:
    (charge,) = some(account, 1)
    by = membership(tenant)
    with tenant_scope(tenant.id):
        job = printing.ask_for_print([charge.id], by=by)
    sign_in(client, make_member(tenant, Role.ADMIN), tenant)

    assert client.get(reverse("charges:print_job", args=[job.id])).status_code == 404


def test_a_worker_that_died_leaves_a_print_to_another(
    account: BankAccount, monday: Traveller
) -> None:
    (charge,) = some(account, 1)
    by = membership(account.tenant)
    with tenant_scope(charge.tenant_id):
        job = printing.ask_for_print([charge.id], by=by)
        PrintJob.objects.of(charge.tenant_id).update(wait_until=database_now() + printing.MAKING)
    assert printing.waiting_prints(database_now()) == []

    monday.shift(printing.MAKING + timedelta(seconds=1))

    assert printing.waiting_prints(database_now()) == [(charge.tenant_id, job.id)]


def test_too_many_are_refused(tenant: Tenant) -> None:
    by = membership(tenant)
    with pytest.raises(InvalidInput), tenant_scope(tenant.id):
        printing.ask_for_print([uuid4()] * (printing.MOST + 1), by=by)
