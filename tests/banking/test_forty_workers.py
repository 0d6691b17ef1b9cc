"""Forty workers, threads of several processes, that want the token of one expired connection."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from time_machine import Traveller

from banking.banks.contract.info import Capability
from banking.gateway.connect import connect
from banking.gateway.credentials import unseal
from banking.gateway.tokens import StoredTokens
from banking.models import Connection
from tenants.models import Tenant, User
from tests.banking.factories import make_bs2_connection, reread
from tests.bs2_simulator import Bs2Simulator
from tests.clock import moved_by
from tests.forks import fork
from tests.payments.at_most_once.worker_pool import wait_for

PROCESSES, THREADS = 4, 10
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection(bs2: Bs2Simulator, tenant: Tenant, admin: User, monday: Traveller) -> Connection:
    """At BS2, by portal keys; its access token has expired."""
    connection = make_bs2_connection(tenant, admin, bs2)
    StoredTokens(tenant.id, connection.id, "bs2").access_token()
    monday.shift(timedelta(minutes=10))
    bs2.advance(600)
    bs2.clear_requests()
    return connection


def tokens_of_all(connection: Connection, bs2: Bs2Simulator, folder: Path) -> list[str]:
    """What each of the forty got, asked at the same moment."""
    # The test is under a moved clock; the processes then live at the same moment.
    arguments = [str(moved_by().total_seconds()), "tests.banking.token_workers"]
    arguments += [str(connection.tenant_id), str(connection.id), "bs2", str(THREADS)]
    environment = os.environ | {"BS2_BASE_URL": bs2.base_url}
    said = [folder / str(number) for number in range(PROCESSES)]
    processes = []
    for each in said:
        with each.open("wb") as output:
            processes.append(
                fork(
                    "tests.payments.at_most_once.moved_clock",
                    arguments,
                    environment,
                    output.fileno(),
                )
            )
    wait_for(lambda: all(each.read_text() == "ready\n" for each in said), "all are ready")
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.wait(60) for process in processes] == [0] * PROCESSES
    return [line for each in said for line in each.read_text().split()[1:]]


def test_forty_workers_make_one_token_request(
    bs2: Bs2Simulator, connection: Connection, tmp_path: Path
) -> None:
    tokens = tokens_of_all(connection, bs2, tmp_path)

    stored = unseal(bytes(reread(connection).credentials), connection.id)
    assert tokens == [stored.access_token] * PROCESSES * THREADS
    assert bs2.count_requests("/auth/oauth/v2/token") == 1
    assert reread(connection).refresh_leased_until is None


def test_the_token_that_all_of_them_got_works(
    bs2: Bs2Simulator, connection: Connection, tmp_path: Path
) -> None:
    tokens_of_all(connection, bs2, tmp_path)
    bs2.clear_requests()

    with connect(connection, needing=Capability.FETCH_BALANCE) as bank:
        bank.fetch_balance()

    assert bs2.count_requests("/auth/oauth/v2/token") == 0
