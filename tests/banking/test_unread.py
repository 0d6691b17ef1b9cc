"""An element of a statement that cannot be read is kept, counted and read again, and hides none."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from banking.connections.complete import open_connection
from banking.models import BankAccount, StatementLine, UnreadMovement
from banking.statements.continuity import SyncResult
from banking.statements.sync import sync_account
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.factories import (
    change,
    make_account,
    make_bs2_connection,
    reread,
    stored_lines,
)
from tests.bs2_simulator import Bs2Simulator
from tests.cast import sign_in
from tests.clock import Traveller
from tests.cora_simulator import CoraSimulator

TODAY = NOW.date()
STATEMENT = "/bank-statement/statement"
BROKEN, PROVED = BankAccount.Proof.BROKEN, BankAccount.Proof.PROVED
calls_banks = pytest.mark.django_db(transaction=True)


def sync(account: BankAccount) -> SyncResult:
    result = sync_account(account.tenant_id, account.id)
    assert result is not None
    return result


def entry(amount: int, days_ago: int = 2, **told: Any) -> dict[str, Any]:
    way = "CREDIT" if amount > 0 else "DEBIT"
    day = TODAY - timedelta(days=days_ago)
    return {"type": way, "kind": "FEE", "amount": abs(amount), "day": day.isoformat(), **told}


def unread_of(account: BankAccount) -> list[UnreadMovement]:
    with tenant_scope(account.tenant_id):
        return list(UnreadMovement.objects.of(account.tenant_id).order_by("first_seen_at", "id"))


def keep(account: BankAccount, raw: Any, **values: Any) -> UnreadMovement:
    """One that was kept by a former reader."""
    kept = {
        "key": "0" * 64,
        "number": 1,
        "reason": "field",
        "field": "type",
        "raw": json.dumps(raw),
        "seen_since": TODAY - timedelta(days=90),
    }
    with tenant_scope(account.tenant_id):
        row: UnreadMovement = UnreadMovement.objects.create(
            tenant_id=account.tenant_id, bank_account=account, **{**kept, **values}
        )
    change(account, unread_movements=1)
    return row


# --- What becomes of it -------------------------------------------------------------------


@calls_banks
@pytest.mark.parametrize(
    ("told", "field", "has_day"),
    [
        ({"odd": {"type": "BLOCK"}}, "type", True),
        ({"lacks": ["amount"]}, "amount", True),
        ({"lacks": ["id"]}, "id", True),
        ({"odd": {"createdAt": "31/02/2026"}}, "createdAt", False),
    ],
    ids=str,
)
def test_an_odd_movement_hides_no_other(
    cora: CoraSimulator, account: BankAccount, told: dict[str, Any], field: str, has_day: bool
) -> None:
    cora.add_entries([entry(100), entry(-990, **told), entry(300)])

    result = sync(account)

    with tenant_scope(account.tenant_id):
        fees = StatementLine.objects.of(account.tenant_id).filter(kind="fee")
        amounts = set(fees.values_list("amount", flat=True))
    assert {Decimal("1.00"), Decimal("3.00")} <= amounts
    (unread,) = unread_of(account)
    assert (unread.reason, unread.field) == ("field", field)
    assert unread.day == (TODAY - timedelta(days=2) if has_day else None)
    assert json.loads(unread.raw)["transaction"]["type"] == "FEE"
    read = reread(account)
    assert (result.unread, read.unread_movements, read.proof) == (1, 1, BROKEN)
    assert read.proof_broken_on == TODAY - timedelta(days=2)


@calls_banks
def test_it_is_kept_once_however_often_it_comes(cora: CoraSimulator, account: BankAccount) -> None:
    cora.add_entries([entry(-990, odd={"type": "BLOCK"})])
    sync(account)

    assert sync(account).unread == 1

    (unread,) = unread_of(account)
    assert unread.closed_at is None


@calls_banks
def test_equal_ones_are_kept_as_many_as_they_are(cora: CoraSimulator, account: BankAccount) -> None:
    odd = {"odd": {"type": "BLOCK", "id": "ent_same", "transaction": None}}
    cora.add_entries([entry(-990, **odd), entry(-990, **odd)])
    sync(account)

    assert sync(account).unread == 2
    assert sorted(row.number for row in unread_of(account)) == [1, 2]


@calls_banks
def test_one_that_the_bank_corrects_becomes_a_line_and_is_closed(
    cora: CoraSimulator, account: BankAccount
) -> None:
    (odd,) = cora.add_entries([entry(-990, odd={"type": "BLOCK"})])["ids"]
    sync(account)
    cora.tell_entry(odd)

    assert sync(account).new_lines == 1

    (unread,) = unread_of(account)
    assert unread.closed_at is not None
    assert (reread(account).proof, reread(account).unread_movements) == (PROVED, 0)


@calls_banks
def test_an_undated_one_that_the_bank_corrects_is_closed_too(
    cora: CoraSimulator, account: BankAccount
) -> None:
    sync(account)
    (odd,) = cora.add_entries([entry(-990, lacks=["createdAt"])])["ids"]
    sync(account)
    cora.tell_entry(odd)

    assert sync(account).unread == 0


@calls_banks
def test_one_that_was_not_read_stays_when_the_days_have_passed(
    cora: CoraSimulator, account: BankAccount, monday: Traveller
) -> None:
    (odd,) = cora.add_entries([entry(-990, odd={"type": "BLOCK"})])["ids"]
    for _ in range(2):
        sync(account)
        monday.shift(timedelta(days=10))
        cora.advance(timedelta(days=10).total_seconds())

    assert sync(account).unread == 1
    assert (reread(account).proof, reread(account).unread_movements) == (BROKEN, 1)
    cora.tell_entry(odd)
    assert sync(account).unread == 0
    assert reread(account).proof == PROVED


@calls_banks
def test_what_the_reader_has_learned_becomes_a_line(
    cora: CoraSimulator, account: BankAccount
) -> None:
    """It is on a day that is not read any more, and the bank does not tell it again."""
    sync(account)
    lines = stored_lines(account)
    raw = {"id": "ent_learned", "type": "CREDIT", "amount": 0, "createdAt": "2026-10-05T12:00:00Z"}
    unread = keep(account, raw, day=date(2026, 10, 5))

    result = sync(account)

    with tenant_scope(account.tenant_id):
        line = StatementLine.objects.of(account.tenant_id).get(bank_id="ent_learned")
    assert (result.new_lines, result.unread, stored_lines(account)) == (1, 0, lines + 1)
    assert (reread(unread).line_id, line.amount) == (line.id, Decimal("0.00"))
    assert (reread(account).proof, reread(account).unread_movements) == (PROVED, 0)


@calls_banks
def test_what_cannot_be_read_yet_stays(cora: CoraSimulator, account: BankAccount) -> None:
    sync(account)
    unread = keep(account, {"id": "ent_learned", "type": "BLOCK"}, day=date(2026, 10, 5))

    assert sync(account).unread == 1
    assert reread(unread).closed_at is None


@calls_banks
def test_what_is_read_by_now_is_no_second_content_of_a_stored_line(
    cora: CoraSimulator, account: BankAccount
) -> None:
    sync(account)
    with tenant_scope(account.tenant_id):
        line = StatementLine.objects.of(account.tenant_id).latest("booked_on")
    raw = {"id": line.bank_id, "type": "CREDIT", "amount": 1, "createdAt": "2026-10-05T12:00:00Z"}
    unread = keep(account, raw, day=date(2026, 10, 5))

    assert sync(account).unread == 1
    assert (reread(unread).reason, reread(unread).closed_at) == ("same_id", None)
    assert reread(line).amount == line.amount


@calls_banks
def test_one_id_with_two_contents_is_told(cora: CoraSimulator, account: BankAccount) -> None:
    same = {"odd": {"id": "ent_twice"}}
    cora.add_entries([entry(-990, **same), entry(-700, **same)])

    result = sync(account)

    (unread,) = unread_of(account)
    assert (unread.reason, result.unread, result.new_lines > 0) == ("same_id", 1, True)
    assert sync(account).unread == 1
    assert reread(account).proof == BROKEN


@calls_banks
@pytest.mark.parametrize("kind", ["missing_field", "unknown_enum"])
def test_a_statement_of_odd_elements_alone_loses_nothing(
    cora: CoraSimulator, account: BankAccount, kind: str
) -> None:
    cora.fault(kind, STATEMENT, times=None, field="type")
    odd = sync(account).unread
    assert (stored_lines(account), reread(account).sync_error) == (0, "")
    cora.clear_faults()

    result = sync(account)

    assert odd > 100
    assert (result.new_lines, result.unread, reread(account).proof) == (odd, 0, PROVED)


# --- Other movements that are unusual -----------------------------------------------------


@calls_banks
def test_a_zero_amount_is_a_line_without_effect(
    cora: CoraSimulator, bs2: Bs2Simulator, tenant: Tenant, admin: User, account: BankAccount
) -> None:
    """Case S01."""
    at_bs2 = open_connection(tenant.id, make_bs2_connection(tenant, admin, bs2).id)
    assert at_bs2 is not None
    for simulator, read in ((cora, account), (bs2, at_bs2)):
        simulator.add_entries([entry(0), entry(-490)])

        result = sync(read)

        with tenant_scope(tenant.id):
            lines = StatementLine.objects.of(tenant.id).filter(bank_account=read)
            assert lines.filter(amount=0).count() == 1
            assert lines.filter(amount="-4.90").count() == 1
        assert (result.unread, reread(read).proof) == (0, PROVED)


@calls_banks
@pytest.mark.parametrize("sizes", [(3, 100, 1), (100, 4)])
def test_equal_lines_without_a_key_survive_a_page_break(
    bs2: Bs2Simulator, tenant: Tenant, admin: User, sizes: tuple[int, ...]
) -> None:
    """Case S05; the pages of later readings break elsewhere."""
    account = open_connection(tenant.id, make_bs2_connection(tenant, admin, bs2).id)
    assert account is not None
    bs2.add_entries([entry(-990, days_ago=1, odd={"protocolo": None})] * 6)
    read = []
    for size in sizes:
        bs2.settings(statement_most_per_page=size)
        read.append(sync(account).new_lines)

    with tenant_scope(tenant.id):
        fees = StatementLine.objects.of(tenant.id).filter(bank_account=account, amount="-9.90")
        assert fees.count() == 6
    assert read[1:] == [0] * (len(sizes) - 1)
    assert reread(account).proof == PROVED


# --- What people see ----------------------------------------------------------------------


@pytest.mark.usefixtures("monday")
@pytest.mark.parametrize("page", ["conciliar", "conta"])
def test_people_see_what_was_not_read(
    client: Client, tenant: Tenant, operator: User, admin: User, page: str
) -> None:
    account = make_account(tenant, admin, proof=BROKEN, proof_broken_on=date(2026, 11, 11))
    dated = keep(account, {"id": "<b>1</b>"}, day=date(2026, 11, 12))
    undated = keep(account, {"id": 2}, key="1" * 64)
    change(account, unread_movements=2)
    sign_in(client, operator, tenant)

    address: Callable[[], str] = {
        "conciliar": lambda: reverse("reconciliation:reconcile"),
        "conta": lambda: reverse("integrations:account", args=[account.id]),
    }[page]
    shown = client.get(address()).content.decode()

    assert 'id="nao-lidos"' in shown
    assert f'id="nao-lido-{dated.id}"' in shown
    assert f'id="nao-lido-{undated.id}"' in shown
    assert "12/11/2026" in shown
    assert "&lt;b&gt;1" in shown


@pytest.mark.usefixtures("monday")
def test_nothing_is_shown_where_all_was_read(
    operator_in: Client, tenant: Tenant, admin: User
) -> None:
    account = make_account(tenant, admin, proof=PROVED)

    shown = operator_in.get(reverse("integrations:account", args=[account.id]))

    assert 'id="nao-lidos"' not in shown.content.decode()


@pytest.mark.usefixtures("monday")
def test_the_card_names_the_first_day_that_does_not_agree(
    operator_in: Client, tenant: Tenant, admin: User
) -> None:
    make_account(tenant, admin, proof=BROKEN, proof_broken_on=date(2026, 11, 11))

    shown = operator_in.get(reverse("reconciliation:reconcile"))

    assert "desde 11/11" in shown.content.decode()
