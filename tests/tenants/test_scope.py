import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Account
from tenants.models import Membership, Role, Tenant
from tenants.scope import ScopeError, across_tenants, current_scope, person_scope, tenant_scope
from tenants.services import add_member
from tests.cast import make_member, make_tenant, make_user


def test_a_scope_sees_its_company_alone(tenant, other_tenant):
    with tenant_scope(tenant.id):
        assert list(Tenant.objects.all()) == [tenant]
        assert set(Account.objects.values_list("tenant_id", flat=True)) == {tenant.id}


def test_a_scope_writes_for_its_company_alone(tenant, other_tenant):
    with pytest.raises(DatabaseError, match="row-level security"), tenant_scope(tenant.id):
        Membership.objects.create(tenant=other_tenant, user=make_user(), role=Role.READER)


def test_a_scope_within_the_same_scope_is_the_same(tenant):
    with tenant_scope(tenant.id):
        with tenant_scope(tenant.id):
            assert current_scope() == str(tenant.id)
        assert Tenant.objects.count() == 1


def test_scopes_of_two_companies_do_not_nest(tenant, other_tenant):
    with tenant_scope(tenant.id), pytest.raises(ScopeError), tenant_scope(other_tenant.id):
        pass


@pytest.mark.parametrize("inner", [across_tenants, lambda: person_scope(1)])
def test_other_scopes_do_not_nest_either(tenant, inner):
    with tenant_scope(tenant.id), pytest.raises(ScopeError), inner():
        pass


def test_after_a_scope_nothing_is_read(tenant):
    with tenant_scope(tenant.id):
        Account.objects.count()

    assert current_scope() is None
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.count()


def test_after_an_error_the_scope_is_closed_and_undone(tenant):
    with pytest.raises(LookupError), tenant_scope(tenant.id):
        Account.objects.of(tenant).update(name="Outro nome")
        raise LookupError

    assert current_scope() is None
    with tenant_scope(tenant.id):
        assert not Account.objects.filter(name="Outro nome").exists()


def test_across_companies_all_are_read_and_none_is_written(tenant, other_tenant):
    with across_tenants():
        assert set(Tenant.objects.all()) == {tenant, other_tenant}
        assert Account.objects.update(name="Outro nome") == 0


def test_a_person_sees_their_companies_and_memberships_alone(tenant, other_tenant):
    person = make_member(tenant, Role.READER)
    make_member(other_tenant, Role.READER)

    with person_scope(person.pk):
        assert list(Tenant.objects.all()) == [tenant]
        assert [m.user_id for m in Membership.objects.all()] == [person.pk]
        assert not Account.objects.exists()


def test_a_person_of_two_companies_sees_both(tenant, other_tenant):
    person = make_member(tenant, Role.READER)
    add_member(other_tenant, person, Role.ADMIN)

    with person_scope(person.pk):
        assert set(Tenant.objects.all()) == {tenant, other_tenant}


def test_a_person_does_not_raise_their_own_role(tenant):
    person = make_member(tenant, Role.READER)

    with person_scope(person.pk):
        assert Membership.objects.filter(user=person).update(role=Role.ADMIN) == 0
        assert Tenant.objects.update(plan="track") == 0


def test_what_was_deferred_is_checked_when_the_scope_ends(tenant):
    with pytest.raises(IntegrityError), tenant_scope(tenant.id), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_account SET group_id = gen_random_uuid()")


@pytest.mark.django_db(transaction=True)
def test_a_scope_commits_when_it_ends():
    tenant = make_tenant()

    with tenant_scope(tenant.id):
        Account.objects.of(tenant).filter(code="5.2.01").update(name="Aluguel da sede")

    assert not connection.in_atomic_block
    connection.close()
    with tenant_scope(tenant.id):
        assert Account.objects.of(tenant).get(code="5.2.01").name == "Aluguel da sede"


@pytest.mark.django_db(transaction=True)
def test_the_next_user_of_a_pooled_connection_inherits_no_scope():
    tenant = make_tenant()
    with tenant_scope(tenant.id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()
    connection.close()  # back to the pool, which hands out whichever is ready

    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            is_the_same = cursor.fetchone() == before
            with pytest.raises(DatabaseError):
                cursor.execute("SELECT count(*) FROM accounts_account")
        connection.close()
        if is_the_same:
            return
    pytest.fail("the pool did not hand the connection out again")


@pytest.mark.django_db(transaction=True)
def test_a_thread_does_not_share_its_scope():
    seen = []

    def look() -> None:
        seen.append(current_scope())
        connection.close()

    with tenant_scope(make_tenant().id):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert seen == [None]
