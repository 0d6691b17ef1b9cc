"""One admin alone loosens no tier, raises no limit and shortens no rest: another confirms."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from parties.rest import rest_of, set_rest
from payments.bills.tiers import Tiers
from payments.orders.account_limits import version_of
from payments.rails.limits import Limit, limits_of
from people.models import PendingChange
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import sign_in
from tests.payments.factories import make_bank_account, member_of, set_limit, set_tiers
from tests.people.factories import confirm, make_admin, membership_of, stop
from tests.people.factories import reread as reread_change

pytestmark = pytest.mark.django_db

Outcome = PendingChange.Outcome
DAYS = {"window_days": "7", "duplicate_days": "15"}
BEFORE = Tiers({Role.APPROVER: Decimal(2000)}, {})


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    """What an admin could loosen: a tier, a limit, a rest."""
    account = make_bank_account(tenant)
    set_tiers(tenant, {Role.APPROVER: "2000"})
    set_limit(account, per_payment="500", per_day="1000")
    with tenant_scope(tenant.id):
        set_rest(24, by=member_of(tenant, make_admin(tenant)))
    return account


@pytest.fixture
def as_admin(client: Client, tenant: Tenant, admin: User) -> Client:
    sign_in(client, admin, tenant)
    return client


def tiers_of(tenant: Tenant) -> Tiers:
    with tenant_scope(tenant.id):
        return Tiers.of(tenant)


def limits(tenant: Tenant) -> dict[str, Limit]:
    with tenant_scope(tenant.id):
        return {rail: limit for (_, rail), limit in limits_of(tenant.id).items()}


def rest(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return rest_of(tenant.id)


def save_tiers(client: Client, tenant: Tenant, **typed: str) -> int:
    typed = {"seen": str(tiers_of(tenant)), **DAYS, **typed}
    return client.post(reverse("payments:save_tiers"), typed).status_code


def save_limits(client: Client, account: BankAccount, **typed: str) -> int:
    with tenant_scope(account.tenant_id):
        seen = version_of(limits_of(account.tenant_id))
    named = {f"{account.id.hex}_ted_{which}": value for which, value in typed.items()}
    return client.post(reverse("payments:save_limits"), {"seen": seen, **named}).status_code


def waiting(tenant: Tenant) -> list[PendingChange]:
    with tenant_scope(tenant.id):
        rows = PendingChange.objects.of(tenant).waiting().select_related("tenant")
        return list(rows)


def state(tenant: Tenant) -> tuple[Tiers, dict[str, Limit], int]:
    return tiers_of(tenant), limits(tenant), rest(tenant)


Attack = Callable[[Client, Tenant, BankAccount], object]
ATTACKS: dict[str, Attack] = {
    "a higher tier": lambda c, t, a: save_tiers(c, t, role_aprovador="2.000,01"),
    "no tier": lambda c, t, a: save_tiers(c, t),
    "a shorter window": lambda c, t, a: save_tiers(c, t, role_aprovador="1,00", window_days="1"),
    "fewer days of duplicates": lambda c, t, a: save_tiers(
        c, t, role_aprovador="2.000,00", duplicate_days="1"
    ),
    "a higher limit": lambda c, t, a: save_limits(c, a, payment="500,01", day="1.000,00"),
    "a higher limit of the day": lambda c, t, a: save_limits(c, a, payment="1,00", day="1.001,00"),
    "no limit": lambda c, t, a: save_limits(c, a),
    "a shorter rest": lambda c, t, a: c.post(reverse("registers:rest"), {"rest_hours": "23"}),
    "no rest": lambda c, t, a: c.post(reverse("registers:rest"), {"rest_hours": "0"}),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_one_admin_alone_loosens_nothing(
    as_admin: Client, tenant: Tenant, account: BankAccount, attack: Attack
) -> None:
    before = state(tenant)

    attack(as_admin, tenant, account)

    assert state(tenant) == before
    [change] = waiting(tenant)
    confirm(change, make_admin(tenant))
    assert state(tenant) != before
    assert waiting(tenant) == []


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_was_stopped_changes_nothing(
    as_admin: Client, tenant: Tenant, account: BankAccount, attack: Attack, approver: User
) -> None:
    before = state(tenant)
    attack(as_admin, tenant, account)

    stop(waiting(tenant)[0], approver)

    assert state(tenant) == before


def test_a_higher_tier_of_one_s_own_row_waits_too(
    as_admin: Client, tenant: Tenant, account: BankAccount, approver: User
) -> None:
    set_tiers(tenant, {Role.APPROVER: "2000"}, {approver: "10"})

    save_tiers(as_admin, tenant, role_aprovador="2.000,00")

    assert tiers_of(tenant).alone_up_to(membership_of(tenant, approver)) == 10
    assert len(waiting(tenant)) == 1


def test_what_tightens_is_done_at_once(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    save_tiers(as_admin, tenant, role_aprovador="1.999,99", role_admin="10,00")
    save_limits(as_admin, account, payment="500,00", day="10,00")
    as_admin.post(reverse("registers:rest"), {"rest_hours": "25"})

    assert waiting(tenant) == []
    assert state(tenant) == (
        Tiers({Role.APPROVER: Decimal("1999.99"), Role.ADMIN: Decimal(10)}, {}),
        {"ted": Limit(Decimal(500), Decimal(10))},
        25,
    )


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_was_asked_upon_other_values_has_no_effect(
    as_admin: Client, tenant: Tenant, account: BankAccount, attack: Attack
) -> None:
    """Somebody tightened meanwhile: the second admin confirmed what is no longer so."""
    attack(as_admin, tenant, account)
    [change] = waiting(tenant)
    set_tiers(tenant, {Role.APPROVER: "1"})
    set_limit(account, per_day="1")
    with tenant_scope(tenant.id):
        set_rest(48, by=member_of(tenant, make_admin(tenant)))
    tightened = state(tenant)

    confirm(change, make_admin(tenant))

    assert state(tenant) == tightened
    assert reread_change(change).outcome == Outcome.VOID


def test_a_stale_page_asks_for_nothing(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    stale = str(tiers_of(tenant))
    save_tiers(as_admin, tenant, role_aprovador="10,00")

    assert save_tiers(as_admin, tenant, role_aprovador="9.000,00", seen=stale) == 409
    assert waiting(tenant) == []


def test_the_pages_say_what_waits(as_admin: Client, tenant: Tenant, account: BankAccount) -> None:
    save_tiers(as_admin, tenant)
    save_limits(as_admin, account)
    as_admin.post(reverse("registers:rest"), {"rest_hours": "0"})

    rules = as_admin.get(reverse("payments:rules")).context
    page = as_admin.get(reverse("registers:rest")).context

    assert {rules["tiers_asked"].kind, rules["limits_asked"].kind, page["asked"].kind} == {
        "tiers", "limits", "rest",
    }  # fmt: skip
