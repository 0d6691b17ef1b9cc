"""The database of the tests, under the roles of production, and the cast."""

import os
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker

from core.garbage import spare_what_is_loaded
from tenants.models import Role, Tenant, User
from tests.cast import make_member, make_tenant
from tests.chromium import CHROMIUM, FIXTURES, Chromium, OpenBrowser
from tests.clock import DatabaseClock, follow, unfollow
from tests.cora_simulator import CoraSimulator
from tests.database import make_test_database

# The same examples in every run: what fails for one fails for all.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")

# Each takes a minute or two: begun last they would keep one core busy and the other idle. Those
# that share a product stand together: it runs until the last of them is done.
FIRST = (
    "tests/e2e/test_tour.py",
    "tests/e2e/test_keyboard.py",
    "tests/e2e/",
    "tests/payments/test_roles_browser.py",
)
# Each takes several seconds even of a quiet machine: `make fast` leaves them out. Files, or tests.
SLOW = (
    "tests/accounts/test_importing.py::test_ten_thousand_",
    "tests/banking/imports/test_kills.py",
    "tests/banking/imports/test_orders.py::test_whatever_",
    "tests/banking/test_forty_workers.py",
    "tests/charges/test_dunning.py::test_weekends_",
    "tests/charges/test_ending_kills.py",
    "tests/charges/test_import_kills.py",
    "tests/charges/test_kills.py",
    "tests/charges/test_lives.py",
    "tests/charges/test_lives_at_banks.py",
    "tests/charges/test_plain_payments.py::test_a_payment_among_many_",
    "tests/charges/test_recurrence_kills.py",
    "tests/charges/test_refund_kills.py",
    "tests/core/test_enqueue.py::test_a_broker_that_is_down_",
    "tests/kamino/test_demo_charges.py::test_it_has_",
    "tests/kamino/test_demo_charges.py::test_its_payers_",
    "tests/kamino/test_demo_month.py::test_it_has_",
    "tests/kamino/test_health.py::test_not_ready_while_the_database_hangs",
    "tests/kamino/test_processes.py",
    "tests/payments/test_approvals_page.py::test_thirty_",
    "tests/payments/test_send_many.py::test_as_many_queries_",
    "tests/payments/test_send_many.py::test_bills_that_return_",
    "tests/payments/test_send_many.py::test_undoing_a_connection_",
    "tests/payments/test_sweep_plans.py",
    "tests/reconciliation/engine/test_gather.py::test_what_a_line_alone_",
    "tests/reconciliation/engine/test_kills.py",
    "tests/reconciliation/test_bulk.py::test_of_ten_",
    "tests/reconciliation/test_bulk_kills.py",
    "tests/reconciliation/test_bulk_undo.py::test_it_asks_as_often_",
    "tests/reconciliation/test_position.py::test_the_differences_",
    "tests/reconciliation/test_random_acts.py",
    "tests/reconciliation/test_random_imports.py",
    "tests/reconciliation/test_rules.py::test_no_order_of_acts_",
    "tests/security/test_bulk_rejection.py::test_as_many_queries_",
    "tests/security/test_hardening.py::test_production_",
    "tests/security/test_hostile_xlsx.py",  # each of its tests needs all files read
    "tests/security/test_second_factor.py::test_every_act_",
    "tests/security/test_two_tabs.py::test_no_page_",
    "tests/simulator/test_process.py",
    "tests/test_backup.py",
    "tests/test_database_roles.py::test_production_",
    "tests/test_every_url.py",
    "tests/test_migrations.py::test_an_account_",
    "tests/test_migrations.py::test_every_address_",
    "tests/test_migrations.py::test_former_lines_",
    "tests/test_migrations.py::test_the_line_",
    "tests/test_migrations.py::test_what_",
)


def pytest_configure() -> None:
    """The product's way to keep a password takes half a second on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_finish() -> None:
    spare_what_is_loaded()


@pytest.hookimpl(tryfirst=True)  # before -m reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place)
    absent = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker("slow")
        if isinstance(item, pytest.Function) and not FIXTURES.isdisjoint(item.fixturenames):
            item.add_marker("browser")
            item.add_marker(absent)


def place(item: pytest.Item) -> int:
    """In FIRST, or after all of it."""
    found = (number for number, each in enumerate(FIRST) if item.nodeid.startswith(each))
    return next(found, len(FIRST))


@pytest.fixture(scope="session")
def kept_chromium() -> Iterator[Chromium]:
    chromium = Chromium()
    yield chromium
    chromium.end()


@pytest.fixture(scope="module")
def browser(kept_chromium: Chromium) -> Iterator[Browser]:
    with kept_chromium.use() as browser:
        yield browser


@pytest.fixture
def open_browser(kept_chromium: Chromium) -> OpenBrowser:
    """For a test that makes rows first: while a browser is used, its loop forbids Django's
    queries."""
    return kept_chromium.use


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_blocker: DjangoDbBlocker, worker_id: str, testrun_uid: str
) -> Iterator[None]:
    """A database of its own for each process: migrated by the owner, used by the application."""
    with django_db_blocker.unblock():
        make_test_database(f"test_{worker_id}", testrun_uid)
        database_clock = DatabaseClock(os.environ["DATABASE_OWNER_URL"])
    follow(database_clock.set)
    yield
    unfollow(database_clock.set)
    database_clock.close()
    with django_db_blocker.unblock():
        connections["default"].close_pool()
        connections["owner"].close()


@pytest.fixture(scope="session")
def bank_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoraSimulator]:
    """The simulated banks, one process for each test process: who uses it resets it first."""
    simulator = CoraSimulator.start(tmp_path_factory.mktemp("banks"))
    yield simulator
    simulator.stop()


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def admin(tenant: Tenant) -> User:
    return make_member(tenant, Role.ADMIN)


@pytest.fixture
def operator(tenant: Tenant) -> User:
    """Enters bills."""
    return make_member(tenant, Role.FINANCE)


@pytest.fixture
def approver(tenant: Tenant) -> User:
    return make_member(tenant, Role.APPROVER)


@pytest.fixture
def reader(tenant: Tenant) -> User:
    return make_member(tenant, Role.READER)


@pytest.fixture
def other_tenant(db: None) -> Tenant:
    return make_tenant("Padaria Aurora", "11222333000181")


@pytest.fixture
def outsider(other_tenant: Tenant) -> User:
    """An admin of another company, who must see none of ours."""
    return make_member(other_tenant, Role.ADMIN)
