"""No migration is missing, and a database that was filled before comes through with its rows."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F, Sum
from django.utils import timezone

from kamino.local.throwaway import make_database
from payments.rails.seal import digest_of
from tests.migrating import quickly


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    except SystemExit:
        pytest.fail("a model changed without a migration: manage.py makemigrations")


@dataclass
class Former:
    """A database that was filled at each time of STAGES and came through to the latest."""

    connection: Any  # the owner's
    apps: Any  # as it is now
    filled: dict[str, Any]  # what was filled, by the name of its function


@pytest.fixture(scope="module")
def come_through(
    django_db_setup: None,  # first: what opens a connection meanwhile keeps it
    django_db_blocker: Any,
    worker_id: str,
) -> Iterator[Former]:
    """One for all tests: from nothing to the latest takes seconds."""
    owner = connections["owner"]
    name = owner.settings_dict["NAME"]
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            patch.setenv(variable, os.environ[variable])
        make_database(f"former_{worker_id}")
        owner.close()
        owner.settings_dict["NAME"] = f"former_{worker_id}"
        former = Former(owner, None, {})
        for before, fills in STAGES:
            apps = migrate_to(owner, before)
            for fill in fills:
                with transaction.atomic("owner"):
                    former.filled[fill.__name__] = fill(apps)
        former.apps = migrate_to(owner, latest(owner))
    yield former
    with django_db_blocker.unblock():
        owner.close()
    owner.settings_dict["NAME"] = name


@pytest.fixture
def former(come_through: Former, django_db_blocker: Any) -> Iterator[Former]:
    with django_db_blocker.unblock(), transaction.atomic("owner"):
        yield come_through


def migrate_to(connection: Any, targets: list[tuple[str, str]]) -> Any:
    """The models as they are then."""
    executor = MigrationExecutor(connection)
    with quickly():
        state = executor.migrate(targets)
    state.clear_delayed_apps_cache()
    return state.apps


def latest(connection: Any) -> list[tuple[str, str]]:
    nodes: list[tuple[str, str]] = MigrationExecutor(connection).loader.graph.leaf_nodes()
    return nodes


def rows(former: Former, model: str) -> Any:
    """Of the company that the transaction is in."""
    return former.apps.get_model(model).objects.using("owner")


def in_company(connection: Any, tenant: UUID) -> None:
    """The owner is bound by the walls too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant)])


def test_what_was_approved_before_keeps_its_account_and_what_came_back_waits(
    former: Former,
) -> None:
    tenant, bills, accounts = former.filled["fill_bills"]
    in_company(former.connection, tenant)

    found = {bill.description: bill for bill in rows(former, "payments.Payable")}
    assert rows(former, "parties.Payee").count() == 1
    assert rows(former, "parties.PayeeAccount").count() == 2
    (told,) = rows(former, "tenants.Notice")
    assert told.user.email == "b@example.com"
    assert "Favorecido" in told.text and told.emailed_at is None
    assert {bill.id for bill in found.values()} == set(bills.values())
    seals = {name: bill.approval and bill.approval.seal for name, bill in found.items()}
    assert seals["pix"]["destinations"]["ted"]["account"] == "111111"
    assert seals["ted"] == {
        "amount": "10.00",
        "payee": {"name": "Favorecido", "document": "11222333000181"},
        "day": "2026-11-23",
        "destinations": {
            "ted": {
                "bank_code": "341", "branch": "0123", "account": "111111",
                "account_type": "checking",
            }
        },
        "as_ted": False,
        "rejections": 0,
    }  # fmt: skip
    assert digest_of(seals["ted"]) == found["ted"].approval.digest
    assert (found["refused"].status, found["refused"].hold) == ("pending", "refused")
    assert found["refused"].approval_id is None
    assert found["ted"].payee_account_id == accounts["seen"]
    assert [name for name in sorted(found) if found[name].is_single_use] == ["once"]
    nameless = hashlib.sha256(found["nameless"].pix_code.encode()).hexdigest()
    charges = {name: found[name].pix_charge for name in ("once", "again", "nameless", "pix")}
    assert charges == {
        "once": "bank.com/1", "again": "bank.com/2", "nameless": nameless, "pix": ""
    }  # fmt: skip


def fill_bills(apps: Any) -> tuple[UUID, dict[str, UUID], dict[str, UUID]]:
    """One company with bills as they stood: a Pix approved after one TED and before another."""

    def make(app: str, model: str, **values: Any) -> Any:
        return apps.get_model(app, model).objects.using("owner").create(**values)

    now = timezone.now()
    in_company(connections["owner"], company := uuid4())
    names = {"name": "Oficina", "legal_name": "Oficina Ltda", "cnpj": "11444777000161"}
    tenant = make("tenants", "Tenant", id=company, **names)
    author, approver = (
        make("tenants", "User", email=f"{who}@example.com", password="!") for who in "ab"
    )
    make("tenants", "Membership", tenant=tenant, user=approver, role="aprovador")
    group = make(
        "accounts", "ClassificationGroup", tenant=tenant, code="5", name="D", nature="despesa"
    )
    leaf = make("accounts", "Account", tenant=tenant, group=group, code="5.1", name="Despesa")
    payee = make("payments", "Payee", tenant=tenant, name="Favorecido", document="11222333000181")

    def account(number: str, days: int) -> Any:
        of_itau = {"bank_code": "341", "branch": "0123", "account_type": "checking"}
        row = make(
            "payments", "PayeeAccount", tenant=tenant, payee=payee, account=number, **of_itau
        )
        apps.get_model("payments", "PayeeAccount").objects.using("owner").filter(id=row.id).update(
            created_at=now + timedelta(days=days)
        )
        return row

    def bill(description: str, *, days: int, **values: Any) -> Any:
        return make(
            "payments", "Payable", tenant=tenant, payee=payee, description=description,
            amount=Decimal("10.00"), due_date=date(2026, 11, 23), payment_date=date(2026, 11, 23),
            expense_account=leaf, status="approved", created_by=author, approved_by=approver,
            approved_at=now + timedelta(days=days), **values,
        )  # fmt: skip

    seen, unseen = account("111111", days=-9), account("999999", days=-1)
    key = {"method": "pix", "pix_key_type": "email", "pix_key": "a@b.com"}
    bills = [
        bill("ted", days=-8, method="ted", payee_account=seen),
        bill("pix", days=-5, **key),
        bill("refused", days=-4, hold="refused", **key),
        bill("later", days=0, method="ted", payee_account=unseen),
        bill("once", days=0, method="pix", pix_code="00020101021226…", pix_charge="bank.com/1"),
        bill("again", days=0, method="pix", pix_code="00020126…", pix_charge="bank.com/2"),
        bill("nameless", days=0, method="pix", pix_code="00020126…", pix_charge=""),
    ]
    return tenant.id, {b.description: b.id for b in bills}, {"seen": seen.id, "unseen": unseen.id}


def test_every_address_that_banks_call_is_registered_anew(former: Former) -> None:
    for company in former.filled["fill_connections"]:
        in_company(former.connection, company)
        kept = rows(former, "banking.Connection").get()
        assert (kept.webhook_registered_at, bytes(kept.webhook_key)) == (None, b"")
        assert bytes(kept.webhook_digest) == b"digest"  # it opens until then


def fill_connections(apps: Any) -> list[UUID]:
    return [fill_connection(apps, company) for company in (uuid4(), uuid4())]


def fill_connection(apps: Any, company: UUID) -> UUID:
    """One company with a connection whose address its bank knows."""

    def make(app: str, model: str, **values: Any) -> Any:
        return apps.get_model(app, model).objects.using("owner").create(**values)

    in_company(connections["owner"], company)
    names = {"name": "Oficina", "legal_name": "Oficina Ltda", "cnpj": "11444777000161"}
    tenant = make("tenants", "Tenant", id=company, **names)
    person = make("tenants", "User", email=f"{company}@example.com", password="!")
    make(
        "banking", "Connection", tenant=tenant, provider="bs2", credentials=b"sealed",
        connected_by=person, webhook_digest=b"digest", webhook_registered_at=timezone.now(),
    )  # fmt: skip
    return company


def test_the_line_that_an_order_named_stands_for_its_entry(former: Former) -> None:
    tenant, expected = former.filled["fill_orders"]
    in_company(former.connection, tenant)

    parts = rows(former, "banking.Allocation")
    found = set(parts.values_list("statement_line", "journal_line", "amount", "ended_at"))
    assert found == expected


def fill_orders(apps: Any) -> tuple[UUID, set[tuple[UUID, UUID, Decimal, None]]]:
    """Orders with a line each: paid, moved to another leaf since, and reversed since."""

    def make(app: str, model: str, **values: Any) -> Any:
        return apps.get_model(app, model).objects.using("owner").create(**values)

    now, day = timezone.now(), date(2026, 11, 23)
    in_company(connections["owner"], company := uuid4())
    names = {"name": "Oficina", "legal_name": "Oficina Ltda", "cnpj": "11444777000161"}
    tenant = make("tenants", "Tenant", id=company, **names)
    author, approver = (
        make("tenants", "User", email=f"{who}@{company}.example.com", password="!") for who in "ab"
    )
    groups = {
        nature: make(
            "accounts", "ClassificationGroup", tenant=tenant, code=code, name=nature, nature=nature
        )
        for code, nature in (("1", "ativo"), ("5", "despesa"))
    }
    rent, former_leaf, leaf = (
        make("accounts", "Account", tenant=tenant, group=groups[nature], code=code, name=code)
        for nature, code in (("despesa", "5.1"), ("ativo", "1.1"), ("ativo", "1.2"))
    )
    account = make(
        "banking", "BankAccount", tenant=tenant, provider="cora", bank_code="403", branch="0001",
        number="1-1", holder_name="Oficina", holder_document="11444777000161", ledger_account=leaf,
    )  # fmt: skip
    payee = make("parties", "Payee", tenant=tenant, name="Favorecido", document="11222333000181")
    to = make(
        "parties", "PayeeAccount", tenant=tenant, payee=payee, bank_code="341", branch="0123",
        account="456789", account_type="checking",
    )  # fmt: skip

    def entry(on: Any, sign: int = 1, **more: Any) -> tuple[Any, Any]:
        """With its line on the leaf."""
        values = {"memo": "x", "line_count": 2, "total": Decimal(10), **more}
        written = make("accounts", "JournalEntry", tenant=tenant, date=day, **values)
        _, posted = (
            make(
                "accounts", "JournalLine", tenant=tenant, entry=written, position=position,
                account=where, amount=sign * Decimal(amount),
            )
            for position, (where, amount) in enumerate([(rent, 10), (on, -10)], 1)
        )  # fmt: skip
        return written, posted

    def order(written: Any) -> Any:
        """Paid by a line of its own, which is returned."""
        bill = make(
            "payments", "Payable", tenant=tenant, payee=payee, amount=Decimal(10), due_date=day,
            payment_date=day, expense_account=rent, status="paid", created_by=author, method="ted",
            approved_by=approver, approved_at=now, payee_account=to,
        )  # fmt: skip
        line = make(
            "banking", "StatementLine", tenant=tenant, bank_account=account, bank_id=str(uuid4()),
            booked_on=day, occurred_at=now, amount=Decimal(-10), kind="transfer", description="x",
            raw={},
        )  # fmt: skip
        make(
            "payments", "PaymentOrder", tenant=tenant, payable=bill, bank_account=account,
            rail="ted", amount=Decimal(10), content={}, status="paid", entry=written,
            statement_line=line,
        )  # fmt: skip
        return line

    standing, posted = entry(leaf)
    moved, _ = entry(former_leaf)
    entry(former_leaf, -1, reverses=moved)
    _, posted_anew = entry(leaf, replaces=moved)
    undone, _ = entry(leaf)
    entry(leaf, -1, reverses=undone)
    lines = [order(written) for written in (standing, moved, undone)]
    expected = {
        (lines[0].id, posted.id, Decimal(-10), None),
        (lines[1].id, posted_anew.id, Decimal(-10), None),
    }
    return tenant.id, expected


def test_former_lines_have_the_day_of_their_entry_and_are_summed(former: Former) -> None:
    tenant, _ = former.filled["fill_orders"]
    in_company(former.connection, tenant)

    lines, steps = rows(former, "accounts.JournalLine"), rows(former, "accounts.AccountStep")
    summed = lines.values_list("account_id", "day").annotate(held=Sum("amount"))
    held = steps.values_list("account_id", "day").annotate(held=Sum("debit") - Sum("credit"))
    assert lines.exists()
    assert not lines.exclude(day=F("entry__date")).exists()
    assert set(held) == set(summed)


def test_an_account_that_was_paid_by_two_people_counts_as_confirmed_and_no_other(
    former: Former,
) -> None:
    tenant, author, approver = former.filled["fill_paid"]
    in_company(former.connection, tenant)

    accounts, keys = rows(former, "parties.PayeeAccount"), rows(former, "parties.PayeeKey")
    found = {row.account: (row.entered_by_id, row.confirmed_by_id) for row in accounts}
    of_keys = {row.key: (row.entered_by_id, row.confirmed_by_id) for row in keys}
    assert found == {
        "111111": (author, approver),  # paid by TED
        "222222": (author, None),  # approved, not paid
        "333333": (author, None),  # cancelled
        "444444": (None, approver),  # a Pix became a TED to it
        "555555": (None, None),
    }
    assert of_keys == {"paid@b.com": (author, approver), "a@b.com": (author, None)}


def fill_paid(apps: Any) -> tuple[UUID, int, int]:
    """Bills of one payee to accounts and keys, in several states."""

    def make(app: str, model: str, **values: Any) -> Any:
        return apps.get_model(app, model).objects.using("owner").create(**values)

    now, day = timezone.now(), date(2026, 11, 23)
    in_company(connections["owner"], company := uuid4())
    names = {"name": "Oficina", "legal_name": "Oficina Ltda", "cnpj": "11444777000161"}
    tenant = make("tenants", "Tenant", id=company, **names)
    author, approver = (
        make("tenants", "User", email=f"{who}@{company}.example.com", password="!") for who in "ab"
    )
    leaves = []
    for nature, code in (("despesa", "5"), ("ativo", "1")):
        group = make(
            "accounts", "ClassificationGroup", tenant=tenant, code=code, name=nature, nature=nature
        )
        leaves.append(
            make("accounts", "Account", tenant=tenant, group=group, code=f"{code}.1", name=nature)
        )
    bank = make(
        "banking", "BankAccount", tenant=tenant, provider="cora", bank_code="403", branch="0001",
        number="1-1", holder_name="Oficina", holder_document="11444777000161",
        ledger_account=leaves[1],
    )  # fmt: skip
    payee = make("parties", "Payee", tenant=tenant, name="Favorecido", document="11222333000181")

    def details(number: str) -> dict[str, str]:
        itau = {"bank_code": "341", "branch": "0123", "account_type": "checking"}
        return {**itau, "account": number}

    def bill(status: str, content: dict[str, Any] | None = None, **values: Any) -> None:
        approved = {"approved_by": approver, "approved_at": now} if status != "cancelled" else {}
        row = make(
            "payments", "Payable", tenant=tenant, payee=payee, amount=Decimal(10), due_date=day,
            payment_date=day, expense_account=leaves[0], status=status, created_by=author,
            **{"method": "ted", **approved, **values},
        )  # fmt: skip
        if content is not None:
            make(
                "payments", "PaymentOrder", tenant=tenant, payable=row, bank_account=bank,
                rail="pix" if "destination" in content else "ted", amount=Decimal(10),
                content=content, status="paid",
            )  # fmt: skip

    accounts = {
        number: make("parties", "PayeeAccount", tenant=tenant, payee=payee, **details(number))
        for number in ("111111", "222222", "333333", "444444", "555555")
    }
    paid = {"type": "email", "value": "paid@b.com"}
    of_pix = {"method": "pix", "pix_key_type": "email"}
    bill("paid", details("111111"), payee_account=accounts["111111"])
    bill("approved", payee_account=accounts["222222"])
    bill("cancelled", payee_account=accounts["333333"])
    bill("paid", {"destination": paid}, pix_key="paid@b.com", **of_pix)
    bill("paid", details("444444"), pix_key="a@b.com", **of_pix)
    return tenant.id, author.id, approver.id


def test_an_account_that_was_read_before_is_left_to_people_and_no_other(former: Former) -> None:
    tenant, read = former.filled["fill_accounts"]
    in_company(former.connection, tenant)

    left = rows(former, "reconciliation.OpeningByPerson")
    assert list(left.values_list("bank_account", flat=True)) == [read]


def fill_accounts(apps: Any) -> tuple[UUID, UUID]:
    """Two at a bank; of one a balance is here."""

    def make(app: str, model: str, **values: Any) -> Any:
        return apps.get_model(app, model).objects.using("owner").create(**values)

    in_company(connections["owner"], company := uuid4())
    names = {"name": "Oficina", "legal_name": "Oficina Ltda", "cnpj": "11444777000161"}
    tenant = make("tenants", "Tenant", id=company, **names)
    group = make(
        "accounts", "ClassificationGroup", tenant=tenant, code="1", name="A", nature="ativo"
    )
    read, _ = (
        make(
            "banking", "BankAccount", tenant=tenant, provider="cora", bank_code="403",
            branch="0001", number=f"{number}-1", holder_name="Oficina",
            holder_document="11444777000161", ledger_account=make(
                "accounts", "Account", tenant=tenant, group=group, code=f"1.{number}", name="Cora"
            ),
        )
        for number in (1, 2)
    )  # fmt: skip
    make(
        "banking", "DailyBalance", tenant=tenant, bank_account=read, day=date(2026, 11, 23),
        closing=Decimal(1000),
    )  # fmt: skip
    return tenant.id, read.id


# Each is filled as the models are then, and comes through all that was changed since.
STAGES: list[tuple[list[tuple[str, str]], list[Callable[[Any], Any]]]] = [
    # Payees in payments, nothing fixed by an approval.
    ([("payments", "0006_title")], [fill_bills]),
    # An order names its line of the statement.
    (
        [
            ("payments", "0014_folded"),
            ("banking", "0010_folded"),
            ("accounts", "0007_natures_within"),
        ],
        [fill_orders, fill_paid],
    ),
    # What banks sign with follows from SECRET_KEY.
    ([("banking", "0013_allocation")], [fill_connections]),
    ([("reconciliation", "0005_opening_by_person")], [fill_accounts]),
]
