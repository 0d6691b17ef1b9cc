"""Records form one chain for each company, and the database lets it only grow."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from audit.acts import Act
from audit.models import NO_HASH, ChainHead, Record
from audit.origin import COMMAND_LINE, act_from
from audit.services import record
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.payments.factories import make_bank_account

pytestmark = pytest.mark.django_db


def write(tenant: Tenant, by: User | None = None, **values) -> Record:
    account = values.pop("on", None) or make_bank_account(tenant)
    return record(Act.SETTINGS_CHANGED, on=account, by=by, **values)


def chain(tenant: Tenant) -> list[Record]:
    with tenant_scope(tenant.id):
        return list(Record.objects.of(tenant).order_by("number"))


def test_a_record_says_who_on_what_when_from_where_and_what_changed(
    tenant: Tenant, admin: User
) -> None:
    account = make_bank_account(tenant)
    with act_from("203.0.113.7"):
        write(
            tenant,
            admin,
            on=account,
            why="paga tudo por ela",
            before={"Modo Banking": "desligado"},
            after={"Modo Banking": "ligado"},
        )

    (written,) = chain(tenant)
    assert written.by == admin
    assert written.by_label == admin.display_name
    assert written.on_label == str(account)
    assert (written.on_kind, written.on_id) == ("banking.bankaccount", account.id)
    assert written.whence == "203.0.113.7"
    assert written.before == {"Modo Banking": "desligado"}
    assert written.after == {"Modo Banking": "ligado"}
    assert written.why == "paga tudo por ela"


def test_each_record_carries_the_hash_of_the_one_before_it(tenant: Tenant) -> None:
    account = make_bank_account(tenant)
    for _ in range(3):
        write(tenant, on=account)

    first, second, third = chain(tenant)
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert first.previous_hash == NO_HASH
    assert second.previous_hash == first.hash
    assert third.previous_hash == second.hash


def test_a_stored_record_still_has_its_hash(tenant: Tenant, admin: User) -> None:
    write(tenant, admin, before={"Nome": "Ação «é»"}, after={"Nome": 'x "y" \\ z'})

    (written,) = chain(tenant)
    assert written.computed_hash() == written.hash


def test_what_nobody_did_was_done_by_the_product(tenant: Tenant) -> None:
    write(tenant)

    (written,) = chain(tenant)
    assert written.by is None
    assert written.by_label == "Kamino"
    assert written.whence == "o próprio Kamino"


def test_a_command_says_that_it_is_one(tenant: Tenant) -> None:
    with act_from(COMMAND_LINE):
        assert write(tenant).whence == "linha de comando"


def test_each_company_has_its_own_numbers(tenant: Tenant, other_tenant: Tenant) -> None:
    write(tenant)
    write(other_tenant)

    assert [row.number for row in chain(tenant)] == [1]
    assert [row.number for row in chain(other_tenant)] == [1]


def test_an_act_that_is_rolled_back_leaves_no_record(tenant: Tenant) -> None:
    account = make_bank_account(tenant)
    with pytest.raises(ZeroDivisionError), tenant_scope(tenant.id):
        write(tenant, on=account)
        1 / 0  # noqa: B018

    assert chain(tenant) == []
    assert write(tenant, on=account).number == 1


@pytest.mark.django_db(transaction=True)
def test_acts_at_the_same_time_make_one_chain_without_a_gap(tenant: Tenant) -> None:
    account = make_bank_account(tenant)

    def many(_: int) -> None:
        for _ in range(10):
            write(tenant, on=account)
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(many, range(8)))

    records = chain(tenant)
    assert [row.number for row in records] == list(range(1, 81))
    hashes = [NO_HASH, *(row.hash for row in records)]
    assert [row.previous_hash for row in records] == hashes[:-1]


CHANGES = {
    "changed": "UPDATE audit_record SET why = 'outro'",
    "deleted": "DELETE FROM audit_record",
    "head moved back": "UPDATE audit_chainhead SET number = number - 1",
    "head deleted": "DELETE FROM audit_chainhead",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_the_application_cannot_change_what_was_written(tenant: Tenant, statement: str) -> None:
    write(tenant)

    with (
        pytest.raises(IntegrityError),
        tenant_scope(tenant.id),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_head_does_not_move_without_a_record(tenant: Tenant) -> None:
    write(tenant)

    with pytest.raises(IntegrityError, match="head"), tenant_scope(tenant.id):
        ChainHead.objects.of(tenant).update(number=2, hash="f" * 64)


@pytest.mark.parametrize(
    "changes", [{"number": 5}, {"number": 1}, {"previous_hash": "f" * 64}], ids=str
)
def test_a_record_that_does_not_follow_the_last_one_is_refused(
    tenant: Tenant, changes: dict
) -> None:
    last = write(tenant)
    values = {
        "tenant_id": tenant.id,
        "number": 2,
        "made_at": last.made_at,
        "act": last.act,
        "on_kind": last.on_kind,
        "on_id": last.on_id,
        "on_label": "",
        "by_label": "",
        "why": "",
        "whence": "",
        "previous_hash": last.hash,
        "hash": "e" * 64,
    }

    with pytest.raises(IntegrityError, match="follow"), tenant_scope(tenant.id):
        Record.objects.create(**values | changes)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("table", ["audit_record", "audit_chainhead"])
def test_not_even_the_owner_empties_it(tenant: Tenant, table: str) -> None:
    write(tenant)
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic("owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table}")

    assert len(chain(tenant)) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_not_even_the_owner_changes_it(tenant: Tenant, statement: str) -> None:
    write(tenant)

    with (
        pytest.raises(IntegrityError),
        transaction.atomic("owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant.id)])
        cursor.execute(statement)
