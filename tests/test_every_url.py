"""Every address that names a row, opened by the admin of another company."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from banking.models import LineDoubt, StatementFile
from banking.statements.allocation import allocate, line_on
from charges.models import (
    AdvanceUse,
    DunningStep,
    ImportFile,
    ImportRow,
    IssueBatch,
    PrintJob,
    Renegotiation,
)
from charges.refunds.advances import use_advance
from charges.refunds.register import register_refund
from charges.settlement.received import register_received
from parties.merge import propose_merge
from payments.models import DispatchRun
from people.models import ExceptionalAct
from reconciliation.matches.ignore import ignore
from reconciliation.matches.notes import attach_file
from reconciliation.matches.questions import ask
from reconciliation.models import BulkAct, Rule, RuleRun, Sample
from reconciliation.saved_filters import save_filter
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import make_entry
from tests.accounts.centers import make_cost_center
from tests.banking.factories import make_line
from tests.cast import make_member, make_notice, sign_in
from tests.charges.contracts import make_recurrence
from tests.charges.factories import make_charge, make_payer
from tests.charges.issued import late
from tests.payments.factories import TODAY, make_bank_account, make_delegation, make_payable
from tests.people.factories import ask_role, invite, membership_of

# The bank's own door: the secret in its address is what opens it (tests/banking/test_webhook.py).
PUBLIC = {"banking:webhook"}


def patterns(
    entries: list[URLPattern | URLResolver], namespace: str = ""
) -> Iterator[tuple[str, frozenset[str]]]:
    """Name and parameters of every address of ours that takes an id."""
    for entry in entries:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry.url_patterns, inner)
            continue
        converters = entry.pattern.converters
        is_ours = entry.callback.__module__.split(".")[0] != "allauth"
        if is_ours and any(type(c).__name__ == "UUIDConverter" for c in converters.values()):
            yield f"{namespace}{entry.name}", frozenset(converters)


ADDRESSES = sorted(set(patterns(get_resolver().url_patterns)))


@pytest.fixture
def rows(tenant: Tenant, admin: User) -> dict[str, UUID]:
    """One row of the company for each name that an address may use."""
    account = make_bank_account(tenant)
    with tenant_scope(tenant.id):
        run = DispatchRun.objects.create(tenant=tenant, bank_account=account, day=TODAY)
        connection = account.connection
        posted = line_on(account, make_entry(tenant, credit=account.ledger_account.code))
        allocation = allocate(make_line(account, "-150.00"), posted)
        bank_line = make_line(account, "-70.00")
        proposer = Membership.objects.of(tenant).get(user=make_member(tenant, Role.FINANCE))
        filed = make_payable(tenant, payee_document="52998224725")
        other = make_payable(tenant, payee_document="11444777000161")
        merge = propose_merge(other.payee, filed.payee, by=proposer)
        batch = IssueBatch.objects.create(tenant=tenant, created_by=proposer.user, size=2)
        charge = make_charge(tenant, account, due_date=TODAY)
        file = ImportFile.objects.create(
            tenant=tenant, created_by=proposer.user, kind="charges", status="ready"
        )
        statement = StatementFile.objects.create(
            tenant=tenant, bank_account=account, created_by=proposer.user, status="ready"
        )
        doubt = LineDoubt.objects.create(
            tenant=tenant, bank_account=account, line=bank_line, told=bank_line
        )
        row = ImportRow.objects.create(tenant=tenant, file=file, line=2)
        came = {"amount": charge.amount, "day": TODAY, "way": "cash"}
        settlement = register_received(charge, by=proposer, **came)
        assert settlement is not None
        back = {"amount": Decimal("10.00"), "day": TODAY, "debt": "owed", "why": "Acordo"}
        refund = register_refund(settlement, by=proposer, **back)
        over = make_charge(tenant, account, payer=charge.payer, due_date=TODAY)
        more = register_received(over, by=proposer, **came | {"amount": charge.amount + 10})
        assert more is not None
        use_advance(
            more,
            late(tenant, account, payer=charge.payer),
            by=proposer,
            amount=Decimal("10.00"),
            why="Acordo",
        )
        waiting = ExceptionalAct.objects.create(
            tenant=tenant,
            kind="rest_waived",
            subject_id=charge.id,
            counts_with=charge.payer_id,
            amount=501,
            asked_by=proposer.user,
            asked_at=charge.created_at,
            day=TODAY,
            value={"seen": ""},
        )
        job = PrintJob.objects.create(tenant=tenant, created_by=admin, charges=[], content=b"%PDF")
        step = DunningStep.objects.create(tenant=tenant, kind="due", subject="a", body="a")
        renegotiation = Renegotiation.objects.create(
            tenant=tenant,
            payer=charge.payer,
            principal=1,
            olds=[],
            parts=[],
            bank_account=account,
            revenue_account=charge.revenue_account,
            created_by=proposer.user,
        )
        use_id = AdvanceUse.objects.of(tenant).get().id
        rule = Rule.objects.create(
            tenant=tenant, position=1, act="ignore", why="a", document="52998224725",
            created_by=admin, changed_by=admin,
        )  # fmt: skip
        rule_run = RuleRun.objects.create(tenant=tenant, lines=[], asked_by=admin)
        administers = Membership.objects.of(tenant).get(user=admin)
        question = ask(bank_line, "O que foi?", of=administers, by=proposer)
        attachment = attach_file(bank_line, "nota.pdf", b"%PDF-", by=proposer)
        kept = save_filter("Saídas", "tipo=saidas", is_shared=True, by=administers)
        ignored = ignore(make_line(account, "-1.00").id, by=proposer, why="Teste")
        asked = Sample.objects.create(tenant=tenant, week="2026-11-23", match=ignored.match)
        bulk = BulkAct.objects.create(
            tenant=tenant, bank_account=account, kind="ignore", made_by=admin
        )
    assert ignored.match is not None
    assert connection is not None
    assert filed.payee_account_id is not None
    return {
        "account_id": account.id,
        "act_id": waiting.id,
        "allocation_id": allocation.id,
        "attachment_id": attachment.id,
        "batch_id": batch.id,
        "bulk_id": bulk.id,
        "center_id": make_cost_center(tenant).id,
        "charge_id": charge.id,
        "change_id": ask_role(tenant, make_member(tenant, Role.FINANCE), Role.APPROVER, admin).id,
        "connection_id": connection.id,
        "delegation_id": make_delegation(tenant).id,
        "destination_id": filed.payee_account_id,
        "file_id": file.id,
        "filter_id": kept.id,
        "entry_id": make_entry(tenant).id,
        "group_id": account.ledger_account.group_id,
        "job_id": job.id,
        "invitation_id": invite(tenant, "rui@empresa.test", Role.READER, admin).id,
        "line_id": bank_line.id,
        "match_id": ignored.match.id,
        "leaf_id": account.ledger_account_id,
        "membership_id": membership_of(tenant, make_member(tenant, Role.READER)).id,
        "merge_id": merge.id,
        "notice_id": make_notice(tenant, admin).id,
        "payable_id": make_payable(tenant).id,
        "payee_id": filed.payee_id,
        "payer_id": make_payer(tenant).id,
        "question_id": question.id,
        "refund_id": refund.id,
        "row_id": row.id,
        "rule_id": rule.id,
        "rule_run_id": rule_run.id,
        "recurrence_id": make_recurrence(account).id,
        "renegotiation_id": renegotiation.id,
        "run_id": run.id,
        "sample_id": asked.id,
        "settlement_id": settlement.id,
        "statement_id": statement.id,
        "doubt_id": doubt.id,
        "step_id": step.id,
        "use_id": use_id,
    }


def row_of(name: str, parameter: str) -> str:
    """The API names its rows `pk`: «payments:api-payable-detail» is about a payable."""
    return f"{name.split('-')[1]}_id" if parameter == "pk" else parameter


def statuses(client: Client, address: str) -> set[int]:
    """What the address answers to reading and to writing, but for «not in this way»."""
    answers = {client.get(address).status_code, client.post(address).status_code}
    return answers - {405}


def test_there_are_addresses_to_walk() -> None:
    names = {name for name, _ in ADDRESSES}

    assert {"payments:detail", "accounts:entry", "banking:connection"} <= names


def test_another_company_finds_nothing_at_any_of_them(
    client: Client,
    tenant: Tenant,
    other_tenant: Tenant,
    admin: User,
    outsider: User,
    rows: dict[str, UUID],
) -> None:
    addresses = {
        name: reverse(name, kwargs={each: rows[row_of(name, each)] for each in parameters})
        for name, parameters in ADDRESSES
        if name not in PUBLIC
    }

    sign_in(client, outsider, other_tenant)
    theirs = {name: alone(client, address) for name, address in addresses.items()}
    assert {name: found for name, found in theirs.items() if found != {404}} == {}

    sign_in(client, admin, tenant)
    assert [name for name, address in addresses.items() if not is_found(client, address)] == []


def is_found(client: Client, address: str) -> bool:
    """By reading, or where that is no way by writing; as in `alone`."""
    with transaction.atomic():
        status = client.get(address).status_code
        if status in {404, 405}:
            status = client.post(address).status_code
        transaction.set_rollback(True)
    return status not in {404, 405}


def alone(client: Client, address: str) -> set[int]:
    """What it answers when no other address was opened before: what it did is taken back."""
    with transaction.atomic():
        found = statuses(client, address)
        transaction.set_rollback(True)
    return found
